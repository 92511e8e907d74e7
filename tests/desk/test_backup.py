"""What comes back from a backup is what there was, made while others write; not who was
forgotten since."""

import errno
import hashlib
import io
import os
import secrets
import shutil
import subprocess
import sys
import threading
import time
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from pydantic import SecretStr
from typer.testing import CliRunner

from fer_core.cli import app
from fer_core.config import StorageSettings
from fer_core.desk import audit
from fer_core.desk import backup as backups
from fer_core.desk.backup import backup, drop_old
from fer_core.desk.clips import copy_path
from fer_core.desk.desk import Desk
from fer_core.desk.policy import LOCAL
from fer_core.desk.restore import restore
from fer_core.desk.rows import TABLES
from fer_core.desk.tables import AUDIT, CLIPS
from fer_core.desk.turns import Turns
from fer_core.errors import StorageError
from fer_core.history import rewriting
from fer_core.history.database import Database, aware
from fer_core.history.storage import Store
from fer_core.texts import say
from tests.desk.conftest import rated
from tests.history.conftest import address, lite
from tests.planted import session
from tests.postgres import new_database

ROOT = Path(__file__).parents[2]
LATER = ("backup.make", "backup.restore")
CHURN = """
import io, secrets, sys
from fer_core.config import StorageSettings
from fer_core.desk.desk import Desk
from fer_core.desk.policy import LOCAL
desk, opening = Desk(StorageSettings()), sys.argv[1]
while True:
    one = desk.candidates.add(LOCAL, opening, secrets.token_hex(8), "")
    for _ in range(3):
        desk.clips.add(LOCAL, one, "a.mp4", io.BytesIO(secrets.token_bytes(20000)))
    print(one, flush=True)
    if secrets.randbelow(4) == 0:
        desk.forgetting.forget(LOCAL, one)
"""


@pytest.fixture
def outside(tmp_path_factory):
    """Where a backup may lie: not in the home of the server."""
    return tmp_path_factory.mktemp("backups")


@pytest.fixture
def another(settings, tmp_path_factory, request):
    """Makes empty places, of the same kind or in SQLite."""
    def place(same: bool) -> StorageSettings:
        home = tmp_path_factory.mktemp("place") / "home"
        if lite(settings) or not same:
            return StorageSettings(home=home, database_url="")
        return StorageSettings(home=home, database_url=SecretStr(
            new_database(request.getfixturevalue("server"))))
    return place


@pytest.fixture
def full(desk, team, settings):
    """Rows in most tables, one clip that is done and one that is being read."""
    content = secrets.token_bytes(30000)
    team.content = content
    team.clip = desk.clips.add(team.lead, team.kim, "kim.mp4", io.BytesIO(content)).id
    desk.clips.add(team.lead, team.lee, "lee.mp4", io.BytesIO(b"lee's"))
    turns = Turns(desk.database, desk.clips.folder, "w")
    copy_path(desk.clips.folder, team.clip, "covered").parent.mkdir(exist_ok=True)
    taken = {turn.id: turn for turn in (turns.take(), turns.take())}
    taken[team.clip].copy.write_bytes(b"covered")
    turns.finish(team.clip, session())
    desk.consents.give(team.as_kim, team.kim, "ko", ["facing"])
    desk.scorecards.write(team.lead, team.kim, rated())
    desk.comments.write(team.lead, team.clip, 1.0, "slow here")
    desk.objections.submit(team.as_kim, team.kim, "explanation", "how")
    desk.shares.make(team.lead, team.opening, "Dr. Choi", 7)
    store = Store(settings)
    store.save(session(), "ko")
    store.close()
    return team


def rows(settings) -> dict[str, Counter]:
    """All rows, times in UTC; but for the lines that tell of the backup itself."""
    database = Database(settings)
    try:
        with database.reading() as connection:
            return {name: Counter(
                tuple(aware(v) if isinstance(v, datetime) else v for v in row)
                for row in connection.execute(sa.select(table))
                if table is not AUDIT or row.action not in LATER)
                for name, table in TABLES.items() if name not in ("audit_head", "preferences")}
    finally:
        database.close()


def files(settings) -> dict[str, str]:
    return {p.relative_to(settings.home).as_posix(): hashlib.sha256(p.read_bytes()).hexdigest()
            for part in ("clips", "copies") for p in (settings.home / "desk" / part).glob("*")}


def whole(settings) -> int:
    """Every clip's file is there and is what its row says, no file is anybody else's, and the
    log is intact; how many clips."""
    database = Database(settings)
    try:
        assert audit.verify(database).faults == ()
        with database.reading() as connection:
            clips = {f"desk/clips/{r.id}": r.sha256 for r in connection.execute(CLIPS.select())}
    finally:
        database.close()
    assert {n: h for n, h in files(settings).items() if n.startswith("desk/clips")} == clips
    return len(clips)


def test_what_comes_back_is_what_there_was(full, settings, another, outside):
    file, about = backup(outside, settings)
    assert (about.sessions, about.clips) == (1, 2)
    assert file.stat().st_mode & 0o077 == 0
    before = rows(settings)
    assert sum(map(len, before.values())) > 20
    for same in (True, False):
        place = another(same)
        assert restore(file, place)[1] == 0
        after = rows(place)
        running = after.pop("clips"), before["clips"]
        assert after == {k: v for k, v in before.items() if k != "clips"}
        # What was being read waits again; nothing else of a clip is different.
        assert [len(c - o) for c, o in (running, running[::-1])] == [1, 1]
        assert files(place) == files(settings)
        assert whole(place) == 2


@pytest.mark.slow
def test_from_sqlite_to_a_server(full, settings, another, outside):
    """And so from either kind to the other: a laptop's history moves to a team's server."""
    between = another(False)
    restore(backup(outside / "a.zip", settings)[0], between)
    end = another(True)
    restore(backup(outside / "b.zip", between)[0], end)
    assert rows(end) == rows(between)


def test_nothing_is_replaced_unless_that_is_said(full, settings, another, outside, desk):
    file, _ = backup(outside, settings)
    desk.clips.add(full.lead, full.lee, "more.mp4", io.BytesIO(b"more"))
    with pytest.raises(StorageError) as refused:
        restore(file, settings)
    assert refused.value.key == "error.backup.taken"
    assert whole(settings) == 3
    after = desk.candidates.add(full.lead, full.opening, "Park")
    number = desk.candidates.get(full.lead, after).number
    restore(file, settings, over=True)
    assert whole(settings) == 2
    again = desk.candidates.add(full.lead, full.opening, "Cho")
    assert desk.candidates.get(full.lead, again).number == number + 1  # it was given already
    assert (settings.home / f"desk/clips/{full.clip}").read_bytes() == full.content


def test_a_log_is_never_replaced_by_another(full, settings, another, outside):
    place = another(True)
    other = Desk(place)
    other.openings.add_member(LOCAL, "eve@example.org", "Eve", ["admin"])
    other.close()
    before = rows(place)
    with pytest.raises(StorageError) as refused:
        restore(backup(outside, settings)[0], place, over=True)
    assert refused.value.key == "error.backup.other"
    assert rows(place) == before
    assert files(place) == {}


@pytest.mark.slow
@pytest.mark.parametrize("told", ["by the log that is replaced", "by an exported log"])
def test_whoever_was_forgotten_since_stays_forgotten(full, settings, another, outside, desk, told):
    file, _ = backup(outside, settings)
    assert desk.forgetting.forget(full.admin, full.kim).found == ()
    log = outside / "log.csv"
    with log.open("w", encoding="utf-8", newline="") as out:
        audit.export(desk.database, out)
    replaced = told == "by the log that is replaced"
    place = settings if replaced else another(True)
    assert restore(file, place, over=replaced, logs=() if replaced else (log,))[1] == 1
    assert whole(place) == 1
    assert not (place.home / f"desk/clips/{full.clip}").exists()
    assert not any("covered" in name for name in files(place))
    assert not any("Kim Jiwon" in map(str, row) for row in rows(place)["candidates"])
    # The log that came back knows it too.
    assert restore(file, place, over=True)[1] == 1


@pytest.mark.slow
def test_while_another_process_writes_and_forgets(desk, team, settings, another, outside):
    process = subprocess.Popen(
        [sys.executable, "-c", CHURN, team.opening], cwd=ROOT, stdout=subprocess.PIPE, text=True,
        env={**os.environ, "POISE_HOME": str(settings.home),
             "POISE_DATABASE_URL": address(settings)})
    counts = []
    try:
        for n in range(3):
            for _ in range(3):
                assert process.stdout.readline()
            file, about = backup(outside / f"{n}.zip", settings)
            place = another(False)
            restore(file, place)
            counts.append(whole(place))
            assert counts[-1] == about.clips
        assert process.poll() is None
    finally:
        process.kill()
        process.communicate()
    assert counts[-1] > 0


def test_nobody_is_in_it_whose_forgetting_ends_while_it_is_made(
        full, settings, another, outside, desk, monkeypatch):
    """Their files are gone before their rows are: who copies just then has to wait."""
    deleted = threading.Event()
    forgetting = threading.Thread(target=desk.forgetting.forget, args=(full.admin, full.kim))

    def mark(connection, really=rewriting.mark):
        deleted.set()
        time.sleep(0.5)  # in which the backup copies what there is
        really(connection)

    def snapshot(*values, really=backups._rows):
        found = really(*values)
        if not deleted.is_set():
            forgetting.start()
            assert deleted.wait(30)
        return found

    monkeypatch.setattr(rewriting, "mark", mark)
    monkeypatch.setattr(backups, "_rows", snapshot)
    file, about = backup(outside, settings)
    forgetting.join()
    assert about.clips == 1
    place = another(False)
    restore(file, place)
    assert whole(place) == 1


def test_a_server_elsewhere_has_a_time_of_its_own(full, settings, outside, monkeypatch):
    monkeypatch.setenv("PGTZ", "Asia/Seoul")
    assert backup(outside, settings)[1].clips == 2


@pytest.mark.slow
class TestInSqlite:
    """Of which one kind of database is enough."""

    @pytest.fixture
    def settings(self, sqlite):
        return sqlite

    def test_a_clip_read_anew_while_it_is_copied_means_a_new_try(
            self, full, settings, another, outside, desk, monkeypatch):
        tries = []

        def snapshot(*values, really=backups._rows):
            found = really(*values)
            tries.append(found)
            if len(tries) == 1:
                desk.clips.retry(full.lead, full.clip)
            return found

        monkeypatch.setattr(backups, "_rows", snapshot)
        place = another(True)
        restore(backup(outside, settings)[0], place)
        assert len(tries) == 2
        assert not rows(place)["readings"]

    def test_it_gives_up_where_that_never_ends(self, full, settings, outside, desk, monkeypatch):
        def snapshot(*values, really=backups._rows):
            found = really(*values)
            one = desk.candidates.add(full.lead, full.opening, "One More", "")
            desk.clips.add(full.lead, one, "x.mp4", io.BytesIO(b"x"))
            return {**found[0], "0" * 32: ("queued", None)}, found[1]

        monkeypatch.setattr(backups, "_rows", snapshot)
        with pytest.raises(StorageError) as said:
            backup(outside, settings)
        assert said.value.key == "error.backup.busy"
        assert list(outside.iterdir()) == []

    def test_a_damaged_backup_changes_nothing(self, full, settings, another, outside):
        file, _ = backup(outside, settings)
        content = bytearray(file.read_bytes())
        content[content.index(full.content) + 77] ^= 1
        for broken in (bytes(content), content[:-2000], b"", b"PK"):
            file.write_bytes(broken)
            place = another(True)
            with pytest.raises(StorageError) as said:
                restore(file, place)
            assert said.value.key == "error.backup.damaged"
            assert files(place) == {}

    def test_a_disk_that_fills_up_leaves_all_as_it_was(self, full, settings, another, outside,
                                                       monkeypatch):
        file, _ = backup(outside, settings)
        copied = []

        def copy(source, out, size=0, really=shutil.copyfileobj):
            copied.append(out.name)
            if sum("clips" in name for name in copied) == 2:
                raise OSError(errno.ENOSPC, "No space left on device")
            really(source, out, size)

        monkeypatch.setattr(shutil, "copyfileobj", copy)
        place = another(True)
        with pytest.raises(StorageError) as said:
            restore(file, place)
        assert said.value.key == "error.backup.read"
        assert files(place) == {}
        assert not rows(place)["clips"]
        monkeypatch.undo()
        restore(file, place)
        assert whole(place) == 2

    def test_it_may_not_lie_in_what_it_is_of(self, desk, settings):
        with pytest.raises(StorageError) as said:
            backup(settings.home / "b.zip", settings)
        assert said.value.key == "error.backup.inside"

    def test_a_folder_that_is_not_there_is_made(self, desk, settings, outside):
        """And is no file of that name, without an ending."""
        file, _ = backup(outside / "nightly", settings)
        assert (file.parent, file.suffix) == (outside / "nightly", ".zip")
        assert backup(outside / "one.zip", settings)[0] == outside / "one.zip"
        with pytest.raises(StorageError) as said:
            backup(settings.home / "nightly", settings)
        assert said.value.key == "error.backup.inside"
        assert not (settings.home / "nightly").exists()

    def test_a_place_that_cannot_be_written_is_said(self, desk, settings, outside):
        with pytest.raises(StorageError) as said:
            backup(outside / "no" / "b.zip", settings)
        assert said.value.key == "error.backup.write"

    def test_what_a_killed_backup_left_goes(self, desk, settings, outside):
        gone = subprocess.Popen([sys.executable, "-c", ""])
        gone.wait()
        for process in (gone.pid, os.getpid()):
            (outside / f".poise-backup-{process}-x").mkdir()
            (outside / f".poise-backup-{process}-x" / "poise.db").touch()
        # In a container the killed one had the number of this process.
        (old := outside / f".poise-backup-{os.getpid()}-y").mkdir()
        os.utime(old, (0, 0))
        backup(outside, settings)
        assert not (outside / f".poise-backup-{gone.pid}-x").exists()
        assert (outside / f".poise-backup-{os.getpid()}-x").exists()
        assert not old.exists()

    def test_what_is_somebody_elses_stays(self, desk, settings, outside):
        names = ("poise-2026-archive", "poise-1.2-src", ".poise-backup-old")
        for name in names:
            (outside / name).mkdir()
        backup(outside, settings)
        assert all((outside / name).is_dir() for name in names)

    def test_old_ones_go(self, desk, settings, outside):
        now = datetime.now(UTC)
        for age in (40, 20, 1):
            backup(outside, settings, now=now - timedelta(days=age))
        (outside / "poise-notes.zip").touch()
        assert drop_old(outside, 30, now) == 1
        assert len(list(outside.iterdir())) == 3

    def test_both_commands(self, full, settings, outside, monkeypatch, tmp_path):
        def run(*words):
            return CliRunner().invoke(app, [*words, "--lang", "en"])

        monkeypatch.setenv("POISE_HOME", str(settings.home))
        made = run("backup", str(outside), "--days", "7")
        assert made.exit_code == 0, made.output
        assert "1 sessions and 2 clips" in made.output
        (file,) = outside.iterdir()
        refused = run("restore", str(file))
        assert refused.exit_code == 1
        assert "add --over" in refused.output
        monkeypatch.setenv("POISE_HOME", str(tmp_path / "new"))
        back = run("restore", str(file))
        assert back.exit_code == 0, back.output
        assert f"The backup of {date.today().year}" in back.output
        assert say("backup.again", "en") in back.output
        assert "forgotten since" not in back.output  # nobody was
        assert run("backup", str(outside / "x.zip"), "--days", "7").exit_code == 2


def test_every_table_is_in_it(sqlite):
    """A table that a migration adds is copied too, or said here to be nobody's."""
    desk = Desk(sqlite)
    try:
        with desk.database.reading() as connection:
            names = set(sa.inspect(connection).get_table_names())
    finally:
        desk.close()
    assert names - {"alembic_version"} == set(TABLES)
