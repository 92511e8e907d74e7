"""A round of practice as it stands after an answer: all that it takes to go on elsewhere.

Packed it is one ``.npz``: arrays by name, and a header in JSON. Nothing in it is ever executed.
"""

from dataclasses import asdict, dataclass, replace
from io import BytesIO
from typing import Any, Literal
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field

from fer_core.config import Settings
from fer_core.emotions import LABEL_SETS, LabelSet
from fer_core.live.dictation import Written
from fer_core.live.hearing import voice
from fer_core.live.sitting import Kept
from fer_core.live.takes import Take, Takes
from fer_core.records import (
    Accuracy,
    Answer,
    Exchange,
    Held,
    ModelName,
    Person,
    Session,
    Source,
    Timeline,
)
from fer_core.sessions.builder import SessionBuilder
from fer_core.sessions.interview import Plan

_HEADER, _HEARD = "header", "heard"


@dataclass(frozen=True, eq=False)
class Round:
    """An interview, and what was answered and measured so far.

    Attributes:
        name: of the session.
        number: of the question to go on with, from 0; as many as there are questions: none.
        answers: stretches of the session's clock.
        neutral: the take of the quiet face, None where there was none.
        talked: whether the person seemed to talk in it.
        speak, feedback, save, style: what the person wished: questions read aloud, readings
            shown, a recording kept, the ``Overlay``.
        sound, hints: likewise: the voice heard, hints on pace and silence.
        words, keep_words: likewise: what is said written down, and kept with the report.
        follow: likewise: follow-up questions about an answer, at most.
        typed: what was typed instead of said.
        size: of the camera's picture, px.
        kept: what the stream measured.

    Raises:
        ValueError: nothing was measured.
    """

    name: str
    plan: Plan
    number: int
    answers: tuple[Answer, ...]
    neutral: Timeline | None
    speak: bool
    feedback: bool
    save: bool
    style: str
    size: tuple[int, int]
    kept: Kept
    sound: bool = False
    hints: bool = False
    words: bool = False
    follow: int = 0
    typed: tuple[Exchange, ...] = ()
    talked: bool = False
    keep_words: bool = False

    def __post_init__(self) -> None:
        if self.kept.builder is None:
            raise ValueError("a round of which nothing was read")

    @property
    def _builder(self) -> SessionBuilder:
        assert self.kept.builder is not None
        return self.kept.builder

    @property
    def models(self) -> tuple[ModelName, ...]:
        """The networks that read the answers."""
        return self._builder.models

    @property
    def muscles(self) -> str | None:
        """SHA-256 of the one that read muscles and gaze."""
        return self._builder.muscles

    @property
    def accessories(self) -> str | None:
        """SHA-256 of the one that saw whether the face was covered."""
        return self._builder.accessories

    @property
    def reading(self) -> int:
        """The way in which they read."""
        return self._builder.reading

    @property
    def settings(self) -> Settings:
        """Under which they read them."""
        return self._builder.settings

    @property
    def complete(self) -> bool:
        """Whether no question is left."""
        return self.number >= len(self.plan.questions)

    def session(self) -> Session:
        """The session of what was answered so far."""
        session = self._builder.session(
            Source(self.name, "", self.kept.takes.clock(0), *self.size), self.kept.people,
            self.answers, self.neutral,
            None if self.kept.heard is None else voice(
                self.kept.heard, self.kept.written, self.kept.takes), self.talked)
        return replace(session, typed=self.typed)

    def pack(self) -> bytes:
        """As a file; ``unpack`` reads it."""
        builder = self._builder
        header = _Header(
            name=self.name, plan=self.plan, number=self.number, answers=self.answers,
            speak=self.speak, feedback=self.feedback, save=self.save, style=self.style,
            sound=self.sound, hints=self.hints, words=self.words, written=self.kept.written,
            follow=self.follow, typed=self.typed, talked=self.talked,
            keep_words=self.keep_words,
            size=self.size, pictures=self.kept.pictures,
            people=self.kept.people,
            takes=asdict(self.kept.takes), labels=builder.labels.name, models=builder.models,
            accuracies=builder.accuracies, held=builder.held, muscles=builder.muscles,
            accessories=builder.accessories, reading=builder.reading,
            settings=builder.settings.model_dump(
                mode="json", exclude={"data", "weights", "cache"}))
        out = BytesIO()
        np.savez_compressed(out, **{  # type: ignore[arg-type]
            **builder.state(), **_arrays(self.neutral),
            **({} if self.kept.heard is None else {_HEARD: self.kept.heard}),
            _HEADER: np.frombuffer(header.model_dump_json().encode(), np.uint8)})
        return out.getvalue()

    @classmethod
    def unpack(cls, data: bytes) -> "Round":
        """The round that was packed.

        Raises:
            ValueError: it is damaged, or another version's.
        """
        try:
            with np.load(BytesIO(data), allow_pickle=False) as found:
                arrays: dict[str, NDArray[Any]] = dict(found)
            header = _Header.model_validate_json(arrays.pop(_HEADER).tobytes())
            takes = dict(header.takes)
            takes["kept"] = [Take(**take) for take in takes["kept"]]
            labels = LABEL_SETS[header.labels]
            heard = arrays.pop(_HEARD, None)
            if heard is not None and (heard.ndim != 2 or heard.shape[1] != 4):
                raise ValueError("what was heard is four numbers every 10 ms")
            neutral = _neutral(labels, arrays)
            builder = SessionBuilder.from_state(
                labels, header.models, Settings(**header.settings), arrays, header.accuracies,
                header.held, header.muscles, header.accessories, header.reading)
            kept = Kept(builder, Takes(**takes), header.people, header.pictures, heard,
                        header.written)
        except (ValueError, KeyError, TypeError, OSError, EOFError, BadZipFile) as error:
            raise ValueError("not a round of this version") from error
        return cls(header.name, header.plan, header.number, header.answers, neutral, header.speak,
                   header.feedback, header.save, header.style, header.size, kept,
                   header.sound, header.hints, header.words, header.follow, header.typed,
                   header.talked, header.keep_words)


def _arrays(neutral: Timeline | None) -> dict[str, NDArray[Any]]:
    """A neutral take as arrays by name, apart from the builder's; none without a take."""
    if neutral is None:
        return {}
    return {"neutral": neutral.probabilities,
            **{f"neutral.column.{name}": values for name, values in neutral.columns.items()},
            **{f"neutral.member.{name}": rows for name, rows in neutral.members.items()}}


def _neutral(labels: LabelSet, arrays: dict[str, NDArray[Any]]) -> Timeline | None:
    """The neutral take taken out of the arrays, None where they hold none."""
    probabilities = arrays.pop("neutral", None)
    of: dict[str, dict[str, NDArray[Any]]] = {"column": {}, "member": {}}
    for name in [n for n in arrays if n.startswith("neutral.")]:
        kind, _, rest = name.removeprefix("neutral.").partition(".")
        of[kind][rest] = arrays.pop(name)
    return None if probabilities is None else Timeline(
        labels, probabilities, of["column"], members=of["member"])


class _Header(BaseModel):
    """What of a round is no array."""

    model_config = ConfigDict(extra="forbid", allow_inf_nan=False)

    version: Literal[1] = 1
    name: str
    plan: Plan
    number: int
    answers: tuple[Answer, ...]
    speak: bool
    feedback: bool
    save: bool
    style: str
    sound: bool = False
    hints: bool = False
    words: bool = False
    keep_words: bool = False
    written: Written = Field(default_factory=Written)
    follow: int = 0
    typed: tuple[Exchange, ...] = ()
    talked: bool = False
    size: tuple[int, int]
    pictures: bool
    people: tuple[Person, ...]
    takes: dict[str, Any]
    labels: str
    models: tuple[ModelName, ...]
    accuracies: tuple[Accuracy, ...]
    held: tuple[Held, ...]
    muscles: str | None = None
    accessories: str | None = None
    reading: int = 1
    settings: dict[str, Any]
