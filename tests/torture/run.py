"""Clip after clip through the analysis, each measured: ``python -m tests.torture``."""

import os
import shutil
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from fer_core.batch.hands import Died, Hand
from fer_core.batch.work import Job
from tests.processes import children
from tests.torture import damage

COMMAND = (sys.executable, "-m", "tests.torture.reader")
SECONDS, MEGABYTES = 60.0, 2048.0
"""That no clip may take."""


@dataclass
class Row:
    """What became of a clip.

    Attributes:
        outcome: ``report``, the key of a sentence, or ``fault``.
        peak: MB held at most by the process and its children while it was read.
        left: files, processes and shared memory afterwards.
    """

    number: int
    kind: str
    outcome: str
    took: float
    peak: float
    left: list[str] = field(default_factory=list)
    detail: str = ""

    @property
    def bad(self) -> bool:
        return bool(self.outcome == "fault" or self.left or self.took > SECONDS
                    or self.peak > MEGABYTES)


def torture(folder: Path, numbers: Sequence[int], seed: int, whole: Sequence[Path],
            real: bool = False) -> Iterator[Row]:
    """Make each clip, read it, take it away.

    Args:
        folder: empty; whatever is left in it is left by the analysis.
        real: with the real networks instead of stand-ins.
    """
    own, clips = folder / "temporary", folder / "clips"
    own.mkdir()
    hand = Hand(COMMAND, SECONDS + 30, {"TMPDIR": str(own)})
    try:
        for number in numbers:
            clips.mkdir()
            kind, path = damage.clip(clips, seed, number, whole)
            yield _read(hand, path, number, kind, real)
            shutil.rmtree(clips)
    finally:
        hand.close()


def _read(hand: Hand, path: Path, number: int, kind: str, real: bool) -> Row:
    job = Job(os.fsencode(path).hex(), "clip", {"real": real}, ())
    with _peak(hand) as peak:
        try:
            row = hand.do(job)
        except Died as died:
            row = {"outcome": "fault", "detail": repr(died), "took": 0.0, "left": []}
    beside = sorted(p.name for p in path.parent.iterdir() if p != path)
    return Row(number, kind, row["outcome"], row["took"], peak[0], row["left"] + beside,
               row.get("detail", ""))


@contextmanager
def _peak(hand: Hand) -> Iterator[list[float]]:
    """MB that the hand's process and all of its descendants hold together, at most."""
    most, over = [0.0], threading.Event()

    def look() -> None:
        while not over.wait(0.02):
            if hand.pid is not None:
                most[0] = max(most[0], _held(hand.pid))

    thread = threading.Thread(target=look)
    thread.start()
    try:
        yield most
    finally:
        over.set()
        thread.join()


def _held(pid: int, above: bytes = b"") -> float:
    here = Path(f"/proc/{pid}")
    try:
        command = (here / "cmdline").read_bytes()
        if command == above:  # about to become another program, on its parent's pages
            return 0.0
        own = int((here / "statm").read_text().split()[1]) * os.sysconf("SC_PAGESIZE")
        below = children(pid)
    except (OSError, IndexError):  # it has just ended
        return 0.0
    return own / 1e6 + sum(_held(child, command) for child in below)
