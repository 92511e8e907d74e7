"""A clip -> frames, upright, in RGB, with their true times (PyAV, that is FFmpeg)."""

import hashlib
import math
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import av
import numpy as np
from av.container import InputContainer
from av.error import FFmpegError
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from fer_core.errors import Cancelled, NoFrames, VideoUnreadable
from fer_core.media.container import LONGEST, decoded, opened
from fer_core.media.names import safe_name
from fer_core.records import Frame, Source

if TYPE_CHECKING:
    from fer_core.config import VideoSettings

_PIXELS = 1 << 25
"""Pixels a picture may have: 8K fits. A file of a few bytes can claim 100 times as many."""
_LARGE = 3840 * 2160
"""Pixels beyond which two threads decode: each holds pictures of its own, and memory is bounded."""
_FAST = (6.0, 240.0)
"""Where a clip has at least 6 times the wanted rate, pictures that no other needs are not
decoded: a third less time at 60 fps. With three such pictures in a row (x264's default) 1.5
times the wanted rate remain. Rates over 240 fps are made up (webm of browsers claims 1000)."""


def probe(path: Path, name: str | None = None) -> Source:
    """What a clip is, from its header and first picture.

    Args:
        path: the clip.
        name: shown instead of the file's own name.

    Returns:
        The source; its duration is the container's claim in s, 0 where it makes none.

    Raises:
        VideoUnreadable: missing, empty, cut off, damaged, not a clip, or without pictures.
        NoFrames: not one picture can be decoded.
    """
    return replace(described(path, safe_name(name or path.name)), sha256=digest(path))


def described(path: Path, shown: str) -> Source:
    """The same, but for the digest, which is empty: it takes as long as reading the whole file."""
    with _open(path, shown) as (container, stream):
        # Where an index lists all samples, the file must be long enough to hold them.
        if any(e.pos + e.size > path.stat().st_size for e in stream.index_entries):
            raise VideoUnreadable("error.video.truncated", name=shown)
        first = next(decoded(container, stream), None)
        if first is None:
            raise NoFrames("error.video.no_frames", name=shown)
        duration = 0.0
        if stream.duration and stream.time_base:
            duration = float(stream.duration * stream.time_base)
        elif container.duration:
            duration = container.duration / av.time_base
        height, width = _display_size(first, stream)
        try:
            quarters, _ = _orientation(first)
        except MemoryError:
            raise
        except FFmpegError as error:
            raise NoFrames("error.video.no_frames", name=shown) from error
    if quarters % 2:
        height, width = width, height
    return Source(shown, "", max(duration, 0.0), width, height, 90 * quarters)


def read_frames(path: Path, settings: "VideoSettings",
                cancelled: Callable[[], bool] = lambda: False) -> Iterator[Frame]:
    """The clip's frames, about ``settings.fps`` a second, streamed.

    A frame is taken when it is the first at or after the next multiple of 1 / fps, so that
    gaps and variable rates keep their true times and a slow clip gives all of its frames.
    Times start at 0 with the first picture and never go back; damaged stretches are left out.

    Args:
        path: the clip.
        settings: rate and largest side.
        cancelled: asked for every picture, those that are not analysed too.

    Yields:
        Frames, the longer side at most ``settings.max_side`` px.

    Raises:
        VideoUnreadable: missing, empty, damaged, not a clip, or without pictures.
        NoFrames: not one picture can be decoded.
        Cancelled: ``cancelled`` said so.
    """
    shown = safe_name(path.name)
    step = 1 / settings.fps
    due = 0.0
    found = False
    orientation: tuple[int, bool] | None = None
    with _open(path, shown) as (container, stream):
        low, high = _FAST
        if low * settings.fps <= float(stream.average_rate or 0) <= high:
            stream.codec_context.skip_frame = "NONREF"
        for seconds, picture in _timed(container, stream):
            if cancelled():
                raise Cancelled
            # A tenth of a step early is in time: timestamps are rounded to milliseconds.
            if seconds < due - step / 10:
                continue
            try:
                orientation = orientation or _orientation(picture)
                image = _upright(picture, stream, settings.max_side, *orientation)
            except MemoryError:
                raise
            except FFmpegError:
                continue
            due = (math.floor((seconds + step / 10) / step) + 1) * step
            found = True
            yield Frame(seconds, image)
    if not found:
        raise NoFrames("error.video.no_frames", name=shown)


@contextmanager
def _open(path: Path, shown: str) -> Iterator[tuple[InputContainer, VideoStream]]:
    with opened(path, shown) as container:
        stream = picture_stream(container)
        if stream is None:
            raise VideoUnreadable("error.video.no_picture", name=shown)
        stream.thread_type = "AUTO"
        if stream.width * stream.height > _LARGE:
            stream.codec_context.thread_count = 2
        stream.codec_context.options = {"max_pixels": str(_PIXELS)}
        yield container, stream


def picture_stream(container: InputContainer) -> VideoStream | None:
    """The first stream of moving pictures: a song's cover is none."""
    return next((s for s in container.streams.video if s.codec_context is not None
                 and not s.disposition & av.stream.Disposition.attached_pic), None)


def first_stamp(container: InputContainer, stream: VideoStream) -> float | None:
    """s of the first picture on the container's own clock, where times of frames are 0; None
    where not one can be decoded. The container has been read then."""
    return next((at for at, _ in _stamped(container, stream)), None)


def _timed(container: InputContainer, stream: VideoStream) -> Iterator[tuple[float, VideoFrame]]:
    """Pictures and their s since the first, rising, from the stream's own timestamps."""
    start, last = None, -1.0
    for at, picture in _stamped(container, stream):
        start = at if start is None else start
        if last < at - start <= LONGEST:
            last = at - start
            yield last, picture


def _stamped(container: InputContainer, stream: VideoStream
             ) -> Iterator[tuple[float, VideoFrame]]:
    """Pictures and their s on the container's clock."""
    # AVI knows no presentation times: what FFmpeg reports as such is in the order of decoding.
    decoding = container.format.name == "avi"
    pause = 1 / float(stream.guessed_rate or 25)
    at = 0.0
    for picture in decoded(container, stream):
        stamp = picture.dts if decoding or picture.pts is None else picture.pts
        if stamp is not None and picture.time_base is not None:
            at = float(stamp * picture.time_base)
        else:
            at += pause
        yield at, picture


def _display_size(picture: VideoFrame, stream: VideoStream) -> tuple[int, int]:
    """(height, width) px before rotation, with square pixels."""
    ratio = float(stream.sample_aspect_ratio or 1) or 1.0
    return picture.height, max(1, round(picture.width * ratio))


def _orientation(picture: VideoFrame) -> tuple[int, bool]:
    """What makes a picture upright: mirror left and right first, if so, then turn clockwise.

    Returns:
        Quarter turns, 0 to 3, and whether to mirror: front cameras write that too, and
        ``picture.rotation`` takes it for half a turn.
    """
    # Asking for side data ties a picture into a cycle of references: with all of its pixels and
    # the decoder's threads it would wait for the garbage collector. A tiny copy may wait.
    tiny = picture.reformat(width=2, height=2, format="gray")
    data: Any = tiny.side_data.get("DISPLAYMATRIX")
    if data is None:
        return 0, False
    # The picture's x axis is shown along (a, b), its y axis, which points down, along (c, d).
    a, b, _, c, d = (float(v) for v in np.frombuffer(bytes(data), np.int32)[:5])
    mirrored = a * d < b * c
    if mirrored:
        a, b = -a, -b
    return round(math.atan2(b, a) / (math.pi / 2)) % 4, mirrored


def _upright(picture: VideoFrame, stream: VideoStream, max_side: int, quarters: int,
             mirrored: bool) -> np.ndarray[Any, Any]:
    """(H, W, 3) RGB, scaled down to even sides and turned upright."""
    height, width = _display_size(picture, stream)
    side = max(height, width)
    limit = min(side, max_side)
    # Scaling and colour conversion are one pass of FFmpeg's scaler.
    rgb = picture.to_ndarray(format="rgb24", width=max(2, width * limit // side // 2 * 2),
                             height=max(2, height * limit // side // 2 * 2),
                             interpolation="AREA")
    return np.ascontiguousarray(np.rot90(rgb[:, ::-1] if mirrored else rgb, -quarters))


def digest(path: Path) -> str:
    """SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
