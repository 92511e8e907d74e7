"""Decoding in a process of its own: what crashes, hangs or fills the memory within FFmpeg costs
a clip, not the app. ``video`` and ``sound`` do the work there; the same comes out, bit by bit.

A line of JSON goes in, the job. Lines of JSON come out, some with bytes behind them, through a
pipe: it holds the decoder back where nobody reads, and nothing is left of it when either ends.
Nothing is unpickled: what a broken decoder says is data from elsewhere.
"""

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, replace
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, BinaryIO, NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from fer_core.errors import Cancelled, NoFrames, PoiseError, VideoError, VideoUnreadable
from fer_core.media import sound, video
from fer_core.media.names import safe_name
from fer_core.records import Frame, Source
from fer_core.records.sound import Sound
from fer_core.system import apart, limit

if TYPE_CHECKING:
    from fer_core.config import VideoSettings

COMMAND = (sys.executable, "-m", "fer_core.media.apart")
ROOT = Path(__file__).parents[2]
PATIENCE = 30.0
"""s without a picture, a block of sound or a sign of life after which a clip is taken for one
that never ends."""
STARTING = 60.0
"""s that the process may take to its first one: busy machines are slow."""
MEMORY = 1 << 30
"""Bytes that a decoder may hold: 8K fits, and the networks beside it stay under 2 GiB."""
_ALIVE = 1.0
"""s between signs of life while nothing else comes."""
_LARGEST = 1 << 28
"""Bytes behind one line, at most."""
_ERRORS = {kind.__name__: kind for kind in (VideoUnreadable, NoFrames)}


class Clip(NamedTuple):
    """What it is, whether it has a sound track, and its pictures while they are decoded."""

    source: Source
    sound: bool
    frames: Iterator[Frame]


class _Found(NamedTuple):
    source: Source
    sound: bool


Value = TypeVar("Value", _Found, Frame, Sound)


@contextmanager
def reading(path: Path, settings: "VideoSettings", name: str | None = None,
            cancelled: Callable[[], bool] = lambda: False) -> Iterator[Clip]:
    """A clip, as ``video.probe`` and ``video.read_frames`` read it; the process ends with the
    context.

    Raises:
        VideoUnreadable, NoFrames, Cancelled: as they do, while frames are read too; the first
            also where the decoder broke, hung or wanted too much memory.
    """
    with _Decoder(path, safe_name(name or path.name), cancelled, do="clip",
                  fps=settings.fps, max_side=settings.max_side) as decoder:
        found = decoder.found()
        yield Clip(found.source, found.sound, decoder.says(Frame))


def probe(path: Path, name: str | None = None) -> Source:
    """As ``video.probe``."""
    with _Decoder(path, safe_name(name or path.name), do="probe") as decoder:
        return decoder.found().source


def read_frames(path: Path, settings: "VideoSettings",
                cancelled: Callable[[], bool] = lambda: False) -> Iterator[Frame]:
    """As ``video.read_frames``."""
    with reading(path, settings, cancelled=cancelled) as clip:
        yield from clip.frames


def read_sound(path: Path, cancelled: Callable[[], bool] = lambda: False) -> Iterator[Sound]:
    """As ``sound.read_sound``."""
    with _Decoder(path, safe_name(path.name), cancelled, do="sound") as decoder:
        yield from decoder.says(Sound)


def _made(header: dict[str, Any], data: bytearray) -> _Found | Frame | Sound:
    """A value as it was before it was sent."""
    if "source" in header:
        return _Found(Source(**header["source"]), header["sound"])
    if len(header["shape"]) == 1:
        return Sound(header["time"], np.frombuffer(data, np.float32))
    return Frame(header["time"], np.frombuffer(data, np.uint8).reshape(header["shape"]))


class _Decoder:
    """The process, from this side."""

    def __init__(self, path: Path, shown: str, cancelled: Callable[[], bool] = lambda: False,
                 **job: object) -> None:
        self._path, self._shown, self._cancelled = path, shown, cancelled
        self._why: PoiseError | None = None
        self._waiting: float | None = None
        self._patience = max(STARTING, PATIENCE)
        self._over = threading.Event()
        self._process = subprocess.Popen(
            COMMAND, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            # numpy's threads would only hold memory.
            env={**os.environ, "OPENBLAS_NUM_THREADS": "1"}, **apart())
        self._watch = threading.Thread(target=self._look_after, daemon=True)
        # The path is no argument: every user of the machine may list those.
        self._job = json.dumps({"path": str(path.absolute()), "shown": shown, **job}) + "\n"

    def __enter__(self) -> "_Decoder":
        self._watch.start()
        assert self._process.stdin is not None
        with suppress(OSError):  # said when its end is noticed
            self._process.stdin.write(self._job.encode())
            self._process.stdin.flush()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._process.kill()
        self._process.wait()
        self._watch.join()
        for pipe in (self._process.stdin, self._process.stdout):
            with suppress(OSError):
                pipe.close()  # type: ignore[union-attr]

    def found(self) -> _Found:
        """What it says first of a clip."""
        for found in self.says(_Found):
            return found._replace(source=replace(
                found.source, sha256=video.digest(self._path)))
        raise self._broken

    def says(self, kind: type[Value]) -> Iterator[Value]:
        """What it says, until it has said all."""
        while True:
            if self._cancelled():
                raise Cancelled
            try:
                header, data = self._next()
                if "error" in header:
                    raise _ERRORS[header["error"]](header["key"], **header["values"])
                if "end" in header:
                    return
                if "alive" in header:
                    continue
                value = _made(header, data)
                if not isinstance(value, kind):
                    raise TypeError(type(value).__name__)
            except (EOFError, ValueError, LookupError, TypeError, AttributeError,
                    OSError) as error:
                raise self._why or self._broken from error
            yield value

    @property
    def _broken(self) -> VideoUnreadable:
        return VideoUnreadable("error.video.crashed", name=self._shown)

    def _next(self) -> tuple[dict[str, Any], bytearray]:
        out = self._process.stdout
        assert out is not None
        self._waiting = time.monotonic()
        try:
            line = out.readline(1 << 16)
            if not line:
                raise EOFError
            self._patience = PATIENCE
            header = json.loads(line)
            size = int(header.get("bytes", 0))
            if not 0 <= size <= _LARGEST:
                raise ValueError(size)
            data = bytearray(size)
            if out.readinto(data) != size:  # type: ignore[attr-defined]
                raise EOFError
            return header, data
        finally:
            self._waiting = None

    def _look_after(self) -> None:
        """Ends it where it hangs, or where nobody wants it any more."""
        while not self._over.wait(0.1):
            since = self._waiting
            if since is not None and self._cancelled():
                self._why = Cancelled()
            elif since is not None and time.monotonic() - since > self._patience:
                self._why = VideoUnreadable("error.video.endless", name=self._shown)
            if self._why is not None:
                self._process.kill()
                return


class _Mouth:
    """What the process says."""

    def __init__(self, out: BinaryIO) -> None:
        self._out = out
        self._last = time.monotonic()

    def say(self, data: NDArray[Any] | None = None, **header: object) -> None:
        if data is not None:
            header |= {"shape": data.shape, "bytes": data.nbytes}
        self._out.write(json.dumps(header).encode() + b"\n")
        if data is not None:
            self._out.write(np.ascontiguousarray(data).data)
        self._out.flush()
        self._last = time.monotonic()

    def alive(self) -> bool:
        """A sign of life, where one is due; given for ``cancelled``, which it never is."""
        if time.monotonic() - self._last > _ALIVE:
            self.say(alive=True)
        return False


def _work(job: dict[str, Any], mouth: _Mouth) -> None:
    path = Path(job["path"])
    if job["do"] == "sound":
        for heard in sound.read_sound(path, mouth.alive):
            mouth.say(heard.samples, time=heard.time)
        return
    mouth.say(source=asdict(video.described(path, job["shown"])), sound=sound.has_sound(path))
    if job["do"] == "clip":
        # What it needs of the settings: loading all of them would take as long as all the rest.
        settings: Any = SimpleNamespace(fps=job["fps"], max_side=job["max_side"])
        for frame in video.read_frames(path, settings, mouth.alive):
            mouth.say(frame.image, time=frame.time)


def _main() -> None:
    # Libraries print where they like: answers go where they cannot.
    mouth = _Mouth(os.fdopen(os.dup(1), "wb"))
    os.dup2(2, 1)
    mouth.say(alive=True)
    job = json.loads(sys.stdin.buffer.readline())

    def end_with_parent() -> None:
        while os.read(0, 1024):
            pass
        os._exit(1)

    threading.Thread(target=end_with_parent, daemon=True).start()
    limit(MEMORY)
    try:
        _work(job, mouth)
        mouth.say(end=True)
    except VideoError as error:
        mouth.say(error=type(error).__name__, key=error.key, values=error.values)
    except MemoryError:
        mouth.say(error="VideoUnreadable", key="error.video.heavy", values={"name": job["shown"]})


if __name__ == "__main__":
    _main()
