"""What a scripted reader says. Loads nothing that takes time: a worker in a test loads it too."""

import sys
from pathlib import Path

import numpy as np

from fer_core.emotions import LABEL_SETS
from fer_core.records import Face, HeadPose, ModelName, Reading
from fer_core.records.sound import Sound

LABELS = LABEL_SETS["ferplus"]
MODELS = (ModelName("one", "a" * 64), ModelName("two", "b" * 64))
MARKS = np.array([[20, 16], [36, 16], [28, 22], [22, 30], [34, 30]], float)


def face(track: int = 0) -> Face:
    return Face(np.array([14, 8, 42, 40], float), MARKS, 0.99, track)


def seen(time: float, track: int = 0) -> Reading:
    """A neutral face that lives: its head turns by 2 degrees and back in 4 s."""
    row, turn = np.array([0.65, *[0.05] * 7]), 2 * np.sin(np.pi * time / 2)
    return Reading(time, face(track), row, HeadPose(1 + turn, 2, 3), 0.5,
                   members={model.name: row for model in MODELS})


def heard(sound: Sound) -> tuple[int, np.ndarray]:
    """Speech wherever it is loud, of one pitch."""
    frames = sound.samples[:len(sound.samples) // 160 * 160].reshape(-1, 160)
    squares = np.square(frames).mean(axis=1)
    said = squares > 1e-4
    rows = np.stack([squares, said, np.where(said, 120.0, np.nan),
                     (np.abs(frames) > 0.99).sum(axis=1)], axis=1)
    return round(sound.time * 100), rows.astype(np.float32)


def unseen(time: float) -> Reading:
    return Reading(time)


WORKER = '''
import os, pickle, sys, time, types

class Nothing:
    def __setstate__(self, state):
        pass

# The settings are nobody's business here, and what they are made of takes most of the time.
config = sys.modules["fer_core.config"] = types.ModuleType("fer_core.config")
config.__getattr__ = lambda name: Nothing
import numpy as np
from fer_core.live.worker import Heard, Hello, Sounds, Unread
from tests.live.answers import MODELS, heard, seen, unseen

out = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
def say(message):
    pickle.dump(message, out); out.flush()
settings = pickle.load(sys.stdin.buffer)
{before}
say(Hello("ferplus", MODELS))
while True:
    try:
        work = pickle.load(sys.stdin.buffer)
    except EOFError:
        break
    if isinstance(work, Sounds):
        say(Heard([heard(s) for s in work.sounds]))
        continue
    if work.frame is None:
        continue
    time.sleep({delay})
    code, result = work.frame.image[0, 0, 0], seen(work.frame.time)
    if code == 1:
        say("nonsense")
    elif code == 2:
        result.members.pop("two")
        say(result)
    elif code == 3:
        out.write(b"garbage"); out.flush()
    elif code == 4:
        os._exit(1)
    elif code == 5:
        time.sleep(1000)
    elif code == 6:
        say(Unread("no"))
    elif code == 7:
        say(seen(work.frame.time + 1))
    elif code == 8:
        object.__setattr__(result, "probabilities", np.ones(3))
        say(result)
    elif code == 9:
        say(None)
    else:
        say(result if work.frame.image.mean() > 10 else unseen(work.frame.time))
'''
"""What a frame's first pixel says is what goes wrong with it."""


def worker(folder: Path, delay: float = 0.02, before: str = "") -> tuple[str, ...]:
    """A command that reads frames as the real worker does, but loads at once.

    Args:
        folder: where its script is put.
        delay: s a frame takes.
        before: what it does before it says hello.
    """
    script = folder / "worker.py"
    script.write_text(WORKER.format(delay=delay, before=before), "utf-8")
    start = f"import runpy, sys; sys.path.insert(0, '.'); runpy.run_path({str(script)!r})"
    return sys.executable, "-c", start
