"""What ``deploy/`` puts together, as processes of this machine: Caddy before the app, and a coturn
that reads Caddy's certificate. Both are Debian's."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import NamedTuple

from tests.browser import ROOT, at_home

DEPLOY = ROOT / "deploy"
SECRET = "planted-relay-secret-7f3a"
NEEDED = ("caddy", "turnserver")


class Stack(NamedTuple):
    """Attributes:
        address: of Caddy, https.
        app: of the app itself.
        logs: name -> what a process said.
    """

    address: str
    app: str
    logs: dict[str, Path]


def missing() -> list[str]:
    """Which of Debian's programs are not here."""
    return [name for name in NEEDED if shutil.which(name) is None]


def own_address() -> str:
    """Of this machine's network, which the app offers and the relay may reach.

    Raises:
        OSError: it has none.
    """
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.connect(("192.0.2.1", 9))  # sends nothing
        return str(probe.getsockname()[0])


@contextmanager
def stack(folder: Path) -> Iterator[Stack]:
    """The three of them, until the block ends."""
    http, https, check, turn, tls, app = free_ports(6)
    own = own_address()
    logs = {name: folder / f"{name}.log" for name in ("app", "caddy", "turn")}
    with ExitStack() as running:
        started(running, [sys.executable, "-m", "tests.light_app", str(app)], logs["app"], {
            **at_home(folder), "POISE_WEBRTC_TURN": f'["turns:localhost:{tls}?transport=tcp"]',
            "POISE_WEBRTC_TURN_SECRET": SECRET, "POISE_WEBRTC_TURN_ONLY": "true",
            "POISE_LIMIT_SIGN_INS": "5"})
        until_open(app)
        started(running, ["caddy", "run", "--config", str(DEPLOY / "Caddyfile"), "--adapter",
                          "caddyfile"], logs["caddy"], {
            "DOMAIN": "localhost", "HTTP_PORT": str(http), "HTTPS_PORT": str(https),
            "CHECK_PORT": str(check), "APP": f"localhost:{app}",
            "XDG_DATA_HOME": str(folder / "data"), "XDG_CONFIG_HOME": str(folder / "config")})
        until_open(check)
        here = {"--listening-port": turn, "--tls-listening-port": tls, "--listening-ip":
                "127.0.0.1", "--relay-ip": own, "--allowed-peer-ip": own, "--pidfile":
                folder / "turn.pid", "--userdb": folder / "turn.db"}
        started(running, ["sh", str(DEPLOY / "turn.sh"), *(
            str(word) for pair in here.items() for word in pair)], logs["turn"], {
            "DOMAIN": "localhost", "TURN_SECRET": SECRET, "CERTIFICATES": str(folder / "data")})
        until_open(tls)
        until_open(https)
        yield Stack(f"https://localhost:{https}", f"http://localhost:{app}", logs)


def started(running: ExitStack, command: list[str], log: Path, more: dict[str, str]) -> None:
    """A process that ends with the block, and whatever it has started with it."""
    with log.open("wb") as out:
        process = subprocess.Popen(command, env={**os.environ, **more}, stdout=out,
                                   stderr=subprocess.STDOUT, cwd=ROOT, start_new_session=True)
    running.callback(process.wait, 20)
    running.callback(os.killpg, process.pid, signal.SIGTERM)


def free_ports(count: int) -> list[int]:
    with ExitStack() as held:
        sockets = [held.enter_context(socket.socket()) for _ in range(count)]
        for one in sockets:
            one.bind(("127.0.0.1", 0))
        return [one.getsockname()[1] for one in sockets]


def until_open(port: int, patience: float = 60.0) -> None:
    """Wait until somebody listens.

    Raises:
        TimeoutError: nobody did.
    """
    end = time.monotonic() + patience
    while time.monotonic() < end:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise TimeoutError(f"nobody listens on {port}")
