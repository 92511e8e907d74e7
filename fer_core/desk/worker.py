"""The process that works the queue off.

huey only says that there is something to do; what, and whether it is done, says the table of
clips. So nothing is lost with a worker, and what huey stores names nobody.
"""

import logging
import os
import secrets
import signal
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeAlias

from huey import Huey, PostgresHuey, SqliteHuey

from fer_core.config import StorageSettings
from fer_core.desk.access import Access
from fer_core.desk.clips import full
from fer_core.desk.forgetting import Forgetting
from fer_core.desk.turns import LEASE, Found, Turn, Turns
from fer_core.errors import Cancelled, DeskError, PoiseError, StorageError
from fer_core.history.database import Database

log = logging.getLogger("poise.desk")

MEND = 60.0
"""s between looks for clips whose worker is dead."""
Told: TypeAlias = Callable[[float | None, float | None], None]
Analyse: TypeAlias = Callable[[Turn, Told, Callable[[], bool]], Found]
"""What a turn comes to: given the turn, how to tell progress (0 to 1, s left) and how to ask
whether to stop.

Raises:
    PoiseError: the clip cannot be analysed.
    Cancelled: it was to stop.
"""


def clips_folder(settings: StorageSettings) -> Path:
    """Where the desk's clips lie."""
    return settings.home / "desk" / "clips"


def open_queue(settings: StorageSettings) -> Huey:
    """huey, storing where the history does: in a file beside it, or in its PostgreSQL."""
    url = settings.database_url.get_secret_value()
    if url:
        return PostgresHuey("poise", dsn=f"postgresql://{url.partition('://')[2]}",
                            results=False)
    folder = settings.home / "desk"
    folder.mkdir(parents=True, exist_ok=True)
    return SqliteHuey("poise", filename=str(folder / "queue.db"), results=False)


def _task(queue: Huey, work: Callable[[], None]) -> Callable[[], object]:
    """What hands a turn out; called, it queues one."""
    made: Callable[[], object] = queue.task(name="turn")(work)
    return made


@dataclass
class Pace:
    """s, shorter in tests: of a lease, between beats, between looks for the dead, and to wait
    where the disk is full."""

    lease: float = LEASE
    beat: float = LEASE / 6
    mend: float = MEND
    pause: float = MEND


class Worker:
    """Works off clips, one at a time.

    Args:
        analyse: what to do with one.
    """

    def __init__(self, settings: StorageSettings, analyse: Analyse, pace: Pace | None = None
                 ) -> None:
        self.pace = pace or Pace()
        self._database = Database(settings)
        self._turns = Turns(self._database, clips_folder(settings), secrets.token_hex(16),
                            self.pace.lease)
        self._analyse = analyse
        self._forgetting = Forgetting(Access(self._database), settings.home,
                                      clips_folder(settings))
        self._stopping = threading.Event()
        self._queue = open_queue(settings)
        self._hand_out = _task(self._queue, self.turn)

    def run(self) -> None:
        """Until ``stop``: a clip under way is then given back at the next look."""
        consumer = self._queue.create_consumer(
            workers=1, periodic=False, max_delay=1.0, check_worker_health=False)
        self.mend()
        consumer.start()
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: self.stop())
        looked, day = time.monotonic(), None
        while not self._stopping.wait(0.1):
            if time.monotonic() - looked > self.pace.mend:
                self.mend()
                looked = time.monotonic()
            if day != (day := datetime.now(UTC).date()):
                self.forget_old()
        consumer.stop(graceful=True)
        self.close()

    def close(self) -> None:
        """Give the connections back, the database's and the queue's."""
        self._database.close()
        self._queue.storage.close()

    def stop(self) -> None:
        self._stopping.set()

    def mend(self) -> None:
        """Queue again what was lost, and see that as many turns are handed out as clips wait."""
        try:
            waiting = self._turns.mend()
            for _ in range(max(0, waiting - self._queue.pending_count())):
                self._hand_out()
        except Exception:  # the disk may be full: the next look is soon enough
            log.warning("the queue could not be looked through", exc_info=True)

    def forget_old(self) -> None:
        """Once a day: delete what is older than its opening keeps it."""
        try:
            receipt = self._forgetting.forget_old()
            if receipt is not None:
                log.warning("forgotten by age: %d people; traces left: %s", receipt.people,
                            ", ".join(receipt.found) or "none")
        except Exception:
            log.warning("what is old could not be deleted today", exc_info=True)

    def turn(self) -> None:
        """The next clip, if one waits."""
        if self._stopping.is_set():
            return
        try:
            turn = self._turns.take()
        except StorageError as error:
            log.warning("no turn: %s", error)
            self._stopping.wait(self.pace.pause)
            return
        if turn is not None:
            self._work(turn)

    def _work(self, turn: Turn) -> None:
        with _Pulse(self._turns, turn, self.pace.beat, self._stopping) as pulse:
            try:
                found = self._analyse(turn, pulse.tell, pulse.stopped)
            except Cancelled:
                self._surely(self._turns.stop if pulse.cancelled else self._turns.give_back,
                             turn.id)
            except PoiseError as error:
                self._failed(turn, error)
            except Exception as error:
                log.error("a clip could not be analysed", exc_info=error)
                self._failed(turn, error)
            else:
                self._surely(self._turns.finish, turn.id, *found)
            finally:
                if turn.copy is not None:  # what was not finished
                    turn.copy.unlink(missing_ok=True)

    def _failed(self, turn: Turn, error: Exception) -> None:
        if full(error):
            log.warning("the disk is full; the queue waits")
            self._surely(self._turns.give_back, turn.id, StorageError("error.desk.full"))
            self._stopping.wait(self.pace.pause)
            return
        self._surely(self._turns.fail, turn.id, error if isinstance(error, PoiseError) else
                     DeskError("error.desk.unexpected", detail=type(error).__name__))

    def _surely(self, end: Callable[..., object], *values: object) -> None:
        """What became of a clip is kept, if it takes until there is room for it."""
        while True:
            try:
                end(*values)
                return
            except StorageError as error:
                log.warning("not kept yet: %s", error)
                if self._stopping.wait(self.pace.pause):
                    return


class _Pulse:
    """Says while a clip is worked on that its worker lives, and hears whether to stop."""

    def __init__(self, turns: Turns, turn: Turn, every: float, stopping: threading.Event) -> None:
        self._turns, self._turn, self._every = turns, turn, every
        self._stopping = stopping
        self._over = threading.Event()
        self._lost = threading.Event()
        self._progress: tuple[float | None, float | None] = (None, None)
        self._thread = threading.Thread(target=self._beat, daemon=True)
        self.cancelled = False

    def __enter__(self) -> "_Pulse":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def tell(self, fraction: float | None, remaining: float | None) -> None:
        self._progress = fraction, remaining

    def stopped(self) -> bool:
        return self.cancelled or self._lost.is_set() or self._stopping.is_set()

    def _beat(self) -> None:
        while not self._over.wait(self._every):
            try:
                heard = self._turns.beat(self._turn.id, *self._progress)
            except StorageError as error:
                log.warning("no beat: %s", error)
                continue
            if heard == "cancel":
                self.cancelled = True
            elif heard == "lost":
                self._lost.set()


def hand_out(settings: StorageSettings) -> None:
    """Wake a worker: a clip waits. Where this fails, it is found at the next look."""
    try:
        queue = open_queue(settings)
        _task(queue, lambda: None)()
        queue.storage.close()
    except Exception:
        log.warning("no worker could be woken", exc_info=True)


def serve(settings: StorageSettings, analyse: Analyse, pace: Pace | None = None) -> None:
    """A worker that ends with its standard input: what ``keep_alive`` runs."""
    worker = Worker(settings, analyse, pace)

    def watch() -> None:
        while os.read(sys.stdin.fileno(), 1024):
            pass
        worker.stop()

    threading.Thread(target=watch, daemon=True).start()
    worker.run()
