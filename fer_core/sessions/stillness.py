"""Still pictures: whole sessions of a photograph, and seconds in which the picture froze.

Both are judged by the column ``change`` (``faces.change``), never by motion in the picture: a
photograph in a hand moves, and a person who listens may sit quite still.

The thresholds lie between what was measured, 8 frames a second, encoded as webcams do: 139
photograph clips (32 faces; still and in a hand, with noise, JPEG, changing exposure) have a
median change of at most .026, and 97 living ones (47 clips; half size, darker, low light, JPEG
30, 15 fps, mirrored, VP8, 300 kbit/s) of at least .041. In frozen seconds it is at most .004; in
the stillest two seconds running of a living face, .010.
"""

import numpy as np
from numpy.typing import NDArray

from fer_core.records import COLUMNS, FloatArray, Timeline
from fer_core.sessions.timeline import runs_of

STILL = 0.032
"""Median change under which a session is a still picture."""
KNOWN = 0.25
"""Share of the seen seconds in which the change must be known to say so: it is not while the
face is overexposed or moves very fast."""
FROZEN = 0.006
"""Change under which nothing moved in a second, if the next or the last is like it."""


def still_picture(timeline: Timeline) -> bool:
    """Whether the session shows a photograph, not a living face; False where that is not known."""
    known = timeline["change"][~np.isnan(timeline["change"])]
    return len(known) > 0 and len(known) >= KNOWN * timeline.seen.sum() and bool(
        np.median(known) < STILL)


def frozen(timeline: Timeline) -> NDArray[np.bool_]:
    """(T,) the seconds in which the picture stood still, from about 3 s on.

    A change is that since half a second before, so the second in which a picture freezes still
    has some: the one before two still ones belongs to them. Start and end are within a second.
    """
    still = np.nan_to_num(timeline["change"], nan=np.inf) < FROZEN
    found = np.zeros(len(timeline), bool)
    for start, end in runs_of(still):
        if end - start >= 2:
            found[max(start - 1, 0):end] = True
    return found


def thawed(timeline: Timeline) -> Timeline:
    """The timeline with its frozen seconds not analysed, as if no picture had come. What does
    not need the picture, such as a voice, stays."""
    rows = frozen(timeline)

    def without(values: FloatArray) -> FloatArray:
        return np.where(rows if values.ndim == 1 else rows[:, None], np.nan, values)
    kept = {name: values for name, values in timeline.columns.items()
            if COLUMNS[name].needs == "nothing"}
    return timeline.each(without).having(**kept)
