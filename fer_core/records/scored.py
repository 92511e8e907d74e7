"""What a timeline comes to: scores, what they are made of, moments, doubts."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from fer_core.records.arrays import FloatArray, frozen_array


@dataclass(frozen=True)
class Part:
    """One named ingredient of a score: value 0 to 100, or None where it could not be
    measured; weight 0 to 1. The weights of a score's measured parts sum to 1."""

    name: str
    value: float | None
    weight: float


@dataclass(frozen=True)
class Score:
    """On-camera signals on one scale, never a trait of the person.

    Attributes:
        name: registered name, such as ``"confidence"``.
        value: 0 to 100, the sum of part value x weight; None when it abstains.
        low, high: 95 % interval; None when it abstains.
        parts: what the value is made of.
        seconds: how many seconds support it.
        reason: key of the sentence that says why it abstains; None when it does not.
        reference: points by which the value could move with what the person was measured
            against (their neutral take, or what is usual); None where it is not known.
    """

    name: str
    value: float | None
    low: float | None
    high: float | None
    parts: tuple[Part, ...]
    seconds: int
    reason: str | None = None
    reference: float | None = None


@dataclass(frozen=True)
class Moment:
    """A stretch worth looking at: its kind names a sentence; ``value`` in that kind's unit."""

    kind: str
    start: float
    end: float
    value: float

    @property
    def middle(self) -> int:
        """The second that shows it; of two, the later: what a swing led to."""
        return int((self.start + self.end) // 2)


@dataclass(frozen=True)
class QualityWarning:
    """A doubt about the measurement: ``code`` names a sentence that ``values`` fill."""

    code: str
    values: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Recipe:
    """How scores were made; with the session's networks and vote, all that tells one
    measurement's scale from another's.

    Attributes:
        version: of the scores' formulas; a higher one is newer.
        weights: score -> part -> weight, 0 to 1.
        thresholds: name -> value, in the unit that the formulas' module gives.
        neutral: what the person's own quiet face was taken from: ``take`` (a neutral take),
            ``number`` (only its tension was kept) or ``none``.
    """

    version: int
    weights: Mapping[str, Mapping[str, float]]
    thresholds: Mapping[str, float]
    neutral: Literal["take", "number", "none"]


@dataclass(frozen=True, eq=False)
class Scored:
    """What a timeline comes to, computed once; everything downstream reads it.

    Attributes:
        recipe: how.
        scores: in the registry's order.
        rows: (T,) the seconds that count.
        parts: part -> (T,) 0 to 100 as the scores use it, NaN elsewhere or where unmeasured.
        series: score -> (T,) 0 to 100, NaN elsewhere.
        tension: (T,) 0 to 1, NaN elsewhere.
        resting: tension that the person is measured against, 0 to 1.
        facing_pitch: degrees of pitch that count as straight ahead; NaN where it was not kept.
        facing_eyes: ``gaze_x``, ``gaze_y`` and degrees of yaw with which the person looks at the
            camera; None: the head alone tells.
        tense: tension above which a second is tense, 0 to 2.
        moments: worth looking at, in order of time.
        warnings: most important first.
        answers: the scores of each answer's seconds, in the order of the session's answers.
        alone: network -> score -> 0 to 100, what the score would be had that network alone read
            the session; of the scores that have a value, empty where nobody kept it.
    """

    recipe: Recipe
    scores: tuple[Score, ...]
    rows: NDArray[np.bool_]
    parts: Mapping[str, FloatArray]
    series: Mapping[str, FloatArray]
    tension: FloatArray
    resting: float
    tense: float
    moments: tuple[Moment, ...]
    warnings: tuple[QualityWarning, ...]
    answers: tuple[tuple[Score, ...], ...] = ()
    facing_pitch: float = np.nan
    facing_eyes: tuple[float, float, float] | None = None
    alone: Mapping[str, Mapping[str, float]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        rows = np.array(self.rows, dtype=np.bool_)
        rows.setflags(write=False)
        object.__setattr__(self, "rows", rows)
        object.__setattr__(self, "tension", frozen_array(self.tension, rows.shape, "tension"))
        for name in ("parts", "series"):
            object.__setattr__(self, name, {
                key: frozen_array(values, rows.shape, key)
                for key, values in getattr(self, name).items()})

    def part(self, name: str) -> FloatArray:
        """(T,) 0 to 100; all NaN where it was not kept second by second."""
        return self.parts.get(name, np.full(len(self.rows), np.nan))

    def by_network(self, score: str) -> dict[str, float]:
        """Network -> what the score would be by it alone, 0 to 100; empty where not kept."""
        return {name: found[score] for name, found in self.alone.items() if score in found}

    def signal(self, name: str) -> FloatArray:
        """(T,) a score second by second, as ``part``."""
        return self.series.get(name, np.full(len(self.rows), np.nan))
