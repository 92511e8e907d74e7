"""What one person's stream showed and read in the last seconds."""

import math
from collections import deque
from dataclasses import replace

import numpy as np

from fer_core.emotions import LabelSet
from fer_core.live.snapshot import LATE, RECENT, covered_now
from fer_core.records import Reading, Timeline
from fer_core.sessions.timeline import build

WINDOW = 3.0
"""s over which rates and ages are measured."""


class Lately:
    """Not locked: its stream does that, but for ``show``, which waits for nobody.

    Attributes:
        reading: the newest; None before the first.
        covered: whether the lower half of the face is covered now.
    """

    def __init__(self) -> None:
        self.reading: Reading | None = None
        self.covered = False
        self._recent: deque[Reading] = deque()
        self._shown: deque[tuple[float, float | None]] = deque(maxlen=600)
        self._read: deque[float] = deque(maxlen=600)

    def show(self, now: float) -> tuple[Reading | None, float | None]:
        """A picture is shown: the newest reading, and how old it is, s."""
        reading = self.reading
        age = None if reading is None else now - reading.time
        self._shown.append((now, age))
        return reading, age

    def note(self, reading: Reading, now: float) -> None:
        """The newest reading; later than the one before."""
        self.reading = reading
        self._read.append(now)
        self._recent.append(reading)
        while reading.time - self._recent[0].time > RECENT:
            self._recent.popleft()
        self.covered = covered_now(self._recent, reading.time)

    def forget(self) -> None:
        """Somebody else is followed from now on."""
        self._recent.clear()

    def fresh(self, now: float) -> Reading | None:
        """The newest reading, where it is not too old to be shown."""
        return (self.reading if self.reading is not None and now - self.reading.time <= LATE
                else None)

    def readings(self, now: float) -> tuple[Reading, ...]:
        """Those of the last ``RECENT`` s."""
        return tuple(r for r in self._recent if now - r.time <= RECENT)

    def rates(self, now: float) -> tuple[float, float, float | None]:
        """Pictures and readings per second, and the median age of the reading on screen, s."""
        shown = [(t, age) for t, age in list(self._shown) if now - t <= WINDOW]
        ages = [age for _, age in shown if age is not None]
        return (len(shown) / WINDOW, sum(now - t <= WINDOW for t in self._read) / WINDOW,
                float(np.median(ages)) if ages else None)

    def within(self, seconds: float, end: float) -> tuple[Reading, ...]:
        """Those of the seconds before a time of the stream."""
        return tuple(r for r in self._recent if 0 < end - r.time <= seconds)


def rows(readings: tuple[Reading, ...], seconds: float, end: float, labels: LabelSet
         ) -> tuple[float, Timeline]:
    """What was read ``within`` those seconds: the stream's time of second 0, and the timeline."""
    # Whole seconds of the stream stay rows of their own, so that a band does not shimmer.
    first = readings[0].time if seconds < RECENT else math.floor(readings[0].time)
    # Of the newest second, nothing may have been read yet: that is no gap.
    return first, build((replace(r, time=r.time - first) for r in readings), labels,
                        max(end - first - 1, 0.0))
