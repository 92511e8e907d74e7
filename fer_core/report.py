"""A session told in the reader's language: pure data, no pixels, no charts."""

from dataclasses import dataclass

import numpy as np

from fer_core.records import Advice, Moment, Part, Score, Session
from fer_core.texts import Language, say
from fer_core.texts import clock as clock

HEADLINE = ("confidence", "composure")
"""The scores that come first."""
LEAST_LOST = 1.0
"""Points of the two main scores under which nothing needs practice first."""


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
class MomentRow:
    """A stretch worth looking at, start and end in s, ``clock`` as m:ss.

    Attributes:
        text: what was measured. meaning: what it means and does not mean.
        duration: the length in words, such as "4 s".
        picture: JPEG, only where the person agreed to keep pictures; else None.
    """

    kind: str
    start: float
    end: float
    clock: str
    title: str
    text: str
    duration: str = ""
    meaning: str = ""
    picture: bytes | None = None


@dataclass(frozen=True)
class Note:
    """A sentence with the code of what it is about."""

    code: str
    text: str


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
class Report:
    """All that a page or a file shows of a session.

    Attributes:
        summary: three sentences; one where nobody was seen.
        strengths, weaknesses: up to two each, the first the most so.
        answers: one row a question; empty for a clip without questions.
        coaching: at most five, the one that would move the scores most first.
        coach_note: who wrote the coaching, in a sentence.
        worked: every score that has a value, opened.
        models: who read the expressions.
        limits: what the numbers cannot know.
        pictures_note: whether pictures are kept, in a sentence.
        self_rating: the person's own rating beside the scores; empty where it was skipped.
    """

    session: Session
    language: Language
    title: str
    subtitle: str
    summary: tuple[str, ...]
    cards: tuple[ScoreCard, ...]
    moments: tuple[MomentRow, ...]
    warnings: tuple[Note, ...]
    people: tuple[str, ...]
    facts: tuple[str, ...]
    strengths: tuple[Finding, ...] = ()
    weaknesses: tuple[Finding, ...] = ()
    answers: tuple[AnswerRow, ...] = ()
    coaching: tuple[Advice, ...] = ()
    coach_note: str = ""
    worked: tuple[WorkedScore, ...] = ()
    models: tuple[ModelRow, ...] = ()
    limits: tuple[str, ...] = ()
    pictures_note: str = ""
    self_rating: tuple[GapRow, ...] = ()


def build_report(session: Session, language: Language) -> Report:
    """Tell a session in a language."""
    source = session.source
    cards = tuple(_card(score, language) for score in session.scores)
    return Report(
        session, language, title=say("report.title", language),
        subtitle=say("report.subtitle", language, name=source.name, clock=clock(source.duration)),
        summary=_summary(session, cards, language), cards=cards,
        moments=tuple(_moment(m, language) for m in session.moments),
        warnings=warnings(session, language),
        people=tuple(say("report.people.row", language, first=clock(p.first), last=clock(p.last),
                         seconds=p.seconds) for p in session.people),
        facts=_facts(session, language))


def warnings(session: Session, language: Language) -> tuple[Note, ...]:
    """The session's doubts as sentences."""
    return tuple(Note(w.code, say(f"warning.{w.code}", language, **w.values))
                 for w in session.warnings)


def _card(score: Score, language: Language) -> ScoreCard:
    return ScoreCard(
        score.name, say(f"score.{score.name}.label", language),
        say(f"score.{score.name}.about", language), score.value, score.low, score.high,
        tuple(_part(p, language) for p in score.parts), score.seconds,
        say(score.reason, language) if score.reason else None, score.name in HEADLINE)


def _part(part: Part, language: Language) -> PartRow:
    return PartRow(part.name, say(f"part.{part.name}.label", language),
                   say(f"part.{part.name}.about", language), part.value, part.weight)


def _moment(moment: Moment, language: Language) -> MomentRow:
    return MomentRow(
        moment.kind, moment.start, moment.end, clock(moment.start),
        say(f"moment.{moment.kind}.title", language),
        say(f"moment.{moment.kind}.text", language, percent=round(100 * moment.value),
            seconds=round(moment.end - moment.start), distance=f"{moment.value:.2f}"))


def _summary(session: Session, cards: tuple[ScoreCard, ...],
             language: Language) -> tuple[str, ...]:
    timeline = session.timeline
    if not timeline.seen.any():
        return (say("report.summary.none", language),)
    likeliest = timeline.probabilities[timeline.seen].argmax(axis=1)
    counts = np.bincount(likeliest)
    lines = [say("report.summary.dominant", language, seconds=len(likeliest),
                 emotion=say(f"emotion.{timeline.labels.keys[int(counts.argmax())]}", language),
                 percent=round(100 * float(counts.max()) / len(likeliest)))]
    parts = [p for card in cards if card.headline for p in card.parts if p.value is not None]
    if not parts:
        return (*lines, say("report.summary.none", language))

    def lost(part: PartRow) -> float:
        """Points that it costs the two main scores together: weights count."""
        return sum(100 * p.weight - p.points for p in parts if p.name == part.name)

    best = max(parts, key=lambda p: p.value or 0.0)
    worst = max((p for p in parts if p.name != best.name), key=lost, default=best)
    if lost(worst) < LEAST_LOST or worst is best:
        lines.append(say("report.summary.strong", language, part=best.label,
                         value=round(best.value or 0)))
    else:
        lines.append(say("report.summary.best", language, part=best.label, worst=worst.label,
                         value=round(best.value or 0), low=round(worst.value or 0)))
    return tuple(lines)


def _facts(session: Session, language: Language) -> tuple[str, ...]:
    timeline = session.timeline
    return (
        say("report.fact.seconds", language, total=len(timeline), seen=int(timeline.seen.sum()),
            fps=f"{session.settings['video']['fps']:g}"),
        say("report.fact.models", language, models=" + ".join(m.name for m in session.models)),
        *(say(f"report.fact.{name}", language)
          for name in ("interval", "weights", "limits", "use")))
