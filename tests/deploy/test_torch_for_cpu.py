"""A machine without a GPU gets PyTorch without CUDA, from an index that the test makes; where that
is out of reach nobody waits."""

import http.server
import importlib.util
import os
import subprocess
import threading
import venv
import zipfile
from functools import partial

import pytest

from tests.browser import ROOT

SCRIPT = ROOT / "deploy" / "torch_for_cpu.py"
spec = importlib.util.spec_from_file_location("torch_for_cpu", SCRIPT)
script = importlib.util.module_from_spec(spec)
spec.loader.exec_module(script)


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_):
        """Nothing."""


@pytest.fixture
def index(tmp_path):
    """Serves wheels that hold nothing but their name."""
    for pin in script.pins(script.PINS.read_text("utf-8")):
        name, version = pin.split("==")
        folder = tmp_path / "index" / name
        folder.mkdir(parents=True)
        about = f"{name}-{version}+cpu.dist-info"
        wheel = folder / f"{name}-{version}+cpu-py3-none-any.whl"
        with zipfile.ZipFile(wheel, "w") as archive:
            archive.writestr(f"{about}/METADATA", f"Metadata-Version: 2.1\nName: {name}\n"
                             f"Version: {version}+cpu\n")
            archive.writestr(f"{about}/WHEEL", "Wheel-Version: 1.0\nGenerator: test\n"
                             "Root-Is-Purelib: true\nTag: py3-none-any\n")
            archive.writestr(f"{about}/RECORD", "")
        (folder / "index.html").write_text(f'<a href="{wheel.name}">{wheel.name}</a>', "utf-8")
    handler = partial(Quiet, directory=str(tmp_path / "index"))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


@pytest.mark.slow
@pytest.mark.skipif(not script.wanted(), reason="CUDA is of use here")
def test_the_cpu_build_is_taken_and_then_is_what_was_asked_for(index, tmp_path):
    place = tmp_path / "environment"
    venv.create(place, with_pip=True)
    python = place / "bin" / "python"
    calm = {**os.environ, "PIP_CONFIG_FILE": os.devnull, "PIP_DISABLE_PIP_VERSION_CHECK": "1",
            "POISE_TORCH_INDEX": index}

    def run(*command):
        return subprocess.run([str(python), *command], env=calm, check=True, text=True,
                              capture_output=True).stdout

    assert script.SAVED in run(str(SCRIPT))
    assert "+cpu" in run("-m", "pip", "show", "torch")
    # What the next step asks for is there: nothing is fetched.
    run("-m", "pip", "install", "--no-index", *script.pins(script.PINS.read_text("utf-8")))
    assert "+cpu" in run("-m", "pip", "show", "torch")
    assert run(str(SCRIPT)) == ""


def test_an_index_out_of_reach_is_said_and_nothing_installed(monkeypatch):
    monkeypatch.setattr(script, "wanted", lambda: True)
    monkeypatch.setattr(script, "installed", lambda version: False)
    monkeypatch.setattr(script.subprocess, "run", None)
    assert "does not answer" in script.main([], "http://127.0.0.1:9")


def test_only_linux_without_a_gpu(monkeypatch):
    monkeypatch.setattr(script.shutil, "which", lambda name: None)
    assert not script.wanted("win32")
    assert not script.wanted("darwin")
    monkeypatch.setattr(script.shutil, "which", lambda name: "/usr/bin/nvidia-smi")
    assert not script.wanted("linux")


def test_it_knows_the_pins():
    assert [p.split("==")[0] for p in script.pins(script.PINS.read_text("utf-8"))] == [
        "torch", "torchvision"]
