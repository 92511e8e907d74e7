"""``expw.npz``: ExpW, faces in the wild that search words found (Zhang et al.,
arXiv:1609.06426), under noisy labels of five classes."""

import zlib
from itertools import pairwise
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from fer_core.emotions import LabelSet
from fer_core.lab.datasets.arrays import read_arrays
from fer_core.lab.datasets.samples import Samples, Split, reader
from fer_core.media.decode import decode

_FIELDS = {"webp", "offsets", "label", "label_names", "query", "query_names", "validation",
           "east_asian_query"}
GUIDANCE = 5
"""One in so many of the pictures that East Asian search words found is never trained on."""


@reader("expw")
def read(path: Path, split: Split, labels: LabelSet) -> Samples | None:
    """Pictures of a split; those of an emotion that the label set lacks are left out.

    ``val`` is the source's own validation split, in which no East Asian search word occurs.
    ``test`` is guidance for faces that no training saw: one in five of the pictures that East
    Asian words found, chosen by their own bytes. ``train`` is everything else.

    Attributes: row (in the file), query (the search words), ``east_asian`` (whether the words
    say so; most, not all, of the faces are).

    Raises:
        DatasetError: a damaged file or picture.
    """
    data = read_arrays(path, _FIELDS)
    if data is None:
        return None
    webp, offsets = data["webp"], data["offsets"]
    index = [labels.index(str(name)) for name in data["label_names"]]
    label = np.array([-1 if i is None else i for i in index])[data["label"]]
    streams = [webp[a:b].tobytes() for a, b in pairwise(offsets)]
    guidance = data["east_asian_query"] & np.array([zlib.crc32(s) % GUIDANCE == 0 for s in streams])
    part: dict[Split, NDArray[np.bool_]] = {
        "train": ~(data["validation"] | guidance), "val": data["validation"] & ~guidance,
        "test": guidance}
    rows = np.flatnonzero((label >= 0) & part[split])
    label = label[rows].astype(np.int64)
    return Samples(
        labels, [decode(streams[i], f"{path.name} {i}") for i in rows],
        np.eye(len(labels.classes))[label], label, np.zeros(len(label), bool),
        attributes=pd.DataFrame({"row": rows, "query": data["query_names"][data["query"][rows]],
                                 "east_asian": data["east_asian_query"][rows]}))
