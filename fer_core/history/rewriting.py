"""Deleted means gone: after a deletion the database's files are rewritten without it.

A deletion is done once it is committed. It marks in the same transaction that the files are
still to be rewritten; whatever keeps that from happening (somebody reads, the disk is full)
leaves the mark, and the next deletion, save or start tries again.
"""

import logging
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa

from fer_core.errors import StorageError
from fer_core.history.database import Database, told
from fer_core.history.tables import PREFERENCES

log = logging.getLogger("poise.history")

PATIENCE = 2.0
"""s to wait for somebody who reads, while a person waits for the deletion."""
MARK = "rewrite"
"""The preference that says the files are to be rewritten: a new value for every deletion."""


def mark(connection: sa.Connection) -> None:
    """Say, in the transaction that deletes, that the files are to be rewritten."""
    connection.execute(sa.delete(PREFERENCES).where(PREFERENCES.c.name == MARK))
    value = (secrets.token_hex(8) if connection.dialect.name == "sqlite" else
             connection.execute(sa.text("SELECT CAST(pg_current_xact_id() AS text)")).scalar_one())
    connection.execute(PREFERENCES.insert().values(name=MARK, value=value))


@contextmanager
def deleting(database: Database) -> Iterator[sa.Connection]:
    """A transaction after which the files are rewritten without what it deleted."""
    with database.writing() as connection:
        yield connection
        mark(connection)
    finish(database)


def finish(database: Database) -> bool:
    """Rewrite the files if a deletion asked for it; whether none is left to be rewritten.

    Nothing is raised: the deletion is done, whatever becomes of this.
    """
    wanted = sa.select(PREFERENCES.c.value).where(PREFERENCES.c.name == MARK)
    try:
        with database.reading() as connection:
            marked = connection.execute(wanted).scalar()
        if marked is None:
            return True
        (_rewrite_file if database.lite else _rewrite_tables)(database, marked)
        with database.writing() as connection:
            # A mark with another value is a deletion that came meanwhile.
            connection.execute(sa.delete(PREFERENCES).where(
                PREFERENCES.c.name == MARK, PREFERENCES.c.value == marked))
    except (StorageError, TimeoutError) as error:
        log.warning("deleted, but the database's files still hold it (%s); tried again later",
                    error)
        return False
    return True


def _rewrite_file(database: Database, _: str) -> None:
    """SQLite.

    Raises:
        StorageError, TimeoutError: somebody reads, the disk is full, ...
    """
    with _own(database) as connection:
        connection.execute(sa.text(f"PRAGMA busy_timeout = {round(1000 * PATIENCE)}"))
        connection.execute(sa.text("VACUUM"))
        # Until the log is written back, the old pages stand in the file. A reader keeps them
        # there, which SQLite does not call an error.
        if connection.execute(sa.text("PRAGMA wal_checkpoint(TRUNCATE)")).one()[0]:
            raise TimeoutError("somebody reads")


def _rewrite_tables(database: Database, transaction: str) -> None:
    """PostgreSQL: plain VACUUM only marks the room as free; FULL writes new files and drops the
    old, indexes included. Every table is, whoever keeps what in it.

    Args:
        transaction: that deleted. Whoever looked at the database before it ended still sees
            what was deleted, and FULL would copy it; it says nothing then.

    Raises:
        StorageError, TimeoutError: somebody reads, the disk is full, ...
    """
    looking = sa.text(
        "SELECT EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database() "
        "AND pid <> pg_backend_pid() "
        "AND age(backend_xmin) >= age(CAST(CAST(:marked AS xid8) AS xid)))")
    with _own(database) as connection:
        until = time.monotonic() + PATIENCE
        while connection.execute(looking, {"marked": transaction}).scalar_one():
            if time.monotonic() > until:
                raise TimeoutError("somebody reads")
            time.sleep(0.05)
        connection.execute(sa.text(f"SET lock_timeout = {round(1000 * PATIENCE)}"))
        for table in sorted(sa.inspect(connection).get_table_names()):
            connection.execute(sa.text(f'VACUUM FULL "{table}"'))


@contextmanager
def _own(database: Database) -> Iterator[sa.Connection]:
    """A connection whose settings end with it; nothing rewrites inside a transaction."""
    with told(), database.engine.connect().execution_options(
            isolation_level="AUTOCOMMIT") as connection:
        connection.detach()
        yield connection
