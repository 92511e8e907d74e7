"""The child process that reads webcam frames, so that the server's threads only show them.

``python -m fer_core.live.worker``: pickles in on standard input, pickles out on standard output.
The first message in is the settings, the first out a ``Hello``; then a ``Work`` in gives a
``Reading`` out, ``Sounds`` a ``Heard``, or either an ``Unread``. It ends when its input does, so
it never outlives the server.
"""

import os
import pickle
import sys
from collections import defaultdict
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from fer_core.config import Settings
from fer_core.errors import ModelError
from fer_core.records import Frame, ModelName, Reading
from fer_core.records.sound import Sound


class Hello(NamedTuple):
    """Who reads, ``muscles`` and ``accessories``: SHA-256 of the networks that read those.
    ``error`` instead, where the networks cannot be loaded."""

    labels: str
    models: tuple[ModelName, ...]
    error: ModelError | None = None
    muscles: str | None = None
    accessories: str | None = None


class Work(NamedTuple):
    """A frame of a stream, or None: the stream has ended. ``follow``: the track to follow from it
    on; None: as before."""

    stream: int
    frame: Frame | None
    follow: int | None = None


class Sounds(NamedTuple):
    """Sound of a stream, the next; a ``Heard`` or ``Unread`` is the answer."""

    stream: int
    sounds: list[Sound]


class Heard(NamedTuple):
    """What was heard: rows as ``voice.Meter`` gives them, by the number of the first."""

    rows: list[tuple[int, NDArray[np.float32]]]


class Unread(NamedTuple):
    """Why a frame could not be read, or sound not heard. Nothing is known of it; the next may
    well be read."""

    reason: str


def main() -> None:
    """Serve until the input ends."""
    # Whatever prints must not reach the pickles.
    out = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    settings: Settings = pickle.load(sys.stdin.buffer)

    def answer(message: Hello | Reading | Heard | Unread) -> None:
        pickle.dump(message, out, pickle.HIGHEST_PROTOCOL)
        out.flush()

    # Loaded here, so that the import above is quick for the server, which shares the messages.
    from fer_core.faces.tracking import Follower
    from fer_core.pipeline import Analyser
    from fer_core.voice.ear import LiveEar
    try:
        analyser = Analyser(settings)
    except ModelError as error:
        answer(Hello("", (), error))
        return
    size = analyser.recogniser.crop
    analyser.recogniser.members(np.zeros((1, size, size), np.uint8))  # warm
    analyser.detector.detect(np.zeros((480, 640, 3), np.uint8))
    answer(Hello(analyser.recogniser.labels.name, analyser.recogniser.names,
                 muscles=analyser.muscles.sha256 if analyser.muscles else None,
                 accessories=analyser.accessories.sha256 if analyser.accessories else None))
    followers: dict[int, Follower] = {}
    ears: defaultdict[int, LiveEar] = defaultdict(LiveEar)
    while True:
        try:
            work: Work | Sounds = pickle.load(sys.stdin.buffer)
        except EOFError:
            return
        if isinstance(work, Sounds):
            answer(hear(ears, work))
            continue
        if work.frame is None:
            followers.pop(work.stream, None)
            ears.pop(work.stream, None)
            continue
        follower = followers.setdefault(
            work.stream, Follower(analyser.detector, settings.faces))
        if work.follow is not None:
            follower.choose(work.follow)
        try:
            reading = analyser.read_one(work.frame, follower)
        except Exception as error:
            followers.pop(work.stream)  # half of what it knows may be of this frame
            answer(Unread(repr(error)))
        else:
            answer(reading)


def hear(ears: dict[int, Any], work: Sounds) -> Heard | Unread:
    """What is heard by the ``LiveEar`` of the stream, which is made when it first speaks."""
    try:
        return Heard(ears[work.stream].hear(work.sounds))
    except Exception as error:
        ears.pop(work.stream, None)
        return Unread(repr(error))


if __name__ == "__main__":
    # Under its own name, so that the pickled messages are the server's classes too.
    from fer_core.live import worker

    worker.main()
