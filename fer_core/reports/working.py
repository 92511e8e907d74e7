"""How the numbers came about: every score opened, the models, what no number here knows."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from fer_core.config import Settings
from fer_core.networks import results
from fer_core.records import FloatArray, Score, Session
from fer_core.sessions.timeline import runs_of
from fer_core.texts import Language, between, say

LOW = 50.0
"""Points under which a second is named among a part's lowest."""
NAMED = 3
"""Stretches named a part."""
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
    """A network that voted, its checkpoint's SHA-256, and its measured accuracy in words
    ("not measured" where it is unknown)."""

    name: str
    sha256: str
    accuracy: str


def worked(session: Session, series: dict[str, FloatArray],
           language: Language) -> tuple[WorkedScore, ...]:
    """Every score that has a value, opened.

    Args:
        series: part name -> (T,) 0 to 100, of ``scoring.part_series``.
    """
    return tuple(_worked(session, score, series, language) for score in session.scores
                 if score.value is not None)


def model_rows(session: Session, language: Language,
               weights: Path | None = None) -> tuple[ModelRow, ...]:
    """Who read the expressions, each alone and all together.

    An accuracy counts only if it was measured with the very checkpoints of the session.

    Args:
        weights: folder of ``results.json``, which ``evaluate --save`` writes; the settings' by
            default.
    """
    entries = [e for e in results.read_results(weights or Settings().weights) if _measured(e)]

    def accuracy(shas: set[str]) -> str:
        found = [say("report.model.accuracy", language, data=e["data"], n=f"{e['n']:,}",
                     percent=f"{100 * e['accuracy']:.1f}")
                 for e in entries if {m["sha256"] for m in e["models"]} == shas]
        return "; ".join(found) or say("report.model.unmeasured", language)

    rows = [ModelRow(m.name, m.sha256, accuracy({m.sha256})) for m in session.models]
    if len(session.models) > 1:
        rows.append(ModelRow(say("report.model.together", language), "",
                             accuracy({m.sha256 for m in session.models})))
    return tuple(rows)


def limits(language: Language) -> tuple[str, ...]:
    """What the numbers cannot know."""
    return tuple(say(f"report.limit.{name}", language) for name in LIMITS)


def _worked(session: Session, score: Score, series: dict[str, FloatArray],
            language: Language) -> WorkedScore:
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


def _measured(entry: dict[str, Any]) -> bool:
    """Whether a line of the results file is an accuracy that can be told."""
    try:
        return (entry["kind"] == "evaluation" and bool(entry["models"]) and int(entry["n"]) > 0
                and 0 <= entry["accuracy"] <= 1 and isinstance(entry["data"], str)
                and all(isinstance(m["sha256"], str) for m in entry["models"]))
    except (KeyError, TypeError, ValueError):
        return False
