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
    Voice,
)
from fer_core.sessions import (
    covering,
    delivery,
    eyes,
    measures,
    moments,
    quality,
    reference,
    scoring,
    signals,
    stillness,
    unmoved,
)
from fer_core.sessions.spoken import with_voice

VERSION = 3
"""1: the first, judged against the person's own first seconds where there is no neutral take.
2: laws (``tests/sessions/test_laws.py``): hiding, freezing and grinning do not pay.
3: the voice is heard: delivery. Eyes count for facing, where a neutral take tells how the person
looks at the camera. Covered seconds are left out; no table from before tells which they are, so
its scores are the same by both."""


def score(timeline: Timeline, settings: ScoringSettings, neutral: Timeline | None = None, *,
          answers: tuple[Answer, ...] = (), doubts: tuple[QualityWarning, ...] = ()) -> Scored:
    """Everything that a timeline comes to.

    Args:
        neutral: a take of the person's quiet face; None where there was none. One without a
            second that counts is as none.
        answers: stretches that are scored each for itself too.
        doubts: about the recording, of ``quality.recording``; told beside the timeline's own.
    """
    if neutral is not None:
        neutral = covering.bare(neutral)
        neutral = neutral if measures.scored(neutral, settings).any() else None
    against = reference.reference(neutral, settings)
    timeline, still = _as_seen(delivery.asked(timeline, answers))
    # In the dark the camera's noise hides what tells a living face from a picture.
    kind = quality.still_kind(still, doubts)
    rows = measures.scored(timeline, settings)
    parts = {name: 100 * part for name, part in
             scoring.series(timeline, settings, against).items()}
    scores = _scores(timeline, settings, against, kind)
    own_doubts = quality.check(timeline, settings, against, kind)
    if all(s.value is None for s in scores if s.name in scoring.FACE_SCORES):
        own_doubts = tuple(w for w in own_doubts if w.code not in quality.OF_INTERVALS)
    return Scored(
        recipe=_recipe(settings, neutral), scores=scores,
        rows=rows, parts=parts, series=scoring.signals_of(parts),
        tension=np.where(rows, measures.mass(
            timeline.labels, timeline.probabilities, "tension"), np.nan),
        resting=against.tension, tense=against.tension + moments.TENSION_RISE,
        moments=moments.find(timeline, settings, against),
        warnings=(*own_doubts, *doubts),
        answers=tuple(_scores(timeline, settings, against, kind, (a.start, a.end))
                      for a in answers), facing_pitch=against.pitch,
        facing_eyes=None if against.at_camera is None else (
            against.at_camera.x, against.at_camera.y, against.at_camera.yaw),
        alone=_alone(timeline, settings, against, scores))


def as_scored(timeline: Timeline, answers: tuple[Answer, ...] = ()) -> Timeline:
    """The timeline as ``score`` reads it: frozen and covered seconds count as not analysed, and of
    a session with questions only the answers are heard."""
    return _as_seen(delivery.asked(timeline, answers))[0]


def values(timeline: Timeline, settings: ScoringSettings, scored: Scored) -> dict[str, float]:
    """Score -> value of a changed timeline, the person's resting face held as it was scored:
    what a change would be worth. Neither abstains nor gives intervals, and is quick.

    Args:
        timeline: made from ``as_scored``, so that which seconds count stays as it was.
    """
    pitch = reference.USUAL.pitch if np.isnan(scored.facing_pitch) else scored.facing_pitch
    at = scored.facing_eyes
    return scoring.score_values(timeline, settings, reference.Reference(
        scored.resting, pitch, at_camera=None if at is None else eyes.AtCamera(*at, pitch)))


def _scores(timeline: Timeline, settings: ScoringSettings, against: reference.Reference,
            still: quality.Still, within: tuple[float, float] | None = None
            ) -> tuple[Score, ...]:
    found = scoring.score_session(timeline, settings, against, within)
    # Why a photograph would have no score otherwise, such as its length, comes first. A voice
    # beside it is heard as it is.
    return tuple(s if s.value is None or still is None or s.name not in scoring.FACE_SCORES
                 else replace(s, value=None, low=None, high=None, parts=(),
                              reason="abstain.dark" if still == "dark" else "abstain.still",
                              reference=None) for s in found)


def _alone(timeline: Timeline, settings: ScoringSettings, against: reference.Reference,
           scores: tuple[Score, ...]) -> dict[str, dict[str, float]]:
    """Network -> score -> value with its probabilities in place of the vote's, against the same
    reference: what differs is the reading alone. Of the face's scores that do not abstain."""
    given = [s.name for s in scores if s.value is not None and s.name in scoring.FACE_SCORES]
    found = {}
    for name, probabilities in timeline.members.items():
        read = replace(timeline, probabilities=probabilities)
        values = scoring.score_values(read, settings, against)
        found[name] = {s: min(values[s], 100.0) for s in given if s in values}
    return {name: values for name, values in found.items() if values}


def _as_seen(timeline: Timeline) -> tuple[Timeline, bool]:
    """The timeline with its frozen and covered seconds not analysed, and whether it is a still
    picture's: by the change within the face where that is known, else by what the table tells."""
    timeline = covering.bare(timeline)
    judge = unmoved if np.isnan(timeline["change"]).all() else stillness
    if judge.still_picture(timeline):
        return timeline, True
    return stillness.thawed(timeline, judge.frozen(timeline)), False


def rescore(session: Session) -> Session:
    """The session scored by today's recipe; what it was scored by before stays beside it."""
    doubts = tuple(w for w in session.warnings if w.code in quality.RECORDING)
    scored = score(session.timeline, scoring_of(session), session.neutral,
                   answers=session.answers, doubts=doubts)
    # A language model worded advice on the scores of before.
    return replace(session, scored=scored, former=session.scored, written=None)


def reheard(session: Session, voice: Voice) -> Session:
    """The session with another voice, such as one whose words the person put right, scored by
    today's recipe; one of an older recipe keeps beside it what it was scored by before."""
    again = rescore(replace(session, voice=voice, timeline=with_voice(session.timeline, voice)))
    return again if is_older(session.scored) else replace(again, former=session.former)


def is_older(scored: Scored) -> bool:
    """Whether another recipe than today's made it."""
    return scored.recipe.version != VERSION


def restored(timeline: Timeline, settings: ScoringSettings, scores: tuple[Score, ...],
             found: tuple[Moment, ...], warnings: tuple[QualityWarning, ...]) -> Scored:
    """Of a file that kept no series: its own scores, moments and warnings, which are of
    version 1."""
    return Scored(
        Recipe(1, {}, {}, "none" if settings.resting is None else "number"), scores,
        measures.scored(timeline, settings), {}, {}, np.full(len(timeline), np.nan), np.nan,
        np.nan, found, warnings)


def scoring_of(session: Session) -> ScoringSettings:
    """The scoring settings that the session was made with."""
    return ScoringSettings(**session.settings["scoring"])


def _recipe(settings: ScoringSettings, neutral: Timeline | None) -> Recipe:
    return Recipe(
        VERSION, {name: dict(weights) for name, weights in scoring.SCORES.items()},
        {name.lower(): float(value)
         for module in (signals, covering, delivery, eyes, moments, reference, stillness, unmoved)
         for name, value in vars(module).items()
         if name.isupper() and isinstance(value, int | float)},
        "take" if neutral is not None else "none" if settings.resting is None else "number")
