"""One decision about precision, and both precisions read the same."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch

from fer_core.config import Settings
from fer_core.emotions import LABEL_SETS
from fer_core.lab import datasets
from fer_core.lab.cropping import aligned
from fer_core.networks import precision
from fer_core.networks.recogniser import Recogniser

ROOT = Path(__file__).parents[2]
ON_UNITS, EMULATED = 500, 50
"""Faces read: emulated bfloat16 takes seconds for fifty."""


@pytest.mark.parametrize(("wish", "device", "units", "training", "chosen"), [
    ("auto", "cpu", True, False, torch.bfloat16), ("auto", "cpu", False, False, torch.float32),
    ("auto", "cpu", True, True, torch.bfloat16), ("auto", "cpu", False, True, torch.float32),
    ("float32", "cpu", True, False, torch.float32), ("float32", "cuda", True, True, torch.float32),
    ("bfloat16", "cpu", False, False, torch.bfloat16),
    ("bfloat16", "cuda", True, False, torch.bfloat16),
    ("auto", "cuda", True, False, torch.float16), ("auto", "cuda", True, True, torch.bfloat16)])
def test_the_wish_the_device_and_its_units_decide(monkeypatch, wish, device, units, training,
                                                  chosen):
    monkeypatch.setattr(precision, "has_units", lambda device, kind: units)
    assert precision.choose(wish, device, training=training) is chosen


def test_float32_runs_everywhere_and_float16_on_no_processor():
    assert precision.has_units("cpu", torch.float32)
    assert not precision.has_units("cpu", torch.float16)


@pytest.mark.parametrize("wish", ["float32", "bfloat16"])
def test_the_environment_decides_for_the_recogniser(monkeypatch, wish):
    monkeypatch.setenv("POISE_PRECISION", wish)
    assert precision.name(Recogniser(Settings()).precision) == wish


@pytest.mark.slow
def test_a_processor_without_the_units_is_imitated():
    """AVX2 alone, as torch and oneDNN are told: float32 is taken, whatever this machine has."""
    code = ("from fer_core.networks.precision import choose, name\n"
            "print(name(choose('auto', 'cpu')), name(choose('auto', 'cpu', training=True)))")
    said = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True,
        env={"ATEN_CPU_CAPABILITY": "avx2", "ONEDNN_MAX_CPU_ISA": "AVX2", "PATH": ""})
    assert said.stdout.split() == ["float32", "float32"]


def test_no_other_module_names_a_half_precision():
    sources = {str(p.relative_to(ROOT)) for folder in ("fer_core", "pages")
               for p in (ROOT / folder).rglob("*.py")
               if "bfloat16" in p.read_text("utf-8") or "torch.autocast" in p.read_text("utf-8")}
    assert sources == {"fer_core/config.py", "fer_core/networks/precision.py"}


def test_both_precisions_read_the_same_of_real_faces(monkeypatch, shared_data):
    """Emulated where the units are missing, so that one machine proves both."""
    path = shared_data / "fer2013plus.npz"
    if not path.is_file():
        pytest.skip(f"no {path}: the precisions are compared on its real faces")
    count = ON_UNITS if precision.has_units("cpu", torch.bfloat16) else EMULATED
    faces = datasets.load(path, "val", LABEL_SETS["ferplus"]).some(count)
    pictures = aligned(faces, np.full((count, 5, 2), np.nan), 48)
    read = {}
    for wish in ("float32", "bfloat16"):
        monkeypatch.setenv("POISE_PRECISION", wish)
        monkeypatch.setenv("POISE_RECOGNISER__DEVICE", "cpu")
        read[wish] = Recogniser(Settings()).read(pictures)
    exact, fast = read.values()
    assert np.abs(exact - fast).max() <= 0.03
    assert (exact.argmax(1) == fast.argmax(1)).mean() >= 0.99
