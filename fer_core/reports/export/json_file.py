"""A session as JSON, and back: what is written reads into an identical report."""

import json
from base64 import b64decode, b64encode
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from fer_core.config import ScoringSettings
from fer_core.emotions import LABEL_SETS, LabelSet
from fer_core.errors import ReportError
from fer_core.records import (
    COLUMNS,
    Advice,
    CoachStyle,
    FloatArray,
    Line,
    Scored,
    SelfRating,
    Session,
    Source,
    Timeline,
    Written,
)
from fer_core.reports.export import json_schema
from fer_core.reports.export.json_scored import number, scored_data
from fer_core.reports.export.json_voice import said_data, voice_data
from fer_core.reports.report import build_report
from fer_core.texts import LANGUAGES, Language

SCHEMA_VERSION = 8
"""2 added self_rating, coach and written, 3 pictures: all may be missing, so that 1 is still read.
4 tells seconds without an analysed frame (coverage null) from those without a face (0).
5 keeps what the scores were made of: recipe, values second by second, scores of answers, the
networks' own readings, their accuracies and the neutral take; columns come from the registry.
6 keeps what was heard and typed, and which network read the muscles; all may be missing.
7 tells seconds of a covered face, by a column and in reasons and warnings, and which network saw
them; all may be missing.
8 keeps in which way it was read (missing: as the first did), and tells a neutral take in which the
person talked."""
SAMPLE = Path(__file__).parent.parent / "sample.report.json"
"""A session that we computed from a real clip; it holds no picture."""


def to_json(session: Session, language: Language) -> str:
    """``report.json``: the whole session; its sentences in one language beside their codes.

    Times in s, angles in degrees, probabilities and coverage 0 to 1, scores 0 to 100; null
    where nobody was seen, no frame was analysed or nothing could be measured.
    """
    source, vote = session.source, session.settings["recogniser"]["vote"]
    voice = session.voice

    def told(scored: Scored) -> dict[str, Any]:
        return scored_data(scored, session.models, vote, language)

    return _lines({
        "schema_version": SCHEMA_VERSION,
        "created": session.created,
        "language": language,
        "source": {"name": source.name, "sha256": source.sha256, "duration_s": source.duration,
                   "width": source.width, "height": source.height, "rotation": source.rotation},
        "models": [vars(m) for m in session.models],
        "muscles": session.muscles,
        "accessories": session.accessories,
        "reading": session.reading,
        "accuracies": None if session.accuracies is None else [
            vars(a) for a in session.accuracies],
        "held": None if session.held is None else [vars(h) for h in session.held],
        "label_set": session.timeline.labels.name,
        "labels": session.timeline.labels.keys,
        "settings": session.settings,
        "timeline": _rows(session.timeline),
        "neutral_take": None if session.neutral is None else {
            "timeline": _rows(session.neutral)},
        **told(session.scored),
        "former": None if session.former is None else told(session.former),
        "people": [vars(p) for p in session.people],
        "answers": [vars(a) for a in session.answers],
        "self_rating": None if session.self_rating is None else vars(session.self_rating),
        "voice": None if voice is None else {**voice_data(voice), "said": said_data(session)},
        "typed": [vars(t) for t in session.typed],
        "coach": vars(session.coach),
        "written": None if session.written is None else asdict(session.written),
        "pictures": [{"second": second, "jpeg": b64encode(jpeg).decode()}
                     for second, jpeg in session.pictures.items()],
    })


def _lines(data: dict[str, Any]) -> str:
    """JSON with a line for every key, and for every element of a list of objects."""
    def dumped(value: Any) -> str:
        return json.dumps(value, ensure_ascii=False, allow_nan=False)

    lines = []
    for key, value in data.items():
        text = dumped(value)
        if isinstance(value, list) and value and isinstance(value[0], dict):
            text = "[\n  " + ",\n  ".join(dumped(element) for element in value) + "\n ]"
        elif isinstance(value, dict) and value:
            text = "{\n  " + ",\n  ".join(
                f"{dumped(k)}: {dumped(v)}" for k, v in value.items()) + "\n }"
        lines.append(f" {dumped(key)}: {text}")
    return "{\n" + ",\n".join(lines) + "\n}\n"


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
        session = _session(json_schema.File.model_validate_json(json.dumps(data, allow_nan=False)))
        for language in LANGUAGES:  # a code without a sentence, a sentence without its values
            build_report(session, language)
    except (ValueError, TypeError, LookupError, ArithmeticError, RecursionError) as error:
        raise ReportError("error.report.unreadable") from error
    return session


def sample_session() -> Session:
    """The session that opens without a camera or a clip."""
    return from_json(SAMPLE.read_bytes())


def _rows(timeline: Timeline) -> list[dict[str, Any]]:
    keys, valence = timeline.labels.keys, timeline.valence
    columns = {name: timeline[name] for name in COLUMNS}

    def shares(row: FloatArray) -> dict[str, float] | None:
        return None if np.isnan(row).any() else dict(zip(keys, row.tolist(), strict=True))

    return [{
        "second": int(second), "probabilities": shares(timeline.probabilities[i]),
        "members": {name: shares(p[i]) for name, p in timeline.members.items()},
        "valence": number(valence[i]),
        **{name: number(values[i]) for name, values in columns.items()},
    } for i, second in enumerate(timeline.seconds)]


def _session(file: json_schema.File) -> Session:
    source, labels = file.source, LABEL_SETS[file.label_set]
    timeline = _timeline(file.timeline, labels)
    settings, answers = ScoringSettings(**file.settings["scoring"]), tuple(file.answers)
    return Session(
        source=Source(source.name, source.sha256, source.duration_s, source.width,
                      source.height, source.rotation),
        timeline=timeline, scored=file.scored(timeline, settings),
        people=tuple(file.people), models=tuple(file.models), settings=file.settings,
        answers=answers, created=file.created,
        self_rating=None if file.self_rating is None else SelfRating(
            file.self_rating.confidence, file.self_rating.composure),
        coach=CoachStyle() if file.coach is None else CoachStyle(
            file.coach.tone, tuple(file.coach.focus), file.coach.length),
        written=None if file.written is None else Written(
            file.written.language, file.written.model,
            tuple(_advice(a) for a in file.written.advice)),
        pictures={p.second: b64decode(p.jpeg) for p in file.pictures},
        neutral=None if file.neutral_take is None else _timeline(
            file.neutral_take.timeline, labels),
        former=None if file.former is None else file.former.scored(timeline, settings),
        accuracies=None if file.accuracies is None else tuple(file.accuracies),
        held=None if file.held is None else tuple(file.held),
        voice=None if file.voice is None else file.voice.voice(), muscles=file.muscles,
        accessories=file.accessories, reading=file.reading, typed=tuple(file.typed))


def _advice(advice: json_schema.Advice) -> Advice:
    return Advice(advice.code, advice.title, tuple(advice.evidence), advice.gains, tuple(
        Line(line.kind, line.text, tuple(line.evidence)) for line in advice.lines))


def _timeline(rows: list[json_schema.Row], labels: LabelSet) -> Timeline:
    unknown = dict.fromkeys(labels.keys, np.nan)

    def shares(found: list[dict[str, float] | None]) -> FloatArray:
        return np.array([[(p or unknown)[key] for key in labels.keys] for p in found])

    names = dict.fromkeys(name for row in rows for name in row.members)
    columns = {name: np.array([row.column(name) for row in rows], float) for name in COLUMNS}
    return Timeline(
        labels, shares([row.probabilities for row in rows]),
        {name: values for name, values in columns.items() if not np.isnan(values).all()},
        rows[0].second,
        {name: shares([row.members.get(name) for row in rows]) for name in names})
