"""The clips of a batch handed out: the longest first, each to whoever is free, dead hands
replaced, until every clip has its row."""

import base64
import contextlib
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from fer_core.batch.hands import ENOUGH, Died
from fer_core.batch.ledger import Ledger, Row
from fer_core.batch.sources import Clip
from fer_core.batch.work import Answer, Job
from fer_core.texts import say


class Worker(Protocol):
    """Whoever takes a clip at a time: a ``Hand``, or one of a cluster."""

    def wait(self) -> None:
        """Until it can take a clip: before, so that none waits with it."""

    def do(self, job: Job) -> Answer:
        """What a clip came to.

        Raises:
            Died: nothing, because its process ended.
        """

    def close(self) -> None: ...


@dataclass(frozen=True)
class Pace:
    """How far a batch is.

    Attributes:
        done: clips with a row; of ``clips``. ``found``: of them done before.
        rate: clips a minute of this run.
        left: s, by the bytes that are left at the pace of those that were read; None at first.
    """

    done: int
    clips: int
    found: int
    rate: float
    left: float | None


class _Work:
    """What is still to be done, shared by threads."""

    def __init__(self, clips: Sequence[Clip], found: int) -> None:
        # The longest first: at the end nobody waits for a long one that began last.
        self.waiting = sorted(clips, key=lambda clip: (-clip.size, clip.uri))
        self.changed = threading.Condition()
        self.open = len(clips)
        self.blame = dict.fromkeys(clips, 0)
        self.stopped = False
        self._began, self._found, self._all = time.monotonic(), found, found + len(clips)
        self._read, self._bytes = 0, sum(clip.size for clip in clips)

    def take(self) -> Clip | None:
        """The next clip; None when there is none and none will come back."""
        with self.changed:
            while not self.waiting and self.open and not self.stopped:
                self.changed.wait()
            return None if self.stopped or not self.waiting else self.waiting.pop(0)

    def again(self, clip: Clip, blame: int) -> bool:
        """Put a clip back whose worker died, at the end; False where it was enough."""
        with self.changed:
            self.blame[clip] += blame
            if self.blame[clip] >= ENOUGH:
                return False
            self.waiting.append(clip)
            self.changed.notify()
            return True

    def settled(self, clip: Clip) -> Pace:
        with self.changed:
            self.open -= 1
            self._read += clip.size
            self.changed.notify_all()
            spent = time.monotonic() - self._began
            done = self._all - self.open
            return Pace(done, self._all, self._found, 60 * (done - self._found) / spent,
                        spent / self._read * (self._bytes - self._read) if self._read else None)

    def going(self) -> bool:
        """Whether clips are left, and nobody said to stop."""
        with self.changed:
            return self.open > 0 and not self.stopped

    def stop(self) -> None:
        with self.changed:
            self.stopped = True
            self.changed.notify_all()


def run(clips: Sequence[Clip], ledger: Ledger, job: Callable[[Clip], Job],
        workers: Sequence[Worker],
        tell: Callable[[Row, Pace], None] = lambda row, pace: None) -> list[Row]:
    """Analyse what is missing. The manifest is written at the end, also when interrupted.

    Args:
        clips: all of the batch.
        ledger: where reports and rows go.
        job: what is asked of a clip.
        workers: each takes one clip at a time; closed afterwards.
        tell: called for each row that is new, one after the other.

    Returns:
        a row for each clip, in order; fewer only if interrupted.

    Raises:
        StorageError: a report cannot be written.
    """
    rows: dict[Clip, Row] = {}
    missing = []
    for clip in clips:
        row = None
        # Who cannot read it says so.
        with contextlib.suppress(OSError):
            row = ledger.done(clip)
        if row is None:
            missing.append(clip)
        else:
            rows[clip] = row
    work = _Work(missing, len(rows))
    failures: list[BaseException] = []
    writing = threading.Lock()

    def finish(clip: Clip, row: Row, files: dict[str, bytes]) -> None:
        with writing:
            rows[clip] = ledger.keep(clip, row, files) if files else ledger.failed(clip, row)
            tell(rows[clip], work.settled(clip))

    def labour(worker: Worker) -> None:
        try:
            while True:
                worker.wait()
                if (clip := work.take()) is None:
                    return
                asked = job(clip)
                try:
                    answer = worker.do(asked)
                except Died as died:
                    if not work.stopped and not work.again(clip, died.blame):
                        key = "error.batch.set_aside"
                        finish(clip, Row(clip.uri, status="set_aside", error=key,
                                         message=say(key, asked.language)), {})
                    continue
                finish(clip, Row(**answer["row"]), {
                    suffix: base64.b64decode(data)
                    for suffix, data in answer.get("files", {}).items()})
        except BaseException as error:
            failures.append(error)
            work.stop()

    threads = [threading.Thread(target=labour, args=(worker,), daemon=True) for worker in workers]
    try:
        for thread in threads:
            thread.start()
        # Not until all of them end: one may wait for a place that a cluster no longer has.
        while work.going():
            time.sleep(0.1)
    finally:
        work.stop()
        for worker in workers:
            worker.close()
        for thread in threads:
            thread.join(5)
        with writing:
            found = [rows[clip] for clip in clips if clip in rows]
            ledger.manifest(found)
    if failures:
        raise failures[0]
    return found
