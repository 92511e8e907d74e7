"""What a live page is told of a stream."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from fer_core.errors import PoiseError
from fer_core.records import FloatArray, Reading
from fer_core.sessions.covering import COVERED

RECENT = 30
"""s of readings that a live page shows."""
LATE = 3.0
"""s without a reading, while pictures come, from which on the analysis is called slow; an older
reading is shown no more."""
LOOKS = 3.0
"""s whose looks, about one a second, say whether the face is covered now."""

Status = Literal["starting", "running", "slow", "restarting", "failed"]


@dataclass(frozen=True, eq=False)
class Snapshot:
    """What a live page shows of a stream.

    Attributes:
        status: ``starting``: the networks load; ``running``; ``slow``: pictures come, but no
            readings; ``restarting``: the worker died; ``failed``: until ``retry``.
        reading: the newest, None before the first or where that is over ``LATE`` s old.
        recent: the newest readings, of the last ``RECENT`` s.
        displayed, analysed: pictures and readings per second.
        age: median age of the reading on screen, s; None before the first.
        size: width and height of the camera's picture, px; None before the first.
        error: why it failed, where there is a sentence for it.
    """

    status: Status
    reading: Reading | None
    recent: tuple[Reading, ...]
    displayed: float
    analysed: float
    age: float | None
    size: tuple[int, int] | None
    error: PoiseError | None = None

    @property
    def old(self) -> bool:
        """Whether what was read is too old to be called live."""
        return self.age is not None and self.age > LATE

    @property
    def covered(self) -> bool:
        """Whether the lower half of the face is covered now; False without a new reading."""
        return self.reading is not None and covered_now(self.recent, self.reading.time)

    @property
    def probabilities(self) -> FloatArray | None:
        """(C,) the newest expression; None without a bare face."""
        return None if self.reading is None or self.covered else self.reading.probabilities

    @property
    def members(self) -> Mapping[str, FloatArray]:
        """Name of each network -> (C,) what it said of that frame; empty without a bare face."""
        return {} if self.reading is None or self.covered else self.reading.members


def covered_now(readings: Sequence[Reading], newest: float) -> bool:
    """Whether most of the newest looks say that the lower half of the face is covered.

    Args:
        readings: in order.
        newest: time of the newest, s.
    """
    looks = [r.values["covered"] for r in readings
             if newest - r.time <= LOOKS and "covered" in r.values]
    return bool(looks) and float(np.median(looks)) > COVERED
