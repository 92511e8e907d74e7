"""The same hands on the machines of a Ray cluster.

An actor holds one process of its machine and passes jobs and answers on: lines of text and the
bytes of reports. A clip goes from where it lies to the process, never through Ray.
"""

import importlib.util
import socket
import time
from collections.abc import Sequence
from typing import Any

from fer_core.batch.hands import COMMAND, KILLED, Died, Hand
from fer_core.batch.work import Answer, Job
from fer_core.errors import DatasetError, why

PAUSE = 1.0
"""s between looks for a place, where the cluster has none left."""


def installed() -> bool:
    """Whether there is a Ray."""
    return importlib.util.find_spec("ray") is not None


class Cluster:
    """A connection to a Ray cluster.

    Args:
        address: as ``ray.init`` takes it: ``auto``, ``local``, ``host:port``.
        cpus: cores a worker is given; ``gpus``: share of a GPU.
        command: what each worker's process runs.

    Raises:
        DatasetError: no Ray here, or no cluster there.
    """

    def __init__(self, address: str, cpus: float = 1.0, gpus: float = 0.0,
                 command: Sequence[str] = COMMAND) -> None:
        if not installed():
            raise DatasetError("error.batch.ray")
        import ray
        try:
            # Ray itself asks for minutes whether there is somebody now.
            host, _, port = address.rpartition(":")
            if host and port.isdecimal() and "/" not in host:
                socket.create_connection((host, int(port)), 10).close()
            ray.init(address=address, log_to_driver=False)
        except (OSError, RuntimeError, ValueError) as error:
            raise DatasetError("error.batch.cluster", address=address,
                               detail=why(error)) from error
        self._cpus, self._gpus, self._command = cpus, gpus, command

    def workers(self, count: int | None = None) -> list["Remote"]:
        """So many, or as many as the cluster has room for now."""
        import ray
        free = ray.cluster_resources()
        room = int(free.get("CPU", 0) / self._cpus) if self._cpus else 1
        if self._gpus:
            room = min(room, int(free.get("GPU", 0) / self._gpus))
        return [Remote(self._cpus, self._gpus, self._command) for _ in range(count or max(1, room))]

    def close(self) -> None:
        """Let go of the cluster: its actors end."""
        import ray
        ray.shutdown()


class _Seat:
    """What runs on the cluster: a hand. ``blame`` is an answer here, because Ray wraps what is
    raised."""

    def __init__(self, command: Sequence[str]) -> None:
        self._hand = Hand(command)

    def ready(self) -> bool:
        return True

    def do(self, job: Job) -> Answer:
        try:
            return self._hand.do(job)
        except Died as died:
            return {"blame": died.blame}


class Remote:
    """A worker somewhere in the cluster; a new one takes its place when its machine is lost."""

    def __init__(self, cpus: float, gpus: float, command: Sequence[str]) -> None:
        self._cpus, self._gpus, self._command = cpus, gpus, command
        self._actor: Any = None
        self._closed = False

    def wait(self) -> None:
        """Until there is room for it."""
        import ray
        seat = ray.remote(num_cpus=self._cpus, num_gpus=self._gpus, max_restarts=0)(_Seat)
        while not self._closed:
            self._actor = self._actor or seat.remote(self._command)
            try:
                ray.get(self._actor.ready.remote(), timeout=PAUSE)
                return
            except ray.exceptions.GetTimeoutError:
                continue
            except ray.exceptions.RayError:
                self._actor = None
                time.sleep(PAUSE)

    def do(self, job: Job) -> Answer:
        """As a ``Hand``.

        Raises:
            Died: the process ended, or the machine is gone.
        """
        import ray
        try:
            answer: Answer = ray.get(self._actor.do.remote(job))
        except ray.exceptions.RayError as error:
            self._actor = None
            raise Died(KILLED) from error
        if "blame" in answer:
            raise Died(answer["blame"])
        return answer

    def close(self) -> None:
        import ray
        self._closed = True
        actor, self._actor = self._actor, None
        if actor is not None:
            ray.kill(actor)
