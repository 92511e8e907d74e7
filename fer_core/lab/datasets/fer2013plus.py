"""``fer2013plus.npz``: FER2013 with its official split, joined with the FER+ votes
(Goodfellow et al. 2013; Barsoum et al., arXiv:1608.01041)."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from fer_core.emotions import LABEL_SETS, LabelSet
from fer_core.errors import DatasetError
from fer_core.lab.datasets.arrays import read_arrays
from fer_core.lab.datasets.samples import Samples, Split, reader
from fer_core.records import FloatArray

_SPLITS: dict[Split, int] = {"train": 0, "val": 1, "test": 2}
_FIELDS = {"images", "fer_label", "ferplus_votes", "split", "leaks_from_training", "blank"}


def soft_votes(votes: NDArray[np.uint8]) -> FloatArray:
    """Ten annotators' votes as a distribution over the eight emotions.

    A single vote is taken as a slip and dropped, unless nothing else is left (the FER+
    authors' own rule).

    Args:
        votes: (N, 10) counts; the last two columns are `unknown` and `not a face`.

    Returns:
        (N, 8), each row summing to 1.
    """
    emotions = votes[:, :8].astype(float)
    agreed = np.where(emotions > 1, emotions, 0)
    kept = np.where(agreed.sum(1, keepdims=True) > 0, agreed, emotions)
    return kept / np.maximum(kept.sum(1, keepdims=True), 1)  # type: ignore[no-any-return]


def majority(votes: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """(N,) whether more than half of the annotators' votes agree, single votes left out.

    The FER+ authors measure on these pictures alone: their published 84.99 % is an accuracy on
    them, not on all pictures with a commonest answer (mode ``majority`` of ``ferplus.py``, which
    ``train.py`` tests with, in github.com/microsoft/FERPlus).
    """
    agreed = np.where(votes > 1, votes, 0).astype(int)
    return np.asarray(2 * agreed.max(1) > agreed.sum(1))


def _agreement(votes: NDArray[np.uint8]) -> FloatArray:
    """(N,) share of the FER+ annotators who chose the commonest answer, 0 to 1."""
    return votes.max(1) / np.maximum(votes.sum(1), 1)  # type: ignore[no-any-return]


@reader("fer2013plus")
def read(path: Path, split: Split, labels: LabelSet) -> Samples | None:
    """One official split, with FER+ labels (the commonest answer; pictures whose commonest
    answer is `unknown` or `not a face` dropped) or FER2013's own.

    Attributes: row (in the file), agreement and, with FER+ labels, ``majority``.

    Raises:
        DatasetError: a damaged file, or a label set that FER2013 does not carry.
    """
    columns = read_arrays(path, _FIELDS)
    return None if columns is None else select(path, split, labels, columns)


def select(path: Path, split: Split, labels: LabelSet,
           columns: dict[str, NDArray[Any]]) -> Samples:
    """The samples of a split from the arrays of the whole data set (``_FIELDS``).

    Raises:
        DatasetError: a label set that FER2013 does not carry.
    """
    keep = (columns["split"] == _SPLITS[split]) & ~columns["blank"]
    if labels == LABEL_SETS["ferplus"]:
        winner = columns["ferplus_votes"].argmax(1)
        keep &= (winner < 8) & (columns["ferplus_votes"].sum(1) > 0)
        target, label = soft_votes(columns["ferplus_votes"][keep]), winner[keep].astype(np.int64)
    elif labels == LABEL_SETS["fer2013"]:
        label = columns["fer_label"][keep].astype(np.int64)
        target = np.eye(len(labels.classes))[label]
    else:
        raise DatasetError("error.data.labels", path=path, labels=labels.name)
    votes = columns["ferplus_votes"][keep]
    attributes = pd.DataFrame({"row": np.flatnonzero(keep), "agreement": _agreement(votes)})
    if labels == LABEL_SETS["ferplus"]:
        attributes["majority"] = majority(votes)
    return Samples(labels, list(columns["images"][keep]), target, label,
                   columns["leaks_from_training"][keep], native=True, attributes=attributes)
