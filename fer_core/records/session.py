"""A session: all that reproduces a report."""

from dataclasses import dataclass, field, replace
from typing import Any, Literal, NamedTuple

import numpy as np

from fer_core.records.advice import CoachStyle, Written
from fer_core.records.scored import Moment, QualityWarning, Score, Scored
from fer_core.records.timeline import Timeline
from fer_core.records.voice import Voice


@dataclass(frozen=True)
class Answer:
    """The stretch in which a question was answered: [start, end) s of the session."""

    question: str
    start: float
    end: float


@dataclass(frozen=True)
class Exchange:
    """A question and what was typed about it instead of said."""

    question: str
    text: str


@dataclass(frozen=True)
class Person:
    """Somebody else in the clip: when they were seen, never scored.

    ``first`` and ``last`` in s; ``seconds`` in which they were seen.
    """

    first: float
    last: float
    seconds: int


@dataclass(frozen=True)
class Source:
    """Where the frames came from. ``duration`` s; width, height px upright; rotation degrees
    clockwise that the container asked for. ``name`` is shown, never used as a path."""

    name: str
    sha256: str
    duration: float
    width: int
    height: int
    rotation: int = 0


@dataclass(frozen=True)
class ModelName:
    """A network that voted, and the SHA-256 of its checkpoint."""

    name: str
    sha256: str


@dataclass(frozen=True)
class SelfRating:
    """How the person rated the session before seeing its scores, 0 to 100 each; None where
    a question was left open.

    Raises:
        ValueError: outside 0 to 100.
    """

    confidence: float | None = None
    composure: float | None = None

    def __post_init__(self) -> None:
        for value in (self.confidence, self.composure):
            if value is not None and not 0 <= value <= 100:
                raise ValueError(f"a self-rating of {value}")


@dataclass(frozen=True)
class Accuracy:
    """What the voting networks were measured to get right, when the session was made.

    Attributes:
        data: what they were measured on, in words.
        n: pictures.
        accuracy: share of them told right, 0 to 1.
        networks: SHA-256 of each checkpoint that took part: one alone, or several by vote.
    """

    data: str
    n: int
    accuracy: float
    networks: tuple[str, ...]


@dataclass(frozen=True)
class Held:
    """How a score was found to go with what people said, when the session was made.

    Attributes:
        score: its name.
        rating: what people were asked, such as ``interview``.
        r: rank correlation, -1 to 1; ``low`` to ``high`` its 95 % interval.
        n: clips; ``people`` in them.
        version: of the scores that were held.
    """

    score: str
    rating: str
    r: float
    low: float
    high: float
    n: int
    people: int
    version: int


class Basis(NamedTuple):
    """What two sessions must share for their scores to be on one scale.

    Attributes:
        version: of the scores' formulas.
        networks: SHA-256 of those that voted, in order.
        vote: how.
        neutral: kind of neutral take.
        muscles: SHA-256 of the network that read muscles and gaze; empty where there was none, or
            nobody kept which.
        voice: what delivery was made of: ``words``, ``sound`` alone, or empty: nothing was heard.
        accessories: SHA-256 of the network that told which seconds show a covered face; empty as
            for ``muscles``.
        reading: the way from picture and sound to the timeline.
    """

    version: int
    networks: tuple[str, ...]
    vote: str
    neutral: str
    muscles: str = ""
    voice: Literal["words", "sound", ""] = ""
    accessories: str = ""
    reading: int = 1


@dataclass(frozen=True, eq=False)
class Session:
    """All that reproduces a report.

    Attributes:
        scored: what the timeline comes to, and by which recipe.
        neutral: the take of the person's quiet face before it; None where there was none.
        former: by an earlier recipe, where the session has been scored anew since.
        accuracies: of the networks that read it; None where nobody kept them.
        held: of its scores, against people; None where nobody kept it.
        voice: what was heard; None where nobody listened.
        muscles: SHA-256 of the network that read muscles and gaze; None where there was none, or
            nobody kept which.
        accessories: of the one that saw whether the face was covered; None likewise.
        reading: the way from picture and sound to the timeline, of which ``sessions.builder``
            tells; 1 where nobody kept it.
        typed: what was typed instead of said, in order.
        pictures: second in the middle of a moment -> JPEG of the face then; empty unless the
            person agreed to keep them.
        self_rating: given before the scores were seen; None where it was skipped.
        coach: how the coach speaks in this session's report.
        written: advice in a language model's words; None: the rules speak.

    Raises:
        ValueError: scored from another timeline or other answers.
    """

    source: Source
    timeline: Timeline
    scored: Scored
    people: tuple[Person, ...]
    models: tuple[ModelName, ...]
    settings: dict[str, Any]
    answers: tuple[Answer, ...] = ()
    created: str = ""
    self_rating: SelfRating | None = None
    coach: CoachStyle = field(default_factory=CoachStyle)
    written: Written | None = None
    pictures: dict[int, bytes] = field(default_factory=dict)
    neutral: Timeline | None = None
    former: Scored | None = None
    accuracies: tuple[Accuracy, ...] | None = None
    held: tuple[Held, ...] | None = None
    voice: Voice | None = None
    muscles: str | None = None
    accessories: str | None = None
    reading: int = 1
    typed: tuple[Exchange, ...] = ()

    def __post_init__(self) -> None:
        for scored in filter(None, (self.scored, self.former)):
            if (len(scored.rows) != len(self.timeline)
                    or len(scored.answers) not in (0, len(self.answers))):
                raise ValueError("scored from another timeline or other answers")

    def without_words(self) -> "Session":
        """It without what was said or typed, and without advice that may quote it; all numbers
        stay."""
        return replace(self, voice=self.voice and self.voice.without_text(), written=None,
                       typed=())

    @property
    def basis(self) -> Basis:
        """On which scale its scores are."""
        def known(column: str) -> bool:
            return not bool(np.isnan(self.timeline[column]).all())

        return Basis(
            self.scored.recipe.version, tuple(sorted(m.sha256 for m in self.models)),
            str(self.settings["recogniser"]["vote"]), self.scored.recipe.neutral,
            self.muscles or "", "words" if known("words") else "sound" if known("speech") else "",
            self.accessories or "", self.reading)

    @property
    def scores(self) -> tuple[Score, ...]:
        return self.scored.scores

    @property
    def moments(self) -> tuple[Moment, ...]:
        return self.scored.moments

    @property
    def warnings(self) -> tuple[QualityWarning, ...]:
        return self.scored.warnings
