"""Still pictures: whole sessions of a photograph, and seconds in which the picture froze.

Both are judged by the column ``change`` (``faces.change``), never by motion in the picture: a
photograph in a hand moves, and a person who listens may sit quite still.

The thresholds lie between what was measured, at 8 frames a second, encoded as webcams do: the
median change of 139 photograph clips (32 faces; still and in a hand, with noise, JPEG, changing
exposure) is at most .026, of 189 living ones (47 clips as they are and at half size, darker, in
low light, JPEG 30, 15 fps, mirrored, VP8, 300 kbit/s) at least .034. In frozen seconds it is at
most .0053; in the stillest two seconds running of a living face .0104.
"""

import numpy as np
from numpy.typing import NDArray

from fer_core.records import COLUMNS, FloatArray, Timeline
from fer_core.sessions.timeline import runs_of

STILL = 0.03
"""Median change under which a session is a still picture."""
KNOWN = 0.25
"""Share of the seen seconds in which the change must be known to say so: it is not while the
face is overexposed or moves very fast."""
FROZEN = 0.0075
"""Change under which nothing moved in a second, if the next or the last is like it."""


def still_picture(timeline: Timeline) -> bool:
    """Whether the session shows a photograph, not a living face; False where that is not known."""
    known = timeline["change"][~np.isnan(timeline["change"])]
    if not len(known) or len(known) < KNOWN * timeline.seen.sum():
        return False
    return bool(np.median(known) < STILL)


def frozen(timeline: Timeline) -> NDArray[np.bool_]:
    """(T,) the seconds in which the picture stood still for 3.5 s or longer (of 12 planted freezes
    of 3.2 s, 11 were found).

    A change is that since half a second before, so the second in which a picture freezes still
    has some: the one before two still ones belongs to them. Start and end are within a second.
    """
    still = np.nan_to_num(timeline["change"], nan=np.inf) < FROZEN
    found = np.zeros(len(timeline), bool)
    for start, end in runs_of(still):
        if end - start >= 2:
            found[max(start - 1, 0):end] = True
    return found


def thawed(timeline: Timeline, rows: NDArray[np.bool_]) -> Timeline:
    """The timeline with its frozen seconds not analysed, as if no picture had come. What does
    not need the picture, such as a voice, stays.

    Args:
        rows: (T,) the frozen seconds.
    """

    def without(values: FloatArray) -> FloatArray:
        return np.where(rows if values.ndim == 1 else rows[:, None], np.nan, values)
    kept = {name: values for name, values in timeline.columns.items()
            if COLUMNS[name].needs == "nothing"}
    return timeline.each(without).having(**kept)
