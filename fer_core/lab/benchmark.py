"""Speed and memory, as ratios in one run: these machines are noisy."""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from copy import copy
from itertools import takewhile
from pathlib import Path
from typing import Any

import av
import numpy as np
import torch
from facenet_pytorch import MTCNN

from fer_core.config import Settings
from fer_core.faces.alignment import align, alignment, to_tensor
from fer_core.faces.tracking import Follower
from fer_core.media import video
from fer_core.networks import precision
from fer_core.networks.recogniser import Recogniser
from fer_core.pipeline import Analyser
from fer_core.records import Frame

SECONDS = 30.0
"""s of the clip that are compared: enough to be past warm-up, short enough to wait for."""


def usual_clip(settings: Settings) -> Path:
    """The clip that is measured on where none is named: of the data folder."""
    return settings.data / "clips" / "woman2.mp4"


def run(settings: Settings, clip: Path | None = None) -> dict[str, Any]:
    """Poise against the naive way on the same clip, both from the file on.

    The naive way: facenet-pytorch's MTCNN with its defaults on every analysed frame at full size,
    then one face at a time through one network after the other, in float32.

    The naive way is run with one torch thread and with all of them, and the faster counts.

    Args:
        clip: by default ``usual_clip``.

    Returns:
        ``poise_s``, ``naive_s`` (s), ``speedup`` (their ratio), ``realtime`` (clip seconds per
        second), ``core_s`` and ``naive_core_s`` (core-seconds of the two ways, the least of the
        naive one's), ``stages_ms`` per analysed frame, ``difference`` (mean absolute difference of
        the two ways' probabilities), ``sparing`` (that of a second's, against Poise reading
        every face) and ``read`` (share of the faces that were), and what was compared.

    Raises:
        VideoError: the clip cannot be read.
    """
    clip = clip or usual_clip(settings)
    analyser = Analyser(settings)

    def stretch() -> Iterator[Frame]:
        return takewhile(lambda f: f.time <= SECONDS, video.read_frames(clip, settings.video))

    frames = list(stretch())
    _read(analyser, frames[:3 * settings.recogniser.batch])  # warm up
    threads = torch.get_num_threads()
    core_s, (poise, mine) = _core_timed(lambda: _timed(lambda: _read(analyser, stretch())))
    read, every = _counted(analyser, frames)
    plain = Recogniser(settings.model_copy(update={"precision": "float32"}))
    naive: dict[int, tuple[float, np.ndarray[Any, Any]]] = {}
    naive_core_s = []
    for count in sorted({1, os.cpu_count() or 1}):
        torch.set_num_threads(count)
        spent, naive[count] = _core_timed(lambda: _timed(lambda: _naive(plain, stretch())))
        naive_core_s.append(spent)
    torch.set_num_threads(threads)
    whole, session = _timed(lambda: analyser.analyse(clip))
    decode, _ = _timed(lambda: sum(1 for _ in stretch()))
    slow, theirs = min(naive.values(), key=lambda pair: pair[0])
    both = ~np.isnan(mine).any(1) & ~np.isnan(theirs).any(1)
    return {
        "clip": clip.name, "seconds": round(frames[-1].time, 2), "frames": len(frames),
        "device": analyser.recogniser.device, "threads": threads,
        "precision": precision.name(analyser.recogniser.precision),
        "poise_s": round(poise, 3), "naive_s": round(slow, 3),
        "speedup": round(slow / poise, 2), "core_s": round(core_s, 3),
        "naive_core_s": round(min(naive_core_s), 3),
        "realtime": round(session.source.duration / whole, 2),
        "stages_ms": {"decode": round(1000 * decode / len(frames), 2)}
        | _stages(analyser, frames),
        "naive_ms": {f"{count} threads": round(1000 * t / len(frames), 2)
                     for count, (t, _) in naive.items()},
        "difference": round(float(np.abs(mine[both] - theirs[both]).mean()), 4),
        "sparing": round(_by_second(frames, mine, every), 4), "read": round(read, 3),
        "faces_per_s": round(_throughput(analyser), 1),
    }


def describe(result: dict[str, Any]) -> str:
    """The result as lines for a person."""
    stages = "  ".join(f"{k} {v:.1f}" for k, v in result["stages_ms"].items())
    naive = "  ".join(f"{k} {v:.1f}" for k, v in result["naive_ms"].items())
    return (f"{result['clip']}: {result['frames']} frames of {result['seconds']} s on "
            f"{result['device']}, {result['threads']} thread(s), {result['precision']}\n"
            f"Poise {result['poise_s']:.2f} s, naive {result['naive_s']:.2f} s: "
            f"{result['speedup']:.1f} times faster; {result['realtime']:.1f} times real time\n"
            f"core-seconds: Poise {result['core_s']:.2f}, naive {result['naive_core_s']:.2f}\n"
            f"ms per analysed frame: {stages}\n"
            f"naive, ms per analysed frame: {naive}\n"
            f"mean difference of the probabilities: {result['difference']:.4f}\n"
            f"{result['read']:.0%} of the faces read; mean difference of a second's "
            f"probabilities from reading all: {result['sparing']:.4f}\n"
            f"both networks, batches of aligned faces: {result['faces_per_s']:.0f} faces/s")


def peak_memory(clip: Path, minutes: list[float]) -> list[dict[str, float]]:
    """Peak resident memory of ``analyze`` in a process of its own, for a clip looped to each
    length.

    Returns:
        A row per length: ``minutes``, ``peak_mb``, ``seconds`` of work.
    """
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        for length in minutes:
            looped = Path(folder) / f"{length:g}.mkv"
            loop(clip, length, looped)
            began = time.monotonic()
            answer = subprocess.run(
                [sys.executable, "-c", _CHILD, str(looped)], check=True, capture_output=True,
                text=True)
            rows.append({"minutes": length, "peak_mb": float(answer.stdout.split()[-1]),
                         "seconds": round(time.monotonic() - began, 1)})
    return rows


_CHILD = """
import sys
from pathlib import Path
from fer_core import pipeline, system
pipeline.Analyser().analyse(Path(sys.argv[1]))
print(system.peak_mb())
"""


def loop(clip: Path, minutes: float, out: Path) -> None:
    """Repeat a clip's picture stream up to a length, without decoding it."""
    with av.open(str(clip)) as source, av.open(str(out), "w") as target:
        stream = source.streams.video[0]
        copy = target.add_stream_from_template(stream)
        offset, step = 0, 0
        assert stream.time_base is not None
        while float(offset * stream.time_base) < minutes * 60:
            source.seek(0)
            end = 0
            for packet in source.demux(stream):
                if packet.dts is None or packet.pts is None:
                    continue
                step = packet.duration or step or 1
                end = max(end, packet.pts + step)
                packet.pts += offset
                packet.dts += offset
                packet.stream = copy
                target.mux(packet)
            offset += end


def _timed(work: Callable[[], Any], clock: Callable[[], float] = time.perf_counter
           ) -> tuple[float, Any]:
    began = clock()
    result = work()
    return clock() - began, result


def _core_timed(work: Callable[[], Any]) -> tuple[float, Any]:
    """Core-seconds of all threads: what a busy machine does not lengthen."""
    return _timed(work, time.process_time)


def _read(analyser: Analyser, frames: Iterable[Frame]) -> np.ndarray[Any, Any]:
    """(N, C) Poise's reading of frames, NaN where nobody was seen."""
    follower = Follower(analyser.detector, analyser.settings.faces)
    empty = np.full(len(analyser.recogniser.labels.classes), np.nan)
    return np.stack([empty if r.probabilities is None else r.probabilities
                     for r in analyser.readings(frames, follower)])


def _counted(analyser: Analyser, frames: list[Frame]) -> tuple[float, np.ndarray[Any, Any]]:
    """Which share of the faces is read, and the reading of all of them."""
    counts = [0, 0]
    recogniser = analyser.settings.recogniser
    for which, agreeing in enumerate((recogniser.agreeing, 0)):
        one = copy(analyser)
        one.settings = analyser.settings.model_copy(update={
            "recogniser": recogniser.model_copy(update={"agreeing": agreeing})})
        one.recogniser = copy(analyser.recogniser)

        def members(crops: np.ndarray[Any, Any], which: int = which) -> np.ndarray[Any, Any]:
            counts[which] += len(crops)
            return analyser.recogniser.members(crops)

        vars(one.recogniser)["members"] = members
        rows = _read(one, frames)
    return counts[0] / max(counts[1], 1), rows


def _by_second(frames: list[Frame], a: np.ndarray[Any, Any], b: np.ndarray[Any, Any]) -> float:
    """Mean absolute difference of two readings' seconds."""
    seconds = np.array([int(f.time) for f in frames])
    seen = ~np.isnan(a).any(1)
    off = [abs(a[at].mean(0) - b[at].mean(0)).mean() for second in np.unique(seconds[seen])
           for at in [(seconds == second) & seen]]
    return float(np.mean(off)) if off else 0.0


@torch.inference_mode()
def _naive(recogniser: Recogniser, frames: Iterable[Frame]) -> np.ndarray[Any, Any]:
    """(N, C) the naive reading of frames, NaN where nobody was seen."""
    detector = MTCNN(keep_all=True, device=recogniser.device)
    rows = []
    for frame in frames:
        boxes, _, landmarks = detector.detect(frame.image, landmarks=True)
        rows.append(np.full(len(recogniser.labels.classes), np.nan))
        if boxes is not None:
            matrix = alignment(landmarks[0].astype(float), recogniser.crop)
            x = to_tensor(align(frame.image, matrix, recogniser.crop)[None]).to(recogniser.device)
            logits = np.stack([network(x).cpu().numpy() for network in recogniser.networks])
            rows[-1] = recogniser.vote(recogniser.calibrated(logits))[0]
    return np.stack(rows)


def _stages(analyser: Analyser, frames: list[Frame]) -> dict[str, float]:
    """ms per analysed frame of following, aligning and recognising, one after the other."""
    size = analyser.recogniser.crop
    follower = Follower(analyser.detector, analyser.settings.faces)
    follow, found = _timed(lambda: [follower.update(f)[0] for f in frames])
    warp, crops = _timed(lambda: [align(f.image, alignment(face.landmarks, size), size)
                                  for f, face in zip(frames, found, strict=True) if face])
    stacked = np.stack(crops) if crops else np.empty((0, size, size), np.uint8)
    networks, _ = _timed(lambda: analyser.recogniser.read(stacked))
    return {name: round(1000 * t / max(len(frames), 1), 2)
            for name, t in (("follow", follow), ("align", warp), ("networks", networks))}


def _throughput(analyser: Analyser) -> float:
    """Faces per second through the ensemble, in the settings' batches."""
    size = analyser.recogniser.crop
    crops = np.random.default_rng(0).integers(0, 255, (256, size, size)).astype(np.uint8)
    analyser.recogniser.read(crops[:32])
    seconds, _ = _timed(lambda: analyser.recogniser.read(crops))
    return len(crops) / seconds
