"""All that a server keeps in one file, made while it is used.

A ZIP file of ``about.json``, ``poise.db`` (the rows of SQLite or PostgreSQL, as of one moment, as
a SQLite file) and the desk's clips and copies that these rows name. Whatever is changed meanwhile
is in it whole or not at all.
"""

import json
import os
import shutil
import tempfile
import time
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from fer_core.config import StorageSettings
from fer_core.desk import audit
from fer_core.desk.clips import ENDED, clip_path, copy_path
from fer_core.desk.forgetting import LEFT_OVER, SYSTEM
from fer_core.desk.rows import copy_rows
from fer_core.desk.tables import CLIPS
from fer_core.desk.worker import clips_folder
from fer_core.errors import FileError, StorageError
from fer_core.history.database import Database, aware
from fer_core.history.tables import SESSIONS
from fer_core.system import alive

FORMAT = 1
ROWS, ABOUT = "poise.db", "about.json"
TRIES = 5
"""How often it begins anew where a clip was forgotten or read anew while it was copied."""
_NAME = "poise-%Y%m%dT%H%M%SZ.zip"
_HALF = ".poise-backup-"
"""What the folder of one that is being written is called, before its process's number."""


@dataclass(frozen=True)
class Backup:
    """What is in a backup.

    Attributes:
        made: UTC.
        sessions, clips: how many.
        format: of the file.
    """

    made: datetime
    sessions: int
    clips: int
    format: int = FORMAT


class _Changed(Exception):
    """A clip is not what its row says any more."""


def backup(target: Path, settings: StorageSettings | None = None,
           now: datetime | None = None) -> tuple[Path, Backup]:
    """Write everything into a file, readable by its owner alone.

    Args:
        target: the file, or a folder in which it gets a name by the time, as ``in_folder``.

    Raises:
        StorageError: it lies within what it is a backup of, the database cannot be read, the
            disk is full, somebody forgets and reads anew all the time.
    """
    settings, now = settings or StorageSettings(), now or datetime.now(UTC)
    within = in_folder(target)
    file = target / now.strftime(_NAME) if within else target
    if file.resolve().is_relative_to(settings.home.resolve()):
        raise StorageError("error.backup.inside", path=settings.home)
    database = Database(settings)
    try:
        with _written(file, make=within) as half:
            about = _try_on(half, database, settings, now)
        with database.writing() as connection:
            audit.append(connection, SYSTEM.id, "backup.make", detail={"clips": about.clips})
    finally:
        database.close()
    return file, about


def in_folder(target: Path) -> bool:
    """Whether a backup gets a file of its own within: a folder, or what has no ending such as
    ``.zip`` and is made one."""
    return target.is_dir() or (not target.suffix and not target.exists())


def drop_old(folder: Path, days: int, now: datetime | None = None) -> int:
    """Delete a folder's backups that are older; how many. What was forgotten since they were
    made is gone with them."""
    dropped = 0
    for file in folder.glob("poise-*.zip"):
        with suppress(ValueError):  # no file of ours
            made = datetime.strptime(file.name, _NAME).replace(tzinfo=UTC)
            if made < (now or datetime.now(UTC)) - timedelta(days=days):
                file.unlink(missing_ok=True)
                dropped += 1
    return dropped


@contextmanager
def _written(file: Path, make: bool) -> Iterator[Path]:
    """A file in a folder of its own beside it, which takes its place when it is whole and on the
    disk; what a killed backup left there goes.

    Args:
        make: the folder, where it is not there.
    """
    try:
        if make:
            file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        for left in file.parent.glob(f"{_HALF}*"):
            if _left_over(left):
                shutil.rmtree(left, ignore_errors=True)
        with tempfile.TemporaryDirectory(prefix=f"{_HALF}{os.getpid()}-", dir=file.parent) as own:
            half = Path(own) / file.name
            half.touch(0o600)
            yield half
            with half.open("rb+") as written:
                os.fsync(written.fileno())
            half.replace(file)
    except OSError as error:
        raise StorageError("error.backup.write", path=file, reason=FileError.of(error)) from error


def _left_over(folder: Path) -> bool:
    """Whether nobody writes in it any more. In containers each process may be number 1."""
    process = folder.name.removeprefix(_HALF).partition("-")[0]
    with suppress(FileNotFoundError):  # its backup has ended just now
        return process.isdecimal() and (not alive(int(process)) or
                                        time.time() - folder.stat().st_mtime > LEFT_OVER)
    return False


def _try_on(half: Path, database: Database, settings: StorageSettings, now: datetime) -> Backup:
    for n in range(TRIES):
        with suppress(_Changed):
            place = StorageSettings(home=half.parent / f"rows-{n}", database_url="")
            return _write(half, database, place, clips_folder(settings), now)
    raise StorageError("error.backup.busy", times=TRIES)


def _write(half: Path, database: Database, place: StorageSettings, folder: Path,
           now: datetime) -> Backup:
    """One try.

    Args:
        place: where the rows are put together.
        folder: of the clips.
    """
    rows, sessions = _rows(database, place)
    with zipfile.ZipFile(half, "w") as archive:
        about = Backup(now, sessions, len(rows))
        archive.writestr(ABOUT, json.dumps(asdict(about), default=datetime.isoformat))
        archive.write(place.home / ROWS, ROWS, zipfile.ZIP_DEFLATED)
        for number in rows:
            for path in (clip_path(folder, number), copy_path(folder, number, "covered"),
                         copy_path(folder, number, "plain")):
                # Not every clip has a copy; a row whose clip was lost otherwise stays one.
                with suppress(FileNotFoundError):
                    archive.write(path, path.relative_to(folder.parent.parent).as_posix())
    # Forgetting deletes the files before the row is gone for others: the clip's first of them.
    for number in rows:
        if not clip_path(folder, number).exists():
            _wait(database, number)
    with database.reading() as connection:
        after = _states(connection)
    if any(number not in after or (state in ENDED and after[number] != (state, finished))
           for number, (state, finished) in rows.items()):
        raise _Changed
    return about


def _wait(database: Database, number: str) -> None:
    """Until whoever may be forgetting a clip has done so."""
    with database.writing() as connection:  # for which SQLite waits by itself
        connection.execute(sa.select(CLIPS.c.id).where(CLIPS.c.id == number).with_for_update())


def _rows(database: Database, place: StorageSettings
          ) -> tuple[dict[str, tuple[str, Any]], int]:
    """All rows as of one moment; each clip's id, state and end, and how many sessions."""
    into = Database(place)
    try:
        with _one_moment(database) as source, into.writing() as target:
            copy_rows(source, target)
        with into.reading() as connection:
            return _states(connection), connection.execute(
                sa.select(sa.func.count()).select_from(SESSIONS)).scalar_one()
    finally:
        into.close()


@contextmanager
def _one_moment(database: Database) -> Iterator[sa.Connection]:
    """A connection that sees what there was when it first looked, whoever writes meanwhile."""
    with database.reading() as connection:
        # SQLite's write-ahead log does so by itself.
        yield connection if database.lite else connection.execution_options(
            isolation_level="REPEATABLE READ")


def _states(connection: sa.Connection) -> dict[str, tuple[str, Any]]:
    return {row.id: (row.state, row.finished and aware(row.finished))
            for row in connection.execute(sa.select(CLIPS.c.id, CLIPS.c.state, CLIPS.c.finished))}
