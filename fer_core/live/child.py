"""The server's hold on the child process: what it is told, what it says, and its end."""

import contextlib
import logging
import os
import pickle
import queue
import subprocess
import sys
import threading
from collections.abc import Sequence
from typing import IO, Any

from fer_core.config import ROOT, Settings
from fer_core.emotions import LABEL_SETS
from fer_core.live.worker import Heard, Hello, Sounds, Unread, Work
from fer_core.records import Frame, Reading
from fer_core.records.sound import Sound

log = logging.getLogger("poise.live")

SECONDS_TO_LOAD = 180.0
"""s after which a child that has not said hello is given up."""
SECONDS_TO_END = 5.0
"""s that whoever listens to a killed child may take to hear that it has ended."""
COMMAND = (sys.executable, "-m", "fer_core.live.worker")


class Child:
    """A process that reads frames, from its start on.

    Args:
        command: what to run.

    Raises:
        OSError: it cannot be run.
    """

    def __init__(self, command: Sequence[str] = COMMAND) -> None:
        environment = {**os.environ, "OMP_WAIT_POLICY": "PASSIVE"}
        self._process = subprocess.Popen(command, cwd=ROOT, env=environment,
                                         stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self._killed = False
        self._said: queue.Queue[Any] = queue.Queue()
        self._hello = Hello("", ())
        self._listener = threading.Thread(
            target=self._listen, args=(self._process.stdout,), daemon=True)
        self._listener.start()

    def load(self, settings: Settings) -> Hello:
        """Who reads, once the networks are loaded.

        Raises:
            ModelError: they cannot be.
            EOFError, OSError, ValueError: as in ``read``.
        """
        hello = self._ask(settings, SECONDS_TO_LOAD)
        if not isinstance(hello, Hello):
            raise ValueError(f"a live worker that says {type(hello).__name__}, not who it is")
        if hello.error is not None:
            raise hello.error
        if hello.labels not in LABEL_SETS:
            raise ValueError(f"a live worker with the labels {hello.labels}")
        self._hello = hello
        return hello

    def read(self, stream: int, frame: Frame, patience: float, follow: int | None = None
             ) -> Reading | Unread:
        """What a frame shows.

        Args:
            follow: the track to follow from it on; None: as before.

        Raises:
            EOFError, OSError: the process has ended, or took longer than ``patience`` s: then
                it is killed.
            ValueError: the answer is none to this question.
        """
        answer = self._ask(Work(stream, frame, follow), patience)
        if not isinstance(answer, Unread):
            self._check(answer, frame)
        return answer  # type: ignore[no-any-return]

    def hear(self, stream: int, sounds: list[Sound], patience: float) -> Heard | Unread:
        """What is heard in them.

        Raises:
            EOFError, OSError, ValueError: as in ``read``.
        """
        answer = self._ask(Sounds(stream, sounds), patience)
        if not isinstance(answer, Heard | Unread):
            raise ValueError(f"a live worker that says {type(answer).__name__} to sound")
        if isinstance(answer, Heard) and any(
                rows.ndim != 2 or rows.shape[1] != 4 for _, rows in answer.rows):
            raise ValueError("a live worker that hears other things than four")
        return answer

    def forget(self, stream: int) -> None:
        """A stream has ended."""
        self._tell(Work(stream, None))

    @property
    def alive(self) -> bool:
        return self._process.poll() is None

    @property
    def number(self) -> int:
        """Of the process."""
        return self._process.pid

    def kill(self) -> None:
        """End it at once; whoever waits for an answer gets ``EOFError``."""
        self._killed = True
        self._process.kill()

    def end(self) -> None:
        """End it and give everything back."""
        self.kill()
        self._process.wait()
        # It closes what it reads from: closed under its hands, a pipe has no buffer to read into.
        self._listener.join(SECONDS_TO_END)
        if self._process.stdin is not None:
            with contextlib.suppress(OSError):
                self._process.stdin.close()

    def _check(self, answer: object, frame: Frame) -> None:
        """What a child says is data from elsewhere: only what is complete goes on."""
        if not isinstance(answer, Reading):
            raise ValueError(f"a live worker that says {type(answer).__name__}, not a reading")
        classes = len(LABEL_SETS[self._hello.labels].classes)
        row, members = answer.probabilities, answer.members
        if answer.time != frame.time:
            raise ValueError("a reading of another frame")
        if row is not None and len(row) != classes:
            raise ValueError(f"{len(row)} probabilities, not {classes}")
        if members and ([*members] != [model.name for model in self._hello.models]
                        or any(len(alone) != classes for alone in members.values())):
            raise ValueError(f"what {', '.join(members)} say is not of these networks")

    def _listen(self, out: IO[bytes]) -> None:
        try:
            with out:
                while True:
                    self._said.put(pickle.load(out))
        except Exception as error:  # whatever it is, it is the end of this child
            # Killed in the middle of a message it leaves half of one.
            if not isinstance(error, EOFError) and not self._killed:
                log.warning("the live worker said what nobody understands: %r", error)
            self._said.put(None)

    def _ask(self, message: object, patience: float) -> Any:
        watch = threading.Timer(patience, self.kill)
        watch.start()
        try:
            self._tell(message)
            answer = self._said.get()
        finally:
            watch.cancel()
        if answer is None:
            raise EOFError
        return answer

    def _tell(self, message: object) -> None:
        assert self._process.stdin is not None
        pickle.dump(message, self._process.stdin, pickle.HIGHEST_PROTOCOL)
        self._process.stdin.flush()
