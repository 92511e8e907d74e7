"""The official files: ``fer2013.csv`` (Goodfellow et al. 2013), and beside it
``fer2013new.csv`` with the FER+ votes (Barsoum et al., arXiv:1608.01041), row for row."""

import csv
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from fer_core.emotions import LabelSet
from fer_core.errors import DatasetError
from fer_core.lab.datasets.fer2013plus import select
from fer_core.lab.datasets.samples import Samples, Split, reader

_USAGE = {"Training": 0, "PublicTest": 1, "PrivateTest": 2}
_VOTES = ("neutral", "happiness", "surprise", "sadness", "anger", "disgust", "fear", "contempt",
          "unknown", "NF")


@reader("fer2013csv")
def read(path: Path, split: Split, labels: LabelSet) -> Samples | None:
    """One official split of ``fer2013.csv``, or of a folder that holds it.

    Raises:
        DatasetError: columns that are missing, rows that cannot be read, FER+ labels asked for
            without ``fer2013new.csv`` or with one of another length.
    """
    file = path / "fer2013.csv" if path.is_dir() else path
    if file.suffix != ".csv" or not file.is_file():
        return None
    rows = _rows(file, {"emotion", "pixels", "Usage"})
    try:
        images = np.stack([np.array(r["pixels"].split(), np.uint8).reshape(48, 48) for r in rows])
        label = np.array([int(r["emotion"]) for r in rows], np.int8)
        parts = np.array([_USAGE[r["Usage"]] for r in rows], np.uint8)
    except (KeyError, ValueError, OverflowError) as error:
        raise DatasetError("error.data.format", path=file) from error
    votes = np.zeros((len(rows), 10), np.uint8)
    beside = file.with_name("fer2013new.csv")
    if beside.is_file():
        voted = _rows(beside, set(_VOTES))
        if len(voted) != len(rows):
            raise DatasetError("error.data.format", path=beside)
        try:
            votes = np.array([[int(r[v]) for v in _VOTES] for r in voted], np.uint8)
        except (TypeError, ValueError) as error:
            raise DatasetError("error.data.format", path=beside) from error
    elif labels.name == "ferplus":
        raise DatasetError("error.data.missing", path=beside)
    return select(file, split, labels, {
        "images": images, "fer_label": label, "ferplus_votes": votes, "split": parts,
        "leaks_from_training": _leaks(images, parts), "blank": np.ptp(images, axis=(1, 2)) == 0})


def _rows(file: Path, needed: set[str]) -> list[dict[str, str]]:
    with file.open(newline="", encoding="utf-8-sig", errors="replace") as lines:
        table = csv.DictReader(lines)
        if not needed.issubset(table.fieldnames or ()):
            raise DatasetError("error.data.format", path=file)
        return list(table)


def _leaks(images: NDArray[np.uint8], parts: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """(N,) whether a picture outside the training split is, pixel by pixel, also in it."""
    known = {i.tobytes() for i in images[parts == 0]}
    return np.array([p != 0 and i.tobytes() in known for i, p in zip(images, parts, strict=True)])
