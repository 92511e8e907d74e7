"""Where speech begins and ends: loud enough, and near what the network calls speech.

As Praat's "To TextGrid (silences)" has it: a frame sounds that is less than 25 dB below the
loudest (in a room as loud as that, which Praat takes for speech: above the room); what sounds
for under 0.1 s is a click, a silence of under 0.3 s is no pause. Of what sounds, only what lies
within half a second of speech counts: music, a door, a keyboard do not.
"""

import numpy as np
from numpy.typing import NDArray

from fer_core.records import Stretch
from fer_core.records.arrays import FloatArray
from fer_core.records.voice import SHORTEST_PAUSE
from fer_core.sessions.timeline import runs_of

FRAME = 0.01
"""s of a frame."""
_BELOW = 25.0  # dB below the loudest
_NEAR = 0.5  # s
_CLICK = 0.1  # s
_ROOM = 3.0  # dB above a noisy room
_FEWEST = 100  # frames in which the room can be heard alone
_STRETCH = 1536
"""Frames in which the loudest is looked for; of those the median, so that one shout in an hour
silences nothing else."""


def sounding(level: FloatArray, speech: NDArray[np.bool_]) -> tuple[list[tuple[int, int]], bool]:
    """[first, last) frame of every stretch of speech, and whether the room is noisy.

    Args:
        level: (n,) dB.
        speech: (n,) what the network calls speech.
    """
    near = widened(speech, round(_NEAR / FRAME))
    if not near.any():
        return [], False
    loudest = np.median([level[i:i + _STRETCH][found].max()
                         for i in range(0, len(level), _STRETCH)
                         if (found := near[i:i + _STRETCH]).any()])
    room = float(np.quantile(level[~near], 0.25)) if (~near).sum() >= _FEWEST else -np.inf
    noisy = room > loudest - _BELOW
    least = room + _ROOM if noisy else loudest - _BELOW
    stretches: list[tuple[int, int]] = []
    for first, last in runs_of(near & (level > least)):
        if last - first < round(_CLICK / FRAME):
            continue
        if stretches and first - stretches[-1][1] < round(SHORTEST_PAUSE / FRAME):
            first = stretches.pop()[0]
        stretches.append((first, last))
    return stretches, noisy


def seconds(frames: list[tuple[int, int]]) -> tuple[Stretch, ...]:
    """The same in s."""
    return tuple(Stretch(round(a * FRAME, 2), round(b * FRAME, 2)) for a, b in frames)


def widened(rows: NDArray[np.bool_], side: int) -> NDArray[np.bool_]:
    """(n,) True also within ``side`` rows of a True."""
    if not len(rows):
        return rows
    return np.asarray(np.convolve(rows, np.ones(2 * side + 1), "full")[side:side + len(rows)] > 0.5)
