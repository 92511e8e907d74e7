"""Seconds in which the lower half of the face is covered: a mask, a scarf, a hand that stays there.

Nothing that is read of such a face is scored. A smile or a tight mouth cannot be seen, and the
mouth's corners, by which the head's pitch is told, are guessed: three masks laid over one clip
moved its mean pitch by 5 to 14 degrees, and left so little to move that it passed for a photograph.
So these seconds are like those that nobody analysed.
"""

import numpy as np
from numpy.typing import NDArray

from fer_core.records import Timeline
from fer_core.sessions.stillness import thawed
from fer_core.sessions.timeline import nan_mean

COVERED = 0.8
"""Column ``covered`` above which one look says so. None of 5,062 faces of 46 clips without masks
has more than .49, which a hand before the mouth gives; of the masked faces of ``accessories.npz``
that no training saw, 93 % have more (158 of 170 that the detector finds), of the bare ones beside
them none of 205."""


def covered(timeline: Timeline) -> NDArray[np.bool_]:
    """(T,) the seconds in which the lower half of the face is covered: most of the looks in a
    second and those beside it say so, so that neither a gesture nor one wrong look makes or hides
    one. Never where somebody was looked for and not seen, nor where nobody looked."""
    looks = timeline["covered"]
    says = np.where(np.isnan(looks), np.nan, looks > COVERED)
    around = np.pad(says, 1, constant_values=np.nan)
    most = nan_mean(np.stack([around[:-2], says, around[2:]]), axis=0) > 0.5
    return np.asarray(most & (timeline["coverage"] != 0))


def bare(timeline: Timeline) -> Timeline:
    """The timeline with its covered seconds not analysed, though it still tells which they are.
    What does not need the picture, such as a voice, stays."""
    rows = covered(timeline)
    return thawed(timeline, rows).having(covered=timeline["covered"]) if rows.any() else timeline
