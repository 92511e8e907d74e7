"""Forgetting somebody, and looking whether it is true.

A candidate goes with their clips, readings, consents, cards, comments, decisions and groups, and
with their key, so that the log's pseudonyms are noise. Then the data folder and the database are
searched for what was theirs; what the search covered and found is the receipt.
"""

import hashlib
import os
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import sqlalchemy as sa
from numpy.typing import NDArray

from fer_core.desk import audit
from fer_core.desk.access import Access, Act, Target
from fer_core.desk.clips import clip_path, copy_path
from fer_core.desk.consents import Consents
from fer_core.desk.inbox import Inbox, incoming, own_sender
from fer_core.desk.policy import Person
from fer_core.desk.tables import CANDIDATES, CLIPS, OPENINGS
from fer_core.errors import Forbidden
from fer_core.history import rewriting
from fer_core.history.database import Database, aware
from fer_core.history.tables import SESSIONS

BLOCK = 4096
"""Bytes: the page of a database and the block of most file systems."""
SHORTEST = 6
"""Bytes of a name under which it would be found in anything, and is not searched for."""
LEFT_OVER = 86_400.0
"""s after which a file that belongs to no clip is what an upload left that was cut off."""
SYSTEM = Person("system", frozenset({"admin"}))
"""Who deletes by age."""
_READ = 2**24


@dataclass(frozen=True)
class Receipt:
    """What a forgetting deleted, and what the search after it covered.

    Attributes:
        people: forgotten.
        clips: deleted with their files.
        files, bytes: of the data folder that were searched.
        rows: of the database that were searched; with PostgreSQL by query, its files being
            the server's.
        rewritten: whether the database's files were written anew. Where not, somebody was
            reading; it is done at the next deletion or start, and until then found may name
            them.
        unsearched: names too short, names and clips that somebody who stays has as well, names
            of files that a practice session has.
        found: where something of theirs still stands, files and then columns of the database;
            empty: nowhere.
        in_files: how many of them are files.
        server: whether a PostgreSQL server keeps a write-ahead log, and perhaps backups,
            outside of what was searched.
    """

    forgotten: datetime
    people: int
    clips: int
    files: int
    bytes: int
    rows: int
    rewritten: bool
    unsearched: int
    found: tuple[str, ...]
    in_files: int
    server: bool


@dataclass(frozen=True)
class Traces:
    """What is searched for: (B,) the first 8 bytes and the digests of the clips' blocks of
    4 KiB, and words as they would stand in a file.

    Attributes:
        opening, about: as the log calls whose they are.
        clips: the ids of their clips.
    """

    opening: str
    about: str
    clips: tuple[str, ...]
    starts: NDArray[np.uint64]
    digests: frozenset[bytes]
    words: tuple[str, ...]
    unsearched: int


class Forgetting:
    """Deleting for good.

    Args:
        home: the data folder, searched whole.
        folder: where the clips lie.

    Raises:
        Forbidden, StorageError: from every method.
    """

    def __init__(self, access: Access, home: Path, folder: Path) -> None:
        self._access = access
        self._database = access.database
        self._home = home
        self._folder = folder

    def forget(self, person: Person, candidate: str) -> Receipt:
        """Forget a candidate, at once and altogether; nobody under a legal hold.

        A worker that is at a clip of theirs finds its row gone, and keeps nothing.
        """
        return self._prove([self._delete(person, candidate)])

    def withdraw(self, person: Person, candidate: str) -> Receipt | None:
        """A candidate takes their consent back: what was measured goes at once, and so does all
        the rest; None where a legal hold keeps the rest for now."""
        Consents(self._access).withdraw(person, candidate)
        try:
            return self.forget(person, candidate)
        except Forbidden:
            return None

    def forget_old(self, now: datetime | None = None) -> Receipt | None:
        """Forget whoever is older than their opening keeps things, holds excepted, and what
        broken uploads left; one search for all of them, None where nobody is so old."""
        now = now or datetime.now(UTC)
        self._sweep()
        with self._database.reading() as connection:
            rows = connection.execute(
                sa.select(CANDIDATES.c.id, CANDIDATES.c.added, OPENINGS.c.retention_days)
                .join(OPENINGS, OPENINGS.c.id == CANDIDATES.c.opening)
                .where(CANDIDATES.c.held.is_(None))).all()
        old = [r.id for r in rows
               if aware(r.added) < now - timedelta(days=r.retention_days)]
        return self._prove([self._delete(SYSTEM, number) for number in old]) if old else None

    def _delete(self, person: Person, candidate: str) -> Traces:
        """Everything of a candidate, in one transaction with the line that says so."""
        with self._access.acting(person, "candidate.forget", Target(candidate=candidate)) as act:
            traces = _traces(act, self._folder)
            # First the rows: a worker that finishes a copy holds its row until the copy is there.
            act.connection.execute(sa.delete(CANDIDATES).where(CANDIDATES.c.id == candidate))
            for number in traces.clips:
                for file in _files(self._folder, number):
                    file.unlink(missing_ok=True)
            Inbox(incoming(self._folder)).drop(own_sender(candidate))
            rewriting.mark(act.connection)
            act.detail = {"clips": len(traces.clips)}
        return traces

    def _prove(self, gone: Sequence[Traces]) -> Receipt:
        """Rewrite the database's files and look for what was theirs."""
        rewritten = rewriting.finish(self._database)
        traces = _together(gone)
        found, files, size = search_files(self._home, traces)
        held, rows = search_rows(self._database, traces)
        receipt = Receipt(datetime.now(UTC), len(gone), len(traces.clips), files, size, rows,
                          rewritten, traces.unsearched, (*found, *held), len(found),
                          not self._database.lite)
        with self._database.writing() as connection:
            for one in gone:
                audit.append(connection, SYSTEM.id, "forget.verified", opening=one.opening,
                             thing=one.about, detail={
                                 "files": files, "rows": rows, "found": len(receipt.found),
                                 "rewritten": rewritten})
        return receipt

    def _sweep(self) -> None:
        """Delete files that belong to no clip and are a day old."""
        with self._database.reading() as connection:
            known = set(connection.execute(sa.select(CLIPS.c.id)).scalars())
        for file in (*self._folder.glob("*"), *self._folder.parent.glob("copies/*"),
                     *incoming(self._folder).glob("*/*")):
            old = time.time() - file.stat().st_mtime > LEFT_OVER
            if old and file.name.partition(".")[0] not in known:
                file.unlink(missing_ok=True)


def _traces(act: Act, folder: Path) -> Traces:
    """Of a candidate who is still there."""
    row = act.connection.execute(sa.select(CANDIDATES).where(
        CANDIDATES.c.id == act.candidate)).one()
    rows = act.connection.execute(sa.select(CLIPS.c.id, CLIPS.c.name, CLIPS.c.sha256).where(
        CLIPS.c.candidate == act.candidate)).all()
    twins = set(act.connection.execute(sa.select(CLIPS.c.sha256).where(
        CLIPS.c.candidate != act.candidate,
        CLIPS.c.sha256.in_([r.sha256 for r in rows]))).scalars())
    files = {r.name for r in rows} - {""}
    names = {row.name, row.contact, *files} - {""}
    others = ((CANDIDATES.c.id, CANDIDATES.c.name), (CANDIDATES.c.id, CANDIDATES.c.contact),
              (CLIPS.c.candidate, CLIPS.c.name))
    stay = {name for name in names for whose, column in others if _holding(
        act.connection, column, name, whose != act.candidate)}
    # The desk writes nothing into the history: a file of the same name there is no trace of them.
    stay |= {name for name in files for column in (SESSIONS.c.name, SESSIONS.c.report)
             if _holding(act.connection, column, name)}
    searched = {n for n in names if len(n.encode()) >= SHORTEST} - stay
    starts, digests = [], set()
    for clip in (r for r in rows if r.sha256 not in twins):
        for file in _files(folder, clip.id):
            for block in _blocks(file):
                starts.append(block[:8])
                digests.add(hashlib.sha256(block).digest())
    clips = tuple(clip.id for clip in rows)
    return Traces(act.opening, act.about, clips,
                  np.unique(np.frombuffer(b"".join(starts), np.uint64)), frozenset(digests),
                  (act.candidate, *clips, *sorted(searched)), len(names - searched) + len(twins))


def _holding(connection: sa.Connection, column: sa.ColumnElement[str], word: str,
             *which: sa.ColumnElement[bool]) -> bool:
    """Whether a word stands in a column, in any of these rows."""
    return bool(connection.execute(sa.select(sa.func.count()).where(
        column.contains(word, autoescape=True), *which)).scalar_one())


def _files(folder: Path, number: str) -> list[Path]:
    """A clip's file and those that were made of it, finished or not."""
    copies = copy_path(folder, number, "*")
    return [clip_path(folder, number), *copies.parent.glob(copies.name)]


def _together(gone: Sequence[Traces]) -> Traces:
    """Of several people, to be searched for at once."""
    return Traces(
        "", "", tuple(c for one in gone for c in one.clips),
        np.unique(np.concatenate([one.starts for one in gone])),
        frozenset().union(*(one.digests for one in gone)),
        tuple(w for one in gone for w in one.words), sum(one.unsearched for one in gone))


def _blocks(path: Path) -> Iterator[bytes]:
    """The whole blocks of a file that are its own: not zeros, nor the like of them."""
    if not path.is_file():
        return
    with path.open("rb") as file:
        while len(block := file.read(BLOCK)) == BLOCK:
            if len(set(block)) >= 16:
                yield block


def search_files(home: Path, traces: Traces) -> tuple[list[str], int, int]:
    """Every file of a folder, whatever it is.

    Returns:
        those that hold a trace, how many were searched, and how many bytes they have.
    """
    words = [word.encode() for word in traces.words]
    keep = max(map(len, words))
    found, files, size = [], 0, 0
    for folder, _, names in os.walk(home):
        for name in names:
            path, holds, tail = Path(folder, name), any(w in name for w in traces.words), b""
            try:
                with path.open("rb") as file:
                    while part := file.read(_READ):
                        size += len(part)
                        both = tail + part
                        holds = (holds or _holds(part, traces)
                                 or any(word in both for word in words))
                        tail = both[-keep:]
            except FileNotFoundError:  # a log of the database that went meanwhile
                continue
            files += 1
            if holds:
                found.append(str(path.relative_to(home)))
    return found, files, size


def _holds(part: bytes, traces: Traces) -> bool:
    """Whether a whole block of some bytes, counted from their start, is one of theirs."""
    count = len(part) // BLOCK
    starts = np.frombuffer(part, np.uint64, count * BLOCK // 8).reshape(
        count, BLOCK // 8)[:, 0]
    # Most blocks are told apart by their first bytes, which is much quicker than by digest.
    return any(hashlib.sha256(part[n * BLOCK:(n + 1) * BLOCK]).digest() in traces.digests
               for n in np.flatnonzero(np.isin(starts, traces.starts)))


def search_rows(database: Database, traces: Traces) -> tuple[list[str], int]:
    """Every text of every row of the desk and of the history.

    Returns:
        tables and columns that hold a trace, and how many rows were searched.
    """
    found, rows = [], 0
    with database.reading() as connection:
        known = sa.MetaData()
        known.reflect(connection)
        for table in known.sorted_tables:
            if table.name == "alembic_version":
                continue
            rows += connection.execute(sa.select(sa.func.count()).select_from(table)).scalar_one()
            for column in table.c:
                if isinstance(column.type, sa.String) and connection.execute(sa.select(
                        sa.func.count()).where(sa.or_(*(column.contains(w, autoescape=True)
                                                        for w in traces.words)))).scalar_one():
                    found.append(f"{table.name}.{column.name}")
    return found, rows
