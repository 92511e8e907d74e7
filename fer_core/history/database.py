"""The database behind the history, SQLite or PostgreSQL: its engine, its transactions, its
schema, and what it complains about in a sentence.

The schema is Alembic's, brought up to date when a database opens.
"""

import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import SQLAlchemyError

from fer_core.config import StorageSettings
from fer_core.errors import PoiseError, StorageError

MIGRATIONS = Path(__file__).parent / "migrations"
NEWEST = max(file.name[1:5] for file in (MIGRATIONS / "versions").glob("r*.py"))
"""The schema's newest revision; each is numbered after the one before."""
WAIT = 10.0
"""s to wait for somebody else who writes."""
_LOCK = 7_101_993
"""PostgreSQL's advisory lock for migrations: any number, always the same."""


class Database:
    """An open database with the newest schema. Safe to use from any thread, and beside other
    processes.

    Raises:
        StorageError: it cannot be opened: damaged, from a newer Poise, out of reach.
    """

    def __init__(self, settings: StorageSettings) -> None:
        with told():
            self.engine = open_engine(settings)
        # Connections end with whoever holds this, also where nobody said ``close``.
        weakref.finalize(self, self.engine.dispose)
        self.lite = self.engine.dialect.name == "sqlite"
        try:
            self._migrate()
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Give the connections back."""
        self.engine.dispose()

    @contextmanager
    def reading(self) -> Iterator[sa.Connection]:
        with told(), self.engine.connect() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[sa.Connection]:
        """One transaction: all of it or nothing."""
        with told(), self.engine.connect().execution_options(writes=True) as connection, \
                connection.begin():
            yield connection

    def _migrate(self) -> None:
        """Bring the schema up to date; of two that start at once, one waits."""
        with self.writing() as connection:
            if not self.lite:
                connection.execute(sa.text(f"SELECT pg_advisory_xact_lock({_LOCK})"))
            if _revision(connection) != NEWEST:
                # Loaded here: it takes as long as all else that opens a page, and hardly any
                # database needs it.
                from fer_core.history.migrating import migrate
                migrate(connection, MIGRATIONS)


def _revision(connection: sa.Connection) -> str | None:
    """Of the schema; None where there is none yet."""
    if not sa.inspect(connection).has_table("alembic_version"):
        return None
    found: str | None = connection.execute(
        sa.text("SELECT version_num FROM alembic_version")).scalar()
    return found


def open_engine(settings: StorageSettings) -> sa.Engine:
    """The engine of a database whose schema may be anything.

    Raises:
        StorageError: the address is of another kind, its driver is not installed, or the folder
            cannot be made.
    """
    url = settings.database_url.get_secret_value()
    if url:
        scheme, _, rest = url.partition("://")
        if scheme not in ("postgresql", "postgres", "postgresql+psycopg"):
            raise StorageError("error.storage.url")
        try:
            # What is logged of an error names nobody.
            return sa.create_engine(f"postgresql+psycopg://{rest}", pool_pre_ping=True,
                                    hide_parameters=True,
                                    connect_args={"connect_timeout": int(WAIT)})
        except ModuleNotFoundError as error:
            raise StorageError("error.storage.driver") from error
    try:
        settings.home.mkdir(mode=0o700, parents=True, exist_ok=True)  # nobody else's to read
    except OSError as error:
        raise StorageError("error.storage.folder", path=settings.home) from error
    engine = sa.create_engine(sa.URL.create("sqlite", database=str(settings.home / "poise.db")),
                              hide_parameters=True, connect_args={"timeout": WAIT})

    @sa.event.listens_for(engine, "connect")
    def _prepare(connection: Any, _: object) -> None:
        # The driver's own transactions begin late and leave schema changes out.
        connection.isolation_level = None
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON",
                       "secure_delete=ON"):
            connection.execute(f"PRAGMA {pragma}")

    @sa.event.listens_for(engine, "begin")
    def _begin(connection: sa.Connection) -> None:
        options = connection.get_execution_options()
        if options.get("isolation_level") != "AUTOCOMMIT":
            # Who will write says so at once: waiting for another writer works only then.
            connection.exec_driver_sql("BEGIN IMMEDIATE" if options.get("writes") else "BEGIN")

    return engine


def aware(moment: datetime) -> datetime:
    """SQLite forgets the time zone; it is always UTC."""
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


@contextmanager
def told() -> Iterator[None]:
    """What the database complains about, in a sentence."""
    try:
        yield
    except PoiseError:
        raise
    except SQLAlchemyError as error:
        said = str(error).lower()
        for words, key in (
                (("locked", "busy"), "locked"), (("full", "no space"), "full"),
                (("not a database", "malformed", "no such table", "no such column"), "damaged"),
                (("readonly", "read-only", "unable to open"), "readonly"),
                (("connection", "authentication", "password", "does not exist", "could not"),
                 "unreachable")):
            if any(word in said for word in words):
                raise StorageError(f"error.storage.{key}") from error
        raise StorageError("error.storage.failed", detail=type(error).__name__) from error
