"""Nothing that is heard leaves the computer: a guard sees every connection that is tried."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.speech import ENGLISH, joined, speak, write_track

ROOT = Path(__file__).parent.parent.parent
GUARD = """
import json, sys
tried = []
sys.addaudithook(lambda event, args: tried.append(repr((event, args))) if event in (
    "socket.connect", "socket.getaddrinfo", "socket.gethostbyname",
    "socket.sendto", "socket.sendmsg", "urllib.Request") else None)
"""
HEAR = """
from pathlib import Path
from fer_core.config import Settings
from fer_core.media.sound import read_sound
from fer_core.voice import Listener, LiveEar
voice = Listener(Settings()).hear(Path(sys.argv[1]))
rows = LiveEar().hear(read_sound(Path(sys.argv[1])))
print(json.dumps({"tried": tried, "spoken": len(voice.spoken), "rows": len(rows)}))
"""
DIAL = """
import socket
with socket.socket() as s:
    s.settimeout(0.1)
    s.connect_ex(("127.0.0.1", 9))
print(json.dumps({"tried": tried}))
"""


def guarded(code: str, *more: str) -> dict:
    run = subprocess.run([sys.executable, "-c", GUARD + code, *more], cwd=ROOT,
                         capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
    return json.loads(run.stdout.splitlines()[-1])


def test_the_guard_sees_a_connection():
    assert guarded(DIAL)["tried"]


@pytest.mark.slow
def test_speech_is_heard_without_a_connection(tmp_path):
    """A recording and a microphone; with words, where there is a model."""
    sound, _ = joined([speak(text) for text in ENGLISH[:2]], 0.6)
    found = guarded(HEAR, str(write_track(tmp_path / "s.wav", sound)))
    assert found["spoken"] >= 2
    assert found["rows"] > 0
    assert found["tried"] == []
