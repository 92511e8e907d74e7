"""``accessories.npz``: faces with and without masks, and weak labels of who wears glasses.

It says nothing of expressions: what networks read from these faces is compared between those
who wear something and those who do not.
"""

from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from fer_core.emotions import Emotion, LabelSet
from fer_core.errors import DatasetError
from fer_core.lab.datasets.arrays import read_arrays
from fer_core.lab.datasets.samples import Samples, Split, reader
from fer_core.media.decode import decode

WORN = LabelSet("mask", (Emotion("bare", 0.0, frozenset(), "#9AA5B1", "🙂"),
                         Emotion("masked", 0.0, frozenset(), "#3E6FB0", "😷")))
"""Not a label set of expressions: no network has a head for it."""
_SPLITS: dict[Split, int] = {"train": 0, "val": 1, "test": 1}
_FIELDS = {"mask_webp", "mask_offsets", "mask_label", "mask_split", "mask_group", "mask_pad"}
GLASSES, BARE = 0.8, 0.05
"""Above and below which the weak labels of glasses are nearly always right."""


@reader("accessories")
def read(path: Path, split: Split, labels: LabelSet) -> Samples | None:
    """Face crops of 96 px by whether a mask is worn, under ``WORN`` whatever labels are asked
    for; ``val`` and ``test`` are the same.

    Attributes: mask (worn or not), pad (share of the crop that is smeared border, which alone
    gives many labels away), group (near copies of one photograph).

    Raises:
        DatasetError: a damaged file or picture.
    """
    data = read_arrays(path, _FIELDS)
    if data is None:
        return None
    webp, offsets = data["mask_webp"], data["mask_offsets"]
    rows = np.flatnonzero(data["mask_split"] == _SPLITS[split])
    label = data["mask_label"][rows].astype(np.int64)
    return Samples(
        WORN, [decode(webp[offsets[i]:offsets[i + 1]].tobytes(), f"{path.name} {i}")
               for i in rows], np.eye(2)[label], label, np.zeros(len(rows), bool),
        attributes=pd.DataFrame({"mask": label > 0, "pad": data["mask_pad"][rows].astype(float),
                                 "group": data["mask_group"][rows]}))


def wears_glasses(path: Path, rows: NDArray[np.int64]) -> NDArray[np.float64]:
    """Whether portraits of ``web_expressions.npz`` wear glasses: 1, 0, or NaN where the weak
    labels do not know.

    Args:
        rows: numbers in that file.

    Raises:
        DatasetError: another kind of file, or a damaged one.
    """
    data = read_arrays(path, {"web_glasses"})
    if data is None:
        raise DatasetError("error.data.format", path=path)
    weak = data["web_glasses"][rows].astype(float)
    return np.select([weak > GLASSES, weak < BARE], [1.0, 0.0], np.nan)
