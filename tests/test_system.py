"""What differs between systems: this one's way, and Windows' as far as it can be imitated."""

import ast
import os
import signal
import subprocess
import sys
import time
from types import SimpleNamespace

import pytest

from fer_core import launch, system
from fer_core.desk import keeper

GONE, MINE, OTHERS = 11, 22, 33
ONLY_POSIX = {
    "resource", "fcntl", "pwd", "grp", "termios", "os.fork", "os.kill", "os.killpg", "os.getuid",
    "os.geteuid", "os.setsid", "os.sched_getaffinity", "os.nice", "os.pread", "os.getppid",
    "signal.SIGKILL", "signal.SIGALRM", "signal.SIGUSR1", "signal.SIGHUP", "socket.AF_UNIX"}


@pytest.fixture
def windows(monkeypatch):
    """Windows, with three processes: one that has ended, one's own, and another user's."""
    def wait(handle: int, seconds: int) -> int:
        return 0 if handle == GONE * 4 else 258

    def find(right: int, inherit: bool, process: int) -> int:
        assert right == 0x100000
        return 0 if process in (OTHERS, 99) else process * 4

    closed = []
    kernel = SimpleNamespace(OpenProcess=find, WaitForSingleObject=wait, last=5,
                             GetLastError=lambda: kernel.last, CloseHandle=closed.append)
    monkeypatch.setattr(sys, "platform", "win32")
    monkeypatch.setattr(system.ctypes, "windll", SimpleNamespace(kernel32=kernel), raising=False)
    monkeypatch.setattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0x200, raising=False)
    for name in ("kill", "sched_getaffinity"):  # not there, or something else there
        monkeypatch.delattr(os, name)
    kernel.closed = closed
    return kernel


def test_on_windows_a_process_is_asked_without_being_ended(windows):
    assert system.alive(MINE)
    assert not system.alive(GONE)
    assert windows.closed == [MINE * 4, GONE * 4]
    assert system.alive(OTHERS), "not ours to ask"
    windows.last = 87
    assert not system.alive(99), "there is none"


def test_on_windows_whoever_is_left_alone_knows(windows, monkeypatch):
    monkeypatch.setattr(os, "getppid", lambda: GONE)
    assert system.orphaned()()
    monkeypatch.setattr(os, "getppid", lambda: MINE)
    assert not system.orphaned()()


def test_on_windows_the_rest_has_an_answer_too(windows):
    assert system.apart() == {"creationflags": 0x200}
    assert not system.was_killed(1)
    assert system.peak_mb() == 0
    assert system.cores() == os.cpu_count()


@pytest.mark.skipif(sys.platform == "win32", reason="of the other systems")
def test_here():
    child = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE,
                             **system.apart())
    with child.stdin:
        assert system.alive(child.pid)
        assert os.getsid(child.pid) == child.pid
    child.wait()
    assert not system.alive(child.pid)
    killed = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    with killed.stdin:
        killed.kill()
    assert system.was_killed(killed.wait())
    assert not system.was_killed(-signal.SIGSEGV)
    assert system.peak_mb() > 10
    assert system.cores() >= 1


KEEPER = """
import sys
from fer_core.desk.keeper import keep_alive
worker = "import sys; open(sys.argv[1], 'w').close(); sys.stdin.read()"
keep_alive((sys.executable, "-c", worker, sys.argv[1] + "/begun"), with_parent=True)
open(sys.argv[1] + "/ended", "w").close()
"""
STARTER = """
import os, subprocess, sys, time
subprocess.Popen([sys.executable, "-c", sys.argv[2], sys.argv[1]])
while not os.path.exists(sys.argv[1] + "/begun"):
    time.sleep(0.05)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="of the other systems")
def test_a_keeper_ends_with_whoever_started_it(tmp_path):
    subprocess.run([sys.executable, "-c", STARTER, str(tmp_path), KEEPER], check=True, timeout=90,
                   cwd=keeper.ROOT)
    until = time.monotonic() + 90
    while not (tmp_path / "ended").exists():
        assert time.monotonic() < until
        time.sleep(0.1)


def test_poise_app_starts_pages_and_worker_on_windows_too(windows, monkeypatch):
    """And ends the worker, however the pages end."""
    begun = []

    class Process:
        def __init__(self, command, **more):
            begun.append((command, more))
            self.ended = False

        def wait(self, *_):
            return 0

        def poll(self):
            return 0

        def terminate(self):
            self.ended = True

    monkeypatch.setattr(launch.subprocess, "Popen", Process)
    monkeypatch.setattr(launch.signal, "signal", lambda *_: None)
    launch.app(9000)
    (worker, _), (pages, where) = begun
    assert worker[1:] == ["-m", "fer_core.desk", "--beside"]
    assert pages[1:4] == ["-m", "streamlit", "run"]
    assert pages[-2:] == ["--server.port", "9000"]
    assert where["env"]["PYTHONPATH"].startswith(str(launch.ROOT))


def test_only_one_module_calls_what_only_one_system_has():
    """Names that are missing on Windows, or mean something else there."""
    found = []
    for file in sorted((launch.ROOT / "fer_core").rglob("*.py")) + sorted(
            (launch.ROOT / "pages").rglob("*.py")):
        if file.name == "system.py":
            continue
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
                name = f"{node.value.id}.{node.attr}"
            elif isinstance(node, ast.Import):
                name = node.names[0].name
            else:
                continue
            if name in ONLY_POSIX:
                found.append(f"{file.name}:{node.lineno} {name}")
    assert found == []
