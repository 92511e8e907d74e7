"""What the history holds and how it is asked: an entry of a list, a photo, a filter."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from fer_core.records import Basis, Score

Kind = Literal["practice", "clip"]
Feeling = Literal[1, 2, 3, 4, 5]
Felt = Feeling | Literal[0]
"""0: a feeling is taken back."""
FEELINGS: tuple[Feeling, ...] = (1, 2, 3, 4, 5)
"""How one felt, from badly to well: five faces that the person chooses from."""


@dataclass(frozen=True)
class Entry:
    """A session in a list, without its timeline.

    Attributes:
        created: with its time zone, UTC.
        basis: of the session: which scale its scores are on.
        scores: name -> score without its parts.
        own: name of a score -> the person's own rating, 0 to 100, where one was given.
        emotions: emotion -> s in which it was the likeliest.
        sets: the question sets that were practised, in order; ``own`` for one's own questions.
        before, after: how the person says that they felt; None where they did not say.
    """

    id: str
    created: datetime
    name: str
    kind: Kind
    seconds: float
    note: str
    tags: tuple[str, ...]
    basis: Basis
    scores: dict[str, Score]
    own: dict[str, float]
    emotions: dict[str, int]
    sets: tuple[str, ...] = ()
    before: Feeling | None = None
    after: Feeling | None = None

    @property
    def dominant(self) -> str | None:
        """The expression seen for most seconds, None where nobody was seen."""
        return max(self.emotions, key=self.emotions.__getitem__) if self.emotions else None


@dataclass(frozen=True)
class Photo:
    """The photo of a day: JPEG, expression -> probability, and a line about the day."""

    day: date
    picture: bytes
    reading: dict[str, float]
    note: str


@dataclass(frozen=True)
class Filter:
    """Which sessions: all that fit everything that is given.

    Attributes:
        text: in the name, the note or a tag, whatever the case.
        since, until: [since, until) of the creation, in any time zone.
        id: of one session.
    """

    text: str = ""
    kind: Kind | None = None
    tag: str = ""
    since: datetime | None = None
    until: datetime | None = None
    id: str = ""


EVERYTHING = Filter()
