"""Does it help to read a person against their own neutral take? One threshold for everybody must
tell the teacher's strong frames from its neutral ones, with the reading as it is and relative to
the take: held out by clip, intervals by person.

A take is the 5 s of a clip that the teacher finds quietest in that muscle; the rest of the clip is
judged. A frame is strong that rises above the take by ``STRONG`` (by the teacher), neutral up to
``STILL``. The take is drawn towards the other people's takes by how little it tells, as the
product does with gaze.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import roc_auc_score

from fer_core.records import FloatArray

STRONG = {"smile": 0.2, "brow_lowered": 0.1, "brow_raised": 0.2, "jaw_open": 0.15, "closed": 0.3}
STILL = 0.05
RATE, TAKE = 30, 5
"""Frames a second of the clips, about; s of a take."""
FEWEST = 15
"""Frames of a take."""
APART = 4.0
"""Seconds that are worth one, as ``sessions.reference`` has it."""


@dataclass(frozen=True, eq=False)
class _Clip:
    """``said`` of the frames after the take, ``rise`` by the teacher; ``take`` and its standard
    error."""

    person: int
    take: float
    error: float
    said: FloatArray
    rise: FloatArray


def gains(held: Mapping[str, FloatArray], group: NDArray[np.str_], frame: NDArray[np.int64],
          person: NDArray[np.int64], draws: int = 1000) -> dict[str, dict[str, float]]:
    """With and without, for every muscle of ``STRONG``.

    Args:
        held: muscle -> (N, 2) ours, the teacher's, of clips' frames that training did not see.
        group, frame, person: (N,) clip, number of the frame in it, who it shows.
        draws: of people, for the intervals.

    Returns:
        muscle -> ``people``, ``strong`` frames; area under the ROC curve ``raw`` and ``own``,
        their difference's ``low`` to ``high``.
    """
    found = {}
    for name, strong in STRONG.items():
        clips = [clip for g in np.unique(group)
                 if (clip := _clip(held[name][group == g], frame[group == g],
                                   int(person[group == g][0]))) is not None]
        own = _relative(clips)
        people = sorted({clip.person for clip in clips})

        def area(chosen: NDArray[np.int64], said: list[FloatArray], strong: float = strong,
                 clips: list[_Clip] = clips) -> float:
            rows = [i for p in chosen for i, clip in enumerate(clips) if clip.person == p]
            rise = np.concatenate([clips[i].rise for i in rows])
            told = np.concatenate([said[i] for i in rows])
            judged = (rise > strong) | (rise < STILL)
            return float(roc_auc_score(rise[judged] > strong, told[judged]))

        raw, rng = [clip.said for clip in clips], np.random.default_rng(0)
        drawn = [rng.choice(people, len(people)) for _ in range(draws)]
        low, high = np.percentile([area(d, own) - area(d, raw) for d in drawn], [2.5, 97.5])
        everybody = np.array(people)
        found[name] = {
            "people": len(people), "strong": sum(int((c.rise > strong).sum()) for c in clips),
            "raw": round(area(everybody, raw), 3), "own": round(area(everybody, own), 3),
            "low": round(float(low), 3), "high": round(float(high), 3)}
    return found


def _clip(both: FloatArray, frame: NDArray[np.int64], person: int) -> _Clip | None:
    """None where the clip has no five seconds to spare."""
    second = frame // RATE
    takes = [rows for first in range(int(second.min()), int(second.max()) - TAKE + 2)
             if (rows := (second >= first) & (second < first + TAKE)).sum() >= FEWEST]
    if not takes or takes[0].all():
        return None
    take = min(takes, key=lambda rows: float(np.median(both[rows, 1])))
    said, taught = both.T
    error = 1.25 * float(np.std(said[take])) / (TAKE / APART) ** 0.5
    return _Clip(person, float(np.median(said[take])), error, said[~take],
                 taught[~take] - np.median(taught[take]))


def _relative(clips: list[_Clip]) -> list[FloatArray]:
    """What is said of each clip less what its take differs from the other people's."""
    out = []
    for clip in clips:
        others = [c.take for c in clips if c.person != clip.person]
        spread = float(np.std(others))
        share = spread**2 / (spread**2 + clip.error**2)
        out.append(clip.said - share * (clip.take - float(np.median(others))))
    return out
