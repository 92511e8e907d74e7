"""The kept sessions: saved, loaded, listed, changed, forgotten. Numbers and words only, and the
one picture a day that a person chose to keep.

A session is its report file; beside it stand the few columns that lists and trends need, so
that a thousand sessions open without reading a thousand files.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from fer_core.config import StorageSettings
from fer_core.errors import StorageError
from fer_core.history import rewriting
from fer_core.history.database import Database, aware
from fer_core.history.entries import EVERYTHING, Entry, Felt, Filter, Photo
from fer_core.history.profiles import Profiles
from fer_core.history.rounds import Rounds
from fer_core.history.tables import EMOTIONS, PERSONAL, PHOTOS, PREFERENCES, SCORES, SESSIONS
from fer_core.records import Basis, Score, Session
from fer_core.reports.export import from_json, to_json
from fer_core.sessions.interview import practised
from fer_core.sessions.scoring import SCORES as RECIPES
from fer_core.sessions.timeline import dominant
from fer_core.texts import Language


class Store:
    """The kept sessions. Safe to use from any thread, and beside other processes.

    Args:
        settings: where it lies.

    Raises:
        StorageError: it cannot be opened: damaged, from a newer Poise, out of reach.
    """

    def __init__(self, settings: StorageSettings | None = None) -> None:
        self._database = Database(settings or StorageSettings())
        self.rounds = Rounds(self._database)
        self.profiles = Profiles(self._database)
        try:
            self.forget_old()
        except BaseException:
            self.close()
            raise

    def save(self, session: Session, language: Language, *, gone: bool = False,
             before: Felt | None = None) -> str:
        """Keep a session, as ``write``, and forget what has grown too old."""
        number = self.write(session, language, gone=gone, before=before)
        self.forget_old()
        return number

    def write(self, session: Session, language: Language, *, gone: bool = False, note: str = "",
              tags: Sequence[str] = (), before: Felt | None = None,
              after: Felt | None = None) -> str:
        """Keep a session whole, or not at all; kept again, it replaces itself and keeps its
        note, tags and feelings. It stays until ``forget_old``, however old it is.

        Args:
            gone: what it replaces is deleted for good, such as a word that the person took back.
            note, tags, before, after: of a new one, see ``change``.

        Returns:
            its id, the same for the same measurement.
        """
        number = identity(session)
        row = {"name": session.source.name, "report": to_json(session, language),
               "kind": "practice" if session.answers else "clip",
               "created": aware(datetime.fromisoformat(session.created)) if session.created
               else datetime.now(UTC),
               "seconds": session.source.duration, "basis": json.dumps(session.basis),
               "sets": "\n".join(practised(a.question for a in session.answers))}
        own = vars(session.self_rating) if session.self_rating else {}
        counts = Counter(e for e in dominant(session.timeline) if e is not None)
        with self._database.writing() as connection:
            known = connection.execute(
                sa.update(SESSIONS).where(SESSIONS.c.id == number).values(**row)).rowcount
            if known and gone:
                rewriting.mark(connection)
            if not known:
                connection.execute(SESSIONS.insert().values(
                    id=number, **_told(note, tags, before, after), **row))
            for table in (SCORES, EMOTIONS):
                connection.execute(sa.delete(table).where(table.c.session == number))
            connection.execute(SCORES.insert(), [
                {"session": number, "name": s.name, "value": s.value, "low": s.low,
                 "high": s.high, "seconds": s.seconds, "own": own.get(s.name)}
                for s in session.scores])
            if counts:
                connection.execute(EMOTIONS.insert(), [
                    {"session": number, "emotion": e, "seconds": n} for e, n in counts.items()])
        return number

    def load(self, number: str) -> Session:
        """A session as it was saved, under the name it has now.

        Raises:
            StorageError: there is none such.
        """
        return from_json(self.report(number))

    def report(self, number: str) -> str:
        """A session's ``report.json`` as it is kept.

        Raises:
            StorageError: there is none such.
        """
        with self._database.reading() as connection:
            found = _report(connection, number)
        if found is None:
            raise StorageError("error.storage.gone")
        return found

    def list(self, wanted: Filter = EVERYTHING) -> tuple[Entry, ...]:
        """The sessions that fit, the newest first."""
        rows = sa.select(*(c for c in SESSIONS.c if c.name != "report")).where(
            *_conditions(wanted)).order_by(SESSIONS.c.created.desc(), SESSIONS.c.id)
        with self._database.reading() as connection:
            found = connection.execute(rows).all()
            chosen = sa.select(SESSIONS.c.id).where(*_conditions(wanted))
            scores: dict[str, dict[str, Score]] = {}
            own: dict[str, dict[str, float]] = {}
            for s in connection.execute(sa.select(SCORES).where(SCORES.c.session.in_(chosen))):
                scores.setdefault(s.session, {})[s.name] = Score(
                    s.name, s.value, s.low, s.high, (), s.seconds)
                if s.own is not None:
                    own.setdefault(s.session, {})[s.name] = s.own
            emotions: dict[str, dict[str, int]] = {}
            for e in connection.execute(
                    sa.select(EMOTIONS).where(EMOTIONS.c.session.in_(chosen))):
                emotions.setdefault(e.session, {})[e.emotion] = e.seconds
        return tuple(Entry(
            r.id, aware(r.created), r.name, r.kind, r.seconds, r.note,
            tuple(t for t in r.tags.split("\n") if t), _basis(r.basis),
            _ordered(scores.get(r.id, {})), own.get(r.id, {}), emotions.get(r.id, {}),
            tuple(filter(None, r.sets.split("\n"))), r.felt_before, r.felt_after)
            for r in found)

    def change(self, number: str, *, name: str | None = None, note: str | None = None,
               tags: Sequence[str] | None = None, before: Felt | None = None,
               after: Felt | None = None) -> None:
        """Rename a session, write its note, set its tags, say how one felt; what is None stays.

        Raises:
            StorageError: there is none such.
        """
        values = _told(note, tags, before, after)
        if name is not None and name.strip():
            values["name"] = name.strip()
        with self._database.writing() as connection:
            if "name" in values:
                report = connection.execute(sa.select(SESSIONS.c.report).where(
                    SESSIONS.c.id == number)).scalar()
                if report is not None:
                    data = json.loads(report)
                    data["source"]["name"] = values["name"]
                    values["report"] = json.dumps(data, ensure_ascii=False, indent=1)
            if values and not connection.execute(sa.update(SESSIONS).where(
                    SESSIONS.c.id == number).values(**values)).rowcount:
                raise StorageError("error.storage.gone")

    def delete(self, numbers: Sequence[str]) -> None:
        """Delete sessions for good: the database's files are rewritten without them, at the
        latest when nobody reads them any more."""
        with rewriting.deleting(self._database) as connection:
            for table, column in ((SCORES, SCORES.c.session), (EMOTIONS, EMOTIONS.c.session),
                                  (SESSIONS, SESSIONS.c.id)):
                connection.execute(sa.delete(table).where(column.in_(numbers)))

    def delete_pictures(self, number: str) -> None:
        """Delete the pictures of a session for good and keep the rest; nothing where there is
        no such session."""
        with rewriting.deleting(self._database) as connection:
            found = _report(connection, number)
            if found is not None:
                connection.execute(sa.update(SESSIONS).where(SESSIONS.c.id == number).values(
                    report=json.dumps({**json.loads(found), "pictures": []},
                                      ensure_ascii=False)))

    def delete_words(self, number: str) -> None:
        """Delete what was said or typed in a session for good, and advice that may quote it;
        all numbers stay. Nothing where there is no such session."""
        with rewriting.deleting(self._database) as connection:
            found = _report(connection, number)
            if found is not None:
                mute = from_json(found).without_words()
                connection.execute(sa.update(SESSIONS).where(SESSIONS.c.id == number).values(
                    report=to_json(mute, json.loads(found)["language"])))

    def delete_all(self) -> None:
        """Delete every session, photo and profile for good; preferences stay."""
        with rewriting.deleting(self._database) as connection:
            for table in PERSONAL:
                connection.execute(sa.delete(table))

    @property
    def keep_days(self) -> int | None:
        """Days after which sessions and photos are deleted; None: never."""
        with self._database.reading() as connection:
            found = connection.execute(sa.select(PREFERENCES.c.value).where(
                PREFERENCES.c.name == "keep_days")).scalar()
        return int(found) if found else None

    @keep_days.setter
    def keep_days(self, days: int | None) -> None:
        with self._database.writing() as connection:
            connection.execute(sa.delete(PREFERENCES).where(PREFERENCES.c.name == "keep_days"))
            if days is not None:
                connection.execute(PREFERENCES.insert().values(
                    name="keep_days", value=str(days)))
        self.forget_old()

    def forget_old(self, now: datetime | None = None) -> int:
        """Delete what is older than ``keep_days``, and rounds that wait no longer; how many
        sessions that were. A rewriting that an earlier deletion had to leave is tried again."""
        self.rounds.forget_old(now)
        days = self.keep_days
        old: tuple[Entry, ...] = ()
        if days is not None:
            limit = (now or datetime.now(UTC)) - timedelta(days=days)
            old = self.list(Filter(until=limit))
            with self._database.writing() as connection:
                if connection.execute(sa.delete(PHOTOS).where(
                        PHOTOS.c.day < limit.date())).rowcount:
                    rewriting.mark(connection)
        if old:
            self.delete([entry.id for entry in old])
        else:
            rewriting.finish(self._database)
        return len(old)

    def keep_photo(self, photo: Photo) -> None:
        """Keep the photo of a day, instead of one kept before."""
        with self._database.writing() as connection:
            if connection.execute(sa.delete(PHOTOS).where(PHOTOS.c.day == photo.day)).rowcount:
                rewriting.mark(connection)
            connection.execute(PHOTOS.insert().values(
                day=photo.day, picture=photo.picture, reading=json.dumps(photo.reading),
                note=photo.note.strip()))
        rewriting.finish(self._database)

    def photos(self, since: date, until: date) -> tuple[Photo, ...]:
        """The photos of the days [since, until), in order."""
        with self._database.reading() as connection:
            found = connection.execute(sa.select(PHOTOS).where(
                PHOTOS.c.day >= since, PHOTOS.c.day < until).order_by(PHOTOS.c.day)).all()
        return tuple(Photo(p.day, bytes(p.picture), json.loads(p.reading), p.note)
                     for p in found)

    def delete_photo(self, day: date) -> None:
        """Delete the photo of a day for good."""
        with rewriting.deleting(self._database) as connection:
            connection.execute(sa.delete(PHOTOS).where(PHOTOS.c.day == day))

    def close(self) -> None:
        """Give the connections back."""
        self._database.close()


def identity(session: Session) -> str:
    """The same for the same measurement, whatever its name or what was added to it."""
    digest = hashlib.sha256(f"{session.created} {session.source.sha256}".encode())
    digest.update(session.timeline.probabilities.tobytes())
    return digest.hexdigest()[:32]


def _told(note: str | None, tags: Sequence[str] | None, before: Felt | None,
          after: Felt | None) -> dict[str, Any]:
    """The columns of what a person says of a session; what is None is not among them."""
    values: dict[str, Any] = {column: felt or None for column, felt in (
        ("felt_before", before), ("felt_after", after)) if felt is not None}
    if note is not None:
        values["note"] = note.strip()
    if tags is not None:
        words = dict.fromkeys(" ".join(t.split()) for t in tags)
        values["tags"] = "\n".join(word for word in words if word)
    return values


def _report(connection: sa.Connection, number: str) -> str | None:
    return connection.execute(sa.select(SESSIONS.c.report).where(
        SESSIONS.c.id == number)).scalar()


def _conditions(wanted: Filter) -> list[sa.ColumnElement[bool]]:
    c, found = SESSIONS.c, []
    if wanted.text.strip():
        words = wanted.text.strip()
        found.append(sa.or_(*(column.icontains(words, autoescape=True)
                              for column in (c.name, c.note, c.tags))))
    if wanted.id:
        found.append(c.id == wanted.id)
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


def _basis(text: str) -> Basis:
    version, networks, *rest = json.loads(text)
    return Basis(version, tuple(networks), *rest)


def _ordered(scores: dict[str, Score]) -> dict[str, Score]:
    """In the order of the registry; a database has none."""
    return {name: scores[name] for name in RECIPES if name in scores}
