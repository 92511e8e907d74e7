"""A PostgreSQL server of the tests' own: a temporary folder, a socket, no network."""

import os
import re
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg


def programs() -> Path | None:
    """The folder of ``initdb`` and ``pg_ctl``; Debian keeps it off the path."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    on_path = shutil.which("initdb")
    return found[-1].parent if found else Path(on_path).resolve().parent if on_path else None


@contextmanager
def postgres(folder: Path) -> Iterator[str]:
    """A running server; yields a URL whose last part is to be a database's name."""
    tools = programs()
    assert tools is not None
    # A socket's path must be short, and the server refuses to run as root.
    home = Path(tempfile.mkdtemp(prefix="pg", dir="/tmp"))
    if os.getuid() == 0:
        shutil.chown(home, "postgres")
    data = home / "data"
    _run(home, str(tools / "initdb"), "-D", str(data), "-A", "trust", "-U", "poise", "--no-sync")
    _start(home)
    try:
        yield f"postgresql://poise@/postgres?host={home}"
    finally:
        _run(home, str(tools / "pg_ctl"), "-D", str(data), "-m", "immediate", "stop")
        shutil.rmtree(home, ignore_errors=True)


def new_database(url: str) -> str:
    """The URL of an empty database, made on the server of another."""
    name = f"t{time.monotonic_ns()}"
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    return re.sub(r"/\w+\?", f"/{name}?", url)


def start_again(url: str) -> None:
    """Start a server whose process was killed; what it had started needs a moment to end."""
    for last in [False] * 50 + [True]:
        try:
            return _start(Path(url.partition("host=")[2]))
        except subprocess.CalledProcessError:
            if last:
                raise
            time.sleep(0.1)


def _start(home: Path) -> None:
    _run(home, str(programs() / "pg_ctl"), "-D", str(home / "data"), "-w", "-l",
         str(home / "log"), "-o", f"-k {home} -h '' -F", "start")


def _run(home: Path, *command: str) -> None:
    wrap = ["runuser", "-u", "postgres", "--"] if os.getuid() == 0 else []
    subprocess.run([*wrap, *command], check=True, cwd=home, capture_output=True)
