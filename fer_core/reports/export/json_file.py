"""A session as JSON, and back: what is written reads into an identical report."""

import json
from base64 import b64decode, b64encode
from dataclasses import asdict
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import Annotated, Any, Literal

import numpy as np
from PIL import Image
from pydantic import BaseModel, ConfigDict, Field, model_validator

from fer_core.config import ScoringSettings
from fer_core.emotions import LABEL_SETS
from fer_core.errors import ReportError
from fer_core.records import (
    Advice,
    Answer,
    CoachStyle,
    FloatArray,
    Line,
    ModelName,
    Moment,
    Part,
    Person,
    QualityWarning,
    Score,
    SelfRating,
    Session,
    Source,
    Stretch,
    Timeline,
    Written,
)
from fer_core.reports.coach import MOST
from fer_core.reports.report import build_report, warnings
from fer_core.texts import LANGUAGES, Language, say

SCHEMA_VERSION = 4
"""2 added self_rating, coach and written, 3 pictures: all may be missing, so that 1 is still read.
4 tells seconds without an analysed frame (coverage null) from those without a face (0)."""
SAMPLE = Path(__file__).parent.parent / "sample.report.json"
"""A session that we computed from a real clip; it holds no picture."""


# A hair of slack above: means of rounded values.
_Share = Annotated[float, Field(ge=0, le=1 + 1e-6)]
_Percent = Annotated[float, Field(ge=0, le=100 + 1e-4)]
_Degrees = Annotated[float, Field(ge=-180, le=180)]
_LONGEST = 1e6
"""s, twelve days: times beyond it are damage."""
_WIDEST = 1024
"""px: a few bytes of JPEG can ask for gigabytes of memory."""


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
    coverage: _Share | None
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


class _SelfRating(_Strict):
    confidence: _Percent | None = None
    composure: _Percent | None = None


class _Style(_Strict):
    tone: Literal["polite", "casual"]
    focus: list[Literal["advice", "comfort", "empathy"]]
    length: Literal["short", "normal", "long"]


class _Line(_Strict):
    kind: str = Field(max_length=20)
    text: str = Field(min_length=1, max_length=1000)
    evidence: list[Stretch] = Field(min_length=1, max_length=20)


class _Advice(_Strict):
    code: str = Field(max_length=40)
    title: str = Field(min_length=1, max_length=200)
    evidence: list[Stretch] = Field(min_length=1, max_length=20)
    gains: dict[str, Annotated[float, Field(ge=-100, le=100)]]
    lines: list[_Line] = Field(min_length=1, max_length=20)


class _Written(_Strict):
    language: Literal["ko", "en"]
    model: str = Field(max_length=200)
    advice: list[_Advice] = Field(max_length=MOST)


class _Picture(_Strict):
    second: int
    jpeg: str = Field(max_length=100_000)

    @model_validator(mode="after")
    def _opens(self) -> "_Picture":
        try:
            with Image.open(BytesIO(b64decode(self.jpeg, validate=True)), "r", ["JPEG"]) as image:
                if max(image.size) > _WIDEST:
                    raise ValueError("too large")
                image.load()
        except (OSError, Image.DecompressionBombError) as error:
            raise ValueError("not a JPEG") from error
        return self


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
    self_rating: _SelfRating | None = None
    coach: _Style | None = None
    written: _Written | None = None
    pictures: list[_Picture] = Field([], max_length=50)

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
                     *((a.start, a.end, 0, _LONGEST) for a in self.answers),
                     *((p.second, p.second + 1, start, end) for p in self.pictures)]
        if self.written is not None:
            for advice in self.written.advice:
                for evidence in (advice.evidence, *(line.evidence for line in advice.lines)):
                    stretches += ((s.start, s.end, start, end) for s in evidence)
                if not all(name in self.scores for name in advice.gains):
                    raise ValueError("a gain of a score that is not there")
        if not all(least <= a <= b <= most for a, b, least, most in stretches):
            raise ValueError("a stretch outside the session")
        ScoringSettings(**self.settings["scoring"])
        if self.created:
            datetime.fromisoformat(self.created)
        return self


def to_json(session: Session, language: Language) -> str:
    """``report.json``: the whole session; its sentences in one language beside their codes.

    Times in s, angles in degrees, probabilities and coverage 0 to 1, scores 0 to 100; null
    where nobody was seen, no frame was analysed or nothing could be measured.
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
        "self_rating": None if session.self_rating is None else vars(session.self_rating),
        "coach": vars(session.coach),
        "written": None if session.written is None else asdict(session.written),
        "pictures": [{"second": second, "jpeg": b64encode(jpeg).decode()}
                     for second, jpeg in session.pictures.items()],
    }, ensure_ascii=False, indent=1, allow_nan=False) + "\n"


def from_json(text: str | bytes) -> Session:
    """The session of a ``report.json``.

    Raises:
        ReportError: not one of ours, damaged, or of a version that is not known.
    """
    try:
        data = json.loads(text)
        version = data["schema_version"]
        if version not in range(1, SCHEMA_VERSION + 1):
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


def _rows(timeline: Timeline) -> list[dict[str, Any]]:
    keys = timeline.labels.keys
    return [{
        "second": int(timeline.seconds[i]), "coverage": _number(timeline.coverage[i]),
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
        created=file.created,
        self_rating=None if file.self_rating is None else SelfRating(
            file.self_rating.confidence, file.self_rating.composure),
        coach=CoachStyle() if file.coach is None else CoachStyle(
            file.coach.tone, tuple(file.coach.focus), file.coach.length),
        written=None if file.written is None else Written(
            file.written.language, file.written.model,
            tuple(_advice(a) for a in file.written.advice)),
        pictures={p.second: b64decode(p.jpeg) for p in file.pictures})


def _advice(advice: _Advice) -> Advice:
    return Advice(advice.code, advice.title, tuple(advice.evidence), advice.gains, tuple(
        Line(line.kind, line.text, tuple(line.evidence)) for line in advice.lines))


def _timeline(file: _File) -> Timeline:
    rows, labels = file.timeline, LABEL_SETS[file.label_set]
    unseen = dict.fromkeys(labels.keys, np.nan)

    def column(name: str) -> FloatArray:
        return np.array([getattr(r, name) for r in rows], dtype=np.float64)

    probabilities = [[(r.probabilities or unseen)[key] for key in labels.keys] for r in rows]
    return Timeline(labels, np.array(probabilities), column("coverage"), column("yaw"),
                    column("pitch"), column("roll"), column("motion"), rows[0].second)
