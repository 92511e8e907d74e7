"""Pictures that stand still, told from a table that knows no change within the face.

Sessions of today measure that change itself (``stillness``); tables of other origin and older
sessions may lack it. A living head is then told by its numbers: it moves, turns and changes,
while a photograph repeats them but for the noise of detection. The thresholds are our
judgement, between the noise of photographs (motion up to .03, a pose within half a degree, a
probability within .02) and the stillest living people of our clips (motion .03 in their
stillest tenth of seconds, but turning by 1 to 3 degrees all the while).
"""

import numpy as np
from numpy.typing import NDArray

from fer_core.records import FloatArray, Timeline
from fer_core.sessions.timeline import runs_of

STILL_MOTION = 0.03
"""Eye distances per second up to which a picture may stand still."""
STILL_WANDER, FROZEN_STEP = 1.2, 0.6
"""Degrees: standard deviation of a photograph's pose over the session, and its largest change
from one second to the next within a freeze."""
STILL_CHANGE, FROZEN_CHANGE = 0.05, 0.02
"""The same of the probabilities: the largest of their standard deviations, the largest change."""
FROZEN_SECONDS = 3
"""s of a freeze."""


def still_picture(timeline: Timeline) -> bool:
    """Whether a session without a known change within the face is a photograph's."""
    seen = timeline.seen
    motion = timeline["motion"][seen]
    if seen.sum() < FROZEN_SECONDS or np.isnan(motion).all():
        return False
    return bool(np.nanmedian(motion) <= STILL_MOTION
                and _spread(_pose(timeline)[seen]) <= STILL_WANDER
                and _spread(timeline.probabilities[seen]) <= STILL_CHANGE)


def frozen(timeline: Timeline) -> NDArray[np.bool_]:
    """(T,) the seconds that repeat the second before, 3 and more in a row."""
    found = np.zeros(len(timeline), bool)
    if len(timeline) < FROZEN_SECONDS:
        return found
    with np.errstate(invalid="ignore"):
        repeats = ((np.abs(np.diff(_pose(timeline), axis=0)).max(axis=1) <= FROZEN_STEP)
                   & (np.abs(np.diff(timeline.probabilities, axis=0)).max(axis=1) <= FROZEN_CHANGE)
                   & (timeline["motion"][1:] <= STILL_MOTION))
    for first, end in runs_of(repeats):
        if end - first >= FROZEN_SECONDS - 1:
            found[first + 1:end + 1] = True
    return found


def _pose(timeline: Timeline) -> FloatArray:
    """(T, 3)"""
    return np.stack([timeline[name] for name in ("yaw", "pitch", "roll")], axis=1)


def _spread(values: FloatArray) -> float:
    """The largest standard deviation of a column; what is not known at all is none."""
    known = values[:, ~np.isnan(values).all(axis=0)]
    return float(np.nanstd(known, axis=0).max()) if known.size else 0.0
