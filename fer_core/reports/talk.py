"""Questions about a session, answered from its report alone.

A table of what people ask (``talk.toml``) finds the subject; the reply is put together from the
report's own sentences and numbers. Nothing is computed here but a rounding, so no number can be
in a reply that is not in the report; what the report does not hold "was not measured".
"""

import math
import re
import tomllib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from fer_core.records import Stretch
from fer_core.reports.answers import AnswerRow
from fer_core.reports.cards import Finding, ScoreCard
from fer_core.reports.report import Report
from fer_core.texts import clock, say

WHOLE = 4
"""Letters up to which an English word must be met as a whole: "um" is not in "umbrella"."""
MOST = 3
"""Things named in one reply."""
_CLOCK = re.compile(r"(?<![\d:])(\d{1,3}):([0-5]\d)(?![\d:])")
"""A time of the session, as the report writes it."""
_NUMBER = r"\d{1,3}(?:-\d)?"
"""Of an answer, as the report writes it."""
Said = tuple[str, tuple[Stretch, ...]]


@dataclass(frozen=True)
class Reply:
    """What is said to a question.

    Attributes:
        subject: what it was taken to be about, such as ``score.composure``; ``none`` where the
            report does not hold it.
        text: the reply.
        moments: stretches of the session that show it, at most ``MOST``.
    """

    subject: str
    text: str
    moments: tuple[Stretch, ...] = ()


def reply(report: Report, question: str) -> Reply:
    """Answer a question about a session, in the report's language.

    Args:
        question: in Korean or English, about the session or about one of its answers ("in the
            second question", "질문 2").
    """
    language = report.language
    subject = subject_of(question)
    name = answer_name(question)
    if subject is None:
        return Reply("none", say("talk.not_measured", language))
    answer = None
    if name is not None:
        answer = next((a for a in report.answers if a.name == name), None)
        if answer is None:
            return Reply(subject, say("talk.no_answer", language, count=sum(
                "-" not in a.name for a in report.answers)))
    kind, name = subject.split(".")
    at = _CLOCK.search(question)
    if subject == "about.moments" and at is not None:
        said: Said | None = _moment_at(report, 60 * int(at[1]) + int(at[2]))
    else:
        said = (_score(report, answer, name) if kind == "score" else _part(report, answer, name)
                if kind == "part" else _ABOUT[name](report, answer))
    if said is None:
        return Reply("none", say("talk.not_measured", language))
    text, moments = said
    start = "" if answer is None else say("talk.of_answer", language, number=answer.name)
    return Reply(subject, start + text, moments[:MOST])


def subject_of(question: str) -> str | None:
    """``score.<name>``, ``part.<name>`` or ``about.<name>``, None where it is about what is not
    measured: a score before a part before all else, the longest of the words met first. A time
    of the session alone asks for its moment."""
    table = _table()
    if _met(question, table["unmeasured"]):
        return None
    for kind in ("score", "part", "about"):
        found = {name: longest for name, words in table[kind].items()
                 if (longest := _met(question, words))}
        if found:
            return f"{kind}.{max(found, key=found.__getitem__)}"
    return "about.moments" if _CLOCK.search(question) else None


def answer_name(question: str) -> str | None:
    """The answer that a question names, as ``AnswerRow.name``; None where it names none."""
    digits = (re.search(rf"({_NUMBER})\s*번|질문\s*({_NUMBER})", question)
              or re.search(rf"(?:question|answer)\s*(?:no\.?|number|#)?\s*({_NUMBER})", question,
                           re.I)
              or re.search(r"(\d{1,3})(?:st|nd|rd|th)\b", question, re.I))
    if digits:
        return next(filter(None, digits.groups()))
    ordinals = _table()["ordinal"]
    about = re.search(r"질문|답|question|answer", question, re.I)
    for n in reversed(range(len(ordinals["ko"]))):  # "열두 번째" holds "두 번째"
        if about and (ordinals["ko"][n] in question or re.search(
                rf"\b{ordinals['en'][n]}\b", question, re.I)):
            return str(n + 1)
    return None


@cache
def _table() -> dict[str, Any]:
    return tomllib.loads(Path(__file__).with_suffix(".toml").read_text("utf-8"))


def _met(question: str, words: dict[str, list[str]]) -> int:
    """Letters of the longest word that the question holds, 0 for none."""
    lengths = [len(w) for w in words["ko"] if w.lower() in question.lower()]
    lengths += [len(w) for w in words["en"] if re.search(
        rf"\b{re.escape(w)}" + (r"\b" if len(w) <= WHOLE else ""), question, re.I)]
    return max(lengths, default=0)


def _cards(report: Report, answer: AnswerRow | None) -> tuple[ScoreCard, ...]:
    return report.cards if answer is None else answer.cards


def _score(report: Report, answer: AnswerRow | None, name: str) -> Said | None:
    card = next((c for c in _cards(report, answer) if c.name == name), None)
    if card is None:
        return None
    lines = [_valued(report, card)]
    if card.value is None:
        return lines[0], ()
    lines += [card.moved, card.rests]
    if answer is not None:
        if card.headline and answer.worst is not None:
            second = answer.worst
            return ("\n".join([*lines, f"{second.clock}: {second.text}"]),
                    (Stretch(second.second, second.second + 1),))
        return "\n".join(lines), ()
    parts = {p.name for p in card.parts}
    found = [f for f in report.weaknesses if f.part in parts]
    return "\n".join([*lines, *(_found(report, f) for f in found)]), _stretches(found)


def _valued(report: Report, card: ScoreCard) -> str:
    if card.value is None or card.low is None or card.high is None:
        return say("talk.abstains", report.language, label=card.label, reason=card.reason or "")
    return say("talk.score", report.language, label=card.label, value=round(card.value),
               low=round(card.low), high=round(card.high))


def _part(report: Report, answer: AnswerRow | None, name: str) -> Said | None:
    part = next((p for c in _cards(report, answer) for p in c.parts if p.name == name), None)
    if part is None:
        return None
    if part.value is None:
        return say("talk.part_unknown", report.language, label=part.label, about=part.about), ()
    text = say("talk.part", report.language, label=part.label, about=part.about,
               value=round(part.value))
    found = [] if answer else [f for f in (*report.strengths, *report.weaknesses)
                               if f.part == name]
    return "\n".join([text, *(f.text for f in found)]), _stretches(found)


def _emotions(report: Report, answer: AnswerRow | None) -> Said:
    if answer is None:
        return report.summary[0], ()
    if not answer.mix:
        return say("talk.none.emotions", report.language), ()
    shares = ", ".join(say("talk.share", report.language, label=row.label,
                           percent=round(100 * row.share)) for row in answer.mix[:MOST])
    return say("talk.mix", report.language, mix=shares) + " " + answer.first, ()


def _strengths(report: Report, answer: AnswerRow | None) -> Said:
    return _best(report, answer, "strengths", report.strengths)


def _weaknesses(report: Report, answer: AnswerRow | None) -> Said:
    return _best(report, answer, "weaknesses", report.weaknesses)


def _best(report: Report, answer: AnswerRow | None, name: str,
          findings: tuple[Finding, ...]) -> Said:
    """The strongest or the weakest: of an answer its best or worst second."""
    if answer is not None:
        second = answer.best if name == "strengths" else answer.worst
        if second is None:
            return say("talk.none.emotions", report.language), ()
        return f"{second.clock}: {second.text}", (Stretch(second.second, second.second + 1),)
    return ("\n".join(_found(report, f) for f in findings)
            or say(f"talk.none.{name}", report.language), _stretches(findings))


def _advice(report: Report, answer: AnswerRow | None) -> Said:
    told = report.coaching[:MOST]
    if not told:
        return say("talk.none.advice", report.language), ()
    return (say("talk.advice", report.language, titles=" · ".join(a.title for a in told)),
            tuple(stretch for a in told for stretch in a.evidence[:1]))


def _seen(report: Report, answer: AnswerRow | None) -> Said:
    if answer is None:
        return report.facts[0], ()
    rests = next((c.rests for c in answer.cards if c.rests), "")
    return f"{answer.clock} {rests}".strip(), (Stretch(answer.start, answer.end),)


def _doubts(report: Report, answer: AnswerRow | None) -> Said:
    return (" ".join(w.text for w in report.warnings[:MOST])
            or say("talk.none.doubts", report.language)), ()


def _moments(report: Report, answer: AnswerRow | None) -> Said:
    found = [m for m in report.moments if answer is None or answer.start <= m.start < answer.end]
    return ("\n".join(f"{m.clock} {m.title}: {m.text}" for m in found[:MOST])
            or say("talk.none.moments", report.language),
            tuple(Stretch(m.start, m.end) for m in found))


def _moment_at(report: Report, second: int) -> Said | None:
    """What stood out at a time, else that second; None after the end."""
    timeline = report.session.timeline
    if not timeline.start <= second < timeline.start + len(timeline):
        return None
    found = [m for m in report.moments if math.floor(m.start) <= second < max(
        m.end, math.floor(m.start) + 1)]
    if not found:
        return (say("talk.none.moment_at", report.language, clock=clock(second)),
                (Stretch(second, second + 1),))
    return ("\n".join(f"{m.clock} {m.title}: {m.text}" for m in found[:MOST]),
            tuple(Stretch(m.start, m.end) for m in found))


def _answers(report: Report, answer: AnswerRow | None) -> Said | None:
    """Every answer's own headline scores side by side."""
    rows = report.answers if answer is None else (answer,)
    if not rows:
        return None
    return "\n".join(say("talk.of_answer", report.language, number=row.name) + " ".join(
        _valued(report, c) for c in row.cards if c.headline) for row in rows), tuple(
            Stretch(row.start, row.end) for row in rows)


def _summary(report: Report, answer: AnswerRow | None) -> Said:
    if answer is None:
        return " ".join(report.summary), _stretches((*report.strengths[:1],
                                                     *report.weaknesses[:1]))
    return "\n".join([*(_valued(report, c) for c in answer.cards if c.headline), answer.first,
                     answer.recovery]), (Stretch(answer.start, answer.end),)


def _found(report: Report, finding: Finding) -> str:
    return say("talk.found", report.language, label=finding.label, text=finding.text)


def _stretches(findings: Iterable[Finding]) -> tuple[Stretch, ...]:
    return tuple(Stretch(f.start, f.end) for f in findings)


_ABOUT: dict[str, Callable[[Report, AnswerRow | None], Said | None]] = {
    "emotions": _emotions, "strengths": _strengths, "weaknesses": _weaknesses,
    "advice": _advice, "seen": _seen, "doubts": _doubts, "moments": _moments,
    "answers": _answers, "summary": _summary}
