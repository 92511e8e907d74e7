"""Speech with planted times, spoken by espeak-ng, and sounds that are no speech."""

import io
import shutil
import subprocess
import wave
from collections.abc import Iterable
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from fer_core.records.sound import RATE, Sound

ENGLISH = ("The birch canoe slid on the smooth planks", "It is easy to tell the depth of a well",
           "The juice of lemons makes fine punch", "Four hours of steady work faced us")
KOREAN = ("저는 지난 여름에 작은 회사에서 일했습니다", "고객의 질문에 답하는 일을 맡았습니다",
          "그래서 자주 묻는 질문을 정리했습니다", "덕분에 기다리는 시간이 많이 줄었습니다")


def speak(text: str, voice: str = "en-us", rate: int = 160, pitch: int = 50) -> np.ndarray:
    """(n,) float32 at 16 kHz, without silence around; ``rate`` in words a minute."""
    if shutil.which("espeak-ng") is None:
        pytest.skip("espeak-ng is not installed: no speech to hear")
    spoken = subprocess.run(
        ["espeak-ng", "-v", voice, "-s", str(rate), "-p", str(pitch), "--stdout", text],
        capture_output=True, check=True).stdout
    with wave.open(io.BytesIO(spoken)) as file:
        samples = np.frombuffer(file.readframes(1 << 30), np.int16).astype(np.float32) / 32768
        old = file.getframerate()
    times = np.arange(int(len(samples) / old * RATE)) / RATE
    sound = np.interp(times, np.arange(len(samples)) / old, samples).astype(np.float32)
    loud = np.flatnonzero(np.abs(sound) > 0.01)
    return sound[loud[0]:loud[-1] + 1]


def silence(seconds: float, noise: float = 2e-4) -> np.ndarray:
    """A quiet room."""
    return np.random.default_rng(7).normal(0, noise, round(seconds * RATE)).astype(np.float32)


def joined(parts: Iterable[np.ndarray], pause: float, around: float = 0.5
           ) -> tuple[np.ndarray, list[tuple[float, float]]]:
    """The parts with so many s of silence between, and where each lies, s."""
    sound, times = [silence(around)], []
    for part in parts:
        begin = sum(map(len, sound)) / RATE
        times.append((begin, begin + len(part) / RATE))
        sound += [part, silence(pause)]
    sound[-1] = silence(around)
    return np.concatenate(sound), times


def voice_like(hz: float | np.ndarray, seconds: float, loud: float = 0.2) -> np.ndarray:
    """A voiced sound: twelve harmonics, each weaker than the one below."""
    phase = np.cumsum(np.broadcast_to(hz, round(seconds * RATE))) * 2 * np.pi / RATE
    sound = sum(np.sin(k * phase) / k for k in range(1, 13))
    return (loud * sound / np.abs(sound).max()).astype(np.float32)


def music(seconds: float) -> np.ndarray:
    """Plucked chords over a beat."""
    times = np.arange(round(seconds * RATE)) / RATE
    sound = np.zeros(len(times))
    for beat in np.arange(0, seconds, 0.5):
        for note in (220.0, 277.2, 329.6, 440.0):
            since = np.maximum(times - beat, 0)
            sound += (times >= beat) * np.exp(-4 * since) * np.sin(
                2 * np.pi * note * (1 + 0.5 * (int(beat) % 3)) * since)
    return (0.3 * sound / np.abs(sound).max()).astype(np.float32)


def blocks(samples: np.ndarray, each: int = 4000, start: float = 0.0) -> Iterable[Sound]:
    """As a track gives them."""
    for first in range(0, len(samples), each):
        yield Sound(start + first / RATE, samples[first:first + each])


def write_track(path: Path, samples: np.ndarray, codec: str = "pcm_s16le", rate: int = RATE,
                layout: str = "mono", start: float = 0.0,
                gap: tuple[float, float] | None = None, picture: float = 0.0) -> Path:
    """Write sound, behind ``start`` s; from the first of ``gap`` on it comes the second of it
    later. ``picture``: s of a grey picture beside it, if any."""
    with av.open(str(path), "w") as out:
        stream = out.add_stream(codec, rate=rate, layout=layout)
        if picture:
            film = out.add_stream("libx264", rate=10)
            film.width, film.height, film.pix_fmt = 64, 48, "yuv420p"
        context = stream.codec_context
        context.open()
        resampler = av.AudioResampler(context.format, layout, rate, context.frame_size or None)
        count, late = 0, 0.0
        frames = [av.AudioFrame.from_ndarray(s.samples[None], "flt", "mono")
                  for s in blocks(samples, 1600)]
        for frame in [*frames, None]:
            if frame is not None:
                frame.sample_rate = RATE
            for part in resampler.resample(frame):
                if gap is not None and count >= gap[0] * rate:
                    late = gap[1]
                part.pts = round((start + late) * rate) + count
                part.time_base = Fraction(1, rate)
                count += part.samples
                out.mux(stream.encode(part))
        out.mux(stream.encode(None))
        if picture:
            for number in range(round(picture * 10)):
                frame = av.VideoFrame.from_ndarray(np.full((48, 64, 3), 90, np.uint8), "rgb24")
                frame.pts = number
                out.mux(film.encode(frame))
            out.mux(film.encode(None))
    return path
