"""The app and a real browser, for tests."""

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, NamedTuple

import pytest

ROOT = Path(__file__).parent.parent
QUIET = ("--no-sandbox", "--disable-gpu", "--disable-background-networking",
         "--disable-component-update", "--disable-sync", "--no-first-run")
PLAYED, ALLOW = "--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"
CAMERA = (PLAYED, ALLOW)
"""A camera and a microphone that Chromium plays, and that every page may use unasked."""
WEBRTC = ("--disable-features=WebRtcHideLocalIpsWithMdns", "--allow-loopback-in-peer-connection")
"""A stream connects on this computer alone, without any network."""
CUT_OFF = tuple(f"--{name}=disable_non_proxied_udp" for name in (
    "webrtc-ip-handling-policy", "force-webrtc-ip-handling-policy"))
"""A stream has no address to connect from; the name changed with Chromium 156."""
PATIENCE = 120_000
"""ms; two cores may be busy."""


class Served(NamedTuple):
    """A running app: its address and its process."""

    address: str
    process: int


def chromium() -> str | None:
    """Where Chromium is, None where there is none."""
    return shutil.which("chromium") or shutil.which("chromium-browser")


LEFT_TO_GC = [
    # AppTest leaves its event loop and the script's files to the garbage collector; Playwright
    # closes its pipes after the interpreter's own bookkeeping.
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]
"""``pytestmark`` of tests that draw pages."""
IN_A_BROWSER = [
    pytest.mark.browser,
    pytest.mark.skipif(chromium() is None, reason="Chromium is not installed"),
    *LEFT_TO_GC,
]
"""``pytestmark`` of tests that open Chromium."""


def open_browser(library: Any, *arguments: str) -> Any:
    """Chromium, closed with the library."""
    return library.chromium.launch(executable_path=chromium(), args=[*QUIET, *arguments])


@contextmanager
def served(log: Path, wait: float = 60, more: Mapping[str, str] | None = None,
           options: Callable[[int], Sequence[str]] = lambda port: ()) -> Iterator[Served]:
    """The app on a free port, as a person starts it; its history lies beside its log.

    Args:
        more: of the environment.
        options: of Streamlit, for a port.

    Raises:
        RuntimeError: it did not come up in ``wait`` s.
    """
    port = free_port()
    command = [sys.executable, "-m", "streamlit", "run", "server.py", "--server.port", str(port),
               "--server.headless", "true", *options(port)]
    with log.open("wb") as out:
        server = subprocess.Popen(
            command, cwd=ROOT, env={**at_home(log.parent), **(more or {})}, stdout=out,
            stderr=subprocess.STDOUT)
    try:
        until_up(f"http://localhost:{port}/_stcore/health", server, wait, log)
        yield Served(f"http://localhost:{port}", server.pid)
    finally:
        server.terminate()
        try:
            server.wait(10)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()


def free_port() -> int:
    """A port of this machine that nobody listens on."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
    return port


def at_home(folder: Path) -> dict[str, str]:
    """The environment of an app whose history is nobody else's."""
    return {**os.environ, "POISE_HOME": str(folder)}


def until_up(address: str, server: subprocess.Popen[bytes], wait: float, log: Path,
             every: float = 0.2) -> None:
    """Wait until an address answers, asking ``every`` s.

    Raises:
        RuntimeError: it did not in ``wait`` s, or the server has ended.
    """
    deadline = time.monotonic() + wait
    while time.monotonic() < deadline and server.poll() is None:
        try:
            with urllib.request.urlopen(address, timeout=2):
                return
        except OSError:
            time.sleep(every)
    raise RuntimeError(f"the app did not start: {log.read_text('utf-8', 'replace')}")


def drawn(page):
    """Wait until the page's script has ended and nothing of it, its sidebar too, is still to be
    drawn: what stands there sooner is Streamlit's skeleton."""
    page.wait_for_function("""() => document.querySelector(
        '[data-testid=stApp][data-test-script-state=notRunning]') && !document.querySelector(
        '[data-testid=stStatusWidget], [data-testid=stSkeleton], [data-stale=true]')""")


def lasting(page, script):
    """What a script finds wrong with a page, and finds again: what is gone a moment later was a
    page that a slow computer was still drawing."""
    for _ in range(10):
        if not (found := page.evaluate(script)):
            break
        page.wait_for_timeout(400)
    return found


def reach(page, text, *buttons):
    """Press whichever of the buttons is there until the page says that. On a busy computer a
    press can meet a page that is being redrawn, and a camera can stall: a person presses again."""
    from playwright.sync_api import Error

    until = time.monotonic() + PATIENCE / 1000
    while not page.get_by_text(text).first.is_visible():
        assert time.monotonic() < until, f"{text!r} is not on a page that says: " + (
            page.locator(".stMain").inner_text())
        for name in buttons:
            with suppress(Error):
                page.get_by_role("button", name=name).first.click(timeout=2000)
                break
        with suppress(Error):
            page.get_by_text(text).first.wait_for(timeout=5000)
