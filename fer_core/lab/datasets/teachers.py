"""``teachers.npz``: what two small published networks say of the pictures of FER2013, ExpW and
the web portraits. Soft labels for training, never shipped."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from fer_core.emotions import LABEL_SETS
from fer_core.errors import DatasetError
from fer_core.lab.datasets.arrays import read_arrays
from fer_core.records import FloatArray

SPOKEN = LABEL_SETS["ferplus"]
ORDERS = {
    "raf": ("anger", "disgust", "fear", "happiness", "neutral", "sadness", "surprise"),
    "affect": ("neutral", "happiness", "sadness", "surprise", "anger")}
"""The classes of a MobileFaceNet trained on RAF-DB and of a retail network trained on
AffectNet."""


@dataclass(frozen=True, eq=False)
class Teachers:
    """What was said of N pictures.

    Attributes:
        raf, affect: (N, 8) probabilities in FER+'s order, 0 for a class that the network lacks;
            NaN where it was not asked.
        found: (N,) whether a face was found and aligned; else it saw the middle of the picture.
    """

    raf: FloatArray
    affect: FloatArray
    found: NDArray[np.bool_]


def read_teachers(path: Path, pictures: str, rows: NDArray[np.int64]) -> Teachers:
    """What the teachers say of some pictures.

    Args:
        pictures: ``fer``, ``expw`` or ``web``: whose.
        rows: numbers in that data set's file.

    Raises:
        DatasetError: another kind of file, or a damaged one.
    """
    data = read_arrays(path, {f"{pictures}_{kind}" for kind in (*ORDERS, "found")})
    if data is None:
        raise DatasetError("error.data.format", path=path)
    said = {}
    for name, order in ORDERS.items():
        out = np.zeros((len(rows), len(SPOKEN.classes)))
        out[:, [SPOKEN.keys.index(key) for key in order]] = data[f"{pictures}_{name}"][rows]
        total = out.sum(1, keepdims=True)  # 1 but for half precision; NaN where not asked
        said[name] = out / np.where(total > 0, total, np.where(np.isnan(total), np.nan, 1))
    return Teachers(said["raf"], said["affect"], data[f"{pictures}_found"][rows].astype(bool))
