"""Run by ``make app`` in a new environment: where there is no GPU of NVIDIA's, PyTorch comes
without CUDA, if the index of its makers answers. Otherwise nothing is done, and the next step
takes PyPI's.

    python deploy/torch_for_cpu.py [--uv]
"""

import importlib.metadata
import os
import re
import shutil
import subprocess
import sys
import urllib.request
from collections.abc import Sequence
from pathlib import Path

INDEX = "https://download.pytorch.org/whl/cpu"
PINS = Path(__file__).parent.parent / "requirements.txt"
PATIENCE = 4.0
"""s until the index must have answered: nobody waits for one that is out of reach."""
SAVED = "over 4 GB"
"""What the packages of CUDA alone take, measured on Linux x86_64 with torch 2.15."""


def wanted(platform: str = sys.platform) -> bool:
    """Whether PyPI's build would bring CUDA that nothing here can use."""
    return platform == "linux" and shutil.which("nvidia-smi") is None and not any(
        Path(device).exists() for device in ("/dev/nvidiactl", "/dev/nvidia0"))


def pins(text: str) -> list[str]:
    """``torch==...`` and ``torchvision==...``."""
    return re.findall(r"^torch(?:vision)?==\S+$", text, re.MULTILINE)


def installed(version: str) -> bool:
    """Whether torch is here already, of whichever build."""
    try:
        return importlib.metadata.version("torch").partition("+")[0] == version
    except importlib.metadata.PackageNotFoundError:
        return False


def answers(index: str) -> bool:
    """Whether the index has torch, soon."""
    try:
        with urllib.request.urlopen(f"{index}/torch/", timeout=PATIENCE):
            return True
    except OSError:
        return False


def main(arguments: Sequence[str], index: str) -> str:
    """What was done, in a sentence."""
    chosen = pins(PINS.read_text("utf-8"))
    if not wanted() or installed(chosen[0].partition("==")[2]):
        return ""
    if not answers(index):
        return "PyTorch: the index of CPU builds does not answer; taking PyPI's, with CUDA."
    installer = (["uv", "pip", "install", "--python", sys.executable] if "--uv" in arguments
                 else [sys.executable, "-m", "pip", "install"])
    done = subprocess.run([*installer, "--quiet", "--no-deps", "--index-url", index, *chosen],
                          check=False)
    return (f"PyTorch for the CPU, as there is no GPU here: {SAVED} less than with CUDA."
            if done.returncode == 0 else
            "PyTorch: no CPU build fits here; taking PyPI's, with CUDA.")


if __name__ == "__main__":
    said = main(sys.argv[1:], os.environ.get("POISE_TORCH_INDEX", INDEX))
    if said:
        print(said)
