"""One person's mock interview under way, on the stream's clock: every press is marked with the
stream's time before anything else is done, and the stream itself ends an answer whose time is up.

Knows nothing of widgets: pages draw it and call its steps.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal, Self
from uuid import uuid4

from fer_core import (
    FOLLOW_UP,
    Answer,
    Exchange,
    Interview,
    LiveAnalysis,
    NeutralTake,
    Plan,
    PoiseError,
    Round,
    Timeline,
)
from pages.parts.asking import Asking

AWAY = 8.0
"""s without a look at the page, after which the interview waits for the person: on a busy
computer the looks come late, but not that late."""
SILENT = 6.0
"""s without a picture, after which it waits too: a busy computer stalls for less."""
SAME_CLICK = 0.5
"""s in which a second click is the first once more. People double-click, and Streamlit's browser
side sends a click twice where a fragment's timer ticks before the click itself is sent."""


@dataclass
class Rehearsal:
    """An interview, and what was answered so far.

    Attributes:
        name: of the session.
        live: the stream; None where the browser records instead.
        speak: whether questions are read aloud.
        feedback: whether readings are shown during an answer.
        save: whether the recording is kept on the person's computer.
        pictures: whether small pictures of the moments are kept in the report.
        style: of what is drawn on the picture, see ``Overlay.style``.
        neutral: the take of the quiet face, None before it; ``refused_take``: the newest one,
            where it is none that one could rely on; ``talked``: how many were refused because the
            person talked; ``talking``: whether they did in the one that is used.
        now: a clock, s, where there is no stream.
        take: number of the take under way, 0 for none; ``takes``: number -> question.
        turn: counts the questions asked, repetitions too.
        halted: why the interview waits before a question that is asked again: ``away``, the page
            was not there; ``camera``, it gave no picture. None where it does not.
        id: a random name of the round, under which it is kept.
        sound: whether the person lets the voice be heard; ``silent``: there is no microphone.
        words: whether what is said is written down; ``keep_words``: and kept with the report.
        hints: whether pace and silence are told of while answering.
        follow: follow-up questions asked about an answer, at most.
        typed: what was typed instead of said, in order.
        model: whether a language model words them; ``model_said``: whether it may see the answer.
        asking: the model at work on one, while the interviewer considers; ``refused``: why it
            wrote none, None where it was not asked or did.
    """

    name: str
    plan: Plan
    speak: bool
    feedback: bool
    save: bool
    pictures: bool
    live: LiveAnalysis | None
    style: str = "box"
    neutral: Timeline | None = None
    refused_take: NeutralTake | None = None
    talked: int = 0
    talking: bool = False
    now: Callable[[], float] = time.monotonic
    answers: list[Answer] = field(default_factory=list)
    take: int = 0
    takes: dict[int, str] = field(default_factory=dict)
    turn: int = 0
    halted: Literal["away", "camera"] | None = None
    id: str = field(default_factory=lambda: uuid4().hex)
    sound: bool = False
    silent: bool = False
    words: bool = False
    keep_words: bool = False
    hints: bool = False
    follow: int = 0
    typed: list[Exchange] = field(default_factory=list)
    model: bool = False
    model_said: bool = False
    asking: Asking | None = None
    refused: PoiseError | None = None

    def __post_init__(self) -> None:
        self.interview = Interview(self.plan)
        self._looked = self.moment
        self._started = 0.0
        self._counted = 0
        self._clicked = -SAME_CLICK

    @classmethod
    def resumed(cls, found: Round, number: str, live: LiveAnalysis) -> Self:
        """The rehearsal that was cut short, before the question to go on with.

        Args:
            number: its ``id``.
            live: a stream that goes on with what was kept.
        """
        rehearsal = cls(found.name, found.plan, found.speak, found.feedback, found.save,
                        found.kept.pictures, live, found.style, found.neutral,
                        answers=list(found.answers), id=number, sound=found.sound,
                        words=found.words, keep_words=found.keep_words, hints=found.hints,
                        follow=found.follow,
                        typed=list(found.typed), talking=found.talked)
        rehearsal.interview = Interview(found.plan, number=found.number)
        return rehearsal

    def round(self) -> Round | None:
        """It as it stands, to be kept; None while there is no answer or the browser records."""
        if self.live is None or not self.answers:
            return None
        kept = self.live.keep()
        if kept.builder is None:
            return None
        plan = self.interview.plan
        left = (len(plan.questions) if self.finished
                else self.interview.number + (self.interview.phase == "considering"))
        return Round(self.name, plan, left, tuple(self.answers), self.neutral,
                     speak=self.speak, feedback=self.feedback, save=self.save, style=self.style,
                     sound=self.sound, hints=self.hints, words=self.words,
                     keep_words=self.keep_words, follow=self.follow,
                     typed=tuple(self.typed), talked=self.talking,
                     size=self.live.snapshot().size or (0, 0), kept=kept)

    @property
    def moment(self) -> float:
        """s on the one clock of the interview and the stream."""
        return self.now() if self.live is None else self.live.moment

    @property
    def left(self) -> float | None:
        """s left of the phase."""
        return self.interview.left(self.moment)

    @property
    def hears(self) -> bool:
        """Whether the voice is heard."""
        return self.sound and not self.silent

    @property
    def answering(self) -> bool:
        return self.interview.phase == "answering"

    @property
    def finished(self) -> bool:
        return self.interview.phase == "finished"

    def look(self) -> None:
        """What time brings about; to be called again and again."""
        now = self.moment
        away, self._looked = now - self._looked > AWAY, now
        silent = self.live is not None and self.live.quiet > SILENT
        if (away or silent) and self.interview.running:
            self.halted = "away" if away else "camera"
            self._follow(self.interview.hold(now), now)
        else:
            self._follow(self.interview.tick(now), now)

    def take_neutral(self, take: NeutralTake) -> None:
        """A take of the quiet face is over."""
        self.neutral, self.talking = None if take.fault else take.timeline, False
        self.refused_take = take if take.fault else None
        self.talked += take.fault == "talked"

    @property
    def may_keep_take(self) -> bool:
        """Whether the refused take may be used after all: twice we heard the person talk, and it
        may be our mistake."""
        return (self.refused_take is not None and self.refused_take.fault == "talked"
                and self.talked > 1)

    def keep_take(self) -> None:
        """Use it."""
        if self.refused_take is not None:
            self.neutral, self.refused_take = self.refused_take.timeline, None
            self.talking = True

    def start(self) -> None:
        now = self._looked = self.moment
        self.halted = None
        self._follow(self.interview.start(now), now)

    def advance(self) -> None:
        now = self.moment
        if self._new_click(now):
            self._follow(self.interview.advance(now), now)

    @property
    def considered(self) -> float:
        """s since the answer just given ended."""
        return self.moment - self.interview.since

    def said(self) -> str | None:
        """The words of the answer just given; None while they are being written down, empty
        where nobody does that."""
        return "" if self.live is None else self.live.said()

    @property
    def asked(self) -> frozenset[str]:
        """Ids of the follow-up questions asked so far, as ``follow_ups`` takes them."""
        return frozenset(q.partition(".")[2] for q in self.interview.plan.questions
                         if q.startswith(f"{FOLLOW_UP}."))

    def type(self, text: str) -> None:
        """Something about the question at hand is typed: an aside is answered by it, and what was
        being said is dropped."""
        if text.strip():
            self.typed.append(Exchange(self.interview.question, text.strip()))
            if self.interview.aside:
                now = self.moment
                self._follow(self.interview.skip(now), now)

    def ask_about(self, questions: tuple[str, ...]) -> None:
        """Ask about the answer just given, or go on where there is nothing to ask."""
        now = self.moment
        self._follow(self.interview.ask_about(questions, now), now)

    def repeat(self) -> None:
        now = self.moment
        self._follow(self.interview.repeat(now), now)

    def skip(self) -> None:
        now = self.moment
        if self._new_click(now):
            self._follow(self.interview.skip(now), now)

    def stop(self) -> None:
        now = self.moment
        self._follow(self.interview.stop(now), now)

    def _new_click(self, now: float) -> bool:
        new = now - self._clicked >= SAME_CLICK
        if new:
            self._clicked = now
        return new

    def _follow(self, after: Interview, now: float) -> None:
        """Let the stream's clock follow from the state before to the one after."""
        before, self.interview = self.interview, after
        if after is before:
            return
        if before.phase == "answering":
            self._end(before.question, now, kept=len(after.taken) > len(before.taken))
        if before.phase == "considering":
            self.asking = None
        if after.phase == "answering":
            self._begin(after.question, now)
        if after.running and (after.phase == "preparing" or before.phase != "preparing"):
            self.turn += 1

    def _begin(self, question: str, now: float) -> None:
        self._counted += 1
        self.take = self._counted
        self.takes[self.take] = question
        if self.live is not None:
            self._started = self.live.begin(now, self.plan.answer)

    def _end(self, question: str, now: float, kept: bool) -> None:
        if not kept:
            del self.takes[self.take]
        self.take = 0
        if self.live is None:
            return
        end = self.live.pause(now)
        if kept:
            self.answers.append(Answer(question, self._started, end))
        else:
            self.live.rewind(self._started)
