"""Past sessions in SQLite and in a real PostgreSQL: whole or not at all, and really gone."""

import gc
import json
import os
import signal
import subprocess
import sys
import threading
import time
from base64 import b64encode
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from pydantic import SecretStr

from fer_core.config import StorageSettings
from fer_core.errors import StorageError
from fer_core.history import migrating
from fer_core.history.database import MIGRATIONS, NEWEST, open_engine
from fer_core.history.entries import Filter, Photo
from fer_core.history.storage import Store, identity
from fer_core.records import SelfRating, Session
from fer_core.reports.export import to_json
from fer_core.sessions.interview import practised
from fer_core.sessions.scored import reheard
from fer_core.texts import LANGUAGES, explain
from fer_core.voice.corrected import Edit, corrected
from tests.planted import FULL, PICTURE, PICTURED, scored_again, session, spoken

ROOT = Path(__file__).parents[2]
JPEG = b"\xff\xd8\xff not really a picture, but these very bytes \xff\xd9"


def dated(day: int, **changes) -> Session:
    made = session(name=changes.pop("name", f"{day}.mp4"))
    return scored_again(made, created=f"2026-10-{day:02d}T09:00:00+00:00", **changes)


def test_a_session_comes_back_as_it_was(store):
    number = store.save(FULL, "ko")
    assert to_json(store.load(number), "ko") == to_json(FULL, "ko")
    (entry,) = store.list()
    assert entry.id == number == identity(FULL)
    assert (entry.name, entry.kind, entry.seconds) == (FULL.source.name, "practice", 40.0)
    assert entry.created == datetime(2026, 11, 20, tzinfo=UTC)
    for score in FULL.scores:
        kept = entry.scores[score.name]
        assert (kept.value, kept.low, kept.high) == pytest.approx(
            (score.value, score.low, score.high))
    assert sum(entry.emotions.values()) == 36
    assert entry.emotions["happiness"] == 4


def test_saved_again_it_replaces_itself_and_keeps_the_diary(store):
    number = store.save(FULL, "ko")
    store.change(number, name="두 번째 면접", note=" 떨렸다 ", tags=["모의", " 모의 ", "1차  면접"])
    rated = replace(store.load(number), self_rating=SelfRating(40.0, None))
    assert store.save(rated, "en") == number
    (entry,) = store.list()
    assert (entry.name, entry.note, entry.tags) == ("두 번째 면접", "떨렸다", ("모의", "1차 면접"))
    assert store.load(number).self_rating == SelfRating(40.0, None)
    assert entry.own == {"confidence": 40.0}
    assert store.load(number).source.name == "두 번째 면접"
    store.change(number, name="   ", note="")
    assert (store.list()[0].name, store.list()[0].note) == ("두 번째 면접", "")


def test_filters(store):
    numbers = [store.save(dated(d, answers=() if d % 2 else FULL.answers), "ko")
               for d in (1, 2, 3, 4)]
    store.change(numbers[0], note="100% 만족_", tags=["a", "bc"])
    store.change(numbers[1], tags=["b"])

    def found(**wanted) -> list[str]:
        return [e.name for e in store.list(Filter(**wanted))]

    assert found() == ["4.mp4", "3.mp4", "2.mp4", "1.mp4"]
    assert found(kind="clip") == ["3.mp4", "1.mp4"]
    assert found(tag="b") == ["2.mp4"]
    assert found(text="100%") == found(text="만족_") == found(text="BC") == ["1.mp4"]
    assert found(text="%") == ["1.mp4"]
    assert found(text="없음") == []
    assert found(since=datetime(2026, 10, 2, 9, tzinfo=UTC),
                 until=datetime(2026, 10, 4, 9, tzinfo=UTC)) == ["3.mp4", "2.mp4"]
    assert found(text="mp4", kind="practice", tag="b") == ["2.mp4"]


def test_deleted_is_gone(store):
    keep, gone = (store.save(dated(d, name=f"name{d}.mp4"), "ko") for d in (1, 2))
    store.keep_photo(Photo(date(2026, 10, 1), JPEG, {"happiness": 1.0}, "day"))
    store.delete([gone])
    store.delete_photo(date(2026, 10, 1))
    assert [e.id for e in store.list()] == [keep]
    with pytest.raises(StorageError, match="gone"):
        store.load(gone)
    with pytest.raises(StorageError, match="gone"):
        store.change(gone, note="x")
    store.delete_all()
    assert store.list() == ()


def test_pictures_are_deleted_for_good_and_the_session_stays(store, settings):
    number = store.save(PICTURED, "ko")
    store.change(number, note="kept")
    assert store.load(number).pictures == PICTURED.pictures != {}
    store.delete_pictures(number)
    store.delete_pictures("nobody")
    assert to_json(store.load(number), "ko") == to_json(FULL, "ko")
    assert [e.note for e in store.list()] == ["kept"]
    if not settings.database_url.get_secret_value():
        store.close()
        written = b64encode(PICTURE)
        assert not any(written[:200] in f.read_bytes() for f in settings.home.iterdir())


def test_words_are_deleted_for_good_and_all_numbers_stay(store, settings):
    """One that the person took back, then all of them."""
    talked = reheard(FULL, spoken())
    number = store.save(talked, "ko")
    fewer = reheard(talked, corrected(talked.voice, [Edit(2.0, 2.5, "")]))
    assert store.save(fewer, "ko", gone=True) == number

    def files() -> bytes:
        store.close()
        return b"".join(f.read_bytes() for f in settings.home.iterdir())

    lite = not settings.database_url.get_secret_value()
    if lite:
        assert "작년에".encode() not in files()
        assert "이끌었습니다".encode() in files()
    store.delete_words(number)
    store.delete_words("nobody")
    kept = store.load(number)
    assert kept.voice.text == ""
    assert kept.scores == fewer.scores
    assert len(kept.voice.words) == len(fewer.voice.words)
    if lite:
        assert "이끌었습니다".encode() not in files()


def test_old_sessions_and_photos_are_deleted_by_age(store):
    now = datetime.now(UTC)
    for days in (1, 40):
        moment = (now - timedelta(days=days)).isoformat(timespec="seconds")
        store.save(replace(session(name=f"{days}"), created=moment), "ko")
        store.keep_photo(Photo((now - timedelta(days=days)).date(), JPEG, {}, ""))
    assert store.keep_days is None
    assert store.forget_old() == 0
    store.keep_days = 30
    assert [e.name for e in store.list()] == ["1"]
    assert len(store.photos(date(2020, 1, 1), date(2100, 1, 1))) == 1
    store.save(replace(session(name="late"), created="2020-01-01T00:00:00+00:00"), "ko")
    assert [e.name for e in store.list()] == ["1"]
    store.keep_days = None
    assert store.keep_days is None


def test_the_photo_of_a_day(store):
    first = Photo(date(2026, 10, 3), JPEG, {"happiness": 0.8, "neutral": 0.2}, "좋은 날")
    store.keep_photo(first)
    assert store.photos(date(2026, 10, 1), date(2026, 11, 1)) == (first,)
    assert store.photos(date(2026, 10, 4), date(2026, 11, 1)) == ()
    store.keep_photo(replace(first, note=""))
    assert [p.note for p in store.photos(date(2026, 10, 3), date(2026, 10, 4))] == [""]


def test_a_thousand_sessions_are_listed_without_their_reports(store):
    report = to_json(FULL, "ko")
    rows = [{"id": f"{i:032d}", "created": datetime(2026, 1, 1, tzinfo=UTC) + timedelta(hours=i),
             "name": f"{i}", "kind": "clip", "seconds": 1.0, "report": report, "note": "",
             "tags": "", "basis": json.dumps(FULL.basis)} for i in range(1000)]
    from fer_core.history.tables import SCORES, SESSIONS
    with store._database.writing() as connection:
        connection.execute(SESSIONS.insert(), rows)
        connection.execute(SCORES.insert(), [
            {"session": r["id"], "name": "confidence", "value": 50.0, "low": 40.0, "high": 60.0,
             "seconds": 9} for r in rows])
    asked = []
    sa.event.listen(store._database.engine, "before_cursor_execute",
                    lambda c, cursor, statement, *more: asked.append(statement))
    entries = store.list()
    assert len(entries) == 1000
    assert entries[0].name == "999"
    assert all(len(e.scores) == 1 for e in entries)
    assert not any("report" in statement for statement in asked)
    assert len(asked) <= 4  # however many there are


@pytest.mark.parametrize("revision", ["0001", "0002"])
def test_every_past_schema_migrates_with_its_rows(settings, revision):
    engine = open_engine(settings)
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    with engine.connect().execution_options(writes=True) as connection, connection.begin():
        config.attributes["connection"] = connection
        command.upgrade(config, revision)
        connection.execute(sa.text(
            "INSERT INTO sessions (id, created, name, kind, seconds, report) "
            "VALUES (:id, :created, :name, :kind, :seconds, :report)"),
            {"id": identity(FULL), "created": "2026-11-20 00:00:00+00:00",
             "name": FULL.source.name, "kind": "practice", "seconds": 40.0,
             "report": to_json(replace(FULL, self_rating=SelfRating(70.0, None)), "ko")})
        connection.execute(sa.text(
            "INSERT INTO scores (session, name, value, low, high, seconds) "
            "VALUES (:s, 'confidence', 50, 40, 60, 9)"), {"s": identity(FULL)})
        if revision != "0001":
            connection.execute(sa.text("UPDATE scores SET own = 70"))
            connection.execute(sa.text("INSERT INTO emotions VALUES (:s, 'happiness', 4)"),
                               {"s": identity(FULL)})
    engine.dispose()
    opened = Store(settings)
    (entry,) = opened.list()
    assert (entry.note, entry.tags, entry.scores["confidence"].value) == ("", (), 50.0)
    assert entry.emotions["happiness"] == 4
    assert entry.own == {"confidence": 70.0}
    assert (entry.sets, entry.before, entry.after) == (
        practised(a.question for a in FULL.answers), None, None)
    assert opened.load(entry.id).scores == FULL.scores
    assert entry.basis == FULL.basis._replace(
        muscles="", accessories="", reading=1), "no older report tells"
    opened.change(entry.id, note="new")
    opened.close()


def test_the_newest_revision_is_alembics_and_is_reached_once(settings, monkeypatch):
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    assert ScriptDirectory.from_config(config).get_current_head() == NEWEST
    Store(settings).close()
    monkeypatch.setattr(migrating, "migrate", lambda *_: pytest.fail("it is up to date"))
    Store(settings).close()


def test_the_newest_schema_is_what_the_tables_say(store):
    """Alembic finds nothing to do between the migrations and the code."""
    from fer_core.history.tables import TABLES
    found = sa.inspect(store._database.engine)
    for table in TABLES.tables.values():
        columns = {c["name"]: c for c in found.get_columns(table.name)}
        assert set(columns) == {c.name for c in table.columns}
        for column in table.columns:
            assert columns[column.name]["nullable"] == column.nullable
        assert set(found.get_pk_constraint(table.name)["constrained_columns"]) == {
            c.name for c in table.primary_key}


def test_two_that_open_at_once_do_not_collide(settings):
    opened, failed = [], []

    def run() -> None:
        try:
            opened.append(Store(settings))
        except Exception as error:
            failed.append(error)

    threads = [threading.Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    numbers = {s.save(dated(i + 1), "ko") for i, s in enumerate(opened)}
    assert {e.id for e in opened[0].list()} == numbers
    for one in opened:
        one.close()


def test_connections_end_with_who_holds_them(settings):
    opened = Store(settings)
    engine = opened._database.engine
    assert not opened.list()
    assert engine.pool.checkedin() == 1
    del opened
    gc.collect()
    assert engine.pool.checkedin() == 0


def test_a_newer_history_is_left_alone(settings):
    opened = Store(settings)
    with opened._database.writing() as connection:
        connection.execute(sa.text("UPDATE alembic_version SET version_num = '9999'"))
    opened.close()
    with pytest.raises(StorageError) as caught:
        Store(settings)
    assert caught.value.key == "error.storage.newer"
    for language in LANGUAGES:
        assert "9999" in explain(caught.value, language)


SAVER = """
import sys, os
sys.path.insert(0, {root!r})
from dataclasses import replace
from pathlib import Path
from pydantic import SecretStr
from fer_core.config import StorageSettings
from fer_core.history.storage import Store
from tests.planted import scored_again, session
store = Store(StorageSettings(home=Path({home!r}), database_url=SecretStr({url!r})))
print("ready", flush=True)
base = session(600)
for i in range(100000):
    day = f"20{{i % 90 + 10}}-01-{{i % 27 + 1:02d}}T00:00:{{i % 60:02d}}+00:00"
    store.save(replace(base, created=day), "ko")
    print(i, flush=True)
"""


@pytest.mark.parametrize("delay", [0.05, 0.21, 0.5])
def test_killed_in_the_middle_of_a_save(settings, delay):
    code = SAVER.format(root=str(ROOT), home=str(settings.home),
                        url=settings.database_url.get_secret_value())
    child = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
    assert child.stdout is not None
    assert child.stdout.readline() == "ready\n"
    child.stdout.readline()
    time.sleep(delay)
    os.kill(child.pid, signal.SIGKILL)
    done = len(child.stdout.read().splitlines()) + 1
    child.wait()
    child.stdout.close()
    opened = Store(settings)
    entries = opened.list()
    assert len(entries) >= min(done, 1)
    for entry in entries:
        assert len(entry.scores) == 5
        assert sum(entry.emotions.values()) == 596
        assert opened.load(entry.id).source.duration == 600
    opened.close()


def test_a_damaged_file_and_a_forbidden_folder_are_said(tmp_path):
    (tmp_path / "poise.db").write_bytes(b"this is no database" * 100)
    with pytest.raises(StorageError) as caught:
        Store(StorageSettings(home=tmp_path, database_url=SecretStr("")))
    assert caught.value.key == "error.storage.damaged"
    (tmp_path / "file").write_text("x")
    with pytest.raises(StorageError) as caught:
        Store(StorageSettings(home=tmp_path / "file" / "home", database_url=SecretStr("")))
    assert caught.value.key == "error.storage.folder"


@pytest.mark.parametrize(("url", "key"), [
    ("mysql://x/y", "url"), ("postgresql://nobody@127.0.0.1:1/none", "unreachable")])
def test_a_wrong_address_is_said_without_the_password(tmp_path, url, key):
    with pytest.raises(StorageError) as caught:
        Store(StorageSettings(home=tmp_path, database_url=SecretStr(
            url.replace("nobody", "nobody:hunter2"))))
    assert caught.value.key == f"error.storage.{key}"
    assert "hunter2" not in explain(caught.value, "en")


def test_somebody_else_who_writes_for_long(tmp_path, monkeypatch):
    monkeypatch.setattr("fer_core.history.database.WAIT", 0.2)
    settings = StorageSettings(home=tmp_path, database_url=SecretStr(""))
    one, other = Store(settings), Store(settings)
    with one._database.writing(), pytest.raises(StorageError) as caught:
        other.save(FULL, "ko")
    assert caught.value.key == "error.storage.locked"
    assert other.save(FULL, "ko") == identity(FULL)
    one.close()
    other.close()
