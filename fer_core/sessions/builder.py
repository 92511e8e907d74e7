"""Readings of one stream, a clip's or a webcam's, become a session."""

from array import array
from datetime import UTC, datetime

import numpy as np

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
)
from fer_core.sessions import quality
from fer_core.sessions.scored import score
from fer_core.sessions.timeline import TimelineBuilder


class SessionBuilder:
    """Sums readings up as they come; only a row per second and two numbers per reading stay,
    and where readings come with pictures, one a second until it is known which are moments.

    Args:
        labels: the classes of the readings' probabilities.
        models: who reads.
        settings: all of them; saved in the session.
        accuracies: what those who read were measured to get right.
        held: how scores of theirs went with what people said.
    """

    def __init__(self, labels: LabelSet, models: tuple[ModelName, ...], settings: Settings,
                 accuracies: tuple[Accuracy, ...] = (),
                 held: tuple[Held, ...] = ()) -> None:
        self._models, self._settings = models, settings
        self._accuracies, self._held = accuracies, held
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

    def session(self, source: Source, people: tuple[Person, ...],
                answers: tuple[Answer, ...] = (), neutral: Timeline | None = None) -> Session:
        """Score what was read.

        Args:
            source: where the frames came from.
            people: others who were seen.
            answers: stretches of questions; empty for a clip without any.
            neutral: a take of the person's quiet face; None where there was none.
        """
        timeline = self.timeline(source.duration)
        scored = score(
            timeline, self._settings.scoring, neutral, answers=answers,
            doubts=quality.recording(_median(self._lights), _median(self._eyes), people))
        return Session(
            source=source, timeline=timeline, scored=scored, people=people, models=self._models,
            # Paths of this machine are nobody's business.
            settings=self._settings.model_dump(mode="json", exclude={"data", "weights", "cache"}),
            answers=answers, created=datetime.now(UTC).isoformat(timespec="seconds"),
            pictures={m.middle: self._pictures[m.middle] for m in scored.moments
                      if m.middle in self._pictures},
            neutral=neutral, accuracies=self._accuracies, held=self._held)


def _median(values: "array[float]") -> float | None:
    return float(np.median(values)) if values else None
