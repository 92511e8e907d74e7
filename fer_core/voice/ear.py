"""Listens to one stream, block by block, and says what was heard."""

from collections.abc import Iterable
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from fer_core.records import Stretch, Voice, Word
from fer_core.records.sound import RATE, Sound
from fer_core.voice.loudness import HOP
from fer_core.voice.meter import SPEAKS, WHOLE, Meter
from fer_core.voice.summary import summed

BLOCK = 96 * WHOLE
"""Samples of a recording that are heard at once: 15.36 s."""
LIVE_BLOCK = 3 * WHOLE
"""Samples of a microphone: 0.48 s, which changes no measure (of shorter ones, pitch suffers)."""
_GAP = 0.02
"""s that are missing without a mention: a block's own rounding."""


class Scribe(Protocol):
    """Somebody who writes down what is said."""

    language: str | None

    def write(self, start: float, samples: NDArray[np.float32],
              speech: NDArray[np.bool_]) -> None:
        """The stream's next samples from ``start`` s on; ``speech``: of every 512 samples."""

    def words(self) -> tuple[Word, ...]:
        """All words up to now."""


class Ear:
    """Hears one recording. Keeps no sound but a block of 15 s: 2 kB a second remain of it.

    Args:
        scribe: writes the words down; None: nobody does.
    """

    def __init__(self, scribe: Scribe | None = None) -> None:
        self._scribe = scribe
        self._meter = Meter()
        self._waiting: list[NDArray[np.float32]] = []
        self._count = self._done = 0  # samples that came, and those that were heard
        self._heard: list[list[float]] = []
        self._rows: list[NDArray[np.float32]] = []

    def hear(self, sounds: Iterable[Sound]) -> None:
        """Listen on; what overlaps what was heard is left out."""
        for sound in sounds:
            at = round(sound.time * RATE)
            samples = sound.samples[max(self._count - at, 0):]
            if not len(samples):
                continue
            begin = max(at, self._count) / RATE
            if not self._heard or begin - self._heard[-1][1] > _GAP:
                self._heard.append([begin, begin])
            # Where there is no sound, silence keeps the time.
            for missing in _pieces(at - self._count):
                self._take(missing)
            self._take(samples)
            self._heard[-1][1] = self._count / RATE

    def _take(self, samples: NDArray[np.float32]) -> None:
        self._waiting.append(samples)
        self._count += len(samples)
        if self._count - self._done >= BLOCK:
            waiting = np.concatenate(self._waiting)
            while len(waiting) >= BLOCK:
                self._listen(waiting[:BLOCK])
                waiting = waiting[BLOCK:]
            self._waiting = [waiting]

    def _listen(self, block: NDArray[np.float32]) -> None:
        rows, speech = self._meter.measure(block)
        self._rows.append(rows)
        if self._scribe is not None:
            self._scribe.write(self._done / RATE, block, speech > SPEAKS)
        self._done += len(block)

    def voice(self) -> Voice:
        """What was heard; nothing may be heard afterwards."""
        rest = np.concatenate([*self._waiting, np.zeros(0, np.float32)])
        if len(rest):
            self._listen(np.pad(rest, (0, -len(rest) % WHOLE)))
            self._waiting = []
        rows = np.concatenate([*self._rows, self._meter.rest()])[:-(-self._count // HOP)]
        words = None if self._scribe is None else self._scribe.words()
        return summed(rows, tuple(Stretch(a, b) for a, b in self._heard), words,
                      None if self._scribe is None else self._scribe.language)


class LiveEar:
    """Hears a microphone as it speaks, and starts anew behind every gap."""

    def __init__(self) -> None:
        self._meter = Meter()
        self._waiting = np.zeros(0, np.float32)
        self._next = -1.0  # s where the stream goes on
        self._frame = 0  # of the next row

    def hear(self, sounds: Iterable[Sound]) -> list[tuple[int, NDArray[np.float32]]]:
        """Listen on.

        Returns:
            Rows that are new: the frame of the first, counted in 10 ms of the stream's time, and
            (n, 4) as ``Meter`` gives them.
        """
        found = []
        for sound in sounds:
            if abs(sound.time - self._next) > _GAP:
                self._meter, self._waiting = Meter(), np.zeros(0, np.float32)
                self._frame = round(sound.time * RATE / HOP)
            self._next = sound.end
            self._waiting = np.concatenate([self._waiting, sound.samples])
            whole = len(self._waiting) // LIVE_BLOCK * LIVE_BLOCK
            if whole:
                rows, _ = self._meter.measure(self._waiting[:whole])
                self._waiting = self._waiting[whole:]
                found.append((self._frame, rows))
                self._frame += len(rows)
        return found


def _pieces(count: int) -> Iterable[NDArray[np.float32]]:
    """So many samples of silence, a block at a time."""
    for start in range(0, count, BLOCK):
        yield np.zeros(min(BLOCK, count - start), np.float32)
