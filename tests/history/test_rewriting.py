"""Deleted means gone from the database's files, at once or when nobody reads them any more."""

import logging
import secrets
import sqlite3
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import psycopg
import pytest
import sqlalchemy as sa

from fer_core.history import rewriting
from fer_core.history.entries import Photo
from fer_core.history.storage import Store
from tests.history.conftest import address, lite
from tests.planted import PICTURED, session


def files(settings) -> list[Path]:
    """What the database's server or process keeps on the disk: all of SQLite's; PostgreSQL's
    tables, indexes and statistics, but not its write-ahead log."""
    if lite(settings):
        return [f for f in settings.home.iterdir() if f.is_file()]
    with psycopg.connect(address(settings), autocommit=True) as connection:
        connection.execute("CHECKPOINT")
        number, = connection.execute(
            "SELECT oid FROM pg_database WHERE datname = current_database()").fetchone()
    home = Path(address(settings).partition("host=")[2])
    return [f for f in (home / "data" / "base" / str(number)).iterdir() if f.is_file()]


def held(settings, *words: str) -> list[str]:
    """Those of the words that stand in a file."""
    contents = [f.read_bytes() for f in files(settings)]
    return [w for w in words if any(w.encode() in c for c in contents)]


@contextmanager
def reader(settings, table: str):
    """Somebody who has begun to read a table and does not end."""
    if lite(settings):
        with closing(sqlite3.connect(settings.home / "poise.db", isolation_level=None)) as other:
            other.execute("BEGIN")
            other.execute(f"SELECT * FROM {table}").fetchall()
            yield
    else:
        with psycopg.connect(address(settings)) as other:
            other.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
            other.execute(f"SELECT * FROM {table}").fetchall()
            yield


@pytest.fixture
def marked(store, settings):
    """A name, a note, a tag, a report and a photo that can be searched for."""
    if not lite(settings):  # as they are, so that they can be searched for
        with store._database.writing() as connection:
            for table, column in (("sessions", "report"), ("photos", "picture")):
                connection.execute(sa.text(
                    f"ALTER TABLE {table} ALTER COLUMN {column} SET STORAGE EXTERNAL"))
    name, note, tag, own, line = (f"{kind}{secrets.token_hex(12)}" for kind in (
        "name", "note", "tag", "own", "line"))
    number = store.save(replace(PICTURED, source=replace(PICTURED.source, name=name), answers=(
        replace(PICTURED.answers[0], question=own),)), "ko")
    store.change(number, note=note, tags=[tag])
    store.keep_photo(Photo(date(2026, 10, 1), secrets.token_bytes(20_000), {}, line))
    return number, (name, note, tag, own, line)


def sampled(store, settings) -> None:
    """PostgreSQL keeps examples of a table's rows for its planner."""
    if not lite(settings):
        with store._database.writing() as connection:
            connection.execute(sa.text("ANALYZE"))


def test_deleted_is_gone_from_the_files(store, settings, marked):
    number, words = marked
    kept = store.save(session(50, name="keptsession"), "ko")
    sampled(store, settings)
    assert held(settings, *words, "keptsession") == [*words, "keptsession"]
    store.delete([number])
    store.delete_photo(date(2026, 10, 1))
    assert held(settings, *words, "keptsession") == ["keptsession"]
    assert [e.id for e in store.list()] == [kept]


def test_everything_deleted_by_age_or_replaced_is_gone(store, settings, marked, monkeypatch):
    _, words = marked
    store.keep_photo(Photo(date(2026, 10, 1), b"another", {}, "another"))
    assert held(settings, *words) == list(words[:-1])
    sampled(store, settings)
    monkeypatch.setattr(Store, "keep_days", 1)
    assert store.forget_old(store.list()[0].created + timedelta(days=30)) == 1
    assert held(settings, *words) == []


@pytest.mark.parametrize("table", ["sessions", "preferences"])
def test_a_reader_does_not_make_a_deletion_fail(store, settings, marked, table, monkeypatch,
                                                caplog):
    monkeypatch.setattr(rewriting, "PATIENCE", 0.1)
    number, words = marked
    with reader(settings, table), caplog.at_level(logging.WARNING, "poise.history"):
        store.delete([number])
        store.delete_photo(date(2026, 10, 1))
        assert store.list() == ()
        assert "tried again later" in caplog.text
        assert not rewriting.finish(store._database)
        assert held(settings, *words) == list(words)
        other = Store(settings)  # somebody else starts meanwhile
        assert other.list() == ()
        other.close()
    assert not any(word in caplog.text for word in words)
    caplog.clear()
    Store(settings).close()  # the next start finishes it
    assert held(settings, *words) == []
    assert caplog.text == ""


def test_the_next_save_finishes_it_too(store, settings, marked, monkeypatch):
    monkeypatch.setattr(rewriting, "PATIENCE", 0.1)
    number, words = marked
    with reader(settings, "sessions"):
        store.delete([number])
        store.delete_photo(date(2026, 10, 1))
    store.save(session(), "ko")
    assert held(settings, *words) == []


def test_a_deletion_during_the_rewriting_is_not_forgotten(store, settings, marked, monkeypatch):
    number, words = marked
    rewrite = "_rewrite_file" if lite(settings) else "_rewrite_tables"
    whole = getattr(rewriting, rewrite)

    def slow(database, transaction):
        whole(database, transaction)
        monkeypatch.undo()
        monkeypatch.setattr(rewriting, "finish", lambda database: False)
        store.delete([number])  # by somebody who is killed before the files are rewritten
        monkeypatch.undo()

    monkeypatch.setattr(rewriting, rewrite, slow)
    store.delete_photo(date(2026, 10, 1))
    assert held(settings, *words[:-1]) == list(words[:-1])
    Store(settings).close()
    assert held(settings, *words) == []
