"""Which seconds count, and what is read of an expression: what parts, moments and doubts share."""

import numpy as np
from numpy.typing import NDArray

from fer_core.config import ScoringSettings
from fer_core.emotions import LabelSet, Role
from fer_core.records import FloatArray, Timeline


def scored(timeline: Timeline, settings: ScoringSettings) -> NDArray[np.bool_]:
    """(T,) the seconds that show the person: seen in enough of their frames."""
    return timeline.seen & (timeline["coverage"] >= settings.second_coverage)


def mass(labels: LabelSet, probabilities: FloatArray, *roles: Role) -> FloatArray:
    """(T,) probability of all classes that play any of the roles, 0 to 1; NaN stays NaN, and
    where the label set has no such class all is NaN."""
    played = np.max([labels.role(r) for r in roles], axis=0)
    if not played.any():
        return np.full(len(probabilities), np.nan)
    summed: FloatArray = probabilities @ played
    return summed.clip(0.0, 1.0)


def js_distance(p: FloatArray, q: FloatArray) -> FloatArray:
    """Jensen-Shannon distance between distributions along the last axis.

    The root of the divergence of Lin (1991) in bits: a metric (Endres & Schindelin
    2003), 0 for the same distribution, 1 for two that share no class.

    Args:
        p, q: (..., C).

    Returns:
        (...) 0 to 1; NaN where either is.
    """
    middle = (p + q) / 2

    def divergence(x: FloatArray) -> FloatArray:
        ratio = np.divide(x, middle, out=np.ones_like(middle), where=(x > 0) & (middle > 0))
        return np.asarray((x * np.log2(ratio)).sum(axis=-1))

    return np.sqrt(np.clip((divergence(p) + divergence(q)) / 2, 0.0, 1.0))
