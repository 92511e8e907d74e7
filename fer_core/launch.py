"""``poise app``: the pages and, beside them, the worker of the desk's queue.

Apart from the other commands, because they load torch and this one waits.
"""

import contextlib
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Annotated

import typer

from fer_core.config import ROOT

Port = Annotated[int, typer.Option(min=1, max=65535, help="Of this computer.")]


def app_file() -> Path:
    """What Streamlit serves: beside the package in a checkout, inside it where it was
    installed."""
    beside = ROOT / "server.py"
    return beside if beside.is_file() else Path(__file__).parent / "app" / "server.py"


def app(port: Port = 8501) -> None:
    """Open Poise on http://localhost:PORT."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit())  # both processes end below
    place = app_file()
    # Each process finds the package wherever this one did.
    known = os.pathsep.join(filter(None, (str(ROOT), os.environ.get("PYTHONPATH"))))
    environment = {**os.environ, "PYTHONPATH": known}
    worker = subprocess.Popen([sys.executable, "-m", "fer_core.desk", "--beside"], cwd=ROOT,
                              env=environment)
    # Streamlit reads its settings from the folder that it starts in.
    pages = subprocess.Popen([sys.executable, "-m", "streamlit", "run", str(place),
                              "--server.port", str(port)], cwd=place.parent, env=environment)
    try:
        status = pages.wait()
    except KeyboardInterrupt:  # Streamlit got it too, and ends
        with contextlib.suppress(KeyboardInterrupt):
            pages.wait()
        status = 0
    finally:
        if pages.poll() is None:
            pages.terminate()
        worker.terminate()
        worker.wait()
    if status:
        raise typer.Exit(status)
