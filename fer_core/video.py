"""A clip -> frames, upright, in RGB, with their true times (PyAV, that is FFmpeg)."""

import hashlib
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

import av
import numpy as np
from av.container import InputContainer
from av.error import FFmpegError
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from fer_core.config import VideoSettings
from fer_core.errors import NoFrames, VideoUnreadable
from fer_core.records import Frame, Source

_FORMATS = {"mov", "matroska", "webm", "avi", "mpegts", "mpeg", "ogg", "flv", "asf"}
"""Containers of recordings. Playlists (hls, concat) and lone pictures are not clips; the
first could also make FFmpeg open other files."""
_NAME = 100
"""Characters of a name that are kept."""


def safe_name(name: str) -> str:
    """Something to show and to name a report after, of whatever a browser sent: never a path.

    Returns:
        At most 100 characters, the extension kept; without separators, control characters
        and leading dots; never empty.
    """
    base = unicodedata.normalize("NFC", name).replace("\\", "/").rsplit("/", 1)[-1]
    base = "".join(c for c in base if unicodedata.category(c)[0] != "C" or c == "\u200d")
    base = base.strip().lstrip(".").strip() or "clip"
    stem, dot, suffix = base.rpartition(".")
    if not stem or len(suffix) > 8:
        stem, dot, suffix = base, "", ""
    room = _NAME - len(dot) - len(suffix)
    return (stem[:room] or "clip") + dot + suffix


def probe(path: Path, name: str | None = None) -> Source:
    """What a clip is, from its header and first picture.

    Args:
        path: the clip.
        name: shown instead of the file's own name.

    Returns:
        The source; its duration is the container's claim in s, 0 where it makes none.

    Raises:
        VideoUnreadable: missing, empty, damaged, not a clip, or without pictures.
        NoFrames: not one picture can be decoded.
    """
    shown = safe_name(name or path.name)
    with _open(path, shown) as (container, stream):
        first = next(_decode(container, stream), None)
        if first is None:
            raise NoFrames("error.video.no_frames", path=shown)
        duration = 0.0
        if stream.duration and stream.time_base:
            duration = float(stream.duration * stream.time_base)
        elif container.duration:
            duration = container.duration / av.time_base
        height, width = _display_size(first, stream)
        turned = first.rotation % 180 != 0
    return Source(shown, _digest(path), max(duration, 0.0),
                  height if turned else width, width if turned else height,
                  -round(first.rotation) % 360)


def read_frames(path: Path, settings: VideoSettings) -> Iterator[Frame]:
    """The clip's frames, about ``settings.fps`` a second, streamed.

    A frame is taken when it is the first at or after the next multiple of 1 / fps, so that
    gaps and variable rates keep their true times and a slow clip gives all of its frames.
    Times start at 0 with the first picture and never go back; damaged stretches are left out.

    Args:
        path: the clip.
        settings: rate and largest side.

    Yields:
        Frames, the longer side at most ``settings.max_side`` px.

    Raises:
        VideoUnreadable: missing, empty, damaged, not a clip, or without pictures.
        NoFrames: not one picture can be decoded.
    """
    shown = safe_name(path.name)
    step = 1 / settings.fps
    with _open(path, shown) as (container, stream):
        start: float | None = None
        last, due = -1.0, 0.0
        for number, picture in enumerate(_decode(container, stream)):
            at = _time(picture, stream, number)
            start = at if start is None else start
            seconds = at - start
            # A tenth of a step early is in time: timestamps are rounded to milliseconds.
            if seconds <= last or seconds < due - step / 10:
                continue
            last = seconds
            due = (np.floor((seconds + step / 10) / step) + 1) * step
            yield Frame(seconds, _upright(picture, stream, settings.max_side))
    if start is None:
        raise NoFrames("error.video.no_frames", path=shown)


@contextmanager
def _open(path: Path, shown: str) -> Iterator[tuple[InputContainer, VideoStream]]:
    if not path.is_file():
        raise VideoUnreadable("error.video.missing", path=shown)
    if path.stat().st_size == 0:
        raise VideoUnreadable("error.video.empty", path=shown)
    with path.open("rb") as file, _container(file, shown) as container:
        if not _FORMATS & set(container.format.name.split(",")):
            raise VideoUnreadable("error.video.unreadable", path=shown)
        pictures = [s for s in container.streams.video
                    if s.codec_context is not None
                    and not s.disposition & av.stream.Disposition.attached_pic]
        if not pictures:
            raise VideoUnreadable("error.video.no_picture", path=shown)
        stream = pictures[0]
        stream.thread_type = "AUTO"
        yield container, stream


def _container(file: BinaryIO, shown: str) -> InputContainer:
    try:
        # An open file, not a name: FFmpeg never reads the name as an address, and whatever
        # else a hostile clip wants to open is refused.
        return av.open(file, "r", io_open=_refuse, metadata_errors="replace", buffer_size=1 << 18)
    except (FFmpegError, PermissionError, ValueError) as error:
        raise VideoUnreadable("error.video.unreadable", path=shown) from error


def _refuse(url: str, flags: int, options: dict[str, Any]) -> Any:
    raise PermissionError(f"a clip wanted to open {url}")


def _decode(container: InputContainer, stream: VideoStream) -> Iterator[VideoFrame]:
    """Every picture that can be decoded; damaged packets are passed over."""
    packets = container.demux(stream)
    while True:
        try:
            packet = next(packets, None)
            if packet is None:
                return
            pictures = packet.decode()
        except FFmpegError:
            if packet is None:
                return
            continue
        for picture in pictures:
            if isinstance(picture, VideoFrame) and not picture.is_corrupt:
                yield picture


def _time(picture: VideoFrame, stream: VideoStream, number: int) -> float:
    """s from the stream's own timestamps; from the rate only where it has none."""
    stamp = picture.pts if picture.pts is not None else picture.dts
    if stamp is not None and picture.time_base is not None:
        return float(stamp * picture.time_base)
    return float(number / (stream.guessed_rate or 25))


def _display_size(picture: VideoFrame, stream: VideoStream) -> tuple[int, int]:
    """(height, width) px before rotation, with square pixels."""
    ratio = float(stream.sample_aspect_ratio or 1) or 1.0
    return picture.height, round(picture.width * ratio)


def _upright(picture: VideoFrame, stream: VideoStream, max_side: int) -> np.ndarray[Any, Any]:
    """(H, W, 3) RGB, scaled down and turned upright."""
    height, width = _display_size(picture, stream)
    scale = min(1.0, max_side / max(height, width))
    # Scaling and colour conversion are one pass of FFmpeg's scaler.
    rgb = picture.to_ndarray(format="rgb24", width=max(2, round(width * scale / 2) * 2),
                             height=max(2, round(height * scale / 2) * 2),
                             interpolation="AREA")
    return np.ascontiguousarray(np.rot90(rgb, round(picture.rotation / 90)))


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
