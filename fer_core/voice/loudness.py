"""How loud a stream is, frame by frame."""

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter1d
from scipy.signal import butter, sosfilt

from fer_core.records.arrays import FloatArray
from fer_core.records.sound import RATE

HOP = 160
"""Samples of a frame: 10 ms."""
_LOWEST = 100.0
"""Hz; below lie hum, wind and a desk that is knocked, which are no voice."""
_EVEN = 1.0
"""Frames: standard deviation of the window that evens the glottis' own beat out."""
SILENCE = -100.0
"""dB of digital silence."""


class Loudness:
    """Mean squares along one stream, low rumble filtered out; keeps the filter's memory."""

    def __init__(self) -> None:
        self._filter = butter(2, _LOWEST, "highpass", fs=RATE, output="sos")
        self._state = np.zeros((len(self._filter), 2))

    def squares(self, samples: NDArray[np.float32]) -> FloatArray:
        """(n,) mean square of every frame, 0 to 1.

        Args:
            samples: (n * HOP,) the stream's next, -1 to 1.
        """
        clean, self._state = sosfilt(self._filter, samples, zi=self._state)
        return np.square(clean.reshape(-1, HOP)).mean(axis=1)


def decibels(squares: FloatArray, even: float = _EVEN) -> FloatArray:
    """(n,) dB below full scale, from ``SILENCE`` on.

    Args:
        squares: (n,) mean squares of frames.
        even: frames; standard deviation of the window they are averaged in.
    """
    return 10 * np.log10(gaussian_filter1d(squares, even) + 10 ** (SILENCE / 10))
