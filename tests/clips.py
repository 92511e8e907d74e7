"""Clips with planted times, faces and faults, made with PyAV."""

from collections.abc import Iterable, Iterator
from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np

from tests.photographs import talking

TICKS = 1000
"""Timestamps in milliseconds."""


def write_clip(path: Path, frames: Iterable[tuple[float, np.ndarray]], codec: str = "libx264",
               *, ticks: int = TICKS, coding: dict[str, str] | None = None,
               matrix: tuple[int, int, int, int] | None = None, **container: object) -> Path:
    """Write RGB pictures at the given seconds; the container follows from the suffix.

    Args:
        ticks: timestamps a second; also the rate that the stream claims where it is not
            the default.
        coding: options of the encoder, such as ``{"bf": "3"}``.
        matrix: (a, b, c, d) of ISO 14496-12: players show the picture's x axis along (a, b)
            and its y axis, which points down, along (c, d). Phones write it.
        container: for ``av.open``; ``options={"live": "1"}`` leaves the duration out.
    """
    with av.open(str(path), "w", **container) as out:
        stream = None
        for seconds, image in frames:
            if stream is None:
                stream = out.add_stream(codec, rate=30 if ticks == TICKS else ticks)
                stream.height, stream.width = image.shape[:2]
                stream.pix_fmt = "yuv420p"
                stream.codec_context.time_base = Fraction(1, ticks)
                stream.time_base = Fraction(1, ticks)
                if codec == "libx264":
                    stream.options = {"preset": "ultrafast", "crf": "18"} | (coding or {})
                if matrix is not None:
                    a, b, c, d = (v << 16 for v in matrix)
                    stream.set_display_matrix([a, b, 0, c, d, 0, 0, 0, 1 << 30])
            frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(image), format="rgb24")
            frame.pts, frame.time_base = round(seconds * ticks), Fraction(1, ticks)
            out.mux(stream.encode(frame))
        if stream is not None:
            out.mux(stream.encode(None))
    return path


def write_stamped(path: Path, frames: Iterable[tuple[float, np.ndarray]]) -> Path:
    """Like ``write_clip``, but the times may repeat and go back, as in broken recordings."""
    with av.open(str(path), "w", format="matroska") as out:
        stream = out.add_stream("ffv1", rate=30)
        stream.pix_fmt = "yuv420p"
        for number, (seconds, image) in enumerate(frames):
            if number == 0:
                stream.height, stream.width = image.shape[:2]
            frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(image), format="rgb24")
            frame.pts, frame.time_base = number, Fraction(1, TICKS)
            for packet in stream.encode(frame):
                # Matroska keeps only the presentation time; the muxer wants rising others.
                packet.time_base = Fraction(1, TICKS)
                packet.pts, packet.dts = round(seconds * TICKS), number - 100
                out.mux(packet)
    return path


def write_sound(path: Path) -> Path:
    """A clip with sound only."""
    with av.open(str(path), "w") as out:
        stream = out.add_stream("aac", rate=16000)
        frame = av.AudioFrame.from_ndarray(np.zeros((1, 16000), np.float32), "fltp", "mono")
        frame.sample_rate = 16000
        out.mux(stream.encode(frame))
        out.mux(stream.encode(None))
    return path


def cut(path: Path, share: float) -> Path:
    """Keep only the first share of a file's bytes: the disk was full, the browser closed."""
    data = path.read_bytes()
    path.write_bytes(data[:int(len(data) * share)])
    return path


def stored(image: np.ndarray, matrix: tuple[int, int, int, int]) -> np.ndarray:
    """How a picture lies in the file when ``matrix`` makes players show it upright."""
    a, b, c, d = matrix
    y, x = np.mgrid[:image.shape[0 if a else 1], :image.shape[1 if a else 0]]
    x, y = a * x + c * y, b * x + d * y
    return image[y - y.min(), x - x.min()]


def even(seconds: float, fps: float) -> np.ndarray:
    """Times of a clip with a constant rate."""
    return np.arange(round(seconds * fps)) / fps


def clock(times: Iterable[float], height: int = 96, width: int = 128
          ) -> Iterator[tuple[float, np.ndarray]]:
    """Pictures that show their own time: eight bits of tenths of a second as white blocks,
    left to right, over a dark ground whose top half is lighter."""
    for seconds in times:
        image = np.full((height, width, 3), 30, np.uint8)
        image[:height // 2] = 60
        for bit in range(8):
            if round(seconds * 10) >> bit & 1:
                image[height // 4:height * 3 // 4, bit * 16 + 2:bit * 16 + 14] = 255
        yield seconds, image


def read_clock(image: np.ndarray) -> float:
    """The time that a picture of ``clock`` shows, s."""
    height = image.shape[0]
    row = image[height // 2, :, 0].astype(int)
    return sum(1 << bit for bit in range(8) if row[bit * 16 + 6] > 140) / 10


def portrait(astronaut: np.ndarray, seconds: float, height: int = 240, width: int = 320,
             scale: float = 0.55, sway: float = 6.0) -> np.ndarray:
    """The astronaut in front of the camera, swaying a little and talking: a photograph of her
    would not be scored."""
    astronaut = astronaut.copy()
    below = astronaut[120:200, 170:290]  # the eyes
    below[:] = talking(below, np.array([[39.0, 28], [74, 26]]), 6 + 6 * np.sin(11 * seconds))
    shift = [width / 2 - 225 * scale + sway * np.sin(seconds), height * 0.15]
    return cv2.warpAffine(astronaut, np.array([[scale, 0, shift[0]], [0, scale, shift[1]]]),
                          (width, height), flags=cv2.INTER_AREA, borderMode=cv2.BORDER_REPLICATE)


def person(astronaut: np.ndarray, times: Iterable[float], shown=lambda seconds: True,
           **options: float) -> Iterator[tuple[float, np.ndarray]]:
    """Somebody in front of the camera whenever ``shown`` says so, an empty room otherwise."""
    for seconds in times:
        image = portrait(astronaut, seconds, **options)
        yield seconds, image if shown(seconds) else np.full_like(image, 90)


def write_y4m(path: Path, images: Iterable[np.ndarray], fps: int = 30) -> Path:
    """Pictures as the raw film that Chromium shows as its webcam, over and over."""
    with av.open(str(path), "w", format="yuv4mpegpipe") as out:
        stream = None
        for image in images:
            if stream is None:
                stream = out.add_stream("rawvideo", rate=fps)
                stream.height, stream.width = image.shape[:2]
                stream.pix_fmt = "yuv420p"
            frame = av.VideoFrame.from_ndarray(image, "rgb24")
            out.mux(stream.encode(frame.reformat(format="yuv420p")))
        if stream is not None:
            out.mux(stream.encode())
    return path
