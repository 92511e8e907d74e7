"""A webcam read while it is shown.

Every stream has a slot of one: its newest frame. One worker process per server takes the
newest frames in turn and everything older is dropped, so nothing ever queues; more streams
are each read less often. The camera's callback only puts a frame into the slot and draws the
newest known reading, so it returns at once. A worker that dies or hangs is started anew
while the cameras go on.

A stream has two clocks. Frames carry the camera's. The session's runs only between
``begin`` and ``pause``: what lies in between (reading a question, thinking) is seen and
shown but never scored, and each take starts on a whole second of its own.
"""

import contextlib
import logging
import math
import os
import pickle
import queue
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import IO, Any, Literal

import av
import cv2
import numpy as np
from numpy.typing import NDArray

from fer_core.config import ROOT, Settings
from fer_core.emotions import LABEL_SETS, LabelSet
from fer_core.errors import ModelError, PoiseError
from fer_core.live.worker import Hello, Result, Work
from fer_core.media.pictures import thumbnail
from fer_core.networks.results import accuracies
from fer_core.records import (
    Answer,
    FloatArray,
    Frame,
    ModelName,
    Person,
    Reading,
    Score,
    Session,
    Source,
    Timeline,
)
from fer_core.sessions.builder import SessionBuilder
from fer_core.sessions.scored import score
from fer_core.sessions.timeline import build

log = logging.getLogger("poise.live")

WINDOW = 3.0
"""s over which rates and ages are measured."""
RECENT = 30
"""s of readings that a live page shows."""
SECONDS_TO_LOAD = 180.0
"""s after which a worker that has not said hello is given up."""
BACKOFF = (0.0, 1.0, 5.0, 15.0)
"""s before each new start of the worker in a row."""

Status = Literal["starting", "running", "restarting"]
Draw = Callable[[NDArray[np.uint8], Reading | None], NDArray[np.uint8]]


@dataclass(frozen=True, eq=False)
class Snapshot:
    """What a live page shows of a stream.

    Attributes:
        status: of the worker.
        reading: the newest, None before the first.
        members: name of each network -> (C,) what it said of that frame; empty without a face.
        recent: the newest readings, up to ``RECENT`` s.
        displayed, analysed: pictures and readings per second.
        age: median age of the reading on screen, s; None before the first.
        size: width and height of the camera's picture, px; None before the first.
    """

    status: Status
    reading: Reading | None
    members: dict[str, FloatArray]
    recent: tuple[Reading, ...]
    displayed: float
    analysed: float
    age: float | None
    size: tuple[int, int] | None


@dataclass
class _Slot:
    """The newest frame of a stream, and its time on the session's clock (None: not scored)."""

    frame: Frame
    scored: float | None


class LiveAnalysis:
    """One person's stream; from ``LiveEngine.open``. Safe to use from any thread."""

    def __init__(self, engine: "LiveEngine", number: int, name: str, draw: Draw) -> None:
        self.number, self.name, self.draw = number, name, draw
        self._engine, self.settings = engine, engine.settings
        self._lock = threading.Lock()
        self._slot: _Slot | None = None
        self._builder: SessionBuilder | None = None
        self._origin = time.monotonic()
        self._began: float | None = None
        self._clock = 0.0
        self._reading: Reading | None = None
        self._members: dict[str, FloatArray] = {}
        self._recent: deque[Reading] = deque()
        self._people: tuple[Person, ...] = ()
        self._shown: deque[tuple[float, float | None]] = deque(maxlen=600)
        self._read: deque[float] = deque(maxlen=600)
        self._size: tuple[int, int] | None = None
        self._heard = time.monotonic()
        self.closed = False
        self.pictures = False
        """Whether a small picture of every moment is kept, because the person agreed."""
        self.on_silence: Callable[[], object] | None = None
        """Called once the camera has been silent for ``live.idle`` s: its tab was closed."""

    # The camera's side.

    def callback(self, picture: av.VideoFrame) -> av.VideoFrame:
        """The picture to show for a camera's picture, at once; never raises, because an
        exception that leaves a webcam callback freezes the picture for good."""
        try:
            image = self._fit(np.asarray(picture.to_ndarray(format="rgb24"), np.uint8))
            now = time.monotonic()
            self.push(Frame(now - self._origin, image))
            reading = self._reading
            age = None if reading is None else now - self._origin - reading.time
            self._shown.append((now, age))
            shown = av.VideoFrame.from_ndarray(
                self.draw(image, reading if age is not None and age < 1 else None), "rgb24")
            shown.pts = picture.pts
            if picture.time_base is not None:
                shown.time_base = picture.time_base
            return shown
        except Exception:
            log.exception("a camera picture could not be shown")
            return picture

    def _fit(self, image: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """Scaled down like a clip's pictures where the camera gives more than was asked for."""
        scale = self.settings.video.max_side / max(image.shape[:2])
        return image if scale >= 1 else cv2.resize(  # type: ignore[return-value]
            image, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)

    def push(self, frame: Frame) -> None:
        """Replace the frame that waits to be read. ``frame.time`` in s since ``open``."""
        with self._lock:
            self._slot = _Slot(frame, self._session_time(frame.time))
            self._size = frame.image.shape[1], frame.image.shape[0]
            self._heard = time.monotonic()
        self._engine.wake(self)

    # The page's side.

    def begin(self) -> float:
        """Let the session's clock run; its time, a whole second, s."""
        with self._lock:
            if self._began is None:
                self._clock = float(math.ceil(self._clock))
                self._began = time.monotonic() - self._origin
            return self._clock

    def pause(self) -> float:
        """Stop the session's clock; its time, s."""
        with self._lock:
            if self._began is not None:
                self._clock += time.monotonic() - self._origin - self._began
                self._began = None
                if self._builder is not None:
                    self._builder.cut()
            return self._clock

    @property
    def clock(self) -> float:
        """The session's time, s."""
        with self._lock:
            return self._session_time(time.monotonic() - self._origin) or self._clock

    def rewind(self, moment: float) -> None:
        """Set the session's clock back to the start of a take, forgetting what was scored
        since; it stands there."""
        with self._lock:
            self._clock, self._began = moment, None
            if moment <= 0:
                self._builder = None
            elif self._builder is not None:
                self._builder.rewind(math.ceil(moment))

    def snapshot(self) -> Snapshot:
        """The state of the stream now."""
        now = time.monotonic()
        with self._lock:
            shown = [(t, age) for t, age in list(self._shown) if now - t <= WINDOW]
            read = sum(now - t <= WINDOW for t in self._read)
            ages = [age for _, age in shown if age is not None]
            return Snapshot(
                self._engine.status, self._reading, dict(self._members), tuple(self._recent),
                len(shown) / WINDOW, read / WINDOW,
                float(np.median(ages)) if ages else None, self._size)

    def recent(self, seconds: float = RECENT) -> Timeline | None:
        """The last seconds, scored or not, from second 0 on; None before the first.

        Args:
            seconds: up to ``RECENT``.
        """
        with self._lock:
            newest = self._recent[-1].time if self._recent else 0.0
            readings = tuple(r for r in self._recent if newest - r.time < seconds)
        if not readings or self._engine.labels is None:
            return None
        # Whole seconds of the stream stay rows of their own, so that a band does not shimmer.
        first = readings[0].time if seconds < RECENT else math.floor(readings[0].time)
        return build((replace(r, time=r.time - first) for r in readings), self._engine.labels)

    def scores(self, neutral: Timeline | None = None) -> tuple[Score, ...]:
        """Scores of the last ``RECENT`` s, for the eye; empty before the first reading.

        Args:
            neutral: the take of the person's quiet face.
        """
        recent = self.recent()
        return () if recent is None else score(recent, self.settings.scoring, neutral).scores

    def session(self, answers: tuple[Answer, ...],
                neutral: Timeline | None = None) -> Session | None:
        """The session up to now; None where nothing was read.

        Args:
            answers: stretches of the session's clock.
            neutral: the take of the person's quiet face.
        """
        with self._lock:
            if self._builder is None:
                return None
            width, height = self._size or (0, 0)
            return self._builder.session(
                Source(self.name, "", self._clock, width, height), self._people, answers, neutral)

    def close(self) -> None:
        """Give everything back; a closed stream takes no more frames."""
        self._engine.close_stream(self)

    # The engine's side.

    def take(self) -> _Slot | None:
        """The frame that waits, taken out."""
        with self._lock:
            slot, self._slot = self._slot, None
            return slot

    @property
    def waiting(self) -> bool:
        return self._slot is not None

    @property
    def quiet(self) -> float:
        """s since the last picture."""
        return time.monotonic() - self._heard

    def fall_silent(self) -> None:
        """Tell whoever holds the connection; what they do about it never stops the engine."""
        try:
            if self.on_silence is not None:
                self.on_silence()
        except Exception:
            log.exception("a silent stream could not be closed")

    def deliver(self, slot: _Slot, result: Result, labels: LabelSet,
                models: tuple[ModelName, ...]) -> None:
        """What the worker read of a frame taken from here."""
        reading, picture = result.reading, None
        if self.pictures and slot.scored is not None and reading.face is not None:
            picture = thumbnail(slot.frame.image, reading.face)
        with self._lock:
            self._reading, self._people = reading, result.people
            self._members = {} if result.members is None else {
                m.name: row for m, row in zip(models, result.members, strict=True)}
            self._read.append(time.monotonic())
            self._recent.append(reading)
            while reading.time - self._recent[0].time > RECENT:
                self._recent.popleft()
            if slot.scored is not None:
                if self._builder is None:
                    self._builder = SessionBuilder(
                        labels, models, self.settings,
                        accuracies(self.settings.weights, models))
                self._builder.add(replace(reading, time=slot.scored, picture=picture))

    def cut(self) -> None:
        """Another worker reads from now on."""
        with self._lock:
            if self._builder is not None:
                self._builder.cut()

    def _session_time(self, moment: float) -> float | None:
        """The session's clock at a moment of the camera's; None where it stands."""
        return None if self._began is None else self._clock + max(moment - self._began, 0.0)


@dataclass
class _Worker:
    """A child process and what it says."""

    process: "subprocess.Popen[bytes]"
    said: "queue.Queue[Any]" = field(default_factory=queue.Queue)

    def __post_init__(self) -> None:
        threading.Thread(target=self._listen, args=(self.process.stdout,), daemon=True).start()

    def _listen(self, out: IO[bytes]) -> None:
        try:
            while True:
                self.said.put(pickle.load(out))
        except Exception as error:  # whatever it is, it is the end of this worker
            if not isinstance(error, EOFError):
                log.warning("the live worker said what nobody understands: %r", error)
            self.said.put(None)

    def ask(self, message: object, patience: float) -> Any:
        """The answer to a message.

        Raises:
            EOFError, OSError: the process has ended, or took longer than ``patience`` s: then
                it is killed.
        """
        watch = threading.Timer(patience, self.process.kill)
        watch.start()
        try:
            self.tell(message)
            answer = self.said.get()
        finally:
            watch.cancel()
        if answer is None:
            raise EOFError
        return answer

    def tell(self, message: object) -> None:
        assert self.process.stdin is not None
        pickle.dump(message, self.process.stdin, pickle.HIGHEST_PROTOCOL)
        self.process.stdin.flush()

    def end(self) -> None:
        self.process.kill()
        self.process.wait()
        for pipe in (self.process.stdin, self.process.stdout):
            if pipe is not None:
                with contextlib.suppress(OSError):
                    pipe.close()


class LiveEngine:
    """All streams of a server and the worker process that reads them.

    The process starts with the first stream and ends ``live.linger`` s after the last.
    """

    def __init__(self, settings: Settings | None = None) -> None:
        self.settings = settings or Settings()
        self.status: Status = "starting"
        self.labels: LabelSet | None = None
        self.error: PoiseError | None = None
        self._models: tuple[ModelName, ...] = ()
        self._streams: dict[int, LiveAnalysis] = {}
        self._ended: deque[int] = deque()
        self._numbers = 0
        self._turn = -1
        self._fresh = threading.Condition()
        self._thread: threading.Thread | None = None
        self._stopping = False
        self.process: int | None = None
        """Number of the worker's process."""

    def open(self, name: str, draw: Draw) -> LiveAnalysis:
        """A new stream.

        Args:
            name: of the session.
            draw: the picture to show, from the camera's (H, W, 3) RGB and the newest reading.
        """
        with self._fresh:
            self._numbers += 1
            stream = LiveAnalysis(self, self._numbers, name, draw)
            self._add(stream)
            return stream

    def wake(self, stream: LiveAnalysis) -> None:
        """A frame waits. A stream that was given up for its silence is back."""
        with self._fresh:
            if stream.number not in self._streams and not stream.closed:
                self._add(stream)
            self._fresh.notify()

    def close_stream(self, stream: LiveAnalysis) -> None:
        with self._fresh:
            stream.closed = True
            self._drop(stream.number)

    def close(self) -> None:
        """End the worker; streams opened later start another."""
        with self._fresh:
            self._stopping, thread = True, self._thread
            self._fresh.notify()
        if thread is not None:
            thread.join()
        self._stopping = False

    @property
    def streams(self) -> int:
        """How many are open."""
        return len(self._streams)

    def _add(self, stream: LiveAnalysis) -> None:
        self._streams[stream.number] = stream
        if self._thread is None:
            self._thread = threading.Thread(target=self._serve, name="poise-live", daemon=True)
            self._thread.start()

    def _drop(self, number: int) -> None:
        if self._streams.pop(number, None) is not None:
            self._ended.append(number)

    def _serve(self) -> None:
        """Keep a worker running for as long as there are streams."""
        failures = 0
        while True:
            worker = None
            began = time.monotonic()
            try:
                worker = self._start()
                self.status = "running"
                self._feed(worker)
                return
            except (EOFError, OSError, ModelError) as error:
                log.warning("the live analysis ended: %r; it is started anew", error)
                self.error = error if isinstance(error, PoiseError) else None
                self.status = "restarting"
                failures = 1 if time.monotonic() - began > 60 else failures + 1
            finally:
                self.process = None
                if worker is not None:
                    worker.end()
            for stream in list(self._streams.values()):
                stream.cut()
            with self._fresh:
                self._fresh.wait_for(lambda: self._stopping,
                                     BACKOFF[min(failures, len(BACKOFF)) - 1])
                if self._stopping or not self._streams:
                    self._thread = None
                    return

    def _start(self) -> _Worker:
        environment = {**os.environ, "OMP_WAIT_POLICY": "PASSIVE"}
        worker = _Worker(subprocess.Popen(
            [sys.executable, "-m", "fer_core.live.worker"], cwd=ROOT, env=environment,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE))
        try:
            hello: Hello = worker.ask(self.settings, SECONDS_TO_LOAD)
            if hello.error is not None:
                raise hello.error
        except BaseException:
            worker.end()
            raise
        self.process = worker.process.pid
        self.labels, self._models, self.error = LABEL_SETS[hello.labels], hello.models, None
        return worker

    def _feed(self, worker: _Worker) -> None:
        """Give the worker the newest frames in turn; returns when nobody needs it any more."""
        alone, due = time.monotonic(), 0.0
        while True:
            with self._fresh:
                self._fresh.wait_for(lambda: self._stopping or self._next() is not None, 1.0)
                silent = [s for s in self._streams.values()
                          if s.quiet > self.settings.live.idle]
                for stream in silent:
                    self._drop(stream.number)
                if self._streams:
                    alone = time.monotonic()
                if self._stopping or time.monotonic() - alone > self.settings.live.linger:
                    self._thread = None
                    return
                chosen = self._next()
            for stream in silent:
                stream.fall_silent()
            while self._ended:
                worker.tell(Work(self._ended.popleft(), None))
            if worker.process.poll() is not None:
                raise EOFError
            if chosen is None:
                continue
            # A steady beat; each stream's own rate falls as more of them share it.
            time.sleep(max(0.0, due - time.monotonic()))
            due = time.monotonic() + 1 / (self.settings.live.fps * max(self.streams, 1))
            slot = chosen.take()
            if slot is not None:
                self._turn = chosen.number
                result: Result = worker.ask(Work(chosen.number, slot.frame),
                                            self.settings.live.patience)
                assert self.labels is not None
                chosen.deliver(slot, result, self.labels, self._models)

    def _next(self) -> LiveAnalysis | None:
        """The stream after the last one read, of those with a frame."""
        waiting = sorted(n for n, s in self._streams.items() if s.waiting)
        after = [n for n in waiting if n > self._turn] or waiting
        return self._streams[after[0]] if after else None
