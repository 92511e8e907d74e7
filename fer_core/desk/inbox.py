"""Where uploads grow, block by block, until they are taken in: on the disk, never in memory.

What was cut off goes on from where it is: an upload is known by who sends it and by what their
browser calls it, both as hashes. What is never taken in is deleted after a day.
"""

import hashlib
import shutil
import threading
from pathlib import Path

from fer_core.desk.clips import MOST_BYTES, full
from fer_core.errors import DeskError, StorageError

MOST_WAITING, OWN_WAITING = 16 * MOST_BYTES, 2 * MOST_BYTES
"""Bytes that one sender may have waiting: a ZIP or a day's clips; a candidate's own."""
SPARE = 2**30
"""Bytes of the disk that no upload takes: the database and the copies need them."""


class OutOfStep(Exception):
    """Bytes that do not follow those that are there."""


class Inbox:
    """The uploads under way. Safe to use from any thread of one process.

    Args:
        folder: where they lie.
        most: bytes that one sender may have waiting.
    """

    def __init__(self, folder: Path, most: int = MOST_WAITING) -> None:
        self.folder = folder
        self._most = most
        self._locks = [threading.Lock() for _ in range(64)]  # one of them for each upload

    def size(self, sender: str, name: str) -> int:
        """How many bytes of an upload are there."""
        path = self._path(sender, name)
        return path.stat().st_size if path.is_file() else 0

    def append(self, sender: str, name: str, at: int, whole: int, block: bytes) -> int:
        """Take the next bytes; how many are there now.

        Args:
            sender: who sends, and for what.
            name: what their browser calls it: its ending tells a ZIP, which may be larger.
            at: bytes that the sender takes to be there.
            whole: bytes of the whole file, as the sender says.

        Raises:
            OutOfStep: others are there.
            DeskError: it is too large.
            StorageError: the disk is full, or cannot be written.
        """
        path = self._path(sender, name)
        with self._locks[hash(path) % len(self._locks)]:
            if at != self.size(sender, name):
                raise OutOfStep
            try:
                self._measure(path, name, at, max(whole, at + len(block)))
                path.parent.mkdir(parents=True, exist_ok=True)
                with path.open("ab") as file:
                    file.write(block)
            except OSError as error:
                raise StorageError("error.desk.full" if full(error)
                                   else "error.storage.readonly") from error
        return at + len(block)

    def find(self, sender: str, name: str) -> Path | None:
        """The file of an upload, None where there is none."""
        path = self._path(sender, name)
        return path if path.is_file() else None

    def drop(self, sender: str, name: str | None = None) -> None:
        """Delete an upload, or all of a sender's."""
        if name is not None:
            self._path(sender, name).unlink(missing_ok=True)
        else:
            shutil.rmtree(self._path(sender), ignore_errors=True)

    def _measure(self, path: Path, name: str, at: int, whole: int) -> None:
        most = self._most if name.lower().endswith(".zip") else min(self._most, MOST_BYTES)
        others = sum(file.stat().st_size for file in path.parent.glob("*") if file != path)
        if whole > most or whole + others > self._most:
            raise DeskError("error.desk.too_big", most=f"{most / 2**30:.0f}")
        self.folder.mkdir(parents=True, exist_ok=True)
        if shutil.disk_usage(self.folder).free < whole - at + SPARE:
            raise StorageError("error.desk.full")

    def _path(self, sender: str, name: str | None = None) -> Path:
        place = self.folder / _hashed(sender)
        return place if name is None else place / _hashed(name)


def incoming(clips: Path) -> Path:
    """Where uploads lie: beside the folder of the clips."""
    return clips.parent / "incoming"


def own_sender(candidate: str) -> str:
    """What the inbox calls a candidate who sends clips of their own."""
    return f"candidate {candidate}"


def _hashed(word: str) -> str:
    return hashlib.sha256(word.encode()).hexdigest()[:32]
