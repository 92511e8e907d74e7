"""A session to files and back: JSON that round-trips, a CSV that a calculator can follow.

To add a format: one function in ``WRITERS``.
"""

import csv
import io
import json
import os
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from fer_core.config import ScoringSettings
from fer_core.emotions import LABEL_SETS
from fer_core.errors import ReportError
from fer_core.records import (
    Answer,
    FloatArray,
    ModelName,
    Moment,
    Part,
    Person,
    QualityWarning,
    Score,
    Session,
    Source,
    Timeline,
)
from fer_core.report import warnings
from fer_core.scoring import SCORES
from fer_core.signals import PARTS, gather, scored
from fer_core.texts import Language, entries, say

SCHEMA_VERSION = 1
SAMPLE = Path(__file__).parent / "sample.report.json"
"""A session that we computed from a real clip; it holds no picture."""


class _Strict(BaseModel):
    model_config = ConfigDict(extra="ignore", allow_inf_nan=False)


class _Source(_Strict):
    name: str
    sha256: str
    duration_s: float = Field(ge=0, le=1e6)
    width: int
    height: int
    rotation: int


class _Row(_Strict):
    second: int
    coverage: float = Field(ge=0, le=1)
    probabilities: dict[str, float] | None
    yaw: float | None
    pitch: float | None
    roll: float | None
    motion: float | None


class _Part(_Strict):
    name: str
    value: float | None
    weight: float


class _Score(_Strict):
    value: float | None
    low: float | None = None
    high: float | None = None
    parts: list[_Part] = []
    seconds: int = 0
    reason_code: str | None = None


class _Warning(_Strict):
    code: str
    values: dict[str, Any] = {}


class _File(_Strict):
    """The schema of ``report.json``: what is read back."""

    schema_version: int
    created: str
    source: _Source
    models: list[ModelName]
    label_set: str
    settings: dict[str, Any]
    timeline: list[_Row]
    scores: dict[str, _Score]
    moments: list[Moment]
    people: list[Person]
    warnings: list[_Warning]
    answers: list[Answer] = []

    @model_validator(mode="after")
    def _known(self) -> "_File":
        """Codes that name a sentence must have one: the report would fail later."""
        keys = [*(f"warning.{w.code}" for w in self.warnings),
                *(f"moment.{m.kind}.title" for m in self.moments),
                *(f"score.{name}.label" for name in self.scores),
                *(f"part.{p.name}.label" for s in self.scores.values() for p in s.parts),
                *(s.reason_code for s in self.scores.values() if s.value is None)]
        unknown = [k for k in keys if k not in entries()]
        if unknown or self.label_set not in LABEL_SETS:
            raise ValueError(f"unknown: {unknown or self.label_set}")
        ScoringSettings(**self.settings["scoring"])
        float(self.settings["video"]["fps"])
        return self


def to_json(session: Session, language: Language) -> str:
    """``report.json``: the whole session; its sentences in one language beside their codes.

    Times in s, angles in degrees, probabilities and coverage 0 to 1, scores 0 to 100; null
    where nobody was seen or nothing could be measured.
    """
    source = session.source
    return json.dumps({
        "schema_version": SCHEMA_VERSION,
        "created": session.created,
        "language": language,
        "source": {"name": source.name, "sha256": source.sha256, "duration_s": source.duration,
                   "width": source.width, "height": source.height, "rotation": source.rotation},
        "models": [vars(m) for m in session.models],
        "label_set": session.timeline.labels.name,
        "labels": session.timeline.labels.keys,
        "settings": session.settings,
        "timeline": _rows(session.timeline),
        "scores": {s.name: _score(s, language) for s in session.scores},
        "moments": [vars(m) for m in session.moments],
        "people": [vars(p) for p in session.people],
        "warnings": [{"code": w.code, "text": note.text, "values": w.values} for w, note in
                     zip(session.warnings, warnings(session, language), strict=True)],
        "answers": [vars(a) for a in session.answers],
    }, ensure_ascii=False, indent=1, allow_nan=False) + "\n"


def from_json(text: str | bytes) -> Session:
    """The session of a ``report.json``.

    Raises:
        ReportError: not one of ours, damaged, or of a version that is not known.
    """
    try:
        data = json.loads(text)
        version = data["schema_version"]
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise ReportError("error.report.unreadable") from error
    if version != SCHEMA_VERSION:
        raise ReportError("error.report.version", version=str(version)[:20])
    try:
        file = _File.model_validate(data)
        return Session(
            source=Source(file.source.name, file.source.sha256, file.source.duration_s,
                          file.source.width, file.source.height, file.source.rotation),
            timeline=_timeline(file),
            scores=tuple(Score(name, s.value, s.low, s.high,
                               tuple(Part(p.name, p.value, p.weight) for p in s.parts),
                               s.seconds, s.reason_code) for name, s in file.scores.items()),
            moments=tuple(file.moments), people=tuple(file.people),
            warnings=tuple(QualityWarning(w.code, w.values) for w in file.warnings),
            models=tuple(file.models), settings=file.settings, answers=tuple(file.answers),
            created=file.created)
    except (ValidationError, ValueError, TypeError, KeyError) as error:
        raise ReportError("error.report.unreadable") from error


def sample_session() -> Session:
    """The session that opens without a camera or a clip."""
    return from_json(SAMPLE.read_bytes())


def timeline_csv(session: Session) -> str:
    """One row a second: what was read, then every part 0 to 100 as the scores use it.

    A score is the sum over its parts of weight x mean of the part's column; the weights are
    in ``report.json``. Cells are empty where nothing was measured.
    """
    timeline = session.timeline
    settings = ScoringSettings(**session.settings["scoring"])
    signals, rows = gather(timeline, settings), scored(timeline, settings)
    columns: dict[str, Iterable[Any]] = {
        "second": timeline.seconds, "coverage": timeline.coverage,
        **{key: timeline.probabilities[:, i] for i, key in enumerate(timeline.labels.keys)},
        "valence": timeline.valence, "yaw": timeline.yaw, "pitch": timeline.pitch,
        "roll": timeline.roll, "motion": timeline.motion}
    for name in dict.fromkeys(part for recipe in SCORES.values() for part in recipe):
        column = np.full(len(timeline), np.nan)
        column[rows] = 100 * PARTS[name](signals)
        columns[f"part_{name}"] = column
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(columns)
    for row in zip(*columns.values(), strict=True):
        writer.writerow(["" if np.isnan(v) else f"{v:.10g}" for v in row])
    return out.getvalue()


WRITERS: dict[str, tuple[str, Callable[[Session, Language], bytes]]] = {
    "json": (".report.json", lambda session, language: to_json(session, language).encode()),
    # With a byte order mark, because spreadsheets take UTF-8 without one for something else.
    "csv": (".timeline.csv", lambda session, language: timeline_csv(session).encode("utf-8-sig")),
}
"""Format -> file suffix and writer."""


def write(session: Session, folder: Path, stem: str, language: Language,
          formats: tuple[str, ...] = ("json", "csv")) -> tuple[Path, ...]:
    """Write a session's files, each whole or not at all.

    Raises:
        OSError: the folder cannot be written or the disk is full.
    """
    contents = [(folder / f"{stem}{suffix}", writer(session, language))
                for suffix, writer in (WRITERS[f] for f in formats)]
    folder.mkdir(parents=True, exist_ok=True)
    for path, content in contents:
        handle, name = tempfile.mkstemp(dir=folder, suffix=".partial")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            Path(name).chmod(0o644)
            os.replace(name, path)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise
    return tuple(path for path, _ in contents)


def _rows(timeline: Timeline) -> list[dict[str, Any]]:
    keys = timeline.labels.keys
    return [{
        "second": int(timeline.seconds[i]), "coverage": float(timeline.coverage[i]),
        "probabilities": dict(zip(keys, timeline.probabilities[i].tolist(), strict=True))
        if seen else None,
        "valence": _number(timeline.valence[i]), "yaw": _number(timeline.yaw[i]),
        "pitch": _number(timeline.pitch[i]), "roll": _number(timeline.roll[i]),
        "motion": _number(timeline.motion[i])} for i, seen in enumerate(timeline.seen)]


def _number(value: float) -> float | None:
    return None if np.isnan(value) else float(value)


def _score(score: Score, language: Language) -> dict[str, Any]:
    if score.value is None:
        assert score.reason is not None
        return {"value": None, "reason": say(score.reason, language),
                "reason_code": score.reason, "seconds": score.seconds}
    return {"value": score.value, "low": score.low, "high": score.high,
            "parts": [vars(p) for p in score.parts], "seconds": score.seconds}


def _timeline(file: _File) -> Timeline:
    labels = LABEL_SETS[file.label_set]
    rows = file.timeline
    if [r.second for r in rows] != list(range(len(rows))):
        raise ValueError("seconds are missing")
    unseen = dict.fromkeys(labels.keys, np.nan)

    def column(name: str) -> FloatArray:
        return np.array([getattr(r, name) for r in rows], dtype=np.float64)

    probabilities = [[(r.probabilities or unseen)[key] for key in labels.keys] for r in rows]
    return Timeline(labels, np.array(probabilities, dtype=np.float64).reshape(len(rows), -1),
                    column("coverage"), column("yaw"), column("pitch"), column("roll"),
                    column("motion"))
