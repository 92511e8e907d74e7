"""Whether a probability means what it says: calibration errors and the diagrams behind them."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from fer_core.emotions import Role
from fer_core.records import FloatArray

BINS = 15
"""Bins of the calibration error, as in Guo et al., arXiv:1706.04599."""
SUMMED: tuple[Role, ...] = ("tension", "positive", "calm")
"""What the scores sum: probabilities of these must be right, not only of the likeliest class."""


def calibration_curve(probabilities: FloatArray,
                      label: NDArray[np.int64]) -> list[dict[str, float]]:
    """What the networks were sure of and how often they were right: one row for each of
    ``BINS`` equal bins of confidence that holds a picture, {confidence, accuracy, n}.

    Args:
        probabilities: (N, C).
        label: (N,) true class.
    """
    return _curve(probabilities.max(1), probabilities.argmax(1) == label)


def calibration_error(probabilities: FloatArray, label: NDArray[np.int64]) -> float:
    """Expected calibration error: mean gap between confidence and accuracy over bins of
    confidence, weighted by their size (Guo et al., arXiv:1706.04599). 0 to 1."""
    return _error(probabilities.max(1), probabilities.argmax(1) == label)


def of_event(probability: FloatArray, happened: NDArray[np.bool_]) -> dict[str, Any]:
    """Calibration of one event's probability.

    Args:
        probability: (N,) said.
        happened: (N,) by the labels.

    Returns:
        ``ece`` 0 to 1; ``said``, the mean probability, and ``share``, how often it happened;
        ``calibration``, the curve, as ``calibration_curve``.
    """
    return {"ece": round(_error(probability, happened), 4),
            "said": round(float(probability.mean()), 4),
            "share": round(float(happened.mean()), 4),
            "calibration": _curve(probability, happened)}


def _bins(probability: FloatArray) -> NDArray[np.int64]:
    return np.minimum((probability * BINS).astype(np.int64), BINS - 1)


def _curve(said: FloatArray, right: NDArray[np.bool_]) -> list[dict[str, float]]:
    bins = _bins(said)
    return [{"confidence": round(float(said[bins == b].mean()), 4),
             "accuracy": round(float(right[bins == b].mean()), 4), "n": int((bins == b).sum())}
            for b in np.unique(bins)]


def _error(said: FloatArray, right: NDArray[np.bool_]) -> float:
    gaps = np.bincount(_bins(said), right.astype(float) - said, BINS)
    return float(np.abs(gaps).sum() / len(said))
