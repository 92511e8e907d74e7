"""One person's webcam: its newest frame, what was read of it, and what of that is scored.

The camera's callback only puts a frame into a slot of one and draws the newest known reading,
so it returns at once; everything older is dropped and nothing ever queues. Frames and presses
are marked on one clock, s since the stream was opened. What belongs to an answer is decided
by those marks alone, however late a page runs or a reading comes (``sitting``).
"""

import logging
import math
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Protocol

import av
import numpy as np
from numpy.typing import NDArray

from fer_core.config import Settings
from fer_core.emotions import LabelSet
from fer_core.errors import PoiseError
from fer_core.live.company import Company
from fer_core.live.dictation import Dictation
from fer_core.live.hearing import Hearing, Rows
from fer_core.live.lately import Lately, rows
from fer_core.live.pace import SECONDS, STALE, Pace, pace
from fer_core.live.sitting import Kept, Sitting
from fer_core.live.snapshot import LATE, RECENT, Snapshot, Status
from fer_core.live.stream_time import StreamTime
from fer_core.media.pictures import fit, thumbnail
from fer_core.media.stills import read_still
from fer_core.networks.results import accuracies, held
from fer_core.records import (
    Answer,
    Face,
    Frame,
    ModelName,
    Reading,
    Score,
    Session,
    Source,
    Timeline,
)
from fer_core.records.sound import Sound
from fer_core.sessions.builder import SessionBuilder
from fer_core.sessions.scored import score
from fer_core.sessions.spoken import with_voice

log = logging.getLogger("poise.live")

FAULTY = 5
"""Frames in a row that could not be read or kept, from which on it has failed."""
DEADLY = 3
"""Workers in a row that died of a stream's frames, before it is set aside."""

Draw = Callable[[NDArray[np.uint8], Reading | None, bool], NDArray[np.uint8]]
"""The picture to show, from the camera's (H, W, 3) RGB, the newest reading, and whether the lower
half of the face is covered."""


class Engine(Protocol):
    """What a stream needs of whoever reads its frames."""

    @property
    def settings(self) -> Settings: ...
    @property
    def status(self) -> Status: ...
    @property
    def error(self) -> PoiseError | None: ...
    @property
    def labels(self) -> LabelSet | None: ...
    @property
    def muscles(self) -> str | None: ...
    @property
    def accessories(self) -> str | None: ...
    def wake(self, stream: "LiveAnalysis") -> None: ...
    def close_stream(self, stream: "LiveAnalysis") -> None: ...
    def retry(self) -> None: ...


class LiveAnalysis:
    """One person's stream; from ``LiveEngine.open``. Safe to use from any thread.

    Args:
        engine: who reads it.
        number: among the engine's streams.
        name: of the session.
        draw: the picture to show.
        now: a clock, s.
        kept: of an earlier stream, that this one goes on with.
    """

    def __init__(self, engine: Engine, number: int, name: str, draw: Draw,
                 now: Callable[[], float] = time.monotonic, kept: Kept | None = None) -> None:
        self.number, self.name, self.draw = number, name, draw
        self._engine, self.settings, self._now = engine, engine.settings, now
        self._lock = threading.Lock()
        self._slot: Frame | None = None
        self._time = StreamTime()
        self.sitting = Sitting(kept)
        self.hearing = (Hearing(lambda: self.moment) if kept is None else
                        Hearing(lambda: self.moment, kept.heard, kept.written.copy()))
        self._lately, self._company = Lately(), Company()
        self._size: tuple[int, int] | None = None
        self._origin = self._heard = self._hoped = now()
        self._faults = self._deaths = 0
        self.closed = False
        self.on_silence: Callable[[], object] | None = None
        """Called once the camera has been silent for ``live.idle`` s: its tab was closed."""

    @property
    def moment(self) -> float:
        """The stream's time: s since it was opened. Presses are marked with it."""
        return self._now() - self._origin

    # The camera's side.

    def callback(self, picture: av.VideoFrame) -> av.VideoFrame:
        """The picture to show for a camera's picture, at once; never raises, because an
        exception that leaves a webcam callback freezes the picture for good."""
        try:
            now = self.moment
            reading, age = self._lately.show(now)
            image = fit(np.asarray(picture.to_ndarray(format="rgb24"), np.uint8),
                        self.settings.video.max_side)
            camera = (None if picture.pts is None or picture.time_base is None
                      else float(picture.pts * picture.time_base))
            self.push(Frame(self._time.of(now, camera), image))
            shown = av.VideoFrame.from_ndarray(
                self.draw(image, reading if age is not None and age < 1 else None,
                          self._lately.covered), "rgb24")
            shown.pts = picture.pts
            if picture.time_base is not None:
                shown.time_base = picture.time_base
            return shown
        except Exception:
            log.exception("a camera picture could not be shown")
            return picture

    def receive(self, picture: bytes) -> None:
        """The camera's picture as a file, where no stream connects.

        Raises:
            PictureError: it is none.
        """
        image = read_still(picture, self.name, self.settings.video.max_side).image
        now = self.moment
        self._lately.show(now)
        self.push(Frame(now, image))

    def push(self, frame: Frame) -> None:
        """Replace the frame that waits to be read. ``frame.time`` is the stream's, s."""
        frame = replace(frame, image=fit(frame.image, self.settings.video.max_side))
        with self._lock:
            now = self._now()
            if self._engine.status != "running" or now - self._heard > 1:
                self._hoped = now  # nothing can be late yet
            self._heard = now
            self._slot = frame
            self._size = frame.image.shape[1], frame.image.shape[0]
        self._engine.wake(self)

    # The page's side.

    def begin(self, at: float | None = None, longest: float = math.inf) -> float:
        """A take begins: what is seen from now on is scored.

        Args:
            at: the stream's time of the press; now by default.
            longest: s, after which the take ends by itself, however late ``pause`` is called.

        Returns:
            the session's time, a whole second.
        """
        with self._lock:
            return self.sitting.takes.begin(self.moment if at is None else at, longest)

    def pause(self, at: float | None = None) -> float:
        """The take ends; the session's time. What was seen before counts, read late or not.

        Args:
            at: the stream's time of the press; now by default.
        """
        with self._lock:
            return self.sitting.end(self.moment if at is None else at)

    @property
    def clock(self) -> float:
        """The session's time, s."""
        with self._lock:
            return self.sitting.takes.clock(self.moment)

    def rewind(self, moment: float) -> None:
        """Set the session's clock back to the start of a take, forgetting what was scored
        since and what is still being read of it; it stands there."""
        with self._lock:
            self.sitting.rewind(moment)

    def snapshot(self) -> Snapshot:
        """The state of the stream now."""
        now = self.moment
        with self._lock:
            return Snapshot(
                self._status(), self._lately.fresh(now), self._lately.readings(now),
                *self._lately.rates(now), self._size, self._engine.error)

    def _status(self) -> Status:
        status, now = self._engine.status, self._now()
        if status != "running":
            return status
        if self.set_aside or self._faults >= FAULTY:
            return "failed"
        return "slow" if now - self._heard <= 1 and now - self._hoped > LATE else "running"

    def retry(self) -> None:
        """Try again after ``failed``."""
        self._faults = self._deaths = 0
        self._engine.retry()

    def recent(self, seconds: float = RECENT, until: float | None = None) -> Timeline | None:
        """The last seconds, scored or not, from second 0 on; None without a reading in them.

        Args:
            seconds: up to ``RECENT``.
            until: the stream's time at which they end; now by default.
        """
        found = self._newest(seconds, self.moment if until is None else until)
        return None if found is None else found[1]

    def _newest(self, seconds: float, end: float) -> tuple[float, Timeline] | None:
        """The stream's time of its second 0, and the timeline."""
        with self._lock:
            readings = self._lately.within(seconds, end)
        labels = self._engine.labels
        return rows(readings, seconds, end, labels) if readings and labels is not None else None

    def scores(self, neutral: Timeline | None = None) -> tuple[Score, ...]:
        """Scores of the last ``RECENT`` s, for the eye; empty before the first reading.

        Args:
            neutral: the take of the person's quiet face.
        """
        end = self.moment
        found = self._newest(RECENT, end)
        if found is None:
            return ()
        first, recent = found
        heard = self.hearing.recent(first, end)
        return score(recent if heard is None else with_voice(recent, heard),
                     self.settings.scoring, neutral).scores

    @property
    def others(self) -> tuple[Face, ...]:
        """Whom else the newest pictures show, from their left to their right."""
        with self._lock:
            return self._company.faces(self.moment)

    def follow(self, track: int) -> None:
        """Follow somebody else from now on; what is shown of the last seconds begins anew. For a
        stream that is only watched: a session has one candidate.

        Args:
            track: of ``others``.
        """
        with self._lock:
            self._company.wish = track
            self._lately.forget()

    def pace(self) -> Pace | None:
        """How the person speaks now, in an answer since it began; None where nothing is heard."""
        end, take = self.hearing.heard_until, self.sitting.takes.running
        if self.moment - end > STALE:
            return None
        begin = max(end - SECONDS, (take and take.began) or 0.0)
        return pace(self.hearing.recent(begin, end), max(end - begin, 0.0))

    def session(self, answers: tuple[Answer, ...], neutral: Timeline | None = None,
                talked: bool = False) -> Session | None:
        """The session up to now; None where nothing was read.

        Args:
            answers: stretches of the session's clock.
            neutral: the take of the person's quiet face.
            talked: whether the person seemed to talk in it.
        """
        with self._lock:
            builder, takes = self.sitting.builder, self.sitting.takes
            if builder is None:
                return None
            width, height = self._size or (0, 0)
            return builder.session(
                Source(self.name, "", takes.clock(self.moment), width, height),
                self.sitting.people, answers, neutral, self.hearing.voice(takes), talked)

    def said(self) -> str | None:
        """The words of the answer just given; None while they are being written down, empty where
        nobody does that."""
        with self._lock:
            return self.hearing.said(self.sitting.takes)

    def last_words(self) -> Dictation | None:
        """Who still writes down what is scored, to be waited for; None: nobody does."""
        with self._lock:
            return self.hearing.last_words(self.sitting.takes)

    def keep(self) -> Kept:
        """What was scored in the takes that have ended, to go on with in another stream."""
        with self._lock:
            return self.sitting.keep(self.hearing.session(self.sitting.takes.ended()),
                                     self.hearing.written.copy())

    def close(self) -> None:
        """Give everything back; a closed stream takes no more frames."""
        self._engine.close_stream(self)

    # The engine's side.

    def take(self) -> Frame | None:
        """The frame that waits, taken out."""
        with self._lock:
            frame, self._slot = self._slot, None
            return frame

    def take_wish(self) -> int | None:
        """Whom to follow from the frame on that was taken; None: as before."""
        with self._lock:
            return self._company.take_wish()

    def take_sound(self) -> list[Sound]:
        """The sound that waits, taken out; empty until there is half a second of it."""
        if not self.hearing.waiting:
            return []
        with self._lock:
            return self.hearing.take(self.sitting.takes)

    def deliver_sound(self, heard: list[tuple[int, Rows]]) -> None:
        """What the worker heard of it."""
        with self._lock:
            self.hearing.deliver(heard, self.sitting.takes)

    @property
    def waiting(self) -> bool:
        return self._slot is not None

    @property
    def quiet(self) -> float:
        """s since the last picture."""
        return self._now() - self._heard

    @property
    def set_aside(self) -> bool:
        """Whether too many workers died of its frames: it is not read until ``retry``."""
        return self._deaths >= DEADLY

    def fall_silent(self) -> None:
        """Tell whoever holds the connection; what they do about it never stops the engine."""
        try:
            if self.on_silence is not None:
                self.on_silence()
        except Exception:
            log.exception("a silent stream could not be closed")

    def deliver(self, frame: Frame, reading: Reading, labels: LabelSet,
                models: tuple[ModelName, ...]) -> None:
        """What the worker read of a frame taken from here.

        Raises:
            Exception: it could not be kept; nothing of it was.
        """
        picture = None
        if (self.sitting.pictures and reading.face is not None
                and self.sitting.takes.find(frame.time) is not None):
            picture = thumbnail(frame.image, reading.face)
        with self._lock:
            # Its take may have been taken back meanwhile.
            self.sitting.note(frame.time, reading, picture, lambda: SessionBuilder(
                labels, models, self.settings, accuracies(self.settings.weights, models),
                held(self.settings.weights, models), self._engine.muscles,
                self._engine.accessories))
            self._lately.note(reading, self.moment)
            self._company.note(reading)
            self._hoped = self._now()
        self._faults = self._deaths = 0

    def fault(self) -> None:
        """A frame could not be read, or what was read not kept: its second knows less."""
        self._faults += 1
        self.cut()

    def death(self) -> None:
        """The worker died while it read a frame of this stream."""
        self._deaths += 1

    def cut(self) -> None:
        """Another worker, or one that has forgotten this stream, reads from now on."""
        with self._lock:
            self.sitting.cut()
