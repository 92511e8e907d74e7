"""Opens a recording's file with FFmpeg, and nothing else that the file may ask for."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO, TypeVar

import av
from av.audio.stream import AudioStream
from av.container import InputContainer
from av.error import FFmpegError
from av.packet import Packet
from av.video.stream import VideoStream

from fer_core.errors import VideoUnreadable

CLIPS = "mov,mp4,matroska,webm,avi,mpegts,mpeg,ogg,flv,asf"
"""Containers of recordings. Playlists (hls, concat) and lone pictures are not clips; the
first could also make FFmpeg open other files."""
SOUNDS = f"{CLIPS},wav,w64,mp3,flac,aac,aiff,caf,amr,ac3,au"
"""Those, and files of sound alone."""
LONGEST = 24 * 3600.0
"""s; a later stamp is a broken one. Whoever keeps a row per second must not believe it."""

S = TypeVar("S", AudioStream, VideoStream)


@contextmanager
def opened(path: Path, shown: str, formats: str = CLIPS) -> Iterator[InputContainer]:
    """The open container.

    Args:
        path: the file.
        shown: its name in messages.
        formats: FFmpeg's names of what it may be.

    Raises:
        VideoUnreadable: missing, empty, damaged, or of another kind.
    """
    if not path.is_file():
        raise VideoUnreadable("error.video.missing", name=shown)
    if path.stat().st_size == 0:
        raise VideoUnreadable("error.video.empty", name=shown)
    try:
        file = path.open("rb")
    except OSError as error:
        raise VideoUnreadable("error.video.unreadable", name=shown) from error
    with file, _container(file, shown, formats) as container:
        yield container


def _container(file: BinaryIO, shown: str, formats: str) -> InputContainer:
    try:
        # An open file, not a name: FFmpeg never reads the name as an address, and whatever
        # else a hostile clip wants to open is refused.
        return av.open(file, "r", io_open=_refuse, metadata_errors="replace", buffer_size=1 << 18,
                       container_options={"format_whitelist": formats})
    except (FFmpegError, PermissionError, ValueError) as error:
        raise VideoUnreadable("error.video.unreadable", name=shown) from error


def _refuse(url: str, flags: int, options: dict[str, Any]) -> Any:
    raise PermissionError(f"a clip wanted to open {url}")


def decoded(container: InputContainer, stream: S) -> Iterator[Any]:
    """Every frame of the stream that can be decoded; damaged packets are passed over."""
    for packet in _packets(container, stream):
        try:
            frames = stream.decode(packet)
        except MemoryError:  # one of FFmpeg's errors too, but not the packet's fault
            raise
        except FFmpegError:
            continue
        yield from (frame for frame in frames if not frame.is_corrupt)


def _packets(container: InputContainer, stream: S) -> Iterator["Packet[S] | None"]:
    """The stream's packets; an empty one or None, the last, empties the decoder."""
    try:
        yield from container.demux(stream)
    except FFmpegError:
        # The rest cannot be read, but the decoder still holds the last frames.
        yield None
