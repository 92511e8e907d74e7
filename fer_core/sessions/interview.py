"""The mock interview as a pure state machine: every step gives a new state from a state and a time.

    ready -> preparing -> answering -> preparing (next question) -> ... -> finished

Where follow-up questions are wished, an answer is followed by ``considering``: the interviewer
thinks of what to ask about it, for as long as the caller lets them.

All times are in s of one clock that the caller keeps; nothing here waits or looks at a clock.
``tick`` makes the step that time alone brings about.
"""

import random
import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Literal

from fer_core.sessions.followups import follow_up_wording
from fer_core.texts import Language

Phase = Literal["ready", "preparing", "answering", "considering", "finished"]

SHORTEST = 1.0
"""s; an answer that was stopped earlier is none."""
OWN_LONGEST = 300
"""Characters of a question of one's own."""
OWN_MOST = 30
"""Questions of one's own."""
FOLLOW_UP = "followup"
"""Of the ids of follow-up questions, such as ``followup.number_2``."""
_BULLET = re.compile(r"^\s*(?:[-*•·]|\d+[.)](?=\s))\s*")


@cache
def bank() -> dict[str, dict[str, dict[str, str]]]:
    """Set -> number -> language -> question."""
    return tomllib.loads((Path(__file__).parent / "questions.toml").read_text("utf-8"))


def question_sets() -> dict[str, tuple[str, ...]]:
    """Set -> the ids of its questions, such as ``"motivation.3"``."""
    return {name: tuple(f"{name}.{number}" for number in questions)
            for name, questions in bank().items()}


def wording(question: str, language: Language) -> str:
    """A question of the bank or a follow-up question by its id; anything else is a question of
    somebody's own."""
    name, _, number = question.partition(".")
    if name == FOLLOW_UP:
        return follow_up_wording(number, language) or question
    known = bank().get(name, {}).get(number)
    return question if known is None else known[language]


def practised(questions: Iterable[str]) -> tuple[str, ...]:
    """The sets that questions are from, in order and each once; ``own`` for one's own. What an
    interviewer asked in between is of no set."""
    known = bank()
    return tuple(dict.fromkeys(
        name if name in known else "own" for q in questions
        if (name := q.partition(".")[0]) != FOLLOW_UP))


def choose_questions(name: str, count: int, seed: int) -> tuple[str, ...]:
    """Some questions of a set: its first one, then others by chance, in the set's order."""
    ids = question_sets()[name]
    rest = random.Random(seed).sample(ids[1:], min(max(count, 1), len(ids)) - 1)
    return tuple(q for q in ids if q == ids[0] or q in rest)


def own_questions(text: str) -> tuple[str, ...]:
    """One question a line; numbering and bullets are taken off, empty lines dropped, and what
    is over ``OWN_MOST`` or ``OWN_LONGEST``."""
    lines = (_BULLET.sub("", line).strip() for line in text.splitlines())
    return tuple(line[:OWN_LONGEST] for line in lines if line)[:OWN_MOST]


@dataclass(frozen=True)
class Plan:
    """What will be asked.

    Attributes:
        questions: ids or wordings.
        preparation: s to think before each answer.
        answer: s for each answer.
        follows: whether the interviewer may ask about an answer.
        asides: places of the questions that were asked about an answer, from 0.

    Raises:
        ValueError: no question, or no time to answer.
    """

    questions: tuple[str, ...]
    preparation: float
    answer: float
    follows: bool = False
    asides: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        if not self.questions or self.preparation < 0 or self.answer < SHORTEST:
            raise ValueError("a plan needs questions and time to answer")


@dataclass(frozen=True)
class Taken:
    """An answer: [start, end) s of the caller's clock."""

    number: int
    start: float
    end: float


@dataclass(frozen=True)
class Interview:
    """A moment of an interview.

    Attributes:
        number: of the question at hand, from 0.
        since: s at which the phase began.
        taken: answers so far, one a question at most, in order.
    """

    plan: Plan
    phase: Phase = "ready"
    number: int = 0
    since: float = 0.0
    taken: tuple[Taken, ...] = ()

    @property
    def question(self) -> str:
        """The id or wording of the question at hand."""
        return self.plan.questions[self.number]

    @property
    def last(self) -> bool:
        """Whether the question at hand is the last."""
        return self.number == len(self.plan.questions) - 1

    @property
    def aside(self) -> bool:
        """Whether the question at hand was asked about an answer."""
        return self.number in self.plan.asides

    @property
    def place(self) -> tuple[int, int]:
        """Which question of the plan it is, or is about, from 1, of how many: without asides."""
        before = sum(aside <= self.number for aside in self.plan.asides)
        return (self.number + 1 - before,
                len(self.plan.questions) - len(self.plan.asides))

    @property
    def running(self) -> bool:
        return self.phase in ("preparing", "answering")

    @property
    def length(self) -> float | None:
        """s that the phase may last; None where it waits for the person."""
        return {"preparing": self.plan.preparation, "answering": self.plan.answer}.get(self.phase)

    def left(self, now: float) -> float | None:
        """s left of the phase; None where it waits for the person."""
        return None if self.length is None else max(0.0, self.since + self.length - now)

    def start(self, now: float) -> "Interview":
        """Ask the question at hand: the first, or the one before which it was held."""
        return self._ask(self.number, now) if self.phase == "ready" else self

    def tick(self, now: float) -> "Interview":
        """The step that time brings about, if it is due. One at most: to a caller who comes
        late the next phase begins now, so that no question is missed."""
        return self.advance(now) if self.left(now) == 0 else self

    def advance(self, now: float) -> "Interview":
        """On: from preparing to answering, from answering to the next question."""
        if self.phase == "preparing":
            return replace(self, phase="answering", since=now)
        if self.phase == "answering":
            kept = self._keep(now)
            if self.plan.follows and not self.aside and len(kept.taken) > len(self.taken):
                return replace(kept, phase="considering", since=now)
            return kept._ask(self.number + 1, now)
        if self.phase == "considering":
            return self._ask(self.number + 1, now)
        return self

    def ask_about(self, questions: tuple[str, ...], now: float) -> "Interview":
        """Ask about the answer just given, before the next question; on, where there is nothing
        to ask. Only while the interviewer considers."""
        if self.phase != "considering":
            return self
        here, count = self.number + 1, len(questions)
        plan = replace(
            self.plan, asides=(*self.plan.asides, *range(here, here + count)),
            questions=(*self.plan.questions[:here], *questions, *self.plan.questions[here:]))
        return replace(self, plan=plan).advance(now)

    def repeat(self, now: float) -> "Interview":
        """The same question again from its preparation on; what was answered is dropped."""
        return self._ask(self.number, now) if self.running else self

    def skip(self, now: float) -> "Interview":
        """The next question, without an answer to this one."""
        return self._ask(self.number + 1, now) if self.running else self

    def hold(self, now: float) -> "Interview":
        """Wait for the person before the question at hand; what was answered of it is dropped."""
        return replace(self, phase="ready", since=now) if self.running else self

    def stop(self, now: float) -> "Interview":
        """The end; an answer under way counts up to here."""
        kept = self._keep(now) if self.phase == "answering" else self
        return replace(kept, phase="finished", since=now)

    def _ask(self, number: int, now: float) -> "Interview":
        if number >= len(self.plan.questions):
            return replace(self, phase="finished", since=now)
        # A question without preparation is answered at once.
        phase: Phase = "preparing" if self.plan.preparation > 0 else "answering"
        return replace(self, phase=phase, number=number, since=now)

    def _keep(self, now: float) -> "Interview":
        if now - self.since < SHORTEST:
            return self
        return replace(self, taken=(*self.taken, Taken(self.number, self.since, now)))
