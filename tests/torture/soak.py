"""Live for long, and many at once: ``python -m tests.torture.soak [--minutes 60] [--streams 1]
[--light]``. A clip is the camera; memory of the server and its worker and the age of the result
are sampled. With ``--light`` a reader that costs nothing and says how light the picture is: then
every stream's pictures are of a shade of its own, and must come back as that.

Exits with 1 where memory grows by more than 1 MB a minute after the warm-up, a stream saw
another's picture, or one was read less than once a second.
"""

import argparse
import sys
import time
from dataclasses import dataclass

import av
import numpy as np

from fer_core.config import Settings
from fer_core.lab.benchmark import usual_clip
from fer_core.lab.live_benchmark import LOAD, camera_pictures, held_memory, times_of_a_camera
from fer_core.live.child import COMMAND
from fer_core.live.engine import LiveEngine
from fer_core.live.stream import LiveAnalysis
from tests import light_app

READER = (sys.executable, "-m", "tests.torture.soak", "--read")
SLOPE = 1.0
"""MB a minute."""
EVERY = 2.0
"""s between samples."""


@dataclass
class Soaked:
    """What was measured.

    Attributes:
        minutes, memory, age: (n,) of each sample: min since the begin, MB, s of the worst stream.
        rates: (n, streams) readings a second.
        strangers: readings that were of another stream's picture.
    """

    minutes: np.ndarray
    memory: np.ndarray
    age: np.ndarray
    rates: np.ndarray
    strangers: int

    @property
    def warm(self) -> np.ndarray:
        """(n,) bool: after a quarter of the time, 5 minutes at most."""
        return self.minutes >= min(5.0, self.minutes[-1] / 4)

    def slope(self, values: np.ndarray) -> float:
        """A minute, after the warm-up, by least squares."""
        return float(np.polyfit(self.minutes[self.warm], values[self.warm], 1)[0])

    @property
    def bad(self) -> bool:
        return bool(self.slope(self.memory) > SLOPE or self.strangers
                    or np.median(self.rates[self.warm], 0).min() < 1)

    def describe(self) -> str:
        rates = np.median(self.rates[self.warm], 0)
        memory, age = self.memory[self.warm], self.age[self.warm]
        return (f"{self.minutes[-1]:.1f} min, {len(rates)} stream(s): memory {memory[0]:.0f} -> "
                f"{memory[-1]:.0f} MB, {self.slope(self.memory):+.2f} MB a minute; result "
                f"{1000 * np.median(age):.0f} ms old (median; most {1000 * age.max():.0f}), "
                f"{1000 * self.slope(self.age):+.2f} ms a minute; readings a second of each "
                f"stream, median: {rates.min():.1f} to {rates.max():.1f}; "
                f"of another's picture: {self.strangers}")


def soak(settings: Settings, minutes: float, streams: int, light: bool) -> Soaked:
    """Push a clip's pictures at the camera's rate, and look every few seconds.

    Args:
        light: with the reader that costs nothing, and a shade for each stream.
    """
    pictures = ([[_shade(n, streams, settings)] for n in range(streams)] if light
                else [camera_pictures(settings, usual_clip(settings))] * streams)
    engine = LiveEngine(settings, READER if light else COMMAND)
    try:
        opened = [engine.open(f"{n}", lambda image, *_: image) for n in range(streams)]
        _start(engine, opened, pictures)
        rows, strangers, due_next = [], 0, EVERY
        for i, due in enumerate(times_of_a_camera(settings.live.camera_fps, 60 * minutes)):
            for n, stream in enumerate(opened):
                stream.callback(pictures[n][(i + 31 * n) % len(pictures[n])])
            if due < due_next:
                continue
            due_next += EVERY
            seen = [stream.snapshot() for stream in opened]
            rows.append((due / 60, held_memory(engine.process), max(s.age or 0 for s in seen),
                         [s.analysed for s in seen]))
            if light:
                strangers += sum(abs(reading.light - _level(n, streams)) > 0.4 / streams
                                 for n, s in enumerate(seen) for reading in s.recent)
    finally:
        engine.close()
    minute, memory, age, rates = (np.array(v) for v in zip(*rows, strict=True))
    return Soaked(minute, memory, age, rates, strangers)


def _start(engine: LiveEngine, opened: list[LiveAnalysis], pictures: list) -> None:
    end = time.monotonic() + LOAD
    while engine.status != "running":
        if engine.error is not None:
            raise engine.error
        if time.monotonic() > end:
            raise TimeoutError("the worker did not start")
        for n, stream in enumerate(opened):
            stream.callback(pictures[n][0])
        time.sleep(0.05)
    for stream in opened:
        stream.begin()


def _level(number: int, streams: int) -> float:
    return (number + 0.5) / streams


def _shade(number: int, streams: int, settings: Settings) -> av.VideoFrame:
    image = np.full((settings.live.height, settings.live.width, 3),
                    round(255 * _level(number, streams)), np.uint8)
    return av.VideoFrame.from_ndarray(image, "rgb24")


def main() -> int:
    wishes = argparse.ArgumentParser()
    wishes.add_argument("--minutes", type=float, default=60.0)
    wishes.add_argument("--streams", type=int, default=1)
    wishes.add_argument("--light", action="store_true")
    wishes.add_argument("--read", action="store_true", help=argparse.SUPPRESS)
    wish = wishes.parse_args()
    if wish.read:
        light_app.read(lambda image: float(image.mean() / 255))
        return 0
    soaked = soak(Settings(), wish.minutes, wish.streams, wish.light)
    print(soaked.describe())
    return int(soaked.bad)


if __name__ == "__main__":
    sys.exit(main())
