"""A clip becomes a session: frames -> faces -> crops -> readings -> timeline -> scores."""

import threading
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import Literal, NamedTuple, TypeVar

import numpy as np
import torch
from numpy.typing import NDArray

from fer_core.config import Settings
from fer_core.errors import NoFrames
from fer_core.faces.alignment import align, alignment
from fer_core.faces.detector import FaceDetector
from fer_core.faces.pose import head_pose
from fer_core.faces.tracking import Follower
from fer_core.media import apart
from fer_core.media.pictures import thumbnail
from fer_core.networks.accessories import Accessories
from fer_core.networks.muscles import Muscles, SharpFace
from fer_core.networks.recogniser import Recogniser
from fer_core.networks.results import accuracies, held
from fer_core.networks.sparing import read_sparingly, signs
from fer_core.records import Answer, Face, FloatArray, Frame, Reading, Session, Voice
from fer_core.sessions.builder import SessionBuilder
from fer_core.texts import Language
from fer_core.voice.listening import Listener

T = TypeVar("T")
_DECODED, _STRETCH = 4, 32
"""Frames that wait as pictures, and faces that are read together: what is read of them depends
on where a stretch begins, so it is the same whatever the machine."""


@dataclass(frozen=True)
class Progress:
    """How far an analysis is.

    Attributes:
        stage: what is being done.
        frames: analysed so far.
        seconds: clip time reached, s.
        duration: of the clip, s; 0 where the container does not say.
        remaining: s left, None while unknown.
    """

    stage: Literal["reading", "hearing", "scoring", "writing"]
    frames: int
    seconds: float
    duration: float
    remaining: float | None

    @property
    def fraction(self) -> float | None:
        """0 to 1, None while unknown."""
        return min(1.0, self.seconds / self.duration) if self.duration > 0 else None


class _Look(NamedTuple):
    """A frame after the detector, before the networks."""

    time: float
    face: Face | None
    others: tuple[Face, ...]
    crop: NDArray[np.uint8] | None
    change: float = np.nan
    picture: bytes | None = None
    sharp: SharpFace | None = None
    lower: NDArray[np.uint8] | None = None


class Analyser:
    """The networks and the detector, loaded once and shared by every thread.

    Args:
        settings: all settings; the environment's by default.

    Raises:
        ModelError: the networks cannot be loaded.
    """

    def __init__(self, settings: Settings | None = None) -> None:
        self.settings = settings or Settings()
        self._take_threads()
        self.recogniser = Recogniser(self.settings)
        self.muscles = Muscles.of(self.settings.weights, self.recogniser.device)
        self.accessories = Accessories.of(self.settings.weights)
        self.detector = FaceDetector(self.settings.faces, self.recogniser.device)
        self.listener = Listener(self.settings)

    def analyse(self, path: Path, *, name: str | None = None, answers: tuple[Answer, ...] = (),
                pictures: bool = False, sound: bool = True, words: bool = False,
                language: Language | None = None,
                progress: Callable[[Progress], None] = lambda _: None,
                cancelled: Callable[[], bool] = lambda: False) -> Session:
        """Analyse a recorded clip. Memory does not grow with its length, but for about 7 kB a
        second where ``pictures`` are kept.

        Args:
            path: the clip.
            name: shown instead of the file's own name.
            answers: the questions that were answered in it; what lies beyond its end is cut off.
            pictures: keep a small picture of every moment, because the person agreed.
            sound: listen to its sound track, if it has one.
            words: write down and keep what is said, because the person agreed; without, the
                times of words are kept where there is a model, but none of them.
            language: spoken in it; None: found out.
            progress: called after every batch of frames.
            cancelled: asked between frames, in another thread.

        Raises:
            VideoError: the clip cannot be read.
            ModelError: there is a model that writes words down, but it cannot be used.
            Cancelled: ``cancelled`` said so.
        """
        self._take_threads()  # somebody else of this process may have set others
        follower = Follower(self.detector, self.settings.faces)
        builder = SessionBuilder(
            self.recogniser.labels, self.recogniser.names, self.settings,
            accuracies(self.settings.weights, self.recogniser.names),
            held(self.settings.weights, self.recogniser.names),
            self.muscles.sha256 if self.muscles else None,
            self.accessories.sha256 if self.accessories else None)
        began, frames, last = time.monotonic(), 0, 0.0
        with (apart.reading(path, self.settings.video, name, cancelled) as clip,
              self._hearing(path, sound and clip.sound, language, cancelled) as heard):
            source = clip.source
            for reading in self.readings(clip.frames, follower, pictures):
                builder.add(reading)
                frames, last = frames + 1, reading.time
                spent = time.monotonic() - began
                remaining = (spent / last * max(source.duration - last, 0)
                             if last > 1 and source.duration > 0 else None)
                progress(Progress("reading", frames, last, source.duration, remaining))
            if frames < 2:
                raise NoFrames("error.video.one_picture", name=source.name)
            progress(Progress("hearing", frames, last, source.duration, None))
            voice = heard()
        if voice is not None and not words:
            voice = voice.without_text()
        progress(Progress("scoring", frames, last, source.duration, None))
        # Containers lie about their duration; the frames do not.
        if abs(source.duration - last) > 1:
            source = replace(source, duration=last)
        return builder.session(source, follower.people(), tuple(
            replace(a, end=min(a.end, source.duration)) for a in answers
            if a.start < source.duration), voice=voice)

    def _take_threads(self) -> None:
        """Decoder, follower and each network have a thread: more for one of them would move the
        last digits from machine to machine."""
        torch.set_num_threads(self.settings.recogniser.threads or 1)

    @contextmanager
    def _hearing(self, path: Path, sound: bool, language: Language | None,
                 cancelled: Callable[[], bool]) -> Iterator[Callable[[], Voice | None]]:
        """Listens while the pictures are read, and stops when they fail; what is given waits
        for what was heard, None where there was no sound."""
        over = threading.Event()

        def listen() -> Voice | None:
            if not sound:
                return None
            voice = self.listener.hear(path, language=language,
                                       cancelled=lambda: over.is_set() or cancelled())
            return voice if voice.heard else None

        with ThreadPoolExecutor(1) as thread:
            heard = thread.submit(listen)
            try:
                yield heard.result
            finally:
                over.set()

    def readings(self, frames: Iterable[Frame], follower: Follower,
                 pictures: bool = False) -> Iterator[Reading]:
        """One reading a frame, in order. Decoding, following and recognising each work on a
        batch of their own at the same time: two cores, both busy.

        Args:
            frames: of one stream, in order.
            follower: of that stream.
            pictures: whether each reading carries a picture of the face.
        """
        decoded = ahead(batched(frames, _DECODED))
        looked = (self._look(frame, follower, pictures) for batch in decoded for frame in batch)
        for looks in ahead(batched(looked, _STRETCH)):
            yield from self._recognise(looks)

    def read_one(self, frame: Frame, follower: Follower) -> Reading:
        """The reading of the newest frame of a live stream."""
        (reading,) = self._recognise((self._look(frame, follower),))
        return reading

    def _look(self, frame: Frame, follower: Follower, pictures: bool = False) -> _Look:
        face, others = follower.update(frame)
        if face is None:
            return _Look(frame.time, None, others, None)
        size = self.recogniser.crop
        crop = align(frame.image, alignment(face.landmarks, size), size)
        change = follower.change.update(frame.time, face.track, crop)
        return _Look(frame.time, face, others, crop, change,
                     thumbnail(frame.image, face) if pictures else None,
                     SharpFace.of(frame.image, face.landmarks) if self.muscles else None,
                     self.accessories.lower(frame.image, face.landmarks)
                     if self.accessories and follower.is_new(frame.time, face) else None)

    def _recognise(self, looks: tuple[_Look, ...]) -> list[Reading]:
        crops = [look.crop for look in looks if look.crop is not None]
        if not crops:
            return [_reading(look, None, {}, {}) for look in looks]
        faces = [look.face for look in looks if look.face is not None]
        sharp = [look.sharp for look in looks if look.sharp is not None]
        told: list[dict[str, float]] = (self.muscles.read(sharp) if self.muscles
                                        else [{} for _ in crops])
        # Who does not know what a face does in between reads it.
        members = self.recogniser.members(np.stack(crops)) if not self.muscles else read_sparingly(
            self.recogniser.members, np.array([look.time for look in looks if look.face]),
            np.array([face.track for face in faces]), np.stack(crops), signs(told),
            self.settings.recogniser.agreeing)
        if self.accessories:
            lower = [look.lower for look in looks if look.face is not None]
            asked = [(row, crop) for row, crop in zip(told, lower, strict=True) if crop is not None]
            worn = self.accessories.told([crop for _, crop in asked])
            for (row, _), one in zip(asked, worn, strict=True):
                row["covered"] = one.mask
        votes = iter(self.recogniser.vote(members))
        names = [model.name for model in self.recogniser.names]
        alone = (dict(zip(names, rows, strict=True)) for rows in members.swapaxes(0, 1))
        muscles = iter(told)
        return [_reading(look, None, {}, {}) if look.crop is None
                else _reading(look, next(votes), next(alone), next(muscles)) for look in looks]


def _reading(look: _Look, probabilities: FloatArray | None, members: dict[str, FloatArray],
             muscles: dict[str, float]) -> Reading:
    if look.face is None or look.crop is None:
        return Reading(look.time, others=look.others)
    return Reading(look.time, look.face, probabilities, head_pose(look.face.landmarks),
                   float(look.crop.mean() / 255), look.others, look.picture, members,
                   {"change": look.change, **muscles})


def ahead(items: Iterable[T]) -> Iterator[T]:
    """The same items, each made in a thread of its own while the one before is used."""
    iterator = iter(items)
    end = object()
    with ThreadPoolExecutor(1) as thread:
        waiting = thread.submit(next, iterator, end)
        while (item := waiting.result()) is not end:
            waiting = thread.submit(next, iterator, end)
            yield item  # type: ignore[misc]


def batched(items: Iterable[T], size: int) -> Iterator[tuple[T, ...]]:
    """Tuples of up to ``size`` items (``itertools.batched`` from Python 3.12 on)."""
    iterator = iter(items)
    while batch := tuple(islice(iterator, size)):
        yield batch
