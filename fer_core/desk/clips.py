"""Clips: taken in without ever being held in memory, and how far each is.

The table is the truth about the queue. A clip that waits is taken by one worker, which keeps
saying that it lives by moving its lease; what it found and that it is done become true together,
and only while the lease is its own.
"""

import errno
import hashlib
import json
import os
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any, Literal, TypeAlias

import sqlalchemy as sa

from fer_core.desk.access import Access, Act, Target
from fer_core.desk.policy import Person, Thing, may
from fer_core.desk.tables import CANDIDATES, CLIPS, OBSERVATIONS, READINGS
from fer_core.errors import DeskError, PoiseError, StorageError, VideoUnreadable
from fer_core.history import rewriting
from fer_core.history.database import aware
from fer_core.media.names import safe_name

State: TypeAlias = Literal["queued", "running", "done", "failed", "cancelled", "set_aside"]
ENDED: tuple[State, ...] = ("done", "failed", "cancelled", "set_aside")
MOST_BYTES = 4 * 2**30
"""Of one clip: an hour of a webcam at 4 Mbit/s is 1.8 GB."""
_BLOCK = 2**20


@dataclass(frozen=True)
class Clip:
    """A row of the queue.

    Attributes:
        name: None for whoever may not know whose it is: names of files tell.
        fraction: 0 to 1, None while unknown.
        remaining: s left, None while unknown.
        failure: key and values of a sentence; also of what a waiting clip waits for.
        measured: whether a reading of it is kept.
    """

    id: str
    candidate: str
    name: str | None
    size: int
    added: datetime
    state: State
    fraction: float | None
    remaining: float | None
    failure: PoiseError | None
    measured: bool


@dataclass(frozen=True)
class Added:
    """Attributes:
        known: it is an earlier clip, byte for byte: of the same opening; for a candidate, of
            their own, since what came in for another is nobody's to tell them.
    """

    id: str
    known: bool


class Clips:
    """The clips of the desk.

    Args:
        folder: where their files lie, each under its id alone.
        wake: tells a worker that a clip waits.

    Raises:
        Forbidden, StorageError: from every method.
    """

    def __init__(self, access: Access, folder: Path, wake: Callable[[], None]) -> None:
        self._access = access
        self.folder = folder
        self._wake = wake

    def path(self, number: str) -> Path:
        """Where a clip's file lies; of an id only, never of a name."""
        return clip_path(self.folder, number)

    def add(self, person: Person, candidate: str, name: str, file: IO[bytes],
            most: int = MOST_BYTES) -> Added:
        """Take a clip in, block by block, and queue it.

        Args:
            name: as somebody's computer calls it: shown, never a path.
            most: bytes.

        Raises:
            DeskError: it is too large.
            VideoUnreadable: it is empty.
            StorageError: the disk is full.
        """
        return self._add(person, Target(candidate=candidate), lambda: candidate, name, file, most)

    def add_new(self, person: Person, opening: str, candidate: Callable[[], str], name: str,
                file: IO[bytes], most: int = MOST_BYTES) -> Added:
        """The same for somebody who is made a candidate only once their clip is taken in: one
        that cannot be, or is known, leaves nobody behind.

        Args:
            candidate: makes them, or says who they are; their id.
        """
        return self._add(person, Target(opening), candidate, name, file, most)

    def _add(self, person: Person, target: Target, candidate: Callable[[], str], name: str,
             file: IO[bytes], most: int) -> Added:
        with self._access.glancing(person, "clip.add", target):
            number = secrets.token_hex(16)
        with self._taken_in(number, file, most) as (size, digest):
            with self._access.glancing(person, "clip.add", target) as act:
                among = (CANDIDATES.c.opening == act.opening if person.candidate is None
                         else CANDIDATES.c.id == person.candidate)
                known = act.connection.execute(sa.select(CLIPS.c.id).join(
                    CANDIDATES, CANDIDATES.c.id == CLIPS.c.candidate).where(
                        among, CLIPS.c.sha256 == digest)).scalar()
            if known is not None:
                self.path(number).unlink()
                return Added(known, True)
            whose, now = candidate(), datetime.now(UTC)
            with self._access.acting(person, "clip.add", Target(candidate=whose)) as act:
                act.connection.execute(CLIPS.insert().values(
                    id=number, candidate=whose, name=safe_name(name), sha256=digest, size=size,
                    added=now, added_by=person.id or whose, state="queued", turn=now, crashes=0,
                    cancel=False, failure=""))
                act.detail = {"bytes": size}
        self._wake()
        return Added(number, False)

    def admits(self, person: Person, opening: str = "", candidate: str = "") -> None:
        """Refuse whoever may not hand a clip in, before anything of it has come."""
        with self._access.glancing(person, "clip.add", Target(opening, candidate)):
            pass

    def original(self, person: Person, number: str) -> Path:
        """The file as it came, with the candidate's face: for whoever may know them."""
        with self._access.acting(person, "clip.original", Target(clip=number)):
            return self.path(number)

    def watch(self, person: Person, number: str) -> Path:
        """The file that reviewers watch, made by the worker: a copy, never the clip itself. In
        a blind opening every face in it is covered, whoever asks.

        Raises:
            DeskError: it is not made yet, or was made before the opening became blind.
        """
        with self._access.looking(person, "clip.watch", Target(clip=number)) as act:
            blind = act.thing.blind
            covered = copy_path(self.folder, number, "covered")
            copies = [covered] if blind else [copy_path(self.folder, number, "plain"), covered]
            found = next((path for path in copies if path.is_file()), None)
            if found is None:
                raise DeskError("error.desk.no_copy")
            act.detail = {"covered": found == covered}
        return found

    def list(self, person: Person, opening: str) -> tuple[Clip, ...]:
        """The clips of an opening in the order in which they came."""
        with self._access.glancing(person, "candidate.see", Target(opening)) as act:
            return _clips(person, act, CANDIDATES.c.opening == opening)

    def of(self, person: Person, candidate: str) -> tuple[Clip, ...]:
        """The clips of one candidate."""
        with self._access.glancing(person, "candidate.see", Target(candidate=candidate)) as act:
            return _clips(person, act, CLIPS.c.candidate == candidate)

    def cancel(self, person: Person, number: str) -> None:
        """Stop a clip's analysis, or its waiting; what has ended stays."""
        with self._access.acting(person, "clip.change", Target(clip=number)) as act:
            act.connection.execute(sa.update(CLIPS).where(
                CLIPS.c.id == number, CLIPS.c.state == "queued").values(
                    state="cancelled", finished=datetime.now(UTC)))
            act.connection.execute(sa.update(CLIPS).where(
                CLIPS.c.id == number, CLIPS.c.state == "running").values(cancel=True))

    def retry(self, person: Person, number: str) -> None:
        """Queue a clip again that has ended; what was read of it before goes."""
        with self._access.acting(person, "clip.change", Target(clip=number)) as act:
            again = act.connection.execute(sa.update(CLIPS).where(
                CLIPS.c.id == number, CLIPS.c.state.in_(ENDED)).values(
                    state="queued", turn=datetime.now(UTC), crashes=0, cancel=False, failure="",
                    fraction=None, remaining=None, finished=None)).rowcount
            if again and sum(act.connection.execute(sa.delete(table).where(
                    table.c.clip == number)).rowcount for table in (READINGS, OBSERVATIONS)):
                rewriting.mark(act.connection)
        rewriting.finish(self._access.database)
        self._wake()

    @contextmanager
    def _taken_in(self, number: str, file: IO[bytes], most: int) -> Iterator[tuple[int, str]]:
        """The file on the disk while the block runs, and after it unless that fails."""
        path, digest, size = self.path(number), hashlib.sha256(), 0
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            with path.open("xb") as out:
                while block := file.read(_BLOCK):
                    size += len(block)
                    if size > most:
                        raise DeskError("error.desk.too_big", most=f"{most / 2**30:.0f}")
                    digest.update(block)
                    out.write(block)
                out.flush()
                os.fsync(out.fileno())
            if size == 0:
                raise VideoUnreadable("error.video.empty")
            yield size, digest.hexdigest()
        except BaseException as error:
            path.unlink(missing_ok=True)
            if isinstance(error, OSError):
                raise StorageError("error.desk.full" if full(error)
                                   else "error.storage.readonly") from error
            raise


def clip_path(folder: Path, number: str) -> Path:
    """The file of a clip.

    Raises:
        ValueError: no id of ours.
    """
    if len(number) != 32 or not set(number) <= set("0123456789abcdef"):
        raise ValueError("not a clip's id")
    return folder / number


def copy_path(folder: Path, number: str, kind: Literal["covered", "plain", "*"]) -> Path:
    """Where the copy of a clip that reviewers watch lies.

    Args:
        folder: of the clips.
        kind: ``covered``: no face is seen in it; ``*``: of every kind, a pattern.

    Raises:
        ValueError: no id of ours.
    """
    return folder.parent / "copies" / f"{clip_path(folder, number).name}.{kind}"


def full(error: BaseException) -> bool:
    """Whether it says that the disk is full."""
    return (isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT)) or (
        isinstance(error, StorageError) and error.key == "error.storage.full")


def told(error: PoiseError) -> str:
    """An error as the table keeps it."""
    return json.dumps({"key": error.key, "values": {k: str(v) for k, v in error.values.items()}},
                      ensure_ascii=False)


def _clips(person: Person, act: Act, which: sa.ColumnElement[bool]) -> tuple[Clip, ...]:
    rows = act.connection.execute(
        sa.select(CLIPS, READINGS.c.clip.is_not(None).label("measured"))
        .join(CANDIDATES, CANDIDATES.c.id == CLIPS.c.candidate)
        .outerjoin(READINGS, READINGS.c.clip == CLIPS.c.id)
        .where(which).order_by(CLIPS.c.added, CLIPS.c.id)).all()
    return tuple(_clip(row, may(person, "candidate.identify", Thing(
        act.opening, row.candidate, blind=act.thing.blind))) for row in rows)


def _clip(row: Any, named: bool) -> Clip:
    failure = json.loads(row.failure) if row.failure else None
    return Clip(
        row.id, row.candidate, row.name if named else None, row.size, aware(row.added), row.state,
        row.fraction, row.remaining,
        None if failure is None else PoiseError(failure["key"], **failure["values"]),
        bool(row.measured))
