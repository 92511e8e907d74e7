"""All rows of one database put into another, of the same kind or not: both have the newest
schema."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from fer_core.desk import tables as desk
from fer_core.errors import StorageError
from fer_core.history import tables as history
from fer_core.history.database import aware

TABLES = {**history.TABLES.tables, **desk.TABLES.tables}
"""Name -> table. What huey keeps is not among them: it only says that there is something to do,
which a worker finds out by itself."""
BATCH = 50
"""Rows in memory at once: a report may be a megabyte."""
PEOPLE = (history.SESSIONS, history.PHOTOS, history.ROUNDS, desk.MEMBERS, desk.OPENINGS,
          desk.AUDIT)
"""Where a row is that somebody would miss; the desk's others hang on these."""


def empty(connection: sa.Connection) -> bool:
    """Whether there is nothing that somebody would miss."""
    return not any(connection.execute(sa.select(sa.literal(1)).select_from(table).limit(1)).all()
                   for table in PEOPLE)


def copy_rows(source: sa.Connection, target: sa.Connection) -> None:
    """Put the source's rows in the place of the target's; each in a transaction of its own that
    the caller holds, so that what is read is of one moment and what is written all or nothing.
    The log alone is never replaced: it goes on with what the source knows beyond it.

    Raises:
        StorageError: the two logs are not of one desk.
    """
    _continue_log(source, target)
    order = [t for t in _parents_first(target) if t not in (desk.AUDIT, desk.HEAD)]
    for table in reversed(order):
        target.execute(sa.delete(table))
    for table in order:
        _insert(source.execute(sa.select(table).execution_options(yield_per=BATCH)), table,
                target)


def _continue_log(source: sa.Connection, target: sa.Connection) -> None:
    theirs, ours = (c.execute(sa.select(desk.HEAD)).one() for c in (source, target))
    shared = sa.select(desk.AUDIT.c.hash).where(
        desk.AUDIT.c.line == min(theirs.line, ours.line))
    if source.execute(shared).scalar() != target.execute(shared).scalar():
        raise StorageError("error.backup.other")
    _insert(source.execute(sa.select(desk.AUDIT).where(desk.AUDIT.c.line > ours.line).order_by(
        desk.AUDIT.c.line).execution_options(yield_per=BATCH)), desk.AUDIT, target)
    if theirs.line > ours.line:
        target.execute(sa.update(desk.HEAD).values(line=theirs.line, hash=theirs.hash))


def _insert(found: sa.CursorResult[Any], table: sa.Table, target: sa.Connection) -> None:
    for rows in found.mappings().partitions():
        target.execute(table.insert(), [_timed(row.items()) for row in rows])


def _parents_first(connection: sa.Connection) -> list[sa.Table]:
    """Only the database knows what refers to what."""
    found = sa.MetaData()
    found.reflect(connection, only=list(TABLES))
    return [TABLES[table.name] for table in found.sorted_tables]


def _timed(row: Iterable[tuple[Any, Any]]) -> dict[str, Any]:
    """SQLite forgets the time zone, a PostgreSQL server has one of its own: both mean UTC."""
    return {name: aware(value) if isinstance(value, datetime) else value for name, value in row}
