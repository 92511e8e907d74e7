"""Keeps a worker alive: a clip may take its worker with it, the queue goes on."""

import logging
import os
import signal
import subprocess
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from types import FrameType

from fer_core.system import apart, orphaned

log = logging.getLogger("poise.desk")

ROOT = Path(__file__).resolve().parents[2]
YOUNG = 5.0
"""s; a worker that ends by itself before this cannot work at all, and is not tried again."""


def keep_alive(command: Sequence[str], with_parent: bool = False) -> int:
    """Run a worker, and another where one dies, until told to end.

    Args:
        command: the worker; it ends when its standard input does, so that none outlives this.
        with_parent: end as well when whoever started this is gone.

    Returns:
        0, or the exit status of a worker that could not begin.
    """
    ended = threading.Event()
    alone = orphaned()

    def end(_: int, __: FrameType | None) -> None:
        ended.set()

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, end)
    while True:
        began = time.monotonic()
        # In a session of its own: Ctrl-C is for this process, which then ends the worker.
        child = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, **apart(),
                                 env={**os.environ, "OMP_WAIT_POLICY": "PASSIVE"})
        while child.poll() is None and not ended.wait(0.2):
            if with_parent and alone():
                ended.set()
        if child.stdin is not None:
            child.stdin.close()
        status = child.wait()
        if ended.is_set() or status == 0:
            return 0
        if status > 0 and time.monotonic() - began < YOUNG:
            return status
        log.warning("a worker died (%d); another one takes over", status)
        ended.wait(1.0)
