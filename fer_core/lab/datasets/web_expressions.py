"""``web_expressions.npz``: portraits from the web and from LFW under weak labels, faces from
elsewhere for networks that FER2013 has trained."""

from pathlib import Path

import numpy as np
import pandas as pd

from fer_core.emotions import LabelSet
from fer_core.lab.datasets.arrays import read_arrays
from fer_core.lab.datasets.samples import Samples, Split, reader
from fer_core.media.decode import decode

_FIELDS = {"webp", "offsets", "label", "names", "label_names"}


@reader("web_expressions")
def read(path: Path, split: Split, labels: LabelSet) -> Samples | None:
    """Every picture, whatever the split; those of an emotion that the label set lacks are left
    out. Attributes: row (in the file), filename.

    Raises:
        DatasetError: a damaged file or picture.
    """
    data = read_arrays(path, _FIELDS)
    if data is None:
        return None
    webp, offsets, names = data["webp"], data["offsets"], data["names"]
    index = [labels.index(str(name)) for name in data["label_names"]]
    label = np.array([-1 if i is None else i for i in index])[data["label"]]
    chosen = np.flatnonzero(label >= 0)
    pictures = [decode(webp[offsets[i]:offsets[i + 1]].tobytes(), str(names[i])) for i in chosen]
    label, names = label[chosen], names[chosen]
    return Samples(labels, pictures, np.eye(len(labels.classes))[label], label,
                   np.zeros(len(label), bool),
                   attributes=pd.DataFrame({"row": chosen, "filename": names}))
