"""A process that reads clips, held so that its end costs a clip a try, and nothing else."""

import contextlib
import json
import os
import subprocess
import sys
import threading
from collections.abc import Sequence
from queue import Empty, SimpleQueue

from fer_core.batch.work import Answer, Job, line_of
from fer_core.config import ROOT
from fer_core.system import was_killed

COMMAND = (sys.executable, "-m", "fer_core.batch.work")
PATIENCE = 180.0
"""s without a sign of life after which a clip is taken for one that never ends: the networks are
loaded within it too."""
STARTING = 120.0
"""s that a process may take to its first one, at least: busy machines are slow."""
CRASH, KILLED, ENOUGH = 2, 1, 4
"""What counts against a clip: a process that it crashed or hung, and one that was killed from
outside while it was read; and from what sum on it is set aside. So two crashes are enough, and a
machine on which processes are killed now and then sets nobody aside."""


class Died(Exception):
    """A process that ended instead of answering.

    Attributes:
        blame: how much that says against the clip.
    """

    def __init__(self, blame: int) -> None:
        super().__init__(blame)
        self.blame = blame


class Hand:
    """One process, started for the first clip and again after each death.

    Args:
        command: what it runs.
        patience: s it may say nothing.
        environment: added to this process's.
    """

    def __init__(self, command: Sequence[str] = COMMAND, patience: float = PATIENCE,
                 environment: dict[str, str] | None = None) -> None:
        self._command, self._patience = tuple(command), patience
        self._environment = environment or {}
        self._process: subprocess.Popen[str] | None = None
        self._said: SimpleQueue[str] = SimpleQueue()
        self._heard = False

    @property
    def pid(self) -> int | None:
        """Of the process, None where none runs."""
        return self._process.pid if self._process else None

    def wait(self) -> None:
        """Until it can take a clip: now."""

    def do(self, job: Job) -> Answer:
        """What a clip came to.

        Raises:
            Died: the process ended, or said nothing for too long and was ended.
        """
        process = self._process or self._start()
        assert process.stdin is not None
        with contextlib.suppress(BrokenPipeError):
            process.stdin.write(line_of(job))
            process.stdin.flush()
        while True:
            try:
                line = self._said.get(timeout=self._patience if self._heard
                                      else max(self._patience, STARTING))
                self._heard = True
            except Empty:
                self.close()
                raise Died(CRASH) from None
            if not line:
                code = process.wait()
                self.close()
                raise Died(KILLED if was_killed(code) else CRASH)
            answer: Answer = json.loads(line)
            if "at" not in answer:
                return answer

    def close(self) -> None:
        """End the process, if one runs."""
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.wait()
            for pipe in (process.stdin, process.stdout):
                with contextlib.suppress(OSError):
                    pipe.close()  # type: ignore[union-attr]

    def _start(self) -> subprocess.Popen[str]:
        self._said, self._heard = SimpleQueue(), False
        # Two threads that spin for each other on one core take ten times as long.
        environment = {**os.environ, "OMP_WAIT_POLICY": "PASSIVE", **self._environment}
        self._process = process = subprocess.Popen(
            self._command, cwd=ROOT, env=environment, text=True, encoding="utf-8",
            stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        threading.Thread(target=_listen, args=(process, self._said), daemon=True).start()
        return process


def _listen(process: "subprocess.Popen[str]", said: "SimpleQueue[str]") -> None:
    """Every line that it says, then an empty one."""
    assert process.stdout is not None
    with contextlib.suppress(OSError, ValueError):
        for line in process.stdout:
            said.put(line)
    said.put("")
