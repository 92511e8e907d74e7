"""Other people's ways on the same clip, each in a virtual environment of its own, and ours beside
them: how fast, how much memory, and whether a frame takes longer in a longer clip.

Nothing is installed here. ``DIR/<peer>/bin/python`` is a peer's environment; ``how`` tells how to
make one. Each reads a clip by what its own documentation says for videos, eight frames a second
where it can be told so, once as it is and once repeated to three times its length.
"""

import json
import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import av

from fer_core import system
from fer_core.config import ROOT
from fer_core.lab.benchmark import loop
from fer_core.media import video

TIMES = 3
"""How much longer the longer clip is."""
LIMIT = 1800
"""s that a peer is given for a clip."""


@dataclass(frozen=True)
class Peer:
    """Another way.

    Attributes:
        needs: what ``pip install`` is given.
        reads: Python source of ``load()`` and ``read(clip, step)``: every ``step``-th frame of
            the file ``clip``, by what was loaded; returns how many were read.
        note: what else it wants, for people.
    """

    needs: str
    reads: str
    note: str = ""


PEERS = {
    "fer": Peer("tensorflow-cpu==2.15.1 fer==21.0.6 mtcnn==0.1.1 'setuptools<81' 'numpy<2' "
                "'opencv-python-headless<4.12' pandas matplotlib tqdm requests", """
def load():
    global detector
    from fer import FER
    detector = FER()
def read(clip, step):
    from fer import Video
    told = Video(clip).analyze(detector, display=False, output="pandas", frequency=step,
                               save_frames=False, save_video=False, annotate_frames=False,
                               zip_images=False)
    return len(told)
""", "its networks are in its wheel"),
    "py-feat": Peer("py-feat", """
def load():
    global detector
    from feat import Detector
    detector = Detector(device="cpu")
def read(clip, step):
    told = detector.detect(clip, data_type="video", skip_frames=step, progress_bar=False)
    return told["frame"].nunique()
""", "loads its networks from the internet when first run"),
    "deepface": Peer("deepface tf-keras opencv-python-headless", """
def load():
    global analyse
    import numpy
    from deepface import DeepFace
    analyse = lambda image: DeepFace.analyze(image, actions=["emotion"], silent=True,
                                             enforce_detection=False)
    analyse(numpy.zeros((224, 224, 3), numpy.uint8))
def read(clip, step):
    import cv2
    capture, frames, count = cv2.VideoCapture(clip), 0, 0
    while capture.grab():
        if frames % step == 0:
            analyse(capture.retrieve()[1])
            count += 1
        frames += 1
    return count
""", "loads its networks from the internet when first run"),
    "libreface": Peer("libreface", """
def load():
    import libreface
def read(clip, step):
    import libreface, tempfile
    with tempfile.TemporaryDirectory() as folder:
        told = libreface.get_facial_attributes_video(clip, temp_dir=folder)
    return len(told)
""", "loads its networks from the internet when first run; reads every frame"),
}
_OURS = """
def load():
    global analyser
    from fer_core.pipeline import Analyser
    analyser = Analyser()
def read(clip, step):
    from pathlib import Path
    frames = []
    analyser.analyse(Path(clip), sound=False, progress=lambda at: frames.append(at.frames))
    return max(frames)
"""
# What runs there: it may be an older Python, and knows nothing of this package but one file.
_DRIVER = """
import json, runpy, sys, time
load()
began = time.perf_counter()
frames = read(sys.argv[1], int(sys.argv[2]))
spent = time.perf_counter() - began
print()
print(json.dumps({"frames": int(frames), "seconds": spent,
                  "peak_mb": runpy.run_path(sys.argv[3])["peak_mb"]()}))
"""


def compare(clip: Path, folder: Path, fps: float) -> dict[str, Any]:
    """Poise and every peer that is found, one after the other.

    Args:
        clip: what all of them read.
        folder: of environments, ``<peer>/bin/python`` (``Scripts`` on Windows).
        fps: frames a second that those read which can be told.

    Returns:
        name -> ``frames_per_s``, ``realtime``, ``peak_mb`` and ``longer``: how many times as long
        a frame takes, and ``longer_mb``: how many times as much memory is held, in a clip of
        three times the length; or ``{"absent": why}``.

    Raises:
        VideoError: the clip cannot be read.
    """
    source = video.probe(clip)
    with av.open(str(clip)) as container:
        rate = container.streams.video[0].average_rate
    step = max(1, round(float(rate or fps) / fps))
    with tempfile.TemporaryDirectory() as place:
        lengths = [Path(place) / f"{times}{clip.suffix}" for times in (1, TIMES)]
        for path, times in zip(lengths, (1, TIMES), strict=True):
            # A little less: a clip is only repeated whole.
            loop(clip, (times - 0.5) * source.duration / 60, path)
        ours = {"poise": _measured(Path(sys.executable), _OURS, lengths, step, source.duration)}
        return ours | {name: _peer(name, folder, lengths, step, source.duration)
                       for name in PEERS}


def _peer(name: str, folder: Path, lengths: list[Path], step: int, duration: float
          ) -> dict[str, Any]:
    found = [python for python in (folder / name / "bin" / "python",
                                   folder / name / "Scripts" / "python.exe") if python.is_file()]
    if not found:
        return {"absent": f"no {folder / name / 'bin' / 'python'}"}
    return _measured(found[0], PEERS[name].reads, lengths, step, duration)


def _measured(python: Path, reads: str, lengths: list[Path], step: int, duration: float
              ) -> dict[str, Any]:
    rows = []
    for path in lengths:
        try:
            run = subprocess.run(
                [python, "-c", reads + _DRIVER, path, str(step), system.__file__],
                check=False, capture_output=True, text=True, timeout=LIMIT, cwd=path.parent,
                env={**os.environ, "PYTHONPATH": str(ROOT) if reads is _OURS else ""})
        except (OSError, subprocess.TimeoutExpired) as error:
            return {"absent": f"{type(error).__name__} after {LIMIT} s"
                    if isinstance(error, subprocess.TimeoutExpired) else str(error)}
        try:
            rows.append(json.loads(run.stdout.splitlines()[-1]))
        except (IndexError, ValueError):
            said = run.stderr.strip().splitlines() or [f"exit status {run.returncode}"]
            return {"absent": said[-1][:200]}
    short, long = rows
    each = [row["seconds"] / max(row["frames"], 1) for row in rows]
    return {"frames": short["frames"], "frames_per_s": round(1 / each[0], 2),
            "realtime": round(duration / short["seconds"], 2),
            "peak_mb": round(short["peak_mb"]), "longer": round(each[1] / each[0], 2),
            "longer_mb": round(long["peak_mb"] / max(short["peak_mb"], 1), 2)}


def describe(result: dict[str, Any], folder: Path) -> str:
    """The table, and how to make what is not there, for a person."""
    lines = [f"{'':10} frames/s  real time  peak MB   {TIMES} times the length: "
             "time a frame  memory"]
    for name, row in result.items():
        lines.append(f"{name:10} not measured: {row['absent']}" if "absent" in row else
                     f"{name:10} {row['frames_per_s']:8.1f}  {row['realtime']:9.1f}"
                     f"  {row['peak_mb']:7.0f} {row['longer']:35.2f}x {row['longer_mb']:6.2f}x")
    missing = [name for name, row in result.items() if "absent" in row]
    if missing:
        lines.append("An environment for each, once:")
        lines += [f"  {how(name, folder)}" for name in missing if name in PEERS]
    return "\n".join(lines)


def how(name: str, folder: Path) -> str:
    """The commands that make a peer's environment."""
    peer, place = PEERS[name], folder / name
    note = f"  # {peer.note}" if peer.note else ""
    return f"python3.11 -m venv {place} && {place}/bin/pip install {peer.needs}{note}"
