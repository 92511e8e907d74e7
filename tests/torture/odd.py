"""Well-formed clips that are odd: every kind of pixel, stamp, track and container that FFmpeg
writes. Each shows the same person for the same two seconds. ``python -m tests.torture.odd`` writes
the golden file of what is read from them."""

import json
import tempfile
from collections.abc import Callable, Iterator
from fractions import Fraction
from pathlib import Path

import av
import numpy as np

from tests.clips import even, person, stored, write_clip, write_stamped

GOLDEN = Path(__file__).parents[1] / "golden" / "odd_clips.json"
SECONDS = 2.0
Pictures = list[tuple[float, np.ndarray]]


def encode(path: Path, frames: Pictures, codec: str, pix_fmt: str, *, ticks: int = 1000,
           rate: int = 30, shift: float = 0.0, ratio: Fraction | None = None,
           coding: dict[str, str] | None = None, tracks: int = 1, sounds: int = 0,
           cover: bool = False, options: dict[str, str] | None = None) -> Path:
    """Write pictures with what ``tests.clips.write_clip`` has no words for: pixels, several
    tracks, a cover before them, other shapes of pixels, times that begin elsewhere."""
    with av.open(str(path), "w", options=options or {}) as out:
        height, width = frames[0][1].shape[:2]
        covers = out.add_stream("png", rate=1) if cover else None
        if covers is not None:
            covers.height, covers.width, covers.pix_fmt = 64, 64, "rgb24"
            covers.disposition = av.stream.Disposition.attached_pic
        streams = [out.add_stream(codec, rate=rate, options=coding or {}) for _ in range(tracks)]
        for stream in streams:
            stream.height, stream.width, stream.pix_fmt = height, width, pix_fmt
            stream.codec_context.time_base = stream.time_base = Fraction(1, ticks)
            if ratio is not None:
                stream.codec_context.sample_aspect_ratio = ratio
        voices = [out.add_stream("aac", rate=16000) for _ in range(sounds)]
        if covers is not None:
            picture = av.VideoFrame.from_ndarray(frames[0][1][:64, :64].copy(), "rgb24")
            out.mux(covers.encode(picture))
        for seconds, image in frames:
            for number, stream in enumerate(streams):
                shown = image if number == 0 else np.zeros_like(image)
                picture = av.VideoFrame.from_ndarray(np.ascontiguousarray(shown), "rgb24")
                picture = picture.reformat(format=pix_fmt)
                picture.pts, picture.time_base = round((seconds + shift) * ticks), Fraction(
                    1, ticks)
                out.mux(stream.encode(picture))
        for voice in voices:
            frame = av.AudioFrame.from_ndarray(np.zeros((1, 16000), np.float32), "fltp", "mono")
            frame.sample_rate = 16000
            out.mux(voice.encode(frame))
            out.mux(voice.encode(None))
        for stream in streams:
            out.mux(stream.encode(None))
    return path


Write = Callable[[Path, np.ndarray], Path]


def _shown(astronaut: np.ndarray, rate: float = 12, **options: float) -> Pictures:
    return list(person(astronaut, even(SECONDS, rate), **options))


def _turned(matrix: tuple[int, int, int, int]) -> Write:
    return lambda folder, face: write_clip(
        folder / "turned.mov", [(t, stored(image, matrix)) for t, image in _shown(face)],
        matrix=matrix)


def _narrow(astronaut: np.ndarray) -> Iterator[tuple[float, np.ndarray]]:
    for seconds, image in _shown(astronaut):
        yield seconds, np.ascontiguousarray(image[:, ::2])


def _jumping(astronaut: np.ndarray) -> Pictures:
    """Every third stamp goes back, once to the begin."""
    return [(0.0 if i == 17 else t - 0.1 if i % 3 == 2 else t, image)
            for i, (t, image) in enumerate(_shown(astronaut, 24))]


_X264 = {"preset": "ultrafast", "crf": "18"}
ODD: dict[str, Write] = {
    "plain": lambda d, a: write_clip(d / "plain.mp4", _shown(a)),
    "turned": _turned((0, 1, -1, 0)),
    "mirrored": _turned((-1, 0, 0, 1)),
    "16-bit": lambda d, a: encode(d / "deep.mkv", _shown(a), "ffv1", "yuv444p16le"),
    "16-bit grey": lambda d, a: encode(d / "grey.mkv", _shown(a), "ffv1", "gray16le"),
    "10-bit": lambda d, a: encode(d / "ten.mp4", _shown(a), "libx264", "yuv420p10le",
                                  coding=_X264),
    "alpha": lambda d, a: encode(d / "alpha.webm", _shown(a), "libvpx-vp9", "yuva420p",
                                 coding={"cpu-used": "8", "deadline": "realtime", "crf": "20"}),
    "alpha in 16 bits": lambda d, a: encode(d / "a.mov", _shown(a), "png", "rgba64be"),
    "ARGB": lambda d, a: encode(d / "argb.mov", _shown(a), "qtrle", "argb"),
    "4:4:4, odd sides": lambda d, a: encode(d / "odd.mp4", _shown(a, width=321, height=241),
                                            "libx264", "yuv444p", coding=_X264),
    "wide pixels": lambda d, a: encode(d / "wide.mp4", list(_narrow(a)), "libx264", "yuv420p",
                                       ratio=Fraction(2, 1), coding=_X264),
    "full range, AVI": lambda d, a: encode(d / "full.avi", _shown(a), "mjpeg", "yuvj420p",
                                           ticks=12, rate=12),
    "MPEG-TS": lambda d, a: encode(d / "t.ts", _shown(a, 25), "mpeg2video", "yuv420p", ticks=25,
                                   rate=25, coding={"b": "4000000"}),
    "FLV": lambda d, a: encode(d / "f.flv", _shown(a), "flv", "yuv420p",
                               coding={"b": "4000000"}),
    "fragments": lambda d, a: encode(d / "frag.mp4", _shown(a), "libx264", "yuv420p",
                                     coding=_X264 | {"g": "6"},
                                     options={"movflags": "frag_keyframe+empty_moov"}),
    "240 a second": lambda d, a: encode(d / "fast.mp4", _shown(a, 240), "libx264", "yuv420p",
                                        ticks=240, rate=240, coding=_X264),
    "begins at -1 s": lambda d, a: encode(d / "early.mkv", _shown(a), "libx264", "yuv420p",
                                          shift=-1.0, coding=_X264),
    "begins at 7 s": lambda d, a: encode(d / "late.mkv", _shown(a), "libx264", "yuv420p",
                                         shift=7.0, coding=_X264),
    "stamps that go back": lambda d, a: write_stamped(d / "back.mkv", _jumping(a)),
    "several tracks": lambda d, a: encode(d / "many.mp4", _shown(a), "libx264", "yuv420p",
                                          tracks=2, sounds=2, coding=_X264),
}
"""By what is odd about each; each writes one into a folder."""


def main() -> None:
    from skimage import data

    from tests.torture.light import light, seconds
    analyser, lines = light(), []
    for name, write in ODD.items():
        with tempfile.TemporaryDirectory() as folder:
            found = seconds(analyser, write(Path(folder), data.astronaut()))
        lines.append(f" {json.dumps(name)}: {json.dumps(found)}")
    GOLDEN.write_text("{\n" + ",\n".join(lines) + "\n}\n", "utf-8")


if __name__ == "__main__":
    main()
