"""Parts of a report that are read out of the seconds: score cards, findings, questions."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fer_core.config import ScoringSettings
from fer_core.records import Answer, FloatArray, Part, Score, Session
from fer_core.sessions.moments import TENSION_RISE
from fer_core.sessions.progress import gaps
from fer_core.sessions.scoring import SCORES, part_series, per_second, score_session
from fer_core.sessions.signals import gather, mass, scored
from fer_core.sessions.timeline import nan_mean
from fer_core.texts import Language, between, clock, say

HEADLINE = ("confidence", "composure")
"""The scores that come first."""
LEAST_LOST = 1.0
"""Points of the two main scores under which nothing needs practice first."""
WINDOW = 3
"""s that show a finding: long enough to be found again in a clip."""
FIRST = 5
"""s of a first impression."""
ALIKE = 5.0
"""Points within which the first seconds are like the rest."""


@dataclass(frozen=True)
class PartRow:
    """One ingredient of a score.

    Attributes:
        name: registered name.
        label, about: what it is and how it is measured.
        value: 0 to 100, None where it could not be measured.
        weight: 0 to 1.
        points: what it adds to the score, value x weight.
    """

    name: str
    label: str
    about: str
    value: float | None
    weight: float

    @property
    def points(self) -> float:
        return 0.0 if self.value is None else self.value * self.weight


@dataclass(frozen=True)
class ScoreCard:
    """One score: value with its 95 % interval and parts, or the reason why there is none.

    Attributes:
        headline: whether it is one of the two main scores.
        seconds: how many seconds support it.
    """

    name: str
    label: str
    about: str
    value: float | None
    low: float | None
    high: float | None
    parts: tuple[PartRow, ...]
    seconds: int
    reason: str | None
    headline: bool


@dataclass(frozen=True)
class Finding:
    """One of the strongest or weakest signals, with the seconds that show it best.

    Attributes:
        part: registered part name. value: its 0 to 100.
        start, end: s; ``clock`` as "0:12–0:18".
        text: the sentence.
    """

    part: str
    label: str
    value: float
    start: float
    end: float
    clock: str
    text: str


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
        question: id; text: its wording.
        cards: scores of these seconds, as for the session; they abstain under the same rules.
        mix: emotions by falling share; empty where nobody was seen.
        first: the first 5 s in a sentence.
        recovery: what followed the tensest second, in a sentence.
        best, worst: None where no second was scored.
    """

    number: int
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


@dataclass(frozen=True)
class GapRow:
    """The person's own rating beside the measured score.

    Attributes:
        own: 0 to 100. measured, low, high: the score and its interval, None if it abstains.
        gap: own - measured, None if it abstains.
        text: the sentence; a gap within the interval is said to be none.
    """

    name: str
    label: str
    own: float
    measured: float | None
    low: float | None
    high: float | None
    gap: float | None
    text: str


@dataclass(frozen=True, eq=False)
class Seconds:
    """What the sections read, computed once for a session.

    Attributes:
        rows: (T,) the scored seconds.
        parts: part name -> (T,) 0 to 100, NaN elsewhere.
        signal: (T,) mean of confidence and composure, 0 to 100, NaN elsewhere.
        tension: (T,) 0 to 1, NaN elsewhere; tense above ``tense``.
    """

    session: Session
    settings: ScoringSettings
    rows: NDArray[np.bool_]
    parts: dict[str, FloatArray]
    signal: FloatArray
    tension: FloatArray
    tense: float


def seconds_of(session: Session) -> Seconds:
    """Everything second by second."""
    timeline = session.timeline
    settings = ScoringSettings(**session.settings["scoring"])
    rows = scored(timeline, settings)
    series = per_second(timeline, settings)
    return Seconds(
        session, settings, rows, part_series(timeline, settings),
        nan_mean(np.stack([series[name] for name in HEADLINE]), axis=0),
        np.where(rows, mass(timeline.labels, timeline.probabilities, "tension"), np.nan),
        gather(timeline, settings).baseline + TENSION_RISE)


def card(score: Score, language: Language) -> ScoreCard:
    """A score in words."""
    return ScoreCard(
        score.name, say(f"score.{score.name}.label", language),
        say(f"score.{score.name}.about", language), score.value, score.low, score.high,
        tuple(_part(p, language) for p in score.parts), score.seconds,
        say(score.reason, language) if score.reason else None, score.name in HEADLINE)


def findings(seconds: Seconds, cards: tuple[ScoreCard, ...],
             language: Language) -> tuple[tuple[Finding, ...], tuple[Finding, ...]]:
    """The two strongest parts of the main scores, and the two that cost these most points;
    what costs under ``LEAST_LOST`` is no weakness."""
    parts = {p.name: p for c in cards if c.headline for p in c.parts if p.value is not None}

    def lost(name: str) -> float:
        """Points that it costs the two main scores together: weights count."""
        return sum(100 * p.weight - p.points for c in cards if c.headline for p in c.parts
                   if p.name == name and p.value is not None)

    # Stable: of equals, the first of the scores' own order.
    best = sorted(parts, key=lambda name: -(parts[name].value or 0.0))[:2]
    worst = [name for name in sorted(parts, key=lambda name: -lost(name))
             if name not in best and lost(name) >= LEAST_LOST][:2]
    return (tuple(_finding(seconds, parts[n], "strength", 0.0, language) for n in best),
            tuple(_finding(seconds, parts[n], "weakness", lost(n), language) for n in worst))


def answer_row(seconds: Seconds, number: int, answer: Answer, text: str,
               language: Language) -> AnswerRow:
    """One question's row.

    Args:
        number: 1 for the first.
        text: the question's wording.
    """
    timeline, start = seconds.session.timeline, seconds.session.timeline.start
    middle = timeline.seconds + 0.5
    rows = (middle >= answer.start) & (middle < answer.end) & seconds.rows
    scores = score_session(timeline, seconds.settings, within=(answer.start, answer.end))
    mix: tuple[MixRow, ...] = ()
    best = worst = None
    if rows.any():
        shares = timeline.probabilities[rows].mean(axis=0)
        order = np.argsort(-shares, kind="stable")
        mix = tuple(MixRow(e.key, say(f"emotion.{e.key}", language), e.colour, float(shares[i]))
                    for i in order for e in (timeline.labels.classes[i],))
        signal = np.where(rows, seconds.signal, np.nan)
        if not np.isnan(signal).all():
            best = _second(seconds, int(np.nanargmax(signal)), "best", language)
            worst = _second(seconds, int(np.nanargmin(signal)), "worst", language)
    begin = max(round(answer.start) - start, 0)
    return AnswerRow(
        number, answer.question, text, answer.start, answer.end,
        f"{clock(answer.start)}–{clock(answer.end)}", tuple(card(s, language) for s in scores), mix,
        _first(seconds, rows, begin, language), _recovery(seconds, rows, answer.end, language),
        best, worst)


def gap_rows(session: Session, language: Language) -> tuple[GapRow, ...]:
    """The person's own rating beside each score they rated."""
    found = {g.name: g for g in gaps(session)}
    rows = []
    for score in session.scores:
        own = getattr(session.self_rating, score.name, None)
        if own is None:
            continue
        label, gap = say(f"score.{score.name}.label", language), found.get(score.name)
        if gap is None:
            text = say("report.gap.abstained", language, own=round(own))
        else:
            key = "within" if not gap.real else "above" if gap.value > 0 else "below"
            fills = {"own": round(own), "measured": round(gap.measured)}
            if gap.real:
                fills["gap"] = abs(round(own) - round(gap.measured))
            text = say(f"report.gap.{key}", language, **fills)
        rows.append(GapRow(score.name, label, own, score.value, score.low, score.high,
                           gap.value if gap else None, text))
    return tuple(rows)


def _part(part: Part, language: Language) -> PartRow:
    return PartRow(part.name, say(f"part.{part.name}.label", language),
                   say(f"part.{part.name}.about", language), part.value, part.weight)


def _finding(seconds: Seconds, part: PartRow, kind: str, lost: float,
             language: Language) -> Finding:
    """The 3 s in which the part was best or lowest; fewer where no 3 s were measured."""
    series, start = seconds.parts[part.name], seconds.session.timeline.start
    size, means = WINDOW, np.array([])
    while size > 0:
        if len(series) >= size:
            means = np.convolve(series, np.full(size, 1 / size), "valid")
            if not np.isnan(means).all():
                break
        size -= 1
    at = int(np.nanargmax(means) if kind == "strength" else np.nanargmin(means))
    begin, end = float(start + at), float(start + at + size)
    when = between(begin, end)
    fills = {"lost": f"{lost:.0f}"} if kind == "weakness" else {}
    return Finding(part.name, part.label, part.value or 0.0, begin, end, when, say(
        f"report.{kind}", language, value=round(part.value or 0.0), clock=when,
        there=round(float(means[at])), **fills))


def _likeliest(seconds: Seconds, rows: NDArray[np.bool_], language: Language) -> dict[str, object]:
    """The emotion with the highest mean probability in these rows, and that in percent."""
    timeline = seconds.session.timeline
    shares = timeline.probabilities[rows].mean(axis=0)
    top = int(shares.argmax())
    return {"emotion": say(f"emotion.{timeline.labels.keys[top]}", language),
            "percent": round(100 * float(shares[top]))}


def _first(seconds: Seconds, rows: NDArray[np.bool_], begin: int, language: Language) -> str:
    early = rows & (np.arange(len(rows)) < begin + FIRST)
    late = rows & ~early
    if not early.any():
        return say("report.first.unseen", language)
    seen = _likeliest(seconds, early, language)
    if late.sum() < FIRST:
        return say("report.first.only", language, **seen)
    points = float(nan_mean(seconds.signal[early], axis=0) - nan_mean(seconds.signal[late], axis=0))
    if not abs(points) >= ALIKE:
        return say("report.first.same", language, **seen)
    return say(f"report.first.{'lower' if points < 0 else 'higher'}", language,
               points=round(abs(points)), **seen)


def _recovery(seconds: Seconds, rows: NDArray[np.bool_], end: float, language: Language) -> str:
    """From the tensest second of the answer to the first that is not tense."""
    if not rows.any():
        return say("report.recovery.unseen", language)
    tension = np.where(rows, seconds.tension, np.nan)
    peak, start = int(np.nanargmax(tension)), seconds.session.timeline.start
    if tension[peak] <= seconds.tense:
        return say("report.recovery.none", language)
    when = clock(start + peak)
    last = int(np.flatnonzero(rows)[-1])
    for row in range(peak + 1, last + 1):
        if np.isnan(tension[row]):
            return say("report.recovery.lost", language, clock=when)
        if tension[row] <= seconds.tense:
            return say("report.recovery.quick", language, clock=when, seconds=row - peak)
    # Rows without a face up to the answer's end say nothing; a shown end says it stayed.
    shown = start + last + 1.5 >= end
    return say(f"report.recovery.{'never' if shown else 'lost'}", language, clock=when)


def _second(seconds: Seconds, row: int, kind: str, language: Language) -> SecondRow:
    only = np.arange(len(seconds.rows)) == row
    fills = _likeliest(seconds, only, language)
    if kind == "worst":
        def cost(name: str) -> float:
            weight = sum(SCORES[score].get(name, 0.0) for score in HEADLINE)
            return 0.0 if np.isnan(v := seconds.parts[name][row]) else weight * (100 - float(v))

        part = max(seconds.parts, key=cost)
        fills["part"] = say(f"part.{part}.label", language)
    second = seconds.session.timeline.start + row
    return SecondRow(second, clock(second), float(seconds.signal[row]),
                     say(f"report.second.{kind}", language, **fills))
