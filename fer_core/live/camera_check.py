"""Are camera and microphone ready for an interview? Each thing with a plain remedy."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from fer_core.live.hearing import Hearing
from fer_core.live.pace import STALE
from fer_core.live.snapshot import Snapshot
from fer_core.records import Reading
from fer_core.sessions.quality import BRIGHT, DARK

LOOKED_AT = 2.0
"""s of readings that are judged."""
SEEN = 0.7
"""Share of them that must show the face."""
FACE_LEAST, FACE_MOST = 0.18, 0.75
"""Height of the face as a share of the picture's: beyond, too far away or too near."""
OFF_CENTRE = 0.18
"""Share of the picture's width and height by which the face may be beside the middle; the
vertical middle is a little above the picture's, where a head belongs."""
HEAD_HEIGHT = 0.45
LEVEL = 12.0
"""Degrees of roll."""
RATE_LEAST = 12.0
"""Pictures per second."""
LISTENED = 10.0
"""s of sound that are judged."""
MUTED = -85.0
"""dB below full scale: no room is so quiet, only a microphone that is switched off."""
DOUBTS = ("no_speech", "quiet", "clipped", "noise")
"""Of a voice's doubts those that somebody can do something about."""


@dataclass(frozen=True)
class Check:
    """One thing: its name, and the code of what is wrong, None where it is right.

    ``name``: face, bare, size, centre, light, level, rate, alone or voice; ``fault`` names a
    sentence ``page.practice.fault.<fault>``.
    """

    name: str
    fault: str | None


def check_camera(snapshot: Snapshot) -> tuple[Check, ...]:
    """Every check, in the order in which a person would mend them. Without a face, what
    depends on it has the fault ``unknown``. Whether it is bare is told where anybody looked."""
    newest = snapshot.reading.time if snapshot.reading else np.inf
    readings = [r for r in snapshot.recent if newest - r.time <= LOOKED_AT]
    seen = [r for r in readings if r.face is not None]
    found = bool(readings) and len(seen) / len(readings) >= SEEN
    width, height = snapshot.size or (1, 1)
    looked = any("covered" in r.values for r in snapshot.recent)
    hidden = (Check("bare", "covered" if snapshot.covered else None),) if looked else ()
    return (
        Check("face", None if found else "no_face"),
        *hidden,
        *(Check(name, judge(seen, width, height) if found else "unknown")
          for name, judge in (("size", _size), ("centre", _centre), ("light", _light),
                              ("level", _level))),
        Check("rate", None if snapshot.displayed >= RATE_LEAST else "slow"),
        Check("alone", "others" if any(r.others for r in readings) else None))


def check_voice(hearing: Hearing) -> Check:
    """The microphone: no sound comes, it is switched off, nobody has spoken yet, and what would
    make what is heard doubtful."""
    level, end = hearing.level, hearing.heard_until
    heard = hearing.recent(max(end - LISTENED, 0.0), end)
    if level is None:
        return Check("voice", "no_sound")
    if level.loudness < MUTED:
        return Check("voice", "muted")
    if heard is None or end < hearing.moment - STALE:
        return Check("voice", "listening")
    return Check("voice", next((code for code in heard.doubts if code in DOUBTS), None))


def _median(readings: Sequence[Reading], which: int) -> float:
    return float(np.median([r.face.box[which] for r in readings if r.face is not None]))


def _size(seen: Sequence[Reading], width: int, height: int) -> str | None:
    share = (_median(seen, 3) - _median(seen, 1)) / height
    return "too_far" if share < FACE_LEAST else "too_near" if share > FACE_MOST else None


def _centre(seen: Sequence[Reading], width: int, height: int) -> str | None:
    x = (_median(seen, 0) + _median(seen, 2)) / 2 / width - 0.5
    y = (_median(seen, 1) + _median(seen, 3)) / 2 / height - HEAD_HEIGHT
    if abs(x) > OFF_CENTRE:
        # In the mirror, the picture's left is on the right.
        return "move_left" if x < 0 else "move_right"
    return None if abs(y) <= OFF_CENTRE else "camera_up" if y < 0 else "camera_down"


def _light(seen: Sequence[Reading], width: int, height: int) -> str | None:
    light = float(np.median([r.light for r in seen if r.light is not None]))
    return "dark" if light < DARK else "bright" if light > BRIGHT else None


def _level(seen: Sequence[Reading], width: int, height: int) -> str | None:
    rolls = [r.pose.roll for r in seen if r.pose is not None]
    return "tilted" if rolls and abs(float(np.median(rolls))) > LEVEL else None
