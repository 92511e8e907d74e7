"""Question by question, read out of the session's seconds."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fer_core.records import FloatArray, Scored, Session, Timeline
from fer_core.reports.cards import HEADLINE, ScoreCard, card
from fer_core.sessions.interview import FOLLOW_UP, wording
from fer_core.sessions.timeline import nan_mean
from fer_core.texts import Language, clock, say

FIRST = 5
"""s of a first impression."""
ALIKE = 5.0
"""Points within which the first seconds are like the rest."""


@dataclass(frozen=True)
class MixRow:
    """How much of a stretch one emotion made up: ``share`` is its mean probability, 0 to 1."""

    emotion: str
    label: str
    colour: str
    share: float


@dataclass(frozen=True)
class SecondRow:
    """One second [second, second + 1): ``value`` 0 to 100 is the mean of confidence and
    composure in it."""

    second: int
    clock: str
    value: float
    text: str


@dataclass(frozen=True)
class AnswerRow:
    """One answered question.

    Attributes:
        number: 1 for the first.
        name: its number as it was asked, such as 2; 2-1 for the first question about that answer.
        question: id; text: its wording.
        cards: scores of these seconds, as for the session; they abstain under the same rules.
        mix: emotions by falling share; empty where nobody was seen.
        first: the first 5 s in a sentence.
        recovery: what followed the tensest second, in a sentence.
        best, worst: None where no second was scored.
    """

    number: int
    name: str
    question: str
    text: str
    start: float
    end: float
    clock: str
    cards: tuple[ScoreCard, ...]
    mix: tuple[MixRow, ...]
    first: str
    recovery: str
    best: SecondRow | None
    worst: SecondRow | None


def overall(scored: Scored) -> FloatArray:
    """(T,) mean of the two main scores second by second, 0 to 100, NaN where neither is known."""
    return nan_mean(np.stack([scored.signal(name) for name in HEADLINE]), axis=0)


def names(session: Session) -> tuple[str, ...]:
    """Each answer's ``name``."""
    found: list[str] = []
    asked = asides = 0
    for answer in session.answers:
        if asked and answer.question.startswith(f"{FOLLOW_UP}."):
            asides += 1
        else:
            asked, asides = asked + 1, 0
        found.append(f"{asked}-{asides}" if asides else f"{asked}")
    return tuple(found)


def answer_row(session: Session, number: int, language: Language) -> AnswerRow:
    """One question's row.

    Args:
        number: 1 for the first.
    """
    timeline, scored, answer = session.timeline, session.scored, session.answers[number - 1]
    middle = timeline.seconds + 0.5
    asked = (middle >= answer.start) & (middle < answer.end)
    rows = asked & scored.rows
    cards = tuple(card(s, int(asked.sum()), language)
                  for s in scored.answers[number - 1]) if scored.answers else ()
    mix: tuple[MixRow, ...] = ()
    best = worst = None
    if rows.any():
        shares = timeline.probabilities[rows].mean(axis=0)
        order = np.argsort(-shares, kind="stable")
        mix = tuple(MixRow(e.key, say(f"emotion.{e.key}", language), e.colour, float(shares[i]))
                    for i in order for e in (timeline.labels.classes[i],))
        signal = np.where(rows, overall(scored), np.nan)
        if not np.isnan(signal).all():
            best = _second(session, int(np.nanargmax(signal)), "best", language)
            worst = _second(session, int(np.nanargmin(signal)), "worst", language)
    if not scored.series:
        first = recovery = say("report.unknown", language)
    else:
        begin = max(round(answer.start) - timeline.start, 0)
        first = _first(session, rows, begin, language)
        recovery = _recovery(session, rows, answer.end, language)
    return AnswerRow(
        number, names(session)[number - 1], answer.question, wording(answer.question, language),
        answer.start, answer.end, f"{clock(answer.start)}–{clock(answer.end)}", cards, mix,
        first, recovery, best, worst)


def _likeliest(timeline: Timeline, rows: NDArray[np.bool_],
               language: Language) -> dict[str, object]:
    """The emotion with the highest mean probability in these rows, and that in percent."""
    shares = timeline.probabilities[rows].mean(axis=0)
    top = int(shares.argmax())
    return {"emotion": say(f"emotion.{timeline.labels.keys[top]}", language),
            "percent": round(100 * float(shares[top]))}


def _first(session: Session, rows: NDArray[np.bool_], begin: int, language: Language) -> str:
    early = rows & (np.arange(len(rows)) < begin + FIRST)
    late = rows & ~early
    if not early.any():
        return say("report.first.unseen", language)
    seen = _likeliest(session.timeline, early, language)
    if late.sum() < FIRST:
        return say("report.first.only", language, **seen)
    signal = overall(session.scored)
    points = float(nan_mean(signal[early], axis=0) - nan_mean(signal[late], axis=0))
    if not abs(points) >= ALIKE:
        return say("report.first.same", language, **seen)
    return say(f"report.first.{'lower' if points < 0 else 'higher'}", language,
               points=round(abs(points)), **seen)


def _recovery(session: Session, rows: NDArray[np.bool_], end: float, language: Language) -> str:
    """From the tensest second of the answer to the first that is not tense."""
    if not rows.any():
        return say("report.recovery.unseen", language)
    tense = session.scored.tense
    tension = np.where(rows, session.scored.tension, np.nan)
    peak, start = int(np.nanargmax(tension)), session.timeline.start
    if tension[peak] <= tense:
        return say("report.recovery.none", language)
    when = clock(start + peak)
    last = int(np.flatnonzero(rows)[-1])
    for row in range(peak + 1, last + 1):
        if np.isnan(tension[row]):
            return say("report.recovery.lost", language, clock=when)
        if tension[row] <= tense:
            return say("report.recovery.quick", language, clock=when, seconds=row - peak)
    # Rows without a face up to the answer's end say nothing; a shown end says it stayed.
    shown = start + last + 1.5 >= end
    return say(f"report.recovery.{'never' if shown else 'lost'}", language, clock=when)


def _second(session: Session, row: int, kind: str, language: Language) -> SecondRow:
    scored = session.scored
    only = np.arange(len(session.timeline)) == row
    fills = _likeliest(session.timeline, only, language)
    if kind == "worst":
        def cost(name: str) -> float:
            weight = sum(scored.recipe.weights.get(n, {}).get(name, 0.0) for n in HEADLINE)
            return 0.0 if np.isnan(v := scored.parts[name][row]) else weight * (100 - float(v))

        part = max(scored.parts, key=cost)
        fills["part"] = say(f"part.{part}.label", language)
    second = session.timeline.start + row
    return SecondRow(second, clock(second), float(overall(scored)[row]),
                     say(f"report.second.{kind}", language, **fills))
