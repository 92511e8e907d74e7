"""Scores from a timeline: on-camera signals on a scale of 0 to 100, never a trait.

    part value = 100 * mean of its series over the seconds in which the camera ran
    score      = sum of weight * part value

A part that cannot be measured (the label set lacks the class, no head pose was found)
has no value, and the weights of the others are scaled up to sum to 1.

To add a score: one entry in ``SCORES``. Report, plots, exports and pages iterate it.

The 95 % interval says how much the value owes to the seconds that happened to be seen: see
``interval``, applied to the score second by second. What the person was measured against has an
uncertainty of its own, told as ``Score.reference``: the points by which the value could move if
the reference were 1.96 standard errors off, in tension, pitch and gaze. With a neutral take it
stands beside the interval; without one it is in it, added as independent errors add. The
networks' own errors are in neither.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from math import hypot

import numpy as np
from numpy.typing import NDArray

from fer_core.config import ScoringSettings
from fer_core.records import FloatArray, Part, Score, Timeline
from fer_core.sessions import delivery
from fer_core.sessions.covering import covered
from fer_core.sessions.interval import margins
from fer_core.sessions.measures import scored
from fer_core.sessions.reference import Reference
from fer_core.sessions.signals import PARTS
from fer_core.sessions.signals import series as seen_series
from fer_core.sessions.timeline import crop, nan_mean

__all__ = ["FACE_SCORES", "PARTS", "SCORES", "ScoreRecipe", "score_session", "score_values",
           "series", "signals_of"]

ScoreRecipe = Mapping[str, float]
"""Part name to weight; the weights sum to 1."""

# What people see (regressions on 138 judged interviews, 69 people, r over ten folds by person;
# ``validate`` prints them), where a part has a judged counterpart: facing and EyeContact,
# smiling and Smiled, relaxed and Calm.
#
#   score          judged            facing : smiling : calm    r
#   confidence     RecommendHiring      .40 : .39 : .22        .68
#   engagement     Engaged              .55 : .45 : 0          .67
#   attentiveness  Focused              .75 : .25              .62
#   composure      Calm                   1 : 0                .34
#
# A smile is at most a quarter of a score: its effect differs between women and men. Relaxed is
# more than the .22 of Calm, because of the laws (fear and sadness must show) and because a
# face tells it directly. Parts without a counterpart, marked *, have a weight of our judgement.
SCORES: dict[str, ScoreRecipe] = {
    "confidence": {"facing": 0.31, "smiling": 0.24, "relaxed": 0.30, "head_liveliness": 0.15},
    # Smiled goes with Calm at -.18: no smile here. Steadiness (*) only costs the restless.
    # The middle 90 % of 36 rated people are 23 points wide, not the 30 wished for. Tried and left
    # out: facing at .22, as people weigh it, makes 25. A part that counts a tense moment for the
    # four seconds after it makes 32, but orders people as relaxed does (rho .99), which is a scale
    # stretched; its interval held .97 to .99 in place of .95, and a darker copy of one clip moved
    # composure by 7.5. Of 55 other statistics of the tables (jumps and classes of tension, turns,
    # bursts of movement and change, the networks' disagreement) none goes with emotional
    # stability beyond smiling but unevenness of movement (ninth decile by median: -.40), which
    # is chance by Holm's rule and needs the session's own median; second by second it is -.25.
    "composure": {"relaxed": 0.76, "facing": 0.12, "head_steadiness": 0.12},
    # Movement of head and face (*): without them a grin would do.
    "engagement": {"facing": 0.26, "living_smile": 0.25, "head_liveliness": 0.32,
                   "animation": 0.17},
    # The smile of Focused is left out: a person who listens need not smile. Level (*).
    "attentiveness": {"facing": 0.80, "head_level": 0.20},
    # Of the voice alone. The weights, none of them ours, are a regression's with weights >= 0 on
    # Overall and Excited of the 138 interviews together; what stands for each part there is in
    # ``lab.people.delivery``. Over ten folds by person, mean over five deals (``validate``):
    #
    #                          Overall           Excited
    #   delivery               .57 [.45, .69]    .61 [.48, .72]
    #   without words          .48 [.31, .62]    .55 [.39, .68]    pauses, liveliness
    #   with EyeContact and
    #   Smiled, as judged      .76               .81
    # No score puts face and voice together. The .76 is of eye contact and smiles as the judges
    # rated them, whom the same judges' liking colours, not of what a camera measures; with our
    # facing and smiling in their place, the same weights go with the ``interview`` of 36 rated
    # clips at +.52 [+.19, +.73], which is confidence alone (+.48) and a difference of
    # +.03 [-.20, +.24]. It would stand beside a number that is not its own.
    "delivery": {"pace": 0.20, "pauses": 0.42, "fillers": 0.16, "liveliness": 0.22},
}
FACE_SCORES = tuple(name for name, recipe in SCORES.items() if not delivery.is_heard(recipe))
"""The scores that need a face."""


def score_session(timeline: Timeline, settings: ScoringSettings, against: Reference,
                  within: tuple[float, float] | None = None) -> tuple[Score, ...]:
    """Every registered score, in registry order.

    Args:
        timeline: of the session.
        against: what the person is measured against.
        within: [start, end) s, score these seconds only, such as one answer: by the same
            columns of the exported table.

    Returns:
        scores with value, interval and parts; or without, the reason being
        ``abstain.not_analysed`` (a share under ``min_coverage`` was analysed),
        ``abstain.no_face``, ``abstain.seconds`` (fewer scored than ``min_seconds``),
        ``abstain.coverage`` (mean coverage under ``min_coverage``), ``abstain.not_analysed``
        (that, with the seconds not analysed counted as unseen), the first that holds; for each of
        them ``abstain.covered``, where the seconds of a covered face would have been enough;
        or ``abstain.unmeasured`` (none of the score's parts could be measured). A score of the
        voice needs no face: its reasons are those of ``delivery.abstention``.
    """
    heard_parts, alone = delivery.series_and_alone(timeline)
    parts = {**seen_series(timeline, settings, against), **heard_parts}
    shifted = [seen_series(timeline, settings, other) for other in _otherwise(against)]
    if within is not None:
        stretch = crop(timeline, *within)
        rows = slice(stretch.start - timeline.start, stretch.start - timeline.start + len(stretch))
        parts, alone, *shifted = [{name: values[rows] for name, values in found.items()}
                                  for found in (parts, alone, *shifted)]
        timeline = stretch
    seen, heard = scored(timeline, settings), delivery.rows_of(timeline)
    unseen = _abstention(timeline, seen, settings)
    unheard = delivery.abstention(timeline, settings.min_seconds)
    found = []
    for name, recipe in SCORES.items():
        if delivery.is_heard(recipe):
            found.append(_score(name, recipe, parts, alone, [], heard, heard, unheard, own=True))
        else:
            found.append(_score(name, recipe, parts, parts, shifted, seen, timeline.analysed,
                                unseen, own=against.own))
    return tuple(found)


def series(timeline: Timeline, settings: ScoringSettings,
           against: Reference) -> dict[str, FloatArray]:
    """Every part second by second, of the face and of the voice: see ``signals.series`` and
    ``delivery.series``."""
    return {**seen_series(timeline, settings, against), **delivery.series(timeline)}


def score_values(timeline: Timeline, settings: ScoringSettings,
                 against: Reference) -> dict[str, float]:
    """The values alone, without intervals or abstention, of the scores that can be measured:
    quick enough to try a change of the timeline."""
    parts, seen = series(timeline, settings, against), scored(timeline, settings)
    out = {}
    for name, recipe in SCORES.items():
        rows = delivery.rows_of(timeline) if delivery.is_heard(recipe) else seen
        if weights := _weights(recipe, parts, rows):
            out[name] = 100 * _weighed(
                {p: float(nan_mean(parts[p], axis=0)) for p in weights}, weights)
    return out


def signals_of(parts: Mapping[str, FloatArray]) -> dict[str, FloatArray]:
    """Every score second by second, for charts.

    A second uses the parts measured in it, their weights scaled to sum to 1; so the
    mean of this series is near the score but need not be the score. It does not abstain.

    Args:
        parts: part -> (T,) on any scale, NaN where unknown.

    Returns:
        score -> (T,) on the same scale, NaN where no part is known.
    """
    out = {}
    for name, recipe in SCORES.items():
        values = np.stack([parts[part] for part in recipe])
        weights = np.array(list(recipe.values()))[:, None] * ~np.isnan(values)
        total = weights.sum(axis=0)
        out[name] = np.divide((np.nan_to_num(values) * weights).sum(axis=0), total,
                              out=np.full(len(total), np.nan), where=total > 0)
    return out


def _score(name: str, recipe: ScoreRecipe, parts: Mapping[str, FloatArray],
           alone: Mapping[str, FloatArray], shifted: Sequence[Mapping[str, FloatArray]],
           rows: NDArray[np.bool_], ran: NDArray[np.bool_], reason: str | None, own: bool) -> Score:
    """One score.

    Args:
        alone: the parts as the interval sees them: of neighbouring seconds that share nothing.
        shifted: the parts against references that are off, of ``_otherwise``; empty where the
            score is measured against none.
        rows: (T,) the seconds that support it.
        ran: (T,) the seconds over which parts are averaged.
        reason: why it abstains, or None.
        own: whether what it is measured against is told beside the interval, not in it.
    """
    seconds = int(rows.sum())
    weights = _weights(recipe, parts, rows)
    if reason is not None or not weights:
        return Score(name, None, None, None, (), seconds, reason or "abstain.unmeasured")
    means = {part: float(nan_mean(parts[part][ran], axis=0)) for part in weights}
    value = min(100 * _weighed(means, weights), 100.0)
    moved = [abs(100 * _weighed({p: float(nan_mean(other[p][ran], axis=0)) for p in weights},
                                weights) - value) for other in shifted]
    width = hypot(*map(max, moved[::2], moved[1::2]))
    y = sum(weight * np.where(np.isnan(alone[p][ran]), means[p], alone[p][ran])
            for p, weight in weights.items())
    low, high = _interval(value, 100 * np.asarray(y), 0.0 if own else width)
    return Score(name, value, low, high, tuple(
        Part(p, 100 * means[p] if p in weights else None, weights.get(p, 0.0))
        for p in recipe), seconds, reference=width)


def _otherwise(against: Reference) -> tuple[Reference, ...]:
    """The reference, off by what it may be off: tension low and high, pitch low and high, and
    where it is known how the eyes look at the camera, that to both sides, down and up."""
    tension, pitch = 1.96 * against.tension_error, 1.96 * against.pitch_error
    found = [replace(against, tension=max(against.tension - tension, 0.0)),
             replace(against, tension=min(against.tension + tension, 1.0)),
             replace(against, pitch=against.pitch - pitch),
             replace(against, pitch=against.pitch + pitch)]
    if (at := against.at_camera) is not None:
        x, y = 1.96 * at.x_error, 1.96 * at.y_error
        found += [replace(against, at_camera=eyes) for eyes in (
            replace(at, x=at.x - x), replace(at, x=at.x + x),
            replace(at, y=at.y - y), replace(at, y=at.y + y))]
    return tuple(found)


def _weights(recipe: ScoreRecipe, parts: Mapping[str, FloatArray],
             rows: NDArray[np.bool_]) -> dict[str, float]:
    """Part -> weight of those that could be measured, summing to 1; empty without any."""
    known = {p: w for p, w in recipe.items() if not np.isnan(parts[p][rows]).all()}
    total = sum(known.values())
    return {p: w / total for p, w in known.items()}


def _weighed(means: Mapping[str, float], weights: Mapping[str, float]) -> float:
    return sum(weights[p] * means[p] for p in weights)


def _abstention(timeline: Timeline, rows: NDArray[np.bool_],
                settings: ScoringSettings) -> str | None:
    """Why the face's scores abstain, or None.

    Args:
        timeline: its covered seconds not analysed.
        rows: (T,) the seconds that count.
    """
    lacking = _lacking(timeline, bool(timeline.seen.any()), int(rows.sum()), settings)
    hidden = covered(timeline) & ~timeline.analysed
    if lacking is None or not hidden.any():
        return lacking
    shown = timeline.having(coverage=np.where(hidden, 1.0, timeline["coverage"]))
    return _lacking(shown, True, int((rows | hidden).sum()), settings) or "abstain.covered"


def _lacking(timeline: Timeline, seen: bool, seconds: int,
             settings: ScoringSettings) -> str | None:
    if len(timeline) and timeline.analysed.mean() < settings.min_coverage:
        return "abstain.not_analysed"  # why the rest is missing is not known
    if not seen:
        return "abstain.no_face"
    if seconds < settings.min_seconds:
        return "abstain.seconds"
    if timeline.mean_coverage < settings.min_coverage:
        return "abstain.coverage"
    if timeline.seen_share < settings.min_coverage:
        return "abstain.not_analysed"
    return None


def _interval(value: float, signal: FloatArray, width: float) -> tuple[float, float]:
    """95 % interval about ``value``, within 0 to 100, ``width`` of the reference in it."""
    under, over = margins(signal)
    return max(0.0, value - hypot(under, width)), min(100.0, value + hypot(over, width))
