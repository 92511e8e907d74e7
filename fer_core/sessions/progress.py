"""Whether a score really changed, how it goes over sessions, and how far a person's own rating
is from it.

One session's 95 % interval knows nothing of another day's light, camera and mood. Between two
sessions of one person a change therefore has the variance

    (half_a / 1.96)^2 + (half_b / 1.96)^2 + 2 spread^2

each half of the interval taken on the side that faces the other, and ``spread`` the standard
deviation between the person's own sessions. It is estimated from what neighbouring sessions
differ by beyond their own intervals (half the mean squared difference, von Neumann 1941, less
the mean variance within: a slow trend hardly enters), together with the prior as if that rested
on as many sessions as it takes to replace it; under ``FEWEST`` sessions it is the prior alone.

Several scores compared at once are corrected for by Holm's rule (1979), and only sessions whose
scores are on one scale (``Session.basis``) are compared at all; one of the face does not mind what
the voice's was made of, nor the voice's who read the face.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from math import erfc, hypot, sqrt

import numpy as np

from fer_core.records import Basis, FloatArray, Score, Session
from fer_core.sessions.scoring import FACE_SCORES

PRIOR = 5.0
"""Points; spread between a person's sessions where too few say otherwise. Our judgement: half of
what a visibly better or worse day makes."""
FEWEST = 5
"""Sessions from which a person's own spread counts."""
DOUBT = 0.05
"""Chance of being wrong up to which a change is called real, over all scores together."""
LINE = 3
"""Sessions from which a line is drawn."""
_Z = 1.96

_FACE = ("version", "networks", "vote", "neutral", "muscles", "accessories", "reading")
_VOICE = ("version", "voice", "reading")
"""Places of a basis that a score of the face, of the voice stands on."""


@dataclass(frozen=True)
class Change:
    """From one measurement to a later one.

    Attributes:
        delta: points, positive when the later is higher.
        least: points; the smallest change that could be told alone.
        chance: of such a difference where nothing changed, 0 to 1, corrected for all scores
            that were compared at once.
    """

    name: str
    before: float
    after: float
    delta: float
    least: float
    chance: float

    @property
    def real(self) -> bool:
        return self.chance < DOUBT

    @property
    def sure(self) -> int:
        """Percent by which one may be sure of it; never 100."""
        return min(int(100 * (1 - self.chance)), 99)


@dataclass(frozen=True, eq=False)
class Trend:
    """A straight line through sessions: (N,) points, and its 95 % band ``low`` to ``high``."""

    line: FloatArray
    low: FloatArray
    high: FloatArray


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


def differing(before: Basis, after: Basis, score: str | None = None) -> tuple[str, ...]:
    """What keeps two sessions from being on one scale, places of a ``Basis``; empty: nothing.

    Args:
        score: its name; None: of any.
    """
    places = Basis._fields if score is None else _FACE if score in FACE_SCORES else _VOICE
    found = (name for name in places if getattr(before, name) != getattr(after, name))
    # Where nobody looked whether the face was covered no second is left out, as none of a bare one.
    looked = before.accessories and after.accessories
    return tuple(name for name in found if name != "accessories" or looked)


def spread(scores: Sequence[Score]) -> float:
    """Standard deviation, points, between a person's sessions beyond their own intervals.

    Args:
        scores: one score, session by session in order of time, on one scale.
    """
    known = [(s.value, _error(s)) for s in scores if s.value is not None]
    if len(known) < FEWEST:
        return PRIOR
    values, errors = np.array(known).T
    between = float((np.diff(values) ** 2).mean() / 2 - (errors**2).mean())
    prior, own = FEWEST - 1, len(known) - 1
    return sqrt((prior * PRIOR**2 + own * max(between, 0.0)) / (prior + own))


def changes(before: Mapping[str, Score], after: Mapping[str, Score],
            spreads: Mapping[str, float]) -> tuple[Change, ...]:
    """Of every score that both sessions have, corrected for there being several.

    Args:
        spreads: score -> points, of ``spread``; ``PRIOR`` where one is missing.
    """
    return _together([
        one for name, score in before.items() if name in after
        for one in (change(score, after[name], spreads.get(name, PRIOR)),) if one is not None])


def change(before: Score, after: Score, between: float) -> Change | None:
    """From one session's score to another's, taken alone; None where either abstains.

    Args:
        between: points, of ``spread``.
    """
    if (before.value is None or before.low is None or before.high is None
            or after.value is None or after.low is None or after.high is None):
        return None
    delta = after.value - before.value
    halves = ((before.high - before.value, after.value - after.low) if delta >= 0
              else (before.value - before.low, after.high - after.value))
    return _change(before.name, before.value, after.value, hypot(*halves, _Z * between * sqrt(2)))


def holm(chances: Sequence[float]) -> tuple[float, ...]:
    """Chances corrected for being several (Holm 1979), in their order: the smallest counts as
    often as there are chances, the next once less, and none less than a smaller one."""
    out, worst = [0.0] * len(chances), 0.0
    for rank, i in enumerate(sorted(range(len(chances)), key=chances.__getitem__)):
        worst = max(worst, min((len(chances) - rank) * chances[i], 1.0))
        out[i] = worst
    return tuple(out)


def trend(at: FloatArray, scores: Sequence[Score], between: float) -> Trend | None:
    """The line through one score's sessions, each weighed by how sure it is (weighted least
    squares); its band is wider where the sessions scatter more than they should (Birge 1932).

    Args:
        at: (N,) place of each session in time, any unit.
        between: points, of ``spread``.

    Returns:
        The line at those places; None with under ``LINE`` values, or all in one place.
    """
    values = np.array([np.nan if s.value is None else s.value for s in scores])
    known = ~np.isnan(values)
    if known.sum() < LINE or np.ptp(at[known]) == 0:
        return None
    errors = np.array([_error(s) for s in scores])[known]
    weight = 1 / (errors**2 + between**2)
    x, y = at[known], values[known]
    middle, level = np.average(x, weights=weight), np.average(y, weights=weight)
    across = float((weight * (x - middle) ** 2).sum())
    slope = float((weight * (x - middle) * (y - level)).sum()) / across
    line = level + slope * (at - middle)
    scatter = float((weight * (y - line[known]) ** 2).sum()) / (len(x) - 2)
    half = _Z * np.sqrt(max(scatter, 1.0) * (1 / weight.sum() + (at - middle) ** 2 / across))
    return Trend(line, np.clip(line - half, 0, 100), np.clip(line + half, 0, 100))


def _error(score: Score) -> float:
    """Standard error of one session's score, points."""
    return 0.0 if score.low is None or score.high is None else (score.high - score.low) / 2 / _Z


def _change(name: str, before: float, after: float, least: float) -> Change:
    delta = after - before
    # Two-sided chance under a normal distribution whose 95 % half width is ``least``.
    chance = erfc(abs(delta) / least * _Z / sqrt(2)) if least > 0 else float(delta == 0)
    return Change(name, before, after, delta, least, chance)


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


def gap_changes(pairs: Sequence[tuple[Gap, Gap]],
                spreads: Mapping[str, float]) -> tuple[Change, ...]:
    """Of the distance between own rating and score, corrected for there being several: negative
    ``delta`` means that it closes.

    Args:
        pairs: of one score each, (before, after).
        spreads: score -> points, of ``spread``; ``PRIOR`` where one is missing.
    """
    return _together([_change(
        before.name, abs(before.value), abs(after.value),
        hypot((before.high - before.low) / 2, (after.high - after.low) / 2,
              _Z * spreads.get(before.name, PRIOR) * sqrt(2))) for before, after in pairs])


def _together(found: Sequence[Change]) -> tuple[Change, ...]:
    """The same, their chances corrected for being several."""
    return tuple(replace(c, chance=p) for c, p in zip(
        found, holm([c.chance for c in found]), strict=True))
