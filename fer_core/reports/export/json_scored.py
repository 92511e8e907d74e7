"""What a timeline comes to, as JSON and back."""

from collections.abc import Mapping
from typing import Any, Literal

import numpy as np
from pydantic import Field, model_validator

from fer_core.config import ScoringSettings
from fer_core.records import (
    FloatArray,
    ModelName,
    Moment,
    Part,
    QualityWarning,
    Recipe,
    Score,
    Scored,
    Timeline,
)
from fer_core.reports.export.json_values import Percent, Share, Strict
from fer_core.reports.report import notes
from fer_core.sessions.scored import restored
from fer_core.texts import Language, say


class _Part(Strict):
    name: str
    value: Percent | None
    weight: Share


class _Score(Strict):
    value: Percent | None
    low: Percent | None = None
    high: Percent | None = None
    parts: list[_Part] = Field([])
    seconds: int = Field(0, ge=0)
    reason_code: str | None = None
    reference: Percent | None = None

    @model_validator(mode="after")
    def _whole(self) -> "_Score":
        """A value with its interval and the parts that sum to it, or a reason."""
        if self.value is None:
            if self.reason_code is None or not self.reason_code.startswith("abstain."):
                raise ValueError("neither a value nor a reason")
            return self
        if self.low is None or self.high is None or not self.low <= self.value <= self.high:
            raise ValueError("the value is not in its interval")
        if abs(sum((p.value or 0) * p.weight for p in self.parts) - self.value) > 0.01:
            raise ValueError("the parts do not sum to the value")
        return self


class _Warning(Strict):
    code: str
    values: dict[str, Any] = Field({})


class _Recipe(Strict):
    version: int = Field(ge=1, le=1000)
    weights: dict[str, dict[str, Share]]
    thresholds: dict[str, float]
    neutral: Literal["take", "number", "none"]


class _PerSecond(Strict):
    counted: list[bool]
    tension: list[Share | None]
    parts: dict[str, list[Percent | None]]
    scores: dict[str, list[Percent | None]]


class ScoredFile(Strict):
    """The schema of a ``Scored``. Files before schema 5 kept scores, moments and warnings only."""

    scores: dict[str, _Score]
    moments: list[Moment]
    warnings: list[_Warning]
    recipe: _Recipe | None = None
    per_second: _PerSecond | None = None
    resting_tension: Share | None = None
    facing_pitch: float | None = Field(None, ge=-180, le=180)
    tense_above: float | None = Field(None, ge=0, le=2)
    answer_scores: list[dict[str, _Score]] = Field([])
    alone: dict[str, dict[str, Percent]] = Field({})

    def check(self, start: int, rows: int, answers: int) -> None:
        """Whether it fits a timeline.

        Raises:
            ValueError: not.
        """
        if not all(start <= m.start <= m.end <= start + rows for m in self.moments):
            raise ValueError("a moment outside the session")
        if (self.recipe is None) != (self.per_second is None):
            raise ValueError("a recipe without its seconds, or the reverse")
        if self.per_second is not None:
            found = self.per_second
            columns: list[list[Any]] = [found.counted, found.tension, *found.parts.values(),
                                        *found.scores.values()]
            if any(len(column) != rows for column in columns):
                raise ValueError("not a value a second")
        if self.answer_scores and len(self.answer_scores) != answers:
            raise ValueError("not the scores of every answer")
        if not all(found.keys() <= self.scores.keys() for found in self.alone.values()):
            raise ValueError("a network's value of a score that is not there")

    def scored(self, timeline: Timeline, settings: ScoringSettings) -> Scored:
        """What was written."""
        scores = _scores(self.scores)
        warnings = tuple(QualityWarning(w.code, w.values) for w in self.warnings)
        if self.recipe is None or self.per_second is None:
            return restored(timeline, settings, scores, tuple(self.moments), warnings)
        recipe, seconds = self.recipe, self.per_second
        return Scored(
            Recipe(recipe.version, recipe.weights, recipe.thresholds, recipe.neutral), scores,
            np.array(seconds.counted, bool), _arrays(seconds.parts), _arrays(seconds.scores),
            np.array(seconds.tension, float),
            np.nan if self.resting_tension is None else self.resting_tension,
            np.nan if self.tense_above is None else self.tense_above,
            tuple(self.moments), warnings, tuple(_scores(a) for a in self.answer_scores),
            np.nan if self.facing_pitch is None else self.facing_pitch, self.alone)


def scored_data(scored: Scored, models: tuple[ModelName, ...], vote: str,
                language: Language) -> dict[str, Any]:
    """A ``Scored`` for JSON: scores and parts 0 to 100, tension 0 to 1; its sentences beside
    their codes. The recipe names the networks too, and how they voted."""
    recipe = scored.recipe
    return {
        "scores": {s.name: _score(s, language) for s in scored.scores},
        "moments": [vars(m) for m in scored.moments],
        "warnings": [{"code": w.code, "text": note.text, "values": w.values} for w, note in
                     zip(scored.warnings, notes(scored.warnings, language), strict=True)],
        "recipe": {"version": recipe.version, "weights": recipe.weights,
                   "thresholds": recipe.thresholds, "neutral": recipe.neutral,
                   "networks": [vars(m) for m in models], "vote": vote},
        "per_second": {"counted": scored.rows.tolist(), "tension": numbers(scored.tension),
                       "parts": {n: numbers(v) for n, v in scored.parts.items()},
                       "scores": {n: numbers(v) for n, v in scored.series.items()}},
        "resting_tension": number(scored.resting),
        "facing_pitch": number(scored.facing_pitch), "tense_above": number(scored.tense),
        "answer_scores": [{s.name: _score(s, language) for s in scores}
                          for scores in scored.answers],
        "alone": scored.alone,
    }


def number(value: float) -> float | None:
    """NaN, which JSON has not, as null."""
    return None if np.isnan(value) else float(value)


def numbers(values: FloatArray) -> list[float | None]:
    return [number(value) for value in values]


def _score(score: Score, language: Language) -> dict[str, Any]:
    if score.value is None:
        assert score.reason is not None
        return {"value": None, "reason": say(score.reason, language),
                "reason_code": score.reason, "seconds": score.seconds}
    return {"value": score.value, "low": score.low, "high": score.high,
            "parts": [vars(p) for p in score.parts], "seconds": score.seconds,
            "reference": score.reference}


def _scores(file: Mapping[str, _Score]) -> tuple[Score, ...]:
    return tuple(Score(name, s.value, s.low, s.high,
                       tuple(Part(p.name, p.value, p.weight) for p in s.parts),
                       s.seconds, s.reason_code, s.reference) for name, s in file.items())


def _arrays(columns: Mapping[str, list[float | None]]) -> dict[str, FloatArray]:
    return {name: np.array(values, float) for name, values in columns.items()}
