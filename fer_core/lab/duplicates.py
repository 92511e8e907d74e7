"""Near copies by perceptual hash: a training picture that looks like a test picture must go."""

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

NEAR = 4
"""Bits of 64 by which two hashes of the same photograph may differ."""


def hashes(pictures: Sequence[NDArray[np.uint8]]) -> NDArray[np.uint64]:
    """(N,) perceptual hashes: the signs of the 64 lowest frequencies of a 32 px cosine transform
    about their median (Zauner 2010, "Implementation and benchmarking of perceptual image hash
    functions"). Brightness, contrast, size and JPEG hardly change them.

    Args:
        pictures: N pictures, (H, W) uint8.
    """
    bits = np.empty((len(pictures), 64), bool)
    for i, picture in enumerate(pictures):
        small = cv2.resize(picture, (32, 32), interpolation=cv2.INTER_AREA).astype(np.float32)
        low = cv2.dct(small)[:8, :8].ravel()
        bits[i] = low > np.median(low[1:])  # the first is the mean brightness
    return np.packbits(bits, axis=1).view(np.uint64).ravel()


def distance(some: NDArray[np.uint64], others: NDArray[np.uint64]) -> NDArray[np.int64]:
    """(N,) bits by which each of ``some`` differs from the nearest of ``others``; 64 where there
    are none."""
    out = np.full(len(some), 64)
    for i in range(0, len(some), 1024):
        apart = np.bitwise_count(some[i:i + 1024, None] ^ others[None])
        out[i:i + 1024] = apart.min(1, initial=64)
    return out


def near_copies(pictures: Sequence[NDArray[np.uint8]],
                tests: Sequence[NDArray[np.uint8]],
                near: int = NEAR) -> NDArray[np.bool_]:
    """(N,) whether a picture, or its mirror image, is within ``near`` bits of a test picture."""
    kept = hashes(tests)
    mirrored = hashes([np.ascontiguousarray(p[:, ::-1]) for p in pictures])
    nearest = np.minimum(distance(hashes(pictures), kept), distance(mirrored, kept))
    return np.asarray(nearest <= near)
