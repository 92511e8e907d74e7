"""What is measured of every 10 ms of a stream, block by block: four numbers, of which no sound
can be made again."""

from collections import deque

import numpy as np
from numpy.typing import NDArray

from fer_core.records.sound import RATE
from fer_core.voice import activity, pitch
from fer_core.voice.loudness import HOP, Loudness

SQUARE, SPEECH, HZ, CLIPPED = range(4)
"""Columns of a row: mean square, 0 to 1; probability of speech, 0 to 1; Hz, NaN where not voiced
(or nobody looked); samples at full scale."""
WHOLE = activity.HOP * HOP // 32
"""Samples of the shortest block, which is whole frames of both kinds: 0.16 s."""
SPEAKS = 0.5
"""Probability from which the network says speech; what its authors use."""
_FULL = 0.99
_REACH = 15.36
"""s back in which the loudest sample is looked for, against which quiet ones are silent."""


class Meter:
    """Measures one stream that has no gaps; keeps no sound but 40 ms."""

    def __init__(self) -> None:
        self._activity, self._loudness = activity.Activity(), Loudness()
        # Windows of pitch reach beyond their frame, to both sides.
        self._windows = np.zeros((pitch.WINDOW - HOP) // 2, np.float32)
        self._waiting = np.zeros((0, 4), np.float32)
        self._peaks: deque[tuple[int, float]] = deque()
        self._count = 0

    def measure(self, samples: NDArray[np.float32]
                ) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Listen on.

        Args:
            samples: (n * WHOLE,) the stream's next, -1 to 1.

        Returns:
            (m, 4) rows that are complete: the last two wait for the sound after them; and the
            probability of speech of every ``activity.HOP`` samples.
        """
        speech = self._activity.probabilities(samples)
        rows = np.full((len(samples) // HOP, 4), np.nan, np.float32)
        rows[:, SQUARE] = self._loudness.squares(samples)
        rows[:, SPEECH] = speech[np.arange(len(rows)) * HOP // activity.HOP]
        rows[:, CLIPPED] = (np.abs(samples) > _FULL).reshape(-1, HOP).sum(axis=1)
        self._waiting = np.concatenate([self._waiting, rows])
        self._windows = np.concatenate([self._windows, samples])
        self._count += len(samples)
        self._peaks.append((self._count, float(np.abs(samples).max(initial=0))))
        while self._peaks[0][0] <= self._count - _REACH * RATE:
            self._peaks.popleft()
        return self._complete(bool((speech > SPEAKS).any())), speech

    def rest(self) -> NDArray[np.float32]:
        """(m, 4) the rows that wait for sound that does not come."""
        self._windows = np.pad(self._windows, (0, pitch.WINDOW))
        return self._complete(False)

    def _complete(self, anybody: bool) -> NDArray[np.float32]:
        """The rows whose window of pitch is whole. Where nobody speaks there is none to follow."""
        count = min((len(self._windows) - pitch.WINDOW) // HOP + 1, len(self._waiting))
        if anybody:
            self._waiting[:count, HZ] = pitch.pitch(
                self._windows[:pitch.WINDOW + (count - 1) * HOP],
                max(peak for _, peak in self._peaks))
        rows, self._waiting = self._waiting[:count], self._waiting[count:]
        self._windows = self._windows[count * HOP:]
        return rows
