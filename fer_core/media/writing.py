"""Frames and sound -> an MP4 that any browser plays, with true times and nothing else in it."""

from collections.abc import Iterable, Iterator
from fractions import Fraction
from pathlib import Path

import av
import av.filter
import cv2
import numpy as np
from av.audio.stream import AudioStream
from av.container import OutputContainer
from av.video.stream import VideoStream

from fer_core.records import Frame
from fer_core.records.sound import RATE, Sound

_TICKS = 1000
"""Time stamps a second, of the pictures."""
_SILENCE = 10 * RATE
"""Samples of silence written at once where a recording has a gap."""
_PICTURES = {"preset": "veryfast", "crf": "27", "g": "24"}
"""x264's: small enough for an hour to be played from memory; a picture to jump to every 24."""


def write_clip(out: Path, frames: Iterable[Frame], sounds: Iterable[Sound] = (),
               pitch: float = 1.0) -> int:
    """Write a clip; of the original's metadata, subtitles and attachments nothing gets in.

    Args:
        out: the file, whatever its suffix.
        frames: in order; all are brought to the size of the first, its sides made even.
        sounds: in order; gaps become silence.
        pitch: times that voices are higher, the pace kept; 1 leaves them as they are.

    Returns:
        How many pictures it has.

    Raises:
        OSError: it cannot be written; the disk is full.
    """
    count, waiting = 0, iter(_even(sounds))
    block = next(waiting, None)
    with av.open(str(out), "w", format="mp4", options={"movflags": "+faststart"}) as container:
        pictures: VideoStream | None = None
        voice = _Voice(container, pitch) if block is not None else None
        last = -1
        for frame in frames:
            if pictures is None:
                pictures = _pictures(container, frame)
            stamp = round(frame.time * _TICKS)
            if stamp <= last:
                continue
            last, count = stamp, count + 1
            image = frame.image
            if image.shape[:2] != (pictures.height, pictures.width):
                image = cv2.resize(image, (pictures.width, pictures.height),  # type: ignore[assignment]
                                   interpolation=cv2.INTER_AREA)
            picture = av.VideoFrame.from_ndarray(np.ascontiguousarray(image), format="rgb24")
            picture.pts, picture.time_base = stamp, Fraction(1, _TICKS)
            container.mux(pictures.encode(picture))
            # Side by side: what waits for the other track waits in memory.
            while voice is not None and block is not None and block.time <= frame.time:
                voice.write(block.samples)
                block = next(waiting, None)
        if pictures is not None:
            container.mux(pictures.encode(None))
        if voice is not None:
            while block is not None:
                voice.write(block.samples)
                block = next(waiting, None)
            voice.end()
    return count


def _pictures(container: OutputContainer, frame: Frame) -> VideoStream:
    stream = container.add_stream("libx264", rate=30, options=dict(_PICTURES))
    height, width = frame.image.shape[:2]
    stream.height, stream.width = max(2, height // 2 * 2), max(2, width // 2 * 2)
    stream.pix_fmt = "yuv420p"
    stream.codec_context.time_base = stream.time_base = Fraction(1, _TICKS)
    return stream


def _even(sounds: Iterable[Sound]) -> Iterator[Sound]:
    """The same from 0 s on without gaps."""
    at = 0
    for sound in sounds:
        begin = round(sound.time * RATE)
        while at < begin:
            length = min(begin - at, _SILENCE)
            yield Sound(at / RATE, np.zeros(length, np.float32))
            at += length
        yield Sound(at / RATE, sound.samples)
        at += len(sound.samples)


class _Voice:
    """The sound track under way."""

    def __init__(self, container: OutputContainer, pitch: float) -> None:
        self._container = container
        self._stream: AudioStream = container.add_stream("aac", rate=RATE, layout="mono")
        self._at = 0
        self._graph = None if pitch == 1 else _pitched(pitch)

    def write(self, samples: np.ndarray) -> None:  # type: ignore[type-arg]
        frame = av.AudioFrame.from_ndarray(samples[None].astype(np.float32), "fltp", "mono")
        frame.sample_rate, frame.time_base = RATE, Fraction(1, RATE)
        if self._graph is None:
            self._encode(frame)
            return
        frame.pts = None
        self._graph.push(frame)
        self._drain(self._graph)

    def end(self) -> None:
        if self._graph is not None:
            self._graph.push(None)
            self._drain(self._graph)
        self._container.mux(self._stream.encode(None))

    def _drain(self, graph: av.filter.Graph) -> None:
        while True:
            try:
                frame = graph.pull()
            except (av.error.BlockingIOError, av.error.EOFError):
                return
            assert isinstance(frame, av.AudioFrame)
            self._encode(frame)

    def _encode(self, frame: av.AudioFrame) -> None:
        frame.pts, frame.time_base = self._at, Fraction(1, RATE)
        self._at += frame.samples
        self._container.mux(self._stream.encode(frame))


def _pitched(pitch: float) -> av.filter.Graph:
    """Played at another speed, then brought back to the old pace without the pitch."""
    graph = av.filter.Graph()
    chain = [graph.add_abuffer(sample_rate=RATE, format="fltp", layout="mono",
                               time_base=Fraction(1, RATE)),
             graph.add("asetrate", str(round(RATE * pitch))), graph.add("aresample", str(RATE)),
             graph.add("atempo", f"{1 / pitch:.6f}"),
             graph.add("aformat", f"sample_fmts=fltp:sample_rates={RATE}:channel_layouts=mono"),
             graph.add("abuffersink")]
    graph.link_nodes(*chain).configure()
    return graph
