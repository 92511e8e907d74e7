"""Whether a score really changed, and how far a person's own rating is from it.

Two measurements a and b with 95 % intervals differ for certain only where the difference
exceeds the half widths taken together:

    least = sqrt(half_a^2 + half_b^2)

each half taken on the side that faces the other (the smallest detectable change of two
independent measurements, as in Bland & Altman 1986). Anything smaller is not progress.
"""

from dataclasses import dataclass
from math import hypot

from fer_core.records import Score, Session


@dataclass(frozen=True)
class Change:
    """From one measurement to a later one.

    Attributes:
        delta: points, positive when the later is higher.
        least: points; the smallest change the two intervals can detect.
    """

    name: str
    before: float
    after: float
    delta: float
    least: float

    @property
    def real(self) -> bool:
        return abs(self.delta) > self.least


@dataclass(frozen=True)
class Gap:
    """Own rating less measured score, in points; ``low`` to ``high`` its 95 % interval,
    which is the score's."""

    name: str
    own: float
    measured: float
    value: float
    low: float
    high: float

    @property
    def real(self) -> bool:
        """Whether the own rating lies outside the score's interval."""
        return not self.low <= 0 <= self.high


def change(before: Score, after: Score) -> Change | None:
    """From one session's score to another's; None where either abstains."""
    if (before.value is None or before.low is None or before.high is None
            or after.value is None or after.low is None or after.high is None):
        return None
    delta = after.value - before.value
    least = (hypot(before.high - before.value, after.value - after.low) if delta >= 0
             else hypot(before.value - before.low, after.high - after.value))
    return Change(before.name, before.value, after.value, delta, least)


def gaps(session: Session) -> tuple[Gap, ...]:
    """Of every score that the person rated and that has a value."""
    rating = session.self_rating
    if rating is None:
        return ()
    found = (gap(getattr(rating, score.name, None), score) for score in session.scores)
    return tuple(one for one in found if one is not None)


def gap(own: float | None, score: Score | None) -> Gap | None:
    """Of one score; None where it was not rated or abstains."""
    if (own is None or score is None or score.value is None or score.low is None
            or score.high is None):
        return None
    return Gap(score.name, own, score.value, own - score.value, own - score.high, own - score.low)


def gap_change(before: Gap, after: Gap) -> Change:
    """Of the distance between own rating and score: negative ``delta`` means that it closes."""
    least = hypot((before.high - before.low) / 2, (after.high - after.low) / 2)
    return Change(before.name, abs(before.value), abs(after.value),
                  abs(after.value) - abs(before.value), least)
