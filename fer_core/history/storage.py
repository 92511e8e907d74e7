"""Past sessions, kept in SQLite or PostgreSQL. Numbers and words only, and the one picture a
day that a person chose to keep.

A session is its report file; beside it stand the few columns that lists and trends need, so
that a thousand sessions open without reading a thousand files. The schema is Alembic's, brought
up to date when a store opens.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, Literal

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy.exc import SQLAlchemyError

from fer_core.config import StorageSettings
from fer_core.errors import PoiseError, StorageError
from fer_core.records import Score, Session
from fer_core.reports.export import from_json, to_json
from fer_core.sessions.scoring import SCORES
from fer_core.sessions.timeline import dominant
from fer_core.texts import Language

Kind = Literal["practice", "clip"]

MIGRATIONS = Path(__file__).parent / "migrations"
WAIT = 10.0
"""s to wait for somebody else who writes."""
_LOCK = 7_101_993
"""PostgreSQL's advisory lock for migrations: any number, always the same."""

_tables = sa.MetaData()
_sessions = sa.Table(
    "sessions", _tables,
    sa.Column("id", sa.String(32), primary_key=True),
    sa.Column("created", sa.DateTime(timezone=True), nullable=False),
    sa.Column("name", sa.Text, nullable=False), sa.Column("kind", sa.String(16), nullable=False),
    sa.Column("seconds", sa.Float, nullable=False), sa.Column("report", sa.Text, nullable=False),
    sa.Column("note", sa.Text, nullable=False), sa.Column("tags", sa.Text, nullable=False))
_scores = sa.Table(
    "scores", _tables, sa.Column("session", sa.String(32), primary_key=True),
    sa.Column("name", sa.String(32), primary_key=True), sa.Column("value", sa.Float),
    sa.Column("low", sa.Float), sa.Column("high", sa.Float),
    sa.Column("seconds", sa.Integer, nullable=False), sa.Column("own", sa.Float))
_emotions = sa.Table(
    "emotions", _tables, sa.Column("session", sa.String(32), primary_key=True),
    sa.Column("emotion", sa.String(32), primary_key=True),
    sa.Column("seconds", sa.Integer, nullable=False))
_photos = sa.Table(
    "photos", _tables, sa.Column("day", sa.Date, primary_key=True),
    sa.Column("picture", sa.LargeBinary, nullable=False),
    sa.Column("reading", sa.Text, nullable=False), sa.Column("note", sa.Text, nullable=False))
_preferences = sa.Table(
    "preferences", _tables, sa.Column("name", sa.String(32), primary_key=True),
    sa.Column("value", sa.Text, nullable=False))


@dataclass(frozen=True)
class Entry:
    """A session in a list, without its timeline.

    Attributes:
        created: with its time zone, UTC.
        scores: name -> score without its parts.
        own: name of a score -> the person's own rating, 0 to 100, where one was given.
        emotions: emotion -> s in which it was the likeliest.
    """

    id: str
    created: datetime
    name: str
    kind: Kind
    seconds: float
    note: str
    tags: tuple[str, ...]
    scores: dict[str, Score]
    own: dict[str, float]
    emotions: dict[str, int]

    @property
    def dominant(self) -> str | None:
        """The expression seen for most seconds, None where nobody was seen."""
        return max(self.emotions, key=self.emotions.__getitem__) if self.emotions else None


@dataclass(frozen=True)
class Photo:
    """The photo of a day: JPEG, expression -> probability, and a line about the day."""

    day: date
    picture: bytes
    reading: dict[str, float]
    note: str


@dataclass(frozen=True)
class Filter:
    """Which sessions: all that fit everything that is given.

    Attributes:
        text: in the name, the note or a tag, whatever the case.
        since, until: [since, until) of the creation.
    """

    text: str = ""
    kind: Kind | None = None
    tag: str = ""
    since: datetime | None = None
    until: datetime | None = None


class Store:
    """The kept sessions. Safe to use from any thread, and beside other processes.

    Args:
        settings: where it lies.

    Raises:
        StorageError: it cannot be opened: damaged, from a newer Poise, out of reach.
    """

    def __init__(self, settings: StorageSettings | None = None) -> None:
        settings = settings or StorageSettings()
        with _told():
            self._engine = _engine(settings)
        self._lite = self._engine.dialect.name == "sqlite"
        try:
            with _told():
                self._migrate()
            self.forget_old()
        except BaseException:
            self.close()
            raise

    def save(self, session: Session, language: Language) -> str:
        """Keep a session whole, or not at all; saved again, it replaces itself and keeps its
        note and tags.

        Returns:
            its id, the same for the same measurement.
        """
        number = identity(session)
        row = {"name": session.source.name, "report": to_json(session, language),
               "kind": "practice" if session.answers else "clip",
               "created": _aware(datetime.fromisoformat(session.created)) if session.created
               else datetime.now(UTC),
               "seconds": session.source.duration}
        own = vars(session.self_rating) if session.self_rating else {}
        counts = Counter(e for e in dominant(session.timeline) if e is not None)
        with self._writing() as connection:
            known = connection.execute(
                sa.update(_sessions).where(_sessions.c.id == number).values(**row)).rowcount
            if not known:
                connection.execute(_sessions.insert().values(
                    id=number, note="", tags="", **row))
            for table in (_scores, _emotions):
                connection.execute(sa.delete(table).where(table.c.session == number))
            connection.execute(_scores.insert(), [
                {"session": number, "name": s.name, "value": s.value, "low": s.low,
                 "high": s.high, "seconds": s.seconds, "own": own.get(s.name)}
                for s in session.scores])
            if counts:
                connection.execute(_emotions.insert(), [
                    {"session": number, "emotion": e, "seconds": n} for e, n in counts.items()])
        self.forget_old()
        return number

    def load(self, number: str) -> Session:
        """A session as it was saved, under the name it has now.

        Raises:
            StorageError: there is none such.
        """
        with self._reading() as connection:
            found = _report(connection, number)
        if found is None:
            raise StorageError("error.storage.gone")
        return from_json(found)

    def list(self, wanted: Filter = Filter()) -> tuple[Entry, ...]:
        """The sessions that fit, the newest first."""
        rows = sa.select(*(c for c in _sessions.c if c.name != "report")).where(
            *_conditions(wanted)).order_by(_sessions.c.created.desc(), _sessions.c.id)
        with self._reading() as connection:
            found = connection.execute(rows).all()
            chosen = sa.select(_sessions.c.id).where(*_conditions(wanted))
            scores: dict[str, dict[str, Score]] = {}
            own: dict[str, dict[str, float]] = {}
            for s in connection.execute(sa.select(_scores).where(_scores.c.session.in_(chosen))):
                scores.setdefault(s.session, {})[s.name] = Score(
                    s.name, s.value, s.low, s.high, (), s.seconds)
                if s.own is not None:
                    own.setdefault(s.session, {})[s.name] = s.own
            emotions: dict[str, dict[str, int]] = {}
            for e in connection.execute(
                    sa.select(_emotions).where(_emotions.c.session.in_(chosen))):
                emotions.setdefault(e.session, {})[e.emotion] = e.seconds
        return tuple(Entry(
            r.id, _aware(r.created), r.name, r.kind, r.seconds, r.note,
            tuple(t for t in r.tags.split("\n") if t), _ordered(scores.get(r.id, {})),
            own.get(r.id, {}), emotions.get(r.id, {})) for r in found)

    def change(self, number: str, *, name: str | None = None, note: str | None = None,
               tags: Sequence[str] | None = None) -> None:
        """Rename a session, write its note, set its tags; what is None stays.

        Raises:
            StorageError: there is none such.
        """
        values: dict[str, Any] = {}
        if name is not None and name.strip():
            values["name"] = name.strip()
        if note is not None:
            values["note"] = note.strip()
        if tags is not None:
            words = dict.fromkeys(" ".join(t.split()) for t in tags)
            values["tags"] = "\n".join(word for word in words if word)
        with self._writing() as connection:
            if "name" in values:
                report = connection.execute(sa.select(_sessions.c.report).where(
                    _sessions.c.id == number)).scalar()
                if report is not None:
                    data = json.loads(report)
                    data["source"]["name"] = values["name"]
                    values["report"] = json.dumps(data, ensure_ascii=False, indent=1)
            if values and not connection.execute(sa.update(_sessions).where(
                    _sessions.c.id == number).values(**values)).rowcount:
                raise StorageError("error.storage.gone")

    def delete(self, numbers: Sequence[str]) -> None:
        """Delete sessions for good: the file is rewritten without them."""
        with self._writing() as connection:
            for table, column in ((_scores, _scores.c.session), (_emotions, _emotions.c.session),
                                  (_sessions, _sessions.c.id)):
                connection.execute(sa.delete(table).where(column.in_(numbers)))
        self._vacuum()

    def delete_pictures(self, number: str) -> None:
        """Delete the pictures of a session for good and keep the rest; nothing where there is
        no such session."""
        with self._writing() as connection:
            found = _report(connection, number)
            if found is not None:
                connection.execute(sa.update(_sessions).where(_sessions.c.id == number).values(
                    report=json.dumps({**json.loads(found), "pictures": []},
                                      ensure_ascii=False)))
        self._vacuum()

    def delete_all(self) -> None:
        """Delete every session and every photo for good; preferences stay."""
        with self._writing() as connection:
            for table in (_scores, _emotions, _sessions, _photos):
                connection.execute(sa.delete(table))
        self._vacuum()

    @property
    def keep_days(self) -> int | None:
        """Days after which sessions and photos are deleted; None: never."""
        with self._reading() as connection:
            found = connection.execute(sa.select(_preferences.c.value).where(
                _preferences.c.name == "keep_days")).scalar()
        return int(found) if found else None

    @keep_days.setter
    def keep_days(self, days: int | None) -> None:
        with self._writing() as connection:
            connection.execute(sa.delete(_preferences).where(_preferences.c.name == "keep_days"))
            if days is not None:
                connection.execute(_preferences.insert().values(
                    name="keep_days", value=str(days)))
        self.forget_old()

    def forget_old(self, now: datetime | None = None) -> int:
        """Delete what is older than ``keep_days``; how many sessions that were."""
        days = self.keep_days
        if days is None:
            return 0
        limit = (now or datetime.now(UTC)) - timedelta(days=days)
        with self._writing() as connection:
            photos = connection.execute(
                sa.delete(_photos).where(_photos.c.day < limit.date())).rowcount
        old = [entry.id for entry in self.list(Filter(until=limit))]
        if old:
            self.delete(old)
        elif photos:
            self._vacuum()
        return len(old)

    def keep_photo(self, photo: Photo) -> None:
        """Keep the photo of a day, instead of one kept before."""
        with self._writing() as connection:
            connection.execute(sa.delete(_photos).where(_photos.c.day == photo.day))
            connection.execute(_photos.insert().values(
                day=photo.day, picture=photo.picture, reading=json.dumps(photo.reading),
                note=photo.note.strip()))

    def photos(self, since: date, until: date) -> tuple[Photo, ...]:
        """The photos of the days [since, until), in order."""
        with self._reading() as connection:
            found = connection.execute(sa.select(_photos).where(
                _photos.c.day >= since, _photos.c.day < until).order_by(_photos.c.day)).all()
        return tuple(Photo(p.day, bytes(p.picture), json.loads(p.reading), p.note)
                     for p in found)

    def delete_photo(self, day: date) -> None:
        """Delete the photo of a day for good."""
        with self._writing() as connection:
            connection.execute(sa.delete(_photos).where(_photos.c.day == day))
        self._vacuum()

    def close(self) -> None:
        """Give the connections back."""
        self._engine.dispose()

    @contextmanager
    def _reading(self) -> Iterator[sa.Connection]:
        with _told(), self._engine.connect() as connection:
            yield connection

    @contextmanager
    def _writing(self) -> Iterator[sa.Connection]:
        """One transaction: all of it or nothing."""
        with _told(), self._engine.connect().execution_options(writes=True) as connection, \
                connection.begin():
            yield connection

    def _migrate(self) -> None:
        """Bring the schema up to date; of two that start at once, one waits."""
        config = Config()
        config.set_main_option("script_location", str(MIGRATIONS))
        config.set_main_option("file_template", "r%%(rev)s_%%(slug)s")
        with self._writing() as connection:
            if not self._lite:
                connection.execute(sa.text(f"SELECT pg_advisory_xact_lock({_LOCK})"))
            found = MigrationContext.configure(connection).get_current_revision()
            scripts = ScriptDirectory.from_config(config)
            if found not in {None, *(s.revision for s in scripts.walk_revisions())}:
                raise StorageError("error.storage.newer", revision=found)
            if found != scripts.get_current_head():
                config.attributes["connection"] = connection
                command.upgrade(config, "head")

    def _vacuum(self) -> None:
        with _told(), self._engine.connect().execution_options(
                isolation_level="AUTOCOMMIT") as connection:
            connection.execute(sa.text("VACUUM"))
            if self._lite:
                connection.execute(sa.text("PRAGMA wal_checkpoint(TRUNCATE)"))


def identity(session: Session) -> str:
    """The same for the same measurement, whatever its name or what was added to it."""
    digest = hashlib.sha256(f"{session.created} {session.source.sha256}".encode())
    digest.update(session.timeline.probabilities.tobytes())
    return digest.hexdigest()[:32]


def _report(connection: sa.Connection, number: str) -> str | None:
    return connection.execute(sa.select(_sessions.c.report).where(
        _sessions.c.id == number)).scalar()


def _conditions(wanted: Filter) -> list[sa.ColumnElement[bool]]:
    c, found = _sessions.c, []
    if wanted.text.strip():
        words = wanted.text.strip()
        found.append(sa.or_(*(column.icontains(words, autoescape=True)
                              for column in (c.name, c.note, c.tags))))
    if wanted.kind is not None:
        found.append(c.kind == wanted.kind)
    if wanted.tag:
        found.append((sa.literal("\n") + c.tags + "\n").contains(
            f"\n{wanted.tag}\n", autoescape=True))
    if wanted.since is not None:
        found.append(c.created >= wanted.since.astimezone(UTC))
    if wanted.until is not None:
        found.append(c.created < wanted.until.astimezone(UTC))
    return found


def _ordered(scores: dict[str, Score]) -> dict[str, Score]:
    """In the order of the registry; a database has none."""
    return {name: scores[name] for name in SCORES if name in scores}


def _aware(moment: datetime) -> datetime:
    """SQLite forgets the time zone; it is always UTC."""
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def _engine(settings: StorageSettings) -> sa.Engine:
    url = settings.database_url.get_secret_value()
    if url:
        scheme, _, rest = url.partition("://")
        if scheme not in ("postgresql", "postgres", "postgresql+psycopg"):
            raise StorageError("error.storage.url")
        return sa.create_engine(f"postgresql+psycopg://{rest}", pool_pre_ping=True,
                                connect_args={"connect_timeout": int(WAIT)})
    try:
        settings.home.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StorageError("error.storage.folder", path=settings.home) from error
    engine = sa.create_engine(sa.URL.create("sqlite", database=str(settings.home / "poise.db")),
                              connect_args={"timeout": WAIT})

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


@contextmanager
def _told() -> Iterator[None]:
    """What the database complains about, in a sentence."""
    try:
        yield
    except PoiseError:
        raise
    except CommandError as error:
        raise StorageError("error.storage.damaged") from error
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
