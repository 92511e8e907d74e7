"""A PostgreSQL server of the tests' own: a temporary folder, a socket, no network."""

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


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
    user = pwd.getpwuid(os.getuid()).pw_name
    wrap: list[str] = []
    if os.getuid() == 0:
        user = "postgres"
        shutil.chown(home, user)
        wrap = ["runuser", "-u", user, "--"]
    data = home / "data"

    def run(*command: str) -> None:
        subprocess.run([*wrap, *command], check=True, cwd=home, capture_output=True)

    run(str(tools / "initdb"), "-D", str(data), "-A", "trust", "-U", "poise", "--no-sync")
    run(str(tools / "pg_ctl"), "-D", str(data), "-w", "-l", str(home / "log"), "-o",
        f"-k {home} -h '' -F", "start")
    try:
        yield f"postgresql://poise@/postgres?host={home}"
    finally:
        run(str(tools / "pg_ctl"), "-D", str(data), "-m", "immediate", "stop")
        shutil.rmtree(home, ignore_errors=True)
