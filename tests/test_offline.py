"""With the network taken away, the analysis runs and the app opens."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.clips import even, person, write_clip
from tests.speech import ENGLISH, joined, speak, write_track
from tests.voice.test_privacy import GUARD

ROOT = Path(__file__).parent.parent
ALONE = ["unshare", "--map-root-user", "--net"]

OPEN = """
import fcntl, socket, struct, subprocess, sys, time, urllib.error, urllib.request

with socket.socket() as s:  # loopback up: SIOCSIFFLAGS, IFF_UP
    fcntl.ioctl(s, 0x8914, struct.pack("16sh", b"lo", 1))
try:
    socket.create_connection(("192.0.2.1", 80), timeout=2)
    sys.exit("the network is still there")
except OSError:
    pass
app = subprocess.Popen([sys.executable, "-m", "streamlit", "run", "server.py", "--server.port",
                        "8765", "--server.headless", "true"])
try:
    for _ in range(120):
        try:
            with urllib.request.urlopen("http://localhost:8765/_stcore/health") as answer:
                print(answer.read().decode())
                break
        except urllib.error.URLError:
            time.sleep(0.5)
    else:
        sys.exit("the app did not open")
    with urllib.request.urlopen("http://localhost:8765/") as page:
        assert b"<html" in page.read()
finally:
    app.terminate()
    app.wait()
"""


ANALYSE = """
import atexit, runpy
atexit.register(lambda: print(json.dumps({"tried": tried}), flush=True))
runpy.run_module("fer_core", run_name="__main__")
"""

pytestmark = pytest.mark.slow


@pytest.fixture(autouse=True)
def _can_be_alone():
    if shutil.which("unshare") is None or subprocess.run(
            [*ALONE, "true"], capture_output=True, check=False).returncode:
        pytest.skip("this machine does not let a test take the network away (unshare)")


def test_analyze_without_a_network(astronaut, tmp_path):
    clip = write_clip(tmp_path / "c.mp4", person(astronaut, even(3, 8)))
    sound, _ = joined([speak(text) for text in ENGLISH[:2]], 0.6)
    spoken = write_track(tmp_path / "s.mkv", sound, "flac", picture=6.0)
    result = subprocess.run(
        [*ALONE, sys.executable, "-c", GUARD + ANALYSE, "analyze", str(clip), str(spoken),
         "--out", str(tmp_path)], cwd=ROOT, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr
    assert result.stdout.endswith('{"tried": []}\n'), "no connection was even tried"
    seen, heard = (json.loads((tmp_path / f"{name}.report.json").read_text("utf-8"))["voice"]
                   for name in "cs")
    assert seen is None
    assert len(heard["pauses"]) >= 1


def test_the_app_opens_without_a_network():
    result = subprocess.run([*ALONE, sys.executable, "-c", OPEN], cwd=ROOT, capture_output=True,
                            text=True, check=False, timeout=120)
    assert result.returncode == 0, result.stdout + result.stderr
    assert "ok" in result.stdout
