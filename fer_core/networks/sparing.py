"""Which faces of a clip the networks read, and what the others show: between two frames half a
second apart in which the networks say the same of nearly the same face, they would say it again.

Every fourth face is read first. Where the answers on both sides of a gap differ, or a face within
it does with its muscles what neither end does (a small network tells that of every face in a
fiftieth of the time), the one in the middle is read too, and so on. Elsewhere a face's answer lies
between the two, the nearer to an end the more it resembles it. On 46 shared clips, most of people
talking, 36 % of the faces are read; against reading all of them the second's probabilities move
by .008 in the mean and .018 in the worst clip (``benchmark`` prints both for one), scores by .3
and 2.3 points.
"""

from collections.abc import Callable, Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from fer_core.records import FloatArray

STRIDE = 4
"""Faces from one that is always read to the next: half a second at 8 a second, which an
expression needs to form."""
LONGEST = 0.6
"""s of the longest stretch that is not looked into."""
UNLIKE = 0.5
"""How far a face's signs may be from those of the nearer end, where the ends agree wholly: a
blink or half a smile."""
ALIKE = 0.05
"""Signs that are nearer than this differ by noise."""
SIGNS = ("smile", "brow_tension", "mouth_open", "blink")
"""What the muscles' network tells, 0 to 1 each."""

Read = Callable[[NDArray[np.uint8]], FloatArray]
"""(N, S, S) uint8 crops -> (M, N, C) what each network says."""


def signs(muscles: Sequence[dict[str, float]]) -> FloatArray:
    """(N, K) what is compared, of columns as ``Muscles.read`` tells them."""
    return np.array([[told[name] for name in SIGNS] for told in muscles])


def read_sparingly(read: Read, times: FloatArray, tracks: NDArray[np.int64],
                   crops: NDArray[np.uint8], signs: FloatArray, agreeing: float) -> FloatArray:
    """What each network says of every face of a stretch.

    Args:
        read: asks the networks.
        times: (N,) s, rising.
        tracks: (N,) whose face each is.
        crops: (N, S, S) uint8, aligned.
        signs: (N, K) what the muscles of each do.
        agreeing: how far a probability may differ over a gap that is not looked into, less as a
            face within is unlike both ends; 0: every face is read.

    Returns:
        (M, N, C); what was not read lies between its neighbours.
    """
    count = len(crops)
    first = sorted({*range(0, count, STRIDE if agreeing > 0 else 1), count - 1})
    found = read(crops[first])
    answers = np.empty((found.shape[0], count, found.shape[2]))
    answers[:, first] = found
    gaps = _gaps(first)
    while gaps:
        divided: list[list[int]] = []
        for start, end in gaps:
            within = slice(start + 1, end)
            before, after = (np.linalg.norm(signs[within] - signs[at], axis=1)
                             for at in (start, end))
            apart = answers[:, [end]] - answers[:, [start]]
            doubt = abs(apart).max() + agreeing * np.minimum(before, after).max() / UNLIKE
            if (doubt <= agreeing and times[end] - times[start] <= LONGEST
                    and (tracks[start:end + 1] == tracks[start]).all()):
                # Where both ends are as near, by time.
                past = (times[within] - times[start]) / (times[end] - times[start])
                share = (before + ALIKE * past) / (before + after + ALIKE)
                answers[:, within] = answers[:, [start]] + share[:, None] * apart
            else:
                divided.append([start, (start + end) // 2, end])
        if middles := [middle for _, middle, _ in divided]:
            answers[:, middles] = read(crops[middles])
        gaps = [gap for ends in divided for gap in _gaps(ends)]
    return answers


def _gaps(known: list[int]) -> list[tuple[int, int]]:
    """Neighbours that have something between them."""
    return [(a, b) for a, b in pairwise(known) if b - a > 1]
