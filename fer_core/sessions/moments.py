"""The seconds worth looking at."""

import numpy as np
from numpy.typing import NDArray

from fer_core.config import ScoringSettings
from fer_core.emotions import Role
from fer_core.records import FloatArray, Moment, Timeline
from fer_core.sessions.measures import js_distance, mass, scored
from fer_core.sessions.reference import Reference
from fer_core.sessions.signals import TURNED
from fer_core.sessions.timeline import runs_of

# Tension above the baseline that is worth showing: a quarter of all probability moved.
TENSION_RISE = 0.25
# Jensen-Shannon distance under which two seconds look alike; the networks' own
# wavering on a still face stays under it.
SWING_LEAST = 0.3
# P(positive) of a smile worth showing: likelier than all else together.
SMILE_LEAST = 0.5
# Facing under which a head is turned away: half of it is lost at 22.5 degrees of yaw.
AWAY = 0.5
# Degrees of pitch under the reference from which a head is lowered: half way to a page on the
# desk. Where the reference is not the person's own, what may be its error comes on top.
GLANCE_DOWN = 15.0
# s; anything shorter is a blink or a hand passing.
SHORTEST = 2
# The longest few are enough of what was lost. Glances are all named, up to what a page holds.
MOST_LOST, MOST_AWAY = 5, 30


def find(timeline: Timeline, settings: ScoringSettings,
         against: Reference) -> tuple[Moment, ...]:
    """The strongest moments, sorted by start.

    | kind              | what                                            | value           |
    |-------------------|-------------------------------------------------|-----------------|
    | smile_peak        | the second of the likeliest smile, if 0.5 or up | probability 0-1 |
    | tension_longest   | longest stretch 0.25 above the resting tension  | seconds         |
    | swing             | largest change between two neighbouring seconds | JS distance 0-1 |
    | face_lost         | stretches without the face (5 longest)          | seconds         |
    | looked_away       | glances sideways (30 longest)                   | seconds         |
    | looked_down       | glances down (30 longest)                       | seconds         |
    | glances           | from the first glance to the last               | share 0-1       |

    Stretches last 2 s or more. A stretch never spans a second that is not scored, except
    face_lost, which consists of those of them that were analysed. The share of ``glances`` is
    that of all glances in the analysed seconds; it is told from two on. Of equals the earliest.

    Args:
        against: what the person is measured against.
    """
    rows = scored(timeline, settings)

    def role(name: Role) -> FloatArray:
        return np.where(rows, mass(timeline.labels, timeline.probabilities, name), np.nan)

    away = rows & (np.abs(timeline["yaw"]) > (1 - AWAY) * TURNED)
    lowered = GLANCE_DOWN + (0.0 if against.own else against.pitch_error)
    down = rows & ~away & (timeline["pitch"] - against.pitch < -lowered)
    glances = [*_longest("looked_away", away, MOST_AWAY),
               *_longest("looked_down", down, MOST_AWAY)]
    found = [
        *_peak("smile_peak", role("positive"), SMILE_LEAST, 1),
        *_longest("tension_longest", role("tension") > against.tension + TENSION_RISE, 1),
        *_peak("swing", _changes(timeline, rows), SWING_LEAST, 2),
        *_longest("face_lost", ~rows & timeline.analysed, MOST_LOST),
        *glances,
    ]
    if len(glances) > 1:
        found.append(Moment("glances", min(m.start for m in glances),
                            max(m.end for m in glances),
                            sum(m.value for m in glances) / int(timeline.analysed.sum())))
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
