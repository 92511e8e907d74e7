"""How the numbers came about: every score opened, the models, what no number here knows."""

from dataclasses import dataclass

import numpy as np

from fer_core.records import FloatArray, Score, Session
from fer_core.sessions.timeline import runs_of
from fer_core.texts import Language, between, say

LOW = 50.0
"""Points under which a second is named among a part's lowest."""
NAMED = 3
"""Stretches named a part."""
JUDGES = ("Overall", "Excited")
"""Ratings of the judges of whole interviews; all others are of clips."""
LIMITS = ("inside", "voice", "models", "gaze", "other", "use")


@dataclass(frozen=True)
class WorkedPart:
    """One addend of a score: value x weight = points.

    Attributes:
        column: of the exported table, whose mean over ``seconds`` known cells is the value.
        weakest: the seconds that cost most, in words such as "0:12–0:18, 0:40"; "" if none.
    """

    name: str
    label: str
    about: str
    column: str
    value: float | None
    weight: float
    points: float
    seconds: int
    weakest: str


@dataclass(frozen=True)
class WorkedScore:
    """A score opened: ``formula`` is the sum written out with its numbers."""

    name: str
    label: str
    formula: str
    parts: tuple[WorkedPart, ...]


@dataclass(frozen=True)
class ModelRow:
    """A network, its checkpoint's SHA-256, and its measured accuracy in words ("not measured"
    where it is unknown), or what it does instead of voting."""

    name: str
    sha256: str
    accuracy: str


def worked(session: Session, language: Language) -> tuple[WorkedScore, ...]:
    """Every score that has a value, opened."""
    return tuple(_worked(session, score, language) for score in session.scores
                 if score.value is not None)


def model_rows(session: Session, language: Language) -> tuple[ModelRow, ...]:
    """Who read the expressions, each alone and all together, and how often each was right
    when the session was made."""
    def accuracy(*shas: str) -> str:
        if session.accuracies is None:
            return say("report.unknown", language)
        found = [say("report.model.accuracy", language, data=a.data, n=f"{a.n:,}",
                     percent=f"{100 * a.accuracy:.1f}")
                 for a in session.accuracies if {*a.networks} == {*shas}]
        return "; ".join(found) or say("report.model.unmeasured", language)

    rows = [ModelRow(m.name, m.sha256, accuracy(m.sha256)) for m in session.models]
    if len(session.models) > 1:
        rows.append(ModelRow(say("report.model.together", language), "",
                             accuracy(*(m.sha256 for m in session.models))))
    silent = {"muscles": session.muscles, "accessories": session.accessories}
    rows += [ModelRow(say(f"report.model.{name}", language), sha256,
                      say(f"report.model.{name}_for", language))
             for name, sha256 in silent.items() if sha256 is not None]
    return tuple(rows)


def held(session: Session, language: Language) -> tuple[str, ...]:
    """What of the scores was held against people, and what was not. A score that needs sound is
    no subject where there was none."""
    mute = {s.name for s in session.scores if s.reason == "abstain.no_sound"}
    found = [h for h in session.held or () if h.version == session.scored.recipe.version
             and h.score not in mute]
    lines = [say(f"report.held.{'judged' if h.rating in JUDGES else 'score'}", language,
                 label=say(f"score.{h.score}.label", language),
                 rating=say(f"rating.{h.rating}", language), r=f"{h.r:+.2f}", low=f"{h.low:+.2f}",
                 high=f"{h.high:+.2f}", n=h.n, people=h.people)
             + (" " + say("report.held.chance", language) if h.low <= 0 <= h.high else "")
             for h in found]
    missing = [say(f"score.{s.name}.label", language) for s in session.scores
               if s.name not in {h.score for h in found} | mute]
    if missing:
        lines.append(say("report.held.not", language, labels=", ".join(missing)))
    return tuple(lines)


def limits(language: Language) -> tuple[str, ...]:
    """What the numbers cannot know."""
    return tuple(say(f"report.limit.{name}", language) for name in LIMITS)


def _worked(session: Session, score: Score, language: Language) -> WorkedScore:
    series = {p.name: session.scored.part(p.name) for p in score.parts}
    parts = tuple(WorkedPart(
        p.name, say(f"part.{p.name}.label", language), say(f"part.{p.name}.about", language),
        f"part_{p.name}", p.value, p.weight, (p.value or 0.0) * p.weight,
        int((~np.isnan(series[p.name])).sum()), _lowest(session, series[p.name]))
        for p in score.parts)
    addends = " + ".join(f"{p.value:.2f} × {p.weight:.3g}" for p in parts if p.value is not None)
    return WorkedScore(score.name, say(f"score.{score.name}.label", language),
                       f"{addends} = {score.value:.2f}", parts)


def _lowest(session: Session, series: FloatArray) -> str:
    """The longest stretches under ``LOW``, in order of time."""
    longest = sorted(runs_of(series < LOW), key=lambda r: (r[0] - r[1], r[0]))[:NAMED]
    start = session.timeline.start
    return ", ".join(between(start + a, start + b) for a, b in sorted(longest))
