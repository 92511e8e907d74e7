"""Readings of one stream, a clip's or a webcam's, become a session."""

from array import array
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from fer_core.config import Settings
from fer_core.emotions import LabelSet
from fer_core.records import (
    Accuracy,
    Answer,
    Held,
    ModelName,
    Person,
    Reading,
    Session,
    Source,
    Timeline,
    Voice,
)
from fer_core.sessions import quality
from fer_core.sessions.scored import score
from fer_core.sessions.spoken import with_voice
from fer_core.sessions.timeline import TimelineBuilder

READING = 2
"""The way from picture and sound to the timeline, apart from the networks' weights. Whoever changes
it so that numbers move raises this: sessions read in another way are not compared, a round is not
gone on with, and ``batch`` does its clips anew. 1: the first, and whatever kept none. 2: dim
pictures are lightened, soft faces sharpened, a hum on a word's tail is none."""


class SessionBuilder:
    """Sums readings up as they come; only a row per second and two numbers per reading stay,
    and where readings come with pictures, one a second until it is known which are moments.

    Args:
        labels: the classes of the readings' probabilities.
        models: who reads.
        settings: all of them; saved in the session.
        accuracies: what those who read were measured to get right.
        held: how scores of theirs went with what people said.
        muscles: SHA-256 of the network that reads muscles and gaze; None: there is none.
        accessories: of the one that sees whether a face is covered; None likewise.
        reading: the way in which they read.
    """

    def __init__(self, labels: LabelSet, models: tuple[ModelName, ...], settings: Settings,
                 accuracies: tuple[Accuracy, ...] = (), held: tuple[Held, ...] = (),
                 muscles: str | None = None, accessories: str | None = None,
                 reading: int = READING) -> None:
        self.labels, self.models, self.settings = labels, models, settings
        self.accuracies, self.held = accuracies, held
        self.muscles, self.accessories, self.reading = muscles, accessories, reading
        self._builder = TimelineBuilder(labels)
        self._lights, self._eyes = array("f"), array("f")
        self._pictures: dict[int, bytes] = {}
        self._seat: int | None = None
        self._since = 0, 0

    def add(self, reading: Reading) -> None:
        """Count a reading, later than the one before."""
        if reading.face is not None and reading.light is not None:
            if self._seat is None:
                self._since = int(reading.time), len(self._lights)
            elif reading.face.track != self._seat:
                # Whoever held the seat since the cut only passed by: never scored. What was
                # read before it stays.
                second, faces = self._since
                self._builder.forget(second)
                del self._lights[faces:], self._eyes[faces:]
                self._pictures = {s: p for s, p in self._pictures.items() if s < second}
            self._seat = reading.face.track
            self._lights.append(reading.light)
            self._eyes.append(reading.face.eye_distance)
            if reading.picture is not None:
                self._pictures.setdefault(int(reading.time), reading.picture)
        self._builder.add(reading)

    def cut(self) -> None:
        """The next reading belongs to another take: what moved in between is not known, and
        whoever reads next may number the faces anew."""
        self._builder.cut()
        self._seat = None

    def rewind(self, second: int) -> None:
        """Take back what was read from that second on."""
        self._builder.rewind(second)
        self._pictures = {s: p for s, p in self._pictures.items() if s < second}
        self.cut()

    def timeline(self, duration: float | None = None) -> Timeline:
        """All rows up to now; see ``TimelineBuilder.timeline``."""
        return self._builder.timeline(duration)

    def state(self) -> dict[str, NDArray[Any]]:
        """All that was read, as arrays by name; ``from_state`` goes on with it."""
        pictures = {f"picture.{second}": np.frombuffer(picture, np.uint8)
                    for second, picture in self._pictures.items()}
        return {**self._builder.state(), **pictures, "lights": np.array(self._lights),
                "eyes": np.array(self._eyes)}

    @classmethod
    def from_state(cls, labels: LabelSet, models: tuple[ModelName, ...], settings: Settings,
                   state: Mapping[str, NDArray[Any]],
                   accuracies: tuple[Accuracy, ...] = (), held: tuple[Held, ...] = (),
                   muscles: str | None = None, accessories: str | None = None,
                   reading: int = READING) -> Self:
        """The builder whose ``state`` that was; the next reading belongs to another take.

        Raises:
            KeyError, ValueError: it is of another kind.
        """
        builder = cls(labels, models, settings, accuracies, held, muscles, accessories, reading)
        builder._builder = TimelineBuilder.from_state(labels, state)
        builder._lights.extend(state["lights"].tolist())
        builder._eyes.extend(state["eyes"].tolist())
        builder._pictures = {int(name.partition(".")[2]): picture.tobytes()
                             for name, picture in state.items() if name.startswith("picture.")}
        builder.cut()
        return builder

    def session(self, source: Source, people: tuple[Person, ...],
                answers: tuple[Answer, ...] = (), neutral: Timeline | None = None,
                voice: Voice | None = None, talked: bool = False) -> Session:
        """Score what was read.

        Args:
            source: where the frames came from.
            people: others who were seen.
            answers: stretches of questions; empty for a clip without any.
            neutral: a take of the person's quiet face; None where there was none.
            voice: what was heard; None where nobody listened.
            talked: whether the person seemed to talk in that take.
        """
        timeline = self.timeline(source.duration)
        doubts = quality.recording(_median(self._lights), _median(self._eyes), people, talked)
        if voice is not None:
            voice = voice.apart(edge for a in answers for edge in (a.start, a.end))
            timeline = with_voice(timeline, voice)
            doubts += quality.hearing(voice, source.duration)
        scored = score(timeline, self.settings.scoring, neutral, answers=answers, doubts=doubts)
        return Session(
            source=source, timeline=timeline, scored=scored, people=people, models=self.models,
            # Paths of this machine are nobody's business.
            settings=self.settings.model_dump(mode="json", exclude={"data", "weights", "cache"}),
            answers=answers, created=datetime.now(UTC).isoformat(timespec="seconds"),
            pictures={m.middle: self._pictures[m.middle] for m in scored.moments
                      if m.middle in self._pictures},
            neutral=neutral, accuracies=self.accuracies, held=self.held,
            voice=voice, muscles=self.muscles, accessories=self.accessories,
            reading=self.reading)


def _median(values: "array[float]") -> float | None:
    return float(np.median(values)) if values else None
