"""What of one person's stream is scored: its takes, what was read in them and who else was seen."""

import copy
import math
from collections.abc import Callable
from dataclasses import dataclass, field, replace

import numpy as np

from fer_core.live.bystanders import Bystanders
from fer_core.live.dictation import Written
from fer_core.live.hearing import Rows
from fer_core.live.takes import Takes
from fer_core.records import Person, Reading
from fer_core.sessions.builder import SessionBuilder


@dataclass(frozen=True, eq=False)
class Kept:
    """What a stream has scored, to go on with in another one. Can be pickled."""

    builder: SessionBuilder | None
    takes: Takes
    people: tuple[Person, ...]
    pictures: bool
    heard: Rows | None = None
    """(n, 4) what was heard, every 10 ms of the session's clock."""
    written: Written = field(default_factory=Written)
    """What of it was written down."""


class Sitting:
    """Not locked: its stream does that.

    Args:
        kept: of an earlier stream, that this one goes on with.

    Attributes:
        takes: on the stream's clock.
        builder: of what was read in them; None before the first reading.
        pictures: whether a small picture of every moment is kept, because the person agreed.
    """

    def __init__(self, kept: Kept | None = None) -> None:
        kept = kept or Kept(None, Takes(), (), False)
        self.takes, self.builder = copy.deepcopy((kept.takes, kept.builder))
        self.pictures = kept.pictures
        self._bystanders = Bystanders(kept.people)
        self._take = 0
        """Number of the take that the builder's last reading is of; 0: a cut is due."""

    @property
    def people(self) -> tuple[Person, ...]:
        """Everybody else who was seen."""
        return self._bystanders.people

    def end(self, at: float) -> float:
        """The take ends at a time of the stream; the session's time."""
        end = self.takes.end(at)
        if self.builder is not None and end == math.floor(end):
            self.builder.rewind(int(end))
            self._bystanders.rewind(int(end))
            self._take = 0
        return end

    def rewind(self, moment: float) -> None:
        """Take back every take from that time of the session on."""
        self.takes.rewind(moment)
        self._bystanders.rewind(moment)
        self._take = 0
        if moment <= 0:
            self.builder = None
        elif self.builder is not None:
            self.builder.rewind(math.ceil(moment))

    def note(self, at: float, reading: Reading, picture: bytes | None,
             begun: Callable[[], SessionBuilder]) -> None:
        """What was read of a frame; nothing of it is scored where that lies in no take.

        Args:
            at: the stream's time of the frame, s.
            picture: a small one of the face, where pictures are kept.
            begun: the builder that the first reading begins with.
        """
        found = self.takes.find(at)
        if found is None:
            return
        take, scored = found
        if self.builder is None:
            self.builder = begun()
        elif take.number != self._take:
            self.builder.cut()
        self._take = take.number
        timed = replace(reading, time=scored, picture=picture)
        self.builder.add(timed)
        self._bystanders.note(timed)

    def cut(self) -> None:
        """Another worker, or one that has forgotten this stream, reads from now on."""
        self._take = 0
        self._bystanders.cut()

    def keep(self, heard: Rows, written: Written) -> Kept:
        """What was scored in the takes that have ended, to go on with in another stream.

        Args:
            heard: in those takes, NaN where nothing was.
            written: what of it was written down.
        """
        takes, builder = self.takes.closed(), copy.deepcopy(self.builder)
        bystanders, end = copy.deepcopy(self._bystanders), math.ceil(takes.clock(0))
        bystanders.rewind(end)
        if builder is not None:
            builder.rewind(end)
        return Kept(builder, takes, bystanders.people, self.pictures,
                    None if np.isnan(heard).all() else heard, written)
