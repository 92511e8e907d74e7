"""A timeline to everything a report says of it: the one way in to scoring.

``VERSION`` names the formulas. Whoever changes a formula, a weight or a threshold raises it:
older sessions then open with the scores they were saved with, and can be scored anew.
"""

from dataclasses import replace

import numpy as np

from fer_core.config import ScoringSettings
from fer_core.records import (
    Answer,
    Moment,
    QualityWarning,
    Recipe,
    Score,
    Scored,
    Session,
    Timeline,
)
from fer_core.sessions import moments, quality, scoring, signals

VERSION = 1
"""1: the first, judged against the person's own first seconds where there is no neutral take."""


def score(timeline: Timeline, settings: ScoringSettings, neutral: Timeline | None = None, *,
          answers: tuple[Answer, ...] = (), doubts: tuple[QualityWarning, ...] = ()) -> Scored:
    """Everything that a timeline comes to.

    Args:
        neutral: a take of the person's quiet face; None where there was none. One without a
            second that counts is as none.
        answers: stretches that are scored each for itself too.
        doubts: about the recording, of ``quality.recording``; told beside the timeline's own.
    """
    if neutral is not None and not signals.scored(neutral, settings).any():
        neutral = None
    found = signals.gather(timeline, settings, neutral)
    rows = signals.scored(timeline, settings)
    return Scored(
        recipe=_recipe(settings, neutral),
        scores=scoring.score_session(timeline, settings, neutral), rows=rows,
        parts=scoring.part_series(timeline, settings, neutral),
        series=scoring.per_second(timeline, settings, neutral),
        tension=np.where(rows, signals.mass(
            timeline.labels, timeline.probabilities, "tension"), np.nan),
        resting=found.baseline, tense=found.baseline + moments.TENSION_RISE,
        moments=moments.find(timeline, settings, neutral),
        warnings=(*quality.check(timeline, settings), *doubts),
        answers=tuple(scoring.score_session(timeline, settings, neutral, (a.start, a.end))
                      for a in answers))


def values(timeline: Timeline, settings: ScoringSettings, scored: Scored) -> dict[str, float]:
    """Score -> value of a changed timeline, the person's resting face held as it was scored:
    what a change would be worth. Neither abstains nor gives intervals, and is quick."""
    return scoring.score_values(timeline, settings, scored.resting)


def rescore(session: Session) -> Session:
    """The session scored by today's recipe; what it was scored by before stays beside it."""
    doubts = tuple(w for w in session.warnings if w.code in quality.RECORDING)
    scored = score(session.timeline, scoring_of(session), session.neutral,
                   answers=session.answers, doubts=doubts)
    # A language model worded advice on the scores of before.
    return replace(session, scored=scored, former=session.scored, written=None)


def is_older(scored: Scored) -> bool:
    """Whether another recipe than today's made it."""
    return scored.recipe.version != VERSION


def restored(timeline: Timeline, settings: ScoringSettings, answers: tuple[Answer, ...],
             scores: tuple[Score, ...], found: tuple[Moment, ...],
             warnings: tuple[QualityWarning, ...]) -> Scored:
    """Of a file that kept no series: its own scores, moments and warnings, which are of version
    1, and the series where today's formulas are still those."""
    if VERSION == 1:
        today = score(timeline, settings, answers=answers)
        return replace(today, scores=scores, moments=found, warnings=warnings)
    return Scored(
        Recipe(1, {}, {}, "none" if settings.resting is None else "number"), scores,
        signals.scored(timeline, settings), {}, {}, np.full(len(timeline), np.nan), np.nan,
        np.nan, found, warnings)


def scoring_of(session: Session) -> ScoringSettings:
    """The scoring settings that the session was made with."""
    return ScoringSettings(**session.settings["scoring"])


def _recipe(settings: ScoringSettings, neutral: Timeline | None) -> Recipe:
    return Recipe(
        VERSION, {name: dict(weights) for name, weights in scoring.SCORES.items()},
        {name.lower(): float(value) for module in (signals, moments)
         for name, value in vars(module).items()
         if name.isupper() and isinstance(value, int | float)},
        "take" if neutral is not None else "none" if settings.resting is None else "number")
