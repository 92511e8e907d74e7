"""What a microphone hears, block by block."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

RATE = 16_000
"""Samples a second: speech needs no more, and what listens was made for it."""


@dataclass(frozen=True, eq=False)
class Sound:
    """A block of a sound track or a microphone.

    Attributes:
        time: s of its first sample, on the clock of the pictures; from the stream's own
            timestamps.
        samples: (n,) float32, -1 to 1, one channel, ``RATE`` a second.
    """

    time: float
    samples: NDArray[np.float32]

    def __post_init__(self) -> None:
        if self.samples.ndim != 1 or self.samples.dtype != np.float32:
            raise ValueError(
                f"samples: {self.samples.dtype} {self.samples.shape}, not (n,) float32")

    @property
    def end(self) -> float:
        """s after its last sample."""
        return self.time + len(self.samples) / RATE
