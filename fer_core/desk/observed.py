"""What is observed of a clip without a network that reads its face: whether it was turned to the
camera, pace, pauses, what was said. Nothing of it is a score, and all of it is off by default."""

import json
from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from fer_core.desk.access import Access, Target
from fer_core.desk.gate import SEEING, open_to_some
from fer_core.desk.policy import TRANSCRIPT, Person, shown
from fer_core.desk.tables import OBSERVATIONS, OPENINGS

OBSERVABLE = ("facing", "speech_pace", "pauses", TRANSCRIPT)
"""Features of the gate that an opening may ask for, in the order of its table."""


@dataclass(frozen=True)
class Said:
    """A word: [start, end) s of the clip."""

    start: float
    end: float
    text: str


@dataclass(frozen=True)
class Observed:
    """Of a clip; None where it was not observed, or may not be seen.

    Attributes:
        facing: share of the seconds with a face in which it was turned to the camera, 0 to 1;
            NaN where no face was found.
        pace: syllables per second of speech; NaN where nobody spoke.
        pauses: silences of ``PAUSE`` s and more between speech, [start, end) s.
        words: what was said.
    """

    facing: float | None = None
    pace: float | None = None
    pauses: tuple[tuple[float, float], ...] | None = None
    words: tuple[Said, ...] | None = None

    def cut(self, features: frozenset[str]) -> "Observed":
        """Without what may not be seen of it."""
        return Observed(
            self.facing if "facing" in features else None,
            self.pace if "speech_pace" in features else None,
            self.pauses if "pauses" in features else None,
            self.words if TRANSCRIPT in features else None)


PAUSE = 1.0
"""s; shorter silences are breath and thought between phrases."""


@dataclass(frozen=True)
class Transcript:
    """Attributes:
        words: None where there are none, and ``why`` says so: ``gate`` (the law of the place),
            ``off`` (the opening asks for none), ``consent``, ``none`` (not written down: no model
            of words on this server, no sound, or not worked on since).
    """

    words: tuple[Said, ...] | None
    why: str = ""


class Observations:
    """What was observed.

    Raises:
        Forbidden, StorageError: from every method.
    """

    def __init__(self, access: Access) -> None:
        self._access = access

    def see(self, person: Person, clip: str) -> Observed | None:
        """What may be seen of it once one's own card is in; None where there is nothing."""
        with self._access.looking(person, "reading.see", Target(clip=clip)) as act:
            features = shown(person, act.thing)
            found = _kept(act.connection, clip)
        return None if found is None else found.cut(features)

    def transcript(self, person: Person, clip: str) -> Transcript:
        """What was said, to be read beside the clip by whoever watches it."""
        with self._access.looking(person, "clip.watch", Target(clip=clip)) as act:
            thing = act.thing
            asked = act.connection.execute(sa.select(OPENINGS.c.observed).where(
                OPENINGS.c.id == act.opening)).scalar_one().split()
            words = (found := _kept(act.connection, clip)) and found.words
        roles = person.roles & set(SEEING)
        if not open_to_some(TRANSCRIPT, thing.purpose, thing.place, True, roles):
            return Transcript(None, "gate")
        if TRANSCRIPT not in asked:
            return Transcript(None, "off")
        if not open_to_some(TRANSCRIPT, thing.purpose, thing.place,
                            TRANSCRIPT in thing.consented, roles):
            return Transcript(None, "consent")
        return Transcript(words or None, "" if words else "none")


def to_text(found: Observed) -> str:
    """As the table keeps it."""
    return json.dumps({
        "facing": found.facing, "pace": found.pace, "pauses": found.pauses,
        "words": None if found.words is None else [[w.start, w.end, w.text]
                                                   for w in found.words]},
        ensure_ascii=False)


def from_text(text: str) -> Observed:
    """The same, read back."""
    data = json.loads(text)
    pauses, words = data["pauses"], data["words"]
    return Observed(data["facing"], data["pace"],
                    None if pauses is None else tuple((start, end) for start, end in pauses),
                    None if words is None else tuple(Said(*word) for word in words))


def wanted(observed: Sequence[str], purpose: str, place: str, consented: frozenset[str]
           ) -> frozenset[str]:
    """What a worker observes: asked for by the opening, agreed to, and allowed to be seen by
    somebody."""
    return frozenset(f for f in OBSERVABLE if f in observed and open_to_some(
        f, purpose, place, f in consented))


def _kept(connection: sa.Connection, clip: str) -> Observed | None:
    text = connection.execute(sa.select(OBSERVATIONS.c.report).where(
        OBSERVATIONS.c.clip == clip)).scalar()
    return None if text is None else from_text(text)
