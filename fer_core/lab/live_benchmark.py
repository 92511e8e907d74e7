"""How live the live analysis is: a real clip pushed at the camera's rate through the callback,
without sound and with somebody talking into the microphone."""

import os
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any

import av
import numpy as np

from fer_core.config import Settings
from fer_core.faces.tracking import Follower
from fer_core.lab.benchmark import usual_clip
from fer_core.live.engine import LiveEngine
from fer_core.live.overlay import Overlay
from fer_core.live.stream import LiveAnalysis
from fer_core.media import video
from fer_core.media.sound import read_sound
from fer_core.networks import precision
from fer_core.pipeline import Analyser
from fer_core.records import Frame
from fer_core.records.sound import RATE

PICTURES = 240
"""Pictures of the clip that are pushed, over and over: 8 s at 30 per second."""
SOUND_FRAME = 0.02
"""s of a microphone's frame, as browsers send them."""
LOAD = 180.0
"""s that the networks may take to load."""


def times_of_a_camera(fps: float, seconds: float) -> Iterator[float]:
    """Waits for each picture and gives its s; a late one is dropped, as a camera does."""
    began = time.monotonic()
    due = 0.0
    while due < seconds:
        now = time.monotonic() - began
        if now < due:
            time.sleep(due - now)
        yield due
        due = max(due + 1 / fps, np.floor((time.monotonic() - began) * fps) / fps)


def run(settings: Settings, clip: Path | None = None, seconds: float = 20.0,
        streams: int = 1) -> dict[str, Any]:
    """Live analysis against the naive way, analysis inside the callback, in one run.

    Args:
        clip: by default ``usual_clip``; scaled to the camera's size.
        seconds: of each measurement.
        streams: cameras at once, for Poise alone.

    Returns:
        ``poise``, ``sound`` (with a microphone; ``heard``, the share of the time that was) and
        ``naive``: ``displayed`` and ``analysed`` per second, ``age_ms`` (median
        age of the result on screen; of all streams the worst), and ``memory_mb`` of the server
        and its worker at a third of the time and at the end, ``age_ms`` at both.

    Raises:
        VideoError: the clip cannot be read.
        ModelError: the networks cannot be loaded.
    """
    clip = clip or usual_clip(settings)
    pictures = camera_pictures(settings, clip)
    poise = _poise(settings, pictures, seconds, streams)
    with_sound = _poise(settings, pictures, seconds, streams, _spoken(settings))
    analyser = Analyser(settings)
    return {"clip": clip.name, "streams": streams, "seconds": seconds,
            "camera_fps": settings.live.camera_fps,
            "precision": precision.name(analyser.recogniser.precision), "poise": poise,
            "sound": with_sound, "naive": _naive(analyser, pictures, min(seconds, 10.0))}


def describe(result: dict[str, Any]) -> str:
    """The result as lines for a person."""
    poise, naive = result["poise"], result["naive"]
    lines = [f"{result['clip']} at {result['camera_fps']} pictures/s, "
             f"{result['streams']} camera(s), {result['precision']}"]
    for name, row in (("Poise", poise), ("with sound", result["sound"]),
                      ("inside the callback", naive)):
        lines.append(f"{name}: {row['displayed']:.1f} displayed/s, {row['analysed']:.1f} "
                     f"analysed/s, result {row['age_ms']:.0f} ms old (median)")
    lines.append(f"memory {poise['memory_mb'][0]:.0f} -> {poise['memory_mb'][1]:.0f} MB, age "
                 f"{poise['ages_ms'][0]:.0f} -> {poise['ages_ms'][1]:.0f} ms, at a third and at "
                 f"the end of {result['seconds']:g} s")
    return "\n".join(lines)


def camera_pictures(settings: Settings, clip: Path) -> list[av.VideoFrame]:
    """The first pictures of a clip, of the camera's size."""
    video.probe(clip)
    out: list[av.VideoFrame] = []
    with av.open(str(clip)) as container:
        for frame in container.decode(video=0):
            picture = frame.reformat(settings.live.width, settings.live.height, "yuv420p")
            picture.pts = None  # they are pushed at the camera's rate, not at the clip's
            out.append(picture)
            if len(out) == PICTURES:
                break
    return out


def _spoken(settings: Settings) -> list[av.AudioFrame]:
    """Speech as a browser sends it: 48 kHz, two channels, 20 ms a frame."""
    frames: list[av.AudioFrame] = []
    resampler = av.AudioResampler("s16", "stereo", 48_000, round(48_000 * SOUND_FRAME))
    for sound in read_sound(settings.data / "speech" / "en_harvard_1.wav"):
        frame = av.AudioFrame.from_ndarray(sound.samples[None], "flt", "mono")
        frame.sample_rate = RATE
        for part in resampler.resample(frame):
            part.pts = None  # the microphone goes on where the recording begins anew
            frames.append(part)
    return frames


@contextmanager
def _talking(streams: list[LiveAnalysis], spoken: list[av.AudioFrame]) -> Iterator[None]:
    """Somebody talks into every microphone."""
    over = threading.Event()

    def talk() -> None:
        began = time.monotonic()
        for i in count():
            if over.wait(max(began + i * SOUND_FRAME - time.monotonic(), 0)):
                return
            for stream in streams:
                stream.hearing.callback(spoken[i % len(spoken)])

    thread = threading.Thread(target=talk)
    if spoken:
        thread.start()
    try:
        yield
    finally:
        over.set()
        if spoken:
            thread.join()


def _poise(settings: Settings, pictures: list[av.VideoFrame], seconds: float, streams: int,
           spoken: list[av.AudioFrame] | None = None) -> dict[str, Any]:
    engine = LiveEngine(settings)
    try:
        opened = [engine.open(f"{i}", lambda image, *_: image) for i in range(streams)]
        deadline = time.monotonic() + LOAD
        while engine.labels is None or engine.status != "running":
            if engine.error is not None:
                raise engine.error
            if time.monotonic() > deadline:
                raise TimeoutError("the worker did not start")
            for stream in opened:
                stream.callback(pictures[0])
            time.sleep(0.05)
        draw = Overlay(engine.labels, "ko")
        for stream in opened:
            stream.draw = draw
            stream.begin()
        early: tuple[float, float] | None = None
        rows = []
        with _talking(opened, spoken or []):
            for i, due in enumerate(times_of_a_camera(settings.live.camera_fps, seconds)):
                for k, stream in enumerate(opened):
                    stream.callback(pictures[(i + 31 * k) % len(pictures)])
                if early is None and due > seconds / 3:
                    early = held_memory(engine.process), _worst_age(opened)
                if due > 3 and i % settings.live.camera_fps == 0:
                    rows.append([(s.displayed, s.analysed, s.age or np.nan)
                                 for s in (stream.snapshot() for stream in opened)])
        heard = [_heard(s, seconds) for s in opened] if spoken else []
        displayed, analysed, age = np.nanmedian(np.array(rows), axis=0).T
        late = held_memory(engine.process), _worst_age(opened)
    finally:
        engine.close()
    return {"displayed": round(float(displayed.min()), 1),
            "analysed": round(float(analysed.min()), 1),
            "age_ms": round(1000 * float(age.max())),
            **({"heard": round(min(heard), 2)} if heard else {}),
            "memory_mb": [round(m[0], 1) for m in (early or late, late)],
            "ages_ms": [round(1000 * m[1]) for m in (early or late, late)]}


def _naive(analyser: Analyser, pictures: list[av.VideoFrame], seconds: float) -> dict[str, Any]:
    """Every picture is read before it is shown."""
    settings = analyser.settings
    follower = Follower(analyser.detector, settings.faces)
    draw = Overlay(analyser.recogniser.labels, "ko")
    ages, began = [], time.monotonic()
    for i, _ in enumerate(times_of_a_camera(settings.live.camera_fps, seconds)):
        started = time.monotonic()
        image = np.asarray(pictures[i % len(pictures)].to_ndarray(format="rgb24"), np.uint8)
        draw(image, analyser.read_one(Frame(started - began, image), follower))
        ages.append(time.monotonic() - started)
    rate = len(ages) / (time.monotonic() - began)
    return {"displayed": round(rate, 1), "analysed": round(rate, 1),
            "age_ms": round(1000 * float(np.median(ages)))}


def _worst_age(streams: list[LiveAnalysis]) -> float:
    return max((s.snapshot().age or 0.0) for s in streams)


def _heard(stream: LiveAnalysis, seconds: float) -> float:
    """Share of the last seconds that was heard."""
    end = stream.hearing.heard_until
    voice = stream.hearing.recent(end - seconds, end)
    return 0.0 if voice is None else sum(s.end - s.start for s in voice.heard) / seconds


def held_memory(worker: int | None) -> float:
    """MB resident in this process and the worker."""
    processes = [str(p) for p in (os.getpid(), worker) if p is not None]
    said = subprocess.run(["ps", "-o", "rss=", "-p", ",".join(processes)],
                          capture_output=True, text=True, check=True).stdout
    return sum(int(line) for line in said.split()) / 1024
