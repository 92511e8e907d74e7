"""The seconds worth looking at."""

import numpy as np
from numpy.typing import NDArray

from fer_core.config import ScoringSettings
from fer_core.records import FloatArray, Moment, Timeline
from fer_core.sessions.signals import SMILE_FULL, facing, gather, js_distance, scored
from fer_core.sessions.timeline import runs_of

# Tension above the baseline that is worth showing: a quarter of all probability moved.
TENSION_RISE = 0.25
# Jensen-Shannon distance under which two seconds look alike; the networks' own
# wavering on a still face stays under it.
SWING_LEAST = 0.3
# Facing under which a head is turned away: about 24 degrees.
AWAY = 0.5
# s; anything shorter is a blink, a glance or a hand passing.
SHORTEST = 2
# The longest few are enough; a list of forty is read by nobody.
MOST_LOST, MOST_AWAY = 5, 3


def find(timeline: Timeline, settings: ScoringSettings,
         baseline: Timeline | float | None = None) -> tuple[Moment, ...]:
    """The strongest moments, sorted by start.

    | kind              | what                                            | value           |
    |-------------------|-------------------------------------------------|-----------------|
    | smile_peak        | the second of the likeliest smile, if 0.5 or up | probability 0-1 |
    | tension_longest   | longest stretch 0.25 above the resting tension  | seconds         |
    | swing             | largest change between two neighbouring seconds | JS distance 0-1 |
    | face_lost         | stretches without the face (5 longest)          | seconds         |
    | looked_away       | stretches turned away (3 longest)               | seconds         |

    Stretches last 2 s or more. A stretch never spans a second that is not scored, except
    face_lost, which consists of those of them that were analysed. Of equals the earliest.

    Args:
        baseline: a neutral take or its tension; see ``signals.gather``.
    """
    rows = scored(timeline, settings)
    signals = gather(timeline, settings, baseline)

    def spread(series: FloatArray) -> FloatArray:
        """From the scored seconds back to all (T,), NaN in the others."""
        out = np.full(len(timeline), np.nan)
        out[rows] = series
        return out

    tension = spread(signals.mass("tension"))
    away = spread(facing(signals)) < AWAY
    found = [
        *_peak("smile_peak", spread(signals.mass("positive")), SMILE_FULL, 1),
        *_longest("tension_longest", tension > signals.baseline + TENSION_RISE, 1),
        *_peak("swing", _changes(timeline, rows), SWING_LEAST, 2),
        *_longest("face_lost", ~rows & timeline.analysed, MOST_LOST),
        *_longest("looked_away", away, MOST_AWAY),
    ]
    moved = (Moment(m.kind, timeline.start + m.start, timeline.start + m.end, m.value)
             for m in found)
    return tuple(sorted(moved, key=lambda m: (m.start, m.kind)))


def _changes(timeline: Timeline, rows: NDArray[np.bool_]) -> FloatArray:
    """(T,) JS distance from each second to the next; NaN unless both are scored."""
    known = np.where(rows[:, None], timeline.probabilities, np.nan)
    out = np.full(len(timeline), np.nan)
    out[:-1] = js_distance(known[:-1], known[1:])
    return out


def _peak(kind: str, series: FloatArray, least: float, length: int) -> list[Moment]:
    """The row of the largest value, if that is at least ``least``; ``length`` s long."""
    known = np.where(np.isnan(series), -np.inf, series)
    if not len(known) or known.max() < least:
        return []
    row = int(known.argmax())
    return [Moment(kind, float(row), float(row + length), float(known[row]))]


def _longest(kind: str, mask: NDArray[np.bool_], most: int) -> list[Moment]:
    """The ``most`` longest runs of True of at least ``SHORTEST`` s."""
    found = [Moment(kind, float(a), float(b), float(b - a))
             for a, b in runs_of(mask) if b - a >= SHORTEST]
    return sorted(found, key=lambda m: -m.value)[:most]
