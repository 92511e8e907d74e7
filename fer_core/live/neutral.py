"""The neutral take: a few quiet seconds that show the person's own resting face, and what is
wrong with one.

A face that talks is none at rest. Whether somebody talks is told by the mouth: the median, over
the take's seconds, of the standard deviation of ``mouth_open`` within a second, which hardly
depends on how many pictures of a second are read (4, 8, 15).

Measured at 8 a second on stretches of 5 s, a second apart. Of 398 of 38 clips of people who talk,
12 vary by no more than ``MOVES``; of 409, with a clip without sound, 120 by no more than
``MOVES_ALONE``. 19 of a woman who only looks into her webcam vary by .002 at most, 16 of two people
who laugh, touch their mouth and turn away by .026.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

import numpy as np

from fer_core.config import ScoringSettings
from fer_core.live.camera_check import check_voice
from fer_core.live.stream import LiveAnalysis
from fer_core.records import Reading, Timeline, Voice
from fer_core.records.voice import speaking
from fer_core.sessions.covering import bare
from fer_core.sessions.measures import scored

NEUTRAL_SECONDS = 5
"""s of the take."""
HEARD = 0.5
"""Share of the take that must have been heard for the ear to have a say."""
SPOKEN = 0.2
"""Share of it with speech from which on somebody spoke: a second. It may be another person."""
MOVES = 0.008
"""Variation of the mouth that makes it the person's own speech."""
MOVES_ALONE = 0.03
"""The same where nothing is heard: more than the most of those who do not talk."""
DEAF = ("no_sound", "muted", "listening")
"""Faults of a microphone through which nobody is heard."""


@dataclass(frozen=True, eq=False)
class NeutralTake:
    """A take that is over.

    Attributes:
        timeline: its seconds; None where they show too little of the bare face.
        fault: ``unseen``: that; ``talked``: the person talked; None: a good take.
    """

    timeline: Timeline | None
    fault: Literal["unseen", "talked"] | None


def neutral_take(live: LiveAnalysis, began: float) -> NeutralTake:
    """The take that began at a time of the stream, s, ``NEUTRAL_SECONDS`` ago or somewhat more."""
    end = began + NEUTRAL_SECONDS
    take = live.recent(NEUTRAL_SECONDS, until=end)
    if take is None or not shows_face(take, live.settings.scoring):
        return NeutralTake(None, "unseen")
    deaf = not live.hearing.wanted or check_voice(live.hearing).fault in DEAF
    readings = (r for r in live.snapshot().recent if began < r.time <= end)
    talked = talks(readings, None if deaf else live.hearing.recent(began, end))
    return NeutralTake(take, "talked" if talked else None)


def shows_face(take: Timeline, settings: ScoringSettings) -> bool:
    """Whether the bare face was seen in most of the take."""
    return bool(scored(bare(take), settings).sum() >= NEUTRAL_SECONDS - 2)


def talks(readings: Iterable[Reading], voice: Voice | None) -> bool:
    """Whether the person talks in a take.

    Args:
        readings: of the take, in order.
        voice: what was heard in it; None: nothing.
    """
    moved = mouth_moves(readings)
    if voice is None:
        return moved > MOVES_ALONE
    said = speaking(voice, 0.0, float(NEUTRAL_SECONDS))
    if said.seconds < HEARD * NEUTRAL_SECONDS:
        return moved > MOVES_ALONE
    return moved > MOVES and said.speech_share >= SPOKEN


def mouth_moves(readings: Iterable[Reading]) -> float:
    """The median over seconds of the standard deviation of ``mouth_open`` within each; 0 where
    nobody reads it, or no second has two readings."""
    seconds: dict[int, list[float]] = {}
    first: float | None = None
    for reading in readings:
        first = reading.time if first is None else first
        if "mouth_open" in reading.values:
            seconds.setdefault(int(reading.time - first), []).append(reading.values["mouth_open"])
    spreads = [float(np.std(values, ddof=1)) for values in seconds.values() if len(values) > 1]
    return float(np.median(spreads)) if spreads else 0.0
