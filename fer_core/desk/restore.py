"""A backup put back, into an empty place or, where that is said, in the place of what is there.

Whoever was forgotten after the backup was made stays forgotten, as far as a log tells: the one
that is replaced, or one exported before it was lost. A backup has the keys under which the log
calls people, so that it can be asked about them one by one.
"""

import csv
import json
import os
import re
import shutil
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import sqlalchemy as sa

from fer_core.config import StorageSettings
from fer_core.desk import audit
from fer_core.desk.backup import ABOUT, FORMAT, ROWS, Backup
from fer_core.desk.forgetting import SYSTEM
from fer_core.desk.rows import copy_rows, empty
from fer_core.desk.tables import AUDIT, CANDIDATES, CLIPS, OPENINGS
from fer_core.desk.worker import clips_folder
from fer_core.errors import FileError, StorageError
from fer_core.history import rewriting
from fer_core.history.database import Database

_FILE = re.compile(r"desk/(clips/[0-9a-f]{32}|copies/[0-9a-f]{32}\.(covered|plain))")
_BLOCK = 2**20


def restore(file: Path, settings: StorageSettings | None = None, over: bool = False,
            logs: tuple[Path, ...] = ()) -> tuple[Backup, int]:
    """Put a backup back; what of it is back, and how many people were left out because they were
    forgotten since.

    Args:
        over: what is there now is replaced.
        logs: CSV files of ``audit export``.

    Raises:
        StorageError: the place is not empty or another desk's, the backup is damaged or from a
            newer Poise, the database cannot be written, the disk is full.
    """
    settings = settings or StorageSettings()
    with _opened(file) as archive, tempfile.TemporaryDirectory(
            prefix=f"poise-{os.getpid()}-") as place:
        about = _about(archive)
        archive.extract(ROWS, place)
        # Opening it brings an older backup's rows up to date.
        source = Database(StorageSettings(home=Path(place), database_url=""))
        target = Database(settings)
        try:
            forgotten, kept = _put_back(archive, source, target, clips_folder(settings), over,
                                  set().union(*map(_told, logs)))
            rewriting.finish(target)
        finally:
            source.close()
            target.close()
    return replace(about, clips=kept), forgotten


def _put_back(archive: zipfile.ZipFile, source: Database, target: Database, folder: Path,
              over: bool, gone: set[str]) -> tuple[int, int]:
    with target.reading() as connection:
        if not over and (any(folder.glob("*")) or not empty(connection)):
            raise StorageError("error.backup.taken")
        gone |= _forgotten(connection)
    with source.reading() as rows, target.writing() as connection:
        given = connection.execute(sa.select(OPENINGS.c.id, OPENINGS.c.numbers)).all()
        copy_rows(rows, connection)
        for opening, numbers in given:  # whoever came after the backup had one of them
            connection.execute(sa.update(OPENINGS).where(
                OPENINGS.c.id == opening, OPENINGS.c.numbers < numbers).values(numbers=numbers))
        forgotten = _forget(connection, gone)
        # Whoever was at a clip is not any more.
        connection.execute(sa.update(CLIPS).where(CLIPS.c.state == "running").values(
            state="queued", worker=None, lease=None, fraction=None, remaining=None))
        kept = set(connection.execute(sa.select(CLIPS.c.id)).scalars())
        audit.append(connection, SYSTEM.id, "backup.restore", detail={"clips": len(kept)})
        rewriting.mark(connection)
        _unpack(archive, folder.parent.parent, kept)  # before the rows stand
    for path in (*folder.glob("*"), *folder.parent.glob("copies/*")):
        if path.name.partition(".")[0] not in kept:
            path.unlink(missing_ok=True)
    return forgotten, len(kept)


def _forgotten(connection: sa.Connection) -> set[str]:
    """Pseudonyms of whom a log says that they were."""
    return set(connection.execute(sa.select(AUDIT.c.thing).where(
        AUDIT.c.action == "candidate.forget", AUDIT.c.detail.not_like('%"refused"%'))).scalars())


def _told(log: Path) -> set[str]:
    """The same of an exported log."""
    try:
        with log.open(encoding="utf-8", newline="") as file:
            return {row["thing"] for row in csv.DictReader(file)
                    if row["action"] == "candidate.forget" and '"refused"' not in row["detail"]}
    except (OSError, KeyError, TypeError, UnicodeDecodeError) as error:
        raise StorageError("error.backup.log", path=log) from error


def _forget(connection: sa.Connection, gone: set[str]) -> int:
    """Delete again whom the log has as forgotten, and say so in the log that stands now, so that
    the next restoring knows too."""
    again = [(row.opening, row.id, name) for row in connection.execute(sa.select(
        CANDIDATES.c.id, CANDIDATES.c.opening, CANDIDATES.c.key)).all()
        if (name := audit.pseudonym(row.key, "candidate", row.id)) in gone]
    for opening, number, name in again:
        connection.execute(sa.delete(CANDIDATES).where(CANDIDATES.c.id == number))
        audit.append(connection, SYSTEM.id, "candidate.forget", opening=opening, thing=name,
                     detail={"restored": True})
    return len(again)


@contextmanager
def _opened(file: Path) -> Iterator[zipfile.ZipFile]:
    """A backup whose every byte was checked.

    Raises:
        StorageError: it is none, or damaged, or cannot be read.
    """
    try:
        with zipfile.ZipFile(file) as archive:
            names = set(archive.namelist())
            strange = any(not _FILE.fullmatch(name) for name in names - {ABOUT, ROWS})
            if strange or not {ABOUT, ROWS} <= names or archive.testzip() is not None:
                raise StorageError("error.backup.damaged", path=file)
            yield archive
    except (zipfile.BadZipFile, zlib.error, EOFError) as error:
        raise StorageError("error.backup.damaged", path=file) from error
    except OSError as error:
        raise StorageError("error.backup.read", path=file, reason=FileError.of(error)) from error


def _about(archive: zipfile.ZipFile) -> Backup:
    try:
        told = json.loads(archive.read(ABOUT))
        about = Backup(datetime.fromisoformat(told["made"]), told["sessions"], told["clips"],
                       told["format"])
    except (ValueError, KeyError, TypeError) as error:
        raise StorageError("error.backup.damaged", path=archive.filename) from error
    if about.format > FORMAT:
        raise StorageError("error.storage.newer", revision=about.format)
    return about


def _unpack(archive: zipfile.ZipFile, home: Path, kept: set[str]) -> None:
    """The files of these clips, each whole or not there; all of them, or none that was not there
    before."""
    made: list[Path] = []
    try:
        for name in archive.namelist():
            path = home / name
            if name in (ABOUT, ROWS) or path.name.partition(".")[0] not in kept:
                continue
            path.parent.mkdir(parents=True, exist_ok=True)
            half = path.with_name(f"{path.name}.part")
            made += [half] if path.exists() else [half, path]
            with archive.open(name) as source, half.open("wb") as out:
                shutil.copyfileobj(source, out, _BLOCK)
            half.replace(path)
    except BaseException:
        for path in made:
            path.unlink(missing_ok=True)
        raise
