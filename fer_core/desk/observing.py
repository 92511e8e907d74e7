"""Observes a clip: where its face is turned, where speech is, what is said. The detector finds
faces and reads none; no network that reads expressions is loaded."""

from collections import defaultdict
from collections.abc import Callable
from pathlib import Path

import numpy as np

from fer_core.config import FaceSettings, VideoSettings
from fer_core.desk.observed import PAUSE, Observed, Said
from fer_core.desk.policy import TRANSCRIPT
from fer_core.errors import VideoUnreadable
from fer_core.faces.detector import FaceDetector
from fer_core.faces.pose import head_pose
from fer_core.faces.tracking import Follower
from fer_core.media import apart
from fer_core.records import HeadPose, Voice
from fer_core.voice.listening import Listener

LOOK = VideoSettings(fps=4, max_side=640)
AHEAD = 15.0
"""Degrees up to which a head is turned to the camera."""


def observe(path: Path, features: frozenset[str], find: Callable[[], FaceDetector],
            listen: Callable[[], Listener], stopped: Callable[[], bool] = lambda: False
            ) -> Observed:
    """What is asked for, and nothing else.

    Args:
        find: what finds faces; called only where facing is asked for.
        listen: what hears; called only where something of the sound is.

    Raises:
        VideoError: the clip cannot be read.
        ModelError: there is a model of words that cannot be used.
        Cancelled: ``stopped`` said so.
    """
    facing = turned(path, find(), stopped) if "facing" in features else None
    if not features & {"speech_pace", "pauses", TRANSCRIPT}:
        return Observed(facing)
    try:
        voice = listen().hear(path, words=TRANSCRIPT in features, cancelled=stopped)
    except VideoUnreadable:
        if facing is None:
            raise
        return Observed(facing)
    return Observed(
        facing, pace(voice) if "speech_pace" in features else None,
        tuple((p.start, p.end) for p in voice.pauses if p.seconds >= PAUSE)
        if "pauses" in features else None,
        None if voice.words is None or TRANSCRIPT not in features
        else tuple(Said(w.start, w.end, w.text) for w in voice.words if w.text))


def turned(path: Path, detector: FaceDetector, stopped: Callable[[], bool] = lambda: False
           ) -> float:
    """Share of the seconds with a face in which it was mostly turned to the camera; NaN where
    there was none."""
    follower = Follower(detector, FaceSettings())
    seconds: dict[int, list[bool]] = defaultdict(list)
    for frame in apart.read_frames(path, LOOK, stopped):
        face, _ = follower.update(frame)
        if face is not None:
            seconds[int(frame.time)].append(ahead(head_pose(face.landmarks)))
    return float(np.mean([np.mean(s) >= 0.5 for s in seconds.values()])) if seconds else np.nan


def ahead(pose: HeadPose) -> bool:
    """Whether a head is turned to the camera."""
    return abs(pose.yaw) <= AHEAD and abs(pose.pitch) <= AHEAD


def pace(voice: Voice) -> float:
    """Syllables per second of speech; NaN where nobody spoke."""
    spoken = sum(s.end - s.start for s in voice.spoken)
    return len(voice.syllables) / spoken if spoken > 0 else np.nan
