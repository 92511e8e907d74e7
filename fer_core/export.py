"""A session to files and back: JSON that round-trips, a CSV that a calculator can follow.

To add a format: one function in ``WRITERS``.
"""

import csv
import io
import json
import os
import secrets
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Annotated, Any

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, model_validator

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
from fer_core.report import build_report, warnings
from fer_core.scoring import SCORES
from fer_core.signals import PARTS, gather, scored
from fer_core.texts import LANGUAGES, Language, say

SCHEMA_VERSION = 1
SAMPLE = Path(__file__).parent / "sample.report.json"
"""A session that we computed from a real clip; it holds no picture."""


# A hair of slack above: means of rounded values.
_Share = Annotated[float, Field(ge=0, le=1 + 1e-6)]
_Percent = Annotated[float, Field(ge=0, le=100 + 1e-4)]
_Degrees = Annotated[float, Field(ge=-180, le=180)]
_LONGEST = 1e6
"""s, twelve days: times beyond it are damage."""


class _Strict(BaseModel):
    """No type is guessed: ``"7"`` is not 7. NaN and infinity are refused."""

    model_config = ConfigDict(extra="ignore", allow_inf_nan=False, strict=True)


class _Source(_Strict):
    name: str
    sha256: str
    duration_s: float = Field(ge=0, le=_LONGEST)
    width: int = Field(ge=0)
    height: int = Field(ge=0)
    rotation: int


class _Row(_Strict):
    second: int = Field(ge=0, le=_LONGEST)
    coverage: _Share
    probabilities: dict[str, _Share] | None
    yaw: _Degrees | None
    pitch: _Degrees | None
    roll: _Degrees | None
    motion: Annotated[float, Field(ge=0)] | None


class _Part(_Strict):
    name: str
    value: _Percent | None
    weight: _Share


class _Score(_Strict):
    value: _Percent | None
    low: _Percent | None = None
    high: _Percent | None = None
    parts: list[_Part] = []
    seconds: int = Field(0, ge=0)
    reason_code: str | None = None

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
    labels: list[str]
    settings: dict[str, Any]
    timeline: list[_Row] = Field(min_length=1)
    scores: dict[str, _Score]
    moments: list[Moment]
    people: list[Person]
    warnings: list[_Warning]
    answers: list[Answer] = []

    @model_validator(mode="after")
    def _consistent(self) -> "_File":
        """Rows follow one another, stretches lie in time, labels are the set's."""
        start, keys = self.timeline[0].second, set(self.labels)
        end = start + len(self.timeline)
        if [r.second for r in self.timeline] != list(range(start, end)):
            raise ValueError("seconds are missing")
        if tuple(self.labels) != LABEL_SETS[self.label_set].keys:
            raise ValueError("not the labels of the set")
        for row in self.timeline:
            p = row.probabilities
            if p is not None and (p.keys() != keys or abs(sum(p.values()) - 1) > 0.001):
                raise ValueError(f"probabilities of second {row.second}")
        stretches = [*((m.start, m.end, start, end) for m in self.moments),
                     *((p.first, p.last, 0, _LONGEST) for p in self.people),
                     *((a.start, a.end, 0, _LONGEST) for a in self.answers)]
        if not all(least <= a <= b <= most for a, b, least, most in stretches):
            raise ValueError("a stretch outside the session")
        ScoringSettings(**self.settings["scoring"])
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
        if version != SCHEMA_VERSION:
            raise ReportError("error.report.version", version=str(version)[:20])
        # Written anew because Python reads NaN, and 1e999 as infinity, which JSON has not.
        session = _session(_File.model_validate_json(json.dumps(data, allow_nan=False)))
        for language in LANGUAGES:  # a code without a sentence, a sentence without its values
            build_report(session, language)
    except (ValueError, TypeError, LookupError, ArithmeticError, RecursionError) as error:
        raise ReportError("error.report.unreadable") from error
    return session


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
    """Write a session's files: none is put in place before all are on the disk whole.

    Raises:
        OSError: the folder cannot be written or the disk is full.
    """
    contents = [(folder / f"{stem}{suffix}", writer(session, language))
                for suffix, writer in (WRITERS[f] for f in formats)]
    folder.mkdir(parents=True, exist_ok=True)
    partial: list[Path] = []
    try:
        for _, content in contents:
            # A name of its own, because the stem may already be as long as a name can be.
            partial.append(folder / f".{secrets.token_hex(8)}.partial")
            with partial[-1].open("xb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
        for written, (path, _) in zip(partial, contents, strict=True):
            os.replace(written, path)
    finally:
        for left in partial:
            left.unlink(missing_ok=True)
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


def _session(file: _File) -> Session:
    source = file.source
    return Session(
        source=Source(source.name, source.sha256, source.duration_s, source.width,
                      source.height, source.rotation),
        timeline=_timeline(file),
        scores=tuple(Score(name, s.value, s.low, s.high,
                           tuple(Part(p.name, p.value, p.weight) for p in s.parts),
                           s.seconds, s.reason_code) for name, s in file.scores.items()),
        moments=tuple(file.moments), people=tuple(file.people),
        warnings=tuple(QualityWarning(w.code, w.values) for w in file.warnings),
        models=tuple(file.models), settings=file.settings, answers=tuple(file.answers),
        created=file.created)


def _timeline(file: _File) -> Timeline:
    rows, labels = file.timeline, LABEL_SETS[file.label_set]
    unseen = dict.fromkeys(labels.keys, np.nan)

    def column(name: str) -> FloatArray:
        return np.array([getattr(r, name) for r in rows], dtype=np.float64)

    probabilities = [[(r.probabilities or unseen)[key] for key in labels.keys] for r in rows]
    return Timeline(labels, np.array(probabilities), column("coverage"), column("yaw"),
                    column("pitch"), column("roll"), column("motion"), rows[0].second)
