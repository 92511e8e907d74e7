"""All streams of a server, and the one child process that reads them.

The child takes the streams' newest frames in turn; more streams are each read less often. It
starts with the first stream and ends ``live.linger`` s after the last. Whatever goes wrong, it
is started anew while the cameras go on; where that helps nothing, the analysis has failed until
somebody asks for another try.
"""

import logging
import threading
import time
from collections import deque
from collections.abc import Sequence

from fer_core.config import Settings
from fer_core.emotions import LABEL_SETS, LabelSet
from fer_core.errors import ModelError, PoiseError
from fer_core.live.census import ENGINES
from fer_core.live.child import COMMAND, Child
from fer_core.live.sitting import Kept
from fer_core.live.snapshot import Status
from fer_core.live.stream import Draw, LiveAnalysis
from fer_core.live.worker import Unread
from fer_core.records import Frame, ModelName
from fer_core.records.sound import Sound

log = logging.getLogger("poise.live")

WAITS = (0.0, 0.5, 1.0, 2.0)
"""s before each new start in a row without a reading in between; after them, it has failed."""


class LiveEngine:
    """Reads every open stream.

    Args:
        settings: all of them; the environment's by default.
        command: what reads the frames, as ``worker`` does.
    """

    def __init__(self, settings: Settings | None = None,
                 command: Sequence[str] = COMMAND) -> None:
        self.settings = settings or Settings()
        self.status: Status = "starting"
        self.labels: LabelSet | None = None
        self.muscles: str | None = None
        self.accessories: str | None = None
        self.error: PoiseError | None = None
        """Why it failed, where there is a sentence for it."""
        self._command = command
        self._models: tuple[ModelName, ...] = ()
        self._streams: dict[int, LiveAnalysis] = {}
        self._ended: deque[int] = deque()
        self._numbers = 0
        self._turn = -1
        self._fresh = threading.Condition()
        self._thread: threading.Thread | None = None
        self._child: Child | None = None
        self._read: LiveAnalysis | None = None
        """Whose frame is being read."""
        self._failures = 0
        self._stopping = False
        ENGINES.add(self)

    def open(self, name: str, draw: Draw, kept: Kept | None = None) -> LiveAnalysis:
        """A new stream.

        Args:
            name: of the session.
            draw: the picture to show.
            kept: what an earlier stream has scored, to go on with.
        """
        with self._fresh:
            self._numbers += 1
            stream = LiveAnalysis(self, self._numbers, name, draw, kept=kept)
            self._streams[stream.number] = stream
        self.retry()
        return stream

    def retry(self) -> None:
        """Try again, if the analysis has failed."""
        with self._fresh:
            if self.status == "failed":
                self.status, self.error, self._failures = "starting", None, 0
            self._go_on()

    def wake(self, stream: LiveAnalysis) -> None:
        """A frame waits. A stream that was given up for its silence is back."""
        with self._fresh:
            if not stream.closed:
                self._streams.setdefault(stream.number, stream)
                self._go_on()
            self._fresh.notify()

    def close_stream(self, stream: LiveAnalysis) -> None:
        """It is read no more."""
        with self._fresh:
            stream.closed = True
            self._drop(stream)

    def close(self) -> None:
        """End the child; streams opened later start another."""
        with self._fresh:
            self._stopping, thread, child = True, self._thread, self._child
            self._fresh.notify()
        if child is not None:
            child.kill()
        if thread is not None:
            thread.join()
        self._stopping = False

    @property
    def streams(self) -> int:
        """How many are open."""
        return len(self._streams)

    @property
    def open_streams(self) -> tuple[LiveAnalysis, ...]:
        """Those that are open now."""
        with self._fresh:
            return tuple(self._streams.values())

    @property
    def process(self) -> int | None:
        """Number of the child's process, once the networks are loaded."""
        child = self._child
        return None if child is None or self.status != "running" else child.number

    def _go_on(self) -> None:
        """See to it that somebody serves; under the lock."""
        if self._thread is None and self.status != "failed" and not self._stopping:
            thread = threading.Thread(target=self._serve, name="poise-live", daemon=True)
            thread.start()
            self._thread = thread

    def _drop(self, stream: LiveAnalysis) -> None:
        if self._streams.pop(stream.number, None) is not None:
            self._ended.append(stream.number)
            stream.cut()

    def _serve(self) -> None:
        """Keep a child reading for as long as there are streams. Whatever is raised here, the
        next frame finds a thread that serves, or an analysis that says it has failed."""
        try:
            while self._attempt():
                pass
        except Exception:
            log.exception("the live analysis cannot even be started anew")
            self.status = "failed"
        finally:
            with self._fresh:
                self._thread = None
                if self._streams:  # one that came, or a try asked for, in the last moment
                    self._go_on()

    def _attempt(self) -> bool:
        """One child's life; whether there shall be another."""
        try:
            self._live()
        except Exception as error:
            if not self._stopping:
                log.warning("the live analysis ended: %r", error)
                return self._recover(error)
        self.status = "starting"
        return False

    def _live(self) -> None:
        child = Child(self._command)
        try:
            with self._fresh:
                self._child = child
                if self._stopping:
                    return
            hello = child.load(self.settings)
            self.labels, self._models = LABEL_SETS[hello.labels], hello.models
            self.muscles, self.accessories = hello.muscles, hello.accessories
            self.status, self.error = "running", None
            self._feed(child)
        finally:
            self._child = None
            child.end()

    def _recover(self, error: Exception) -> bool:
        """Whether to start anew; returns when it is time for it."""
        self._failures += 1
        read, self._read = self._read, None
        if read is not None:
            read.death()
        for stream in list(self._streams.values()):
            stream.cut()
        # Networks that are not there do not come by trying.
        hopeless = isinstance(error, ModelError) or self._failures > len(WAITS)
        self.error = error if isinstance(error, PoiseError) else None
        self.status = "failed" if hopeless else "restarting"
        if hopeless:
            return False
        with self._fresh:
            self._fresh.wait_for(lambda: self._stopping, WAITS[self._failures - 1])
            if self._stopping or not self._streams:
                self.status = "starting"
                return False
        return True

    def _feed(self, child: Child) -> None:
        """Give the child the newest frames in turn; returns when nobody needs it any more."""
        alone, due = time.monotonic(), 0.0
        while True:
            with self._fresh:
                self._fresh.wait_for(lambda: self._stopping or self._next() is not None, 1.0)
                silent = [s for s in self._streams.values()
                          if s.quiet > self.settings.live.idle]
                for stream in silent:
                    self._drop(stream)
                if self._streams:
                    alone = time.monotonic()
                if self._stopping or time.monotonic() - alone > self.settings.live.linger:
                    return
                chosen = self._next()
            for stream in silent:
                stream.fall_silent()
            while self._ended:
                child.forget(self._ended.popleft())
            if not child.alive:
                raise EOFError
            if chosen is None:
                continue
            # A steady beat; each stream's own rate falls as more of them share it.
            time.sleep(max(0.0, due - time.monotonic()))
            due = time.monotonic() + 1 / (self.settings.live.fps * max(self.streams, 1))
            self._turn = chosen.number
            sounds = chosen.take_sound()
            if sounds:
                self._pass_sound(child, chosen, sounds)
            frame = chosen.take()
            if frame is not None:
                self._pass_on(child, chosen, frame)

    def _pass_on(self, child: Child, stream: LiveAnalysis, frame: Frame) -> None:
        """A frame to the child, what it read to the stream. What one stream cannot take is its
        own trouble, never the others'."""
        self._read = stream
        answer = child.read(stream.number, frame, self.settings.live.patience,
                            stream.take_wish())
        self._read, self._failures = None, 0
        if isinstance(answer, Unread):
            log.warning("a frame could not be read: %s", answer.reason)
            stream.fault()
            return
        try:
            assert self.labels is not None
            stream.deliver(frame, answer, self.labels, self._models)
        except Exception:
            log.exception("a reading could not be kept")
            stream.fault()

    def _pass_sound(self, child: Child, stream: LiveAnalysis, sounds: list[Sound]) -> None:
        """The same for sound; what cannot be heard is a second of which nothing is known."""
        self._read = stream
        answer = child.hear(stream.number, sounds, self.settings.live.patience)
        self._read = None
        if isinstance(answer, Unread):
            log.warning("sound could not be heard: %s", answer.reason)
        else:
            stream.deliver_sound(answer.rows)

    def _next(self) -> LiveAnalysis | None:
        """The stream after the last one read, of those with a frame."""
        waiting = sorted(n for n, s in self._streams.items() if s.waiting and not s.set_aside)
        after = [n for n in waiting if n > self._turn] or waiting
        return self._streams[after[0]] if after else None
