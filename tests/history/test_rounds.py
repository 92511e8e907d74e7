"""Rounds under way, in SQLite and in a real PostgreSQL."""

import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta

import pytest

from fer_core.history.rounds import ROUND_HOURS
from fer_core.history.storage import Store
from tests.history.conftest import lite

ME, YOU = "a" * 32, "b" * 32
NOW = datetime(2026, 11, 27, 12, tzinfo=UTC)


def test_each_answer_takes_the_place_of_what_was_kept_before(store):
    for data in (b"one answer", b"two answers"):
        store.rounds.save("1", ME, data, NOW)
    found = store.rounds.newest(ME, NOW)
    assert (found.id, found.saved, found.data) == ("1", NOW, b"two answers")


def test_a_round_is_shown_to_nobody_else(store):
    store.rounds.save("1", ME, b"mine", NOW)
    assert store.rounds.newest(YOU, NOW) is None
    store.rounds.save("2", YOU, b"yours", NOW + timedelta(minutes=1))
    assert store.rounds.newest(ME, NOW).data == b"mine"
    with pytest.raises(Exception, match="storage"):
        store.rounds.save("1", YOU, b"taken over", NOW)
    assert store.rounds.newest(ME, NOW).data == b"mine"


def test_the_last_one_left_is_offered_first(store):
    store.rounds.save("1", ME, b"old", NOW)
    store.rounds.save("2", ME, b"new", NOW + timedelta(minutes=5))
    assert store.rounds.newest(ME, NOW).data == b"new"
    store.rounds.delete("2")
    assert store.rounds.newest(ME, NOW).data == b"old"
    store.rounds.delete("nobody's")


def test_it_waits_for_a_day_and_no_longer(store, settings):
    store.rounds.save("1", ME, b"mine", NOW)
    almost, over = (NOW + timedelta(hours=ROUND_HOURS, minutes=m) for m in (-1, 1))
    assert store.rounds.newest(ME, almost) is not None
    assert store.rounds.newest(ME, over) is None
    assert store.rounds.forget_old(almost) == 0
    assert store.rounds.forget_old(over) == 1
    store.rounds.save("2", ME, b"of last year", datetime.now(UTC) - timedelta(days=365))
    Store(settings).close()  # a start looks through them too
    assert store.rounds.forget_old() == 0


def test_a_deleted_round_is_gone_from_the_files(store, settings):
    secret = b"these very bytes " * 40
    store.rounds.save("1", ME, secret)
    store.rounds.delete("1")
    store.rounds.save("2", ME, secret)
    store.delete_all()
    assert store.rounds.newest(ME) is None
    if lite(settings):
        for file in settings.home.iterdir():
            assert b"these very bytes" not in file.read_bytes(), file.name
        with closing(sqlite3.connect(settings.home / "poise.db")) as connection:
            assert connection.execute("SELECT count(*) FROM rounds").fetchone() == (0,)
