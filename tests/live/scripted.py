"""A stream without a server: a clock that stands until it is told, and readings when asked for."""

from collections import deque

import numpy as np

from fer_core.config import Settings
from fer_core.live.stream import LiveAnalysis
from fer_core.records import Frame
from tests.live.answers import LABELS, MODELS, seen

IMAGE = np.full((48, 64, 3), 90, np.uint8)


class Scripted:
    """A server's reader that reads nothing by itself."""

    def __init__(self, settings: Settings | None = None) -> None:
        self.settings, self.labels = settings or Settings(), LABELS
        self.status, self.error = "running", None
        self.muscles, self.accessories = "c" * 64, "d" * 64
        self.now, self.retried = 0.0, 0
        self.stream = LiveAnalysis(self, 1, "test", lambda image, *_: image, lambda: self.now)
        self.reading: deque[tuple[float, Frame]] = deque()

    def wake(self, stream: LiveAnalysis) -> None:
        """The page has the frame; ``take`` and ``answer`` are what an engine would do."""

    def close_stream(self, stream: LiveAnalysis) -> None:
        stream.closed = True

    def retry(self) -> None:
        self.retried += 1

    def push(self) -> None:
        self.stream.push(Frame(self.stream.moment, IMAGE))

    def read(self, result=seen) -> None:
        """The frame that waits is read at once."""
        frame = self.stream.take()
        if frame is not None:
            self.stream.deliver(frame, result(frame.time), LABELS, MODELS)

    def run(self, seconds: float, delay: float = 0.0, camera: bool = True,
            result=seen, look=lambda: None) -> None:
        """Time passes: 10 pictures a second, one at a time being read for ``delay`` s."""
        for _ in range(round(seconds * 10)):
            self.now = round(self.now + 0.1, 6)
            look()
            if camera:
                self.push()
            while self.reading and self.now >= self.reading[0][0]:
                _, frame = self.reading.popleft()
                self.stream.deliver(frame, result(frame.time), LABELS, MODELS)
            if not self.reading and (frame := self.stream.take()) is not None:
                self.reading.append((self.now + delay, frame))
