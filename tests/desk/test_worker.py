"""Nothing is lost, doubled or left half, whatever becomes of a worker: by doing it."""

import io
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from contextlib import closing, suppress
from pathlib import Path

import pytest

from fer_core.config import StorageSettings
from fer_core.desk.analysis import analysing
from fer_core.desk.desk import Desk
from fer_core.desk.tables import CLIPS, READINGS
from fer_core.desk.turns import Found, Turn
from fer_core.desk.worker import Pace, Worker
from fer_core.errors import Cancelled, StorageError, VideoUnreadable
from fer_core.reports.export import from_json, to_json
from tests.history.conftest import address
from tests.planted import session
from tests.processes import running

ROOT = Path(__file__).parents[2]
REPORT = to_json(session(), "ko")


FAST = Pace(lease=2.0, beat=0.2, mend=0.3, pause=0.05)
SCRIPT = """
import os, signal, sys, time
from pathlib import Path
from fer_core.config import StorageSettings
from fer_core.desk.turns import Found
from fer_core.desk.worker import Pace, serve
from fer_core.errors import Cancelled, VideoUnreadable
from fer_core.reports.export import from_json

here = Path(sys.argv[1])
report = (here / "report.json").read_text()
(here / "pid").write_text(str(os.getpid()))

def analyse(turn, tell, stopped):
    content = turn.path.read_bytes()
    with (here / "begun").open("a") as file:
        file.write(turn.id + "\\n")
    for n in range(5):
        time.sleep(0.02)
        tell(n / 5, 1.0)
        if stopped():
            raise Cancelled
    if content.startswith(b"crash"):
        os.kill(os.getpid(), signal.SIGSEGV)
    if content.startswith(b"bad"):
        raise VideoUnreadable("error.video.unreadable")
    return Found(from_json(report))

serve(StorageSettings(), analyse, Pace(lease=1.0, beat=0.2, mend=0.3, pause=0.05))
"""
KEEPER = """
import sys
from fer_core.desk.keeper import keep_alive
sys.exit(keep_alive([sys.executable, *sys.argv[1:]]))
"""


def rows(desk) -> list:
    with desk.database.reading() as connection:
        return connection.execute(CLIPS.select()).all()


def readings(desk) -> Counter:
    with desk.database.reading() as connection:
        return Counter(connection.execute(READINGS.select()).scalars())


def until(condition, seconds=90.0) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.05)


@pytest.fixture
def keeper(settings, tmp_path):
    """Whoever keeps a scripted worker alive; started by a call."""
    here = tmp_path / "script"
    here.mkdir()
    (here / "report.json").write_text(REPORT, "utf-8")
    (here / "worker.py").write_text(SCRIPT, "utf-8")
    started: list[subprocess.Popen] = []

    def start() -> subprocess.Popen:
        started.append(subprocess.Popen(
            [sys.executable, "-c", KEEPER, str(here / "worker.py"), str(here)], cwd=ROOT,
            stderr=subprocess.DEVNULL,
            env={**os.environ, "POISE_HOME": str(settings.home), "PYTHONPATH": str(ROOT),
                 "POISE_DATABASE_URL": address(settings)}))
        return started[-1]

    start.here = here
    yield start
    for process in started:
        process.kill()  # its worker ends with it
        process.wait()


@pytest.mark.slow
def test_forty_clips_end_once_each_whatever_is_killed(desk, team, keeper):
    contents = [b"crash", b"bad", b"bad", *[b"ok"] * 37]
    ids = [desk.clips.add(team.lead, team.kim, f"{n}.mp4", io.BytesIO(kind + b" %d" % n)).id
           for n, kind in enumerate(contents)]
    keeper()
    chance = random.Random(20)
    for _ in range(3):
        pid = keeper.here / "pid"
        until(pid.exists)
        time.sleep(chance.uniform(0.2, 1.2))
        with suppress(ProcessLookupError):  # its clip may have been quicker
            os.kill(int(pid.read_text()), signal.SIGKILL)
        pid.unlink()
    until(lambda: all(r.state in ("done", "failed", "set_aside") for r in rows(desk)))
    found = {r.id: r for r in rows(desk)}
    kept = readings(desk)
    assert set(found) == set(ids)
    for number, content in zip(ids, contents, strict=True):
        ended = found[number]
        if content == b"ok" and ended.state == "done":
            assert kept[number] == 1
        else:
            assert kept[number] == 0
            assert ended.state == ("failed" if content == b"bad" else "set_aside")
            assert ended.failure
    # Killed three times, no clip was ever lost to it: only the one that kills was set aside.
    assert Counter(r.state for r in found.values()) == {"done": 37, "failed": 2, "set_aside": 1}
    begun = Counter((keeper.here / "begun").read_text().split())
    assert begun[ids[0]] == 3
    assert sum(begun.values()) - len(ids) - 2 <= 3  # again only what was under way


@pytest.mark.slow
def test_a_worker_gives_back_and_ends_when_told_and_with_its_keeper(desk, team, keeper):
    for n in range(12):
        desk.clips.add(team.lead, team.kim, f"{n}.mp4", io.BytesIO(b"ok %d" % n))
    process = keeper()
    until(lambda: any(r.state == "done" for r in rows(desk)))
    process.terminate()
    assert process.wait(60) == 0
    assert not {r.state for r in rows(desk)} - {"done", "queued"}
    assert all(r.crashes == 0 for r in rows(desk))
    process = keeper()
    pid = int((keeper.here / "pid").read_text())
    until(lambda: int((keeper.here / "pid").read_text()) != pid)
    process.kill()
    worker = int((keeper.here / "pid").read_text())
    until(lambda: not running(worker))


@pytest.mark.slow
def test_a_worker_beside_an_app_ends_with_it(tmp_path):
    """Even where the app was killed."""
    app = subprocess.Popen(
        ["sh", "-c", f"{sys.executable} -m fer_core.desk --beside & echo $!; exec sleep 600"],
        cwd=ROOT, stdout=subprocess.PIPE, text=True,
        env={**os.environ, "POISE_HOME": str(tmp_path), "POISE_DATABASE_URL": ""})
    keeper = int(app.stdout.readline())
    try:
        until((tmp_path / "desk" / "queue.db").exists)
        assert running(keeper)
    finally:
        app.kill()
        app.communicate()
    until(lambda: not running(keeper))


@pytest.fixture
def lite_desk(tmp_path):
    settings = StorageSettings(home=tmp_path / "home", database_url="")
    opened = Desk(settings)
    yield opened
    opened.close()


def one_clip(desk, content=b"x") -> str:
    from fer_core.desk.policy import LOCAL
    from tests.desk.conftest import CRITERIA
    opening = desk.openings.create(LOCAL, "Clerk", "recruitment", "DE", CRITERIA)
    candidate = desk.candidates.add(LOCAL, opening, "Kim")
    return desk.clips.add(LOCAL, candidate, "kim.mp4", io.BytesIO(content)).id


def test_a_full_disk_makes_the_queue_wait_and_loses_nothing(lite_desk):
    number = one_clip(lite_desk)
    seen = []

    def analyse(turn, tell, stopped):
        seen.append(rows(lite_desk)[0].state)
        if len(seen) == 1:
            raise OSError(28, "No space left on device")
        if len(seen) == 2:
            raise StorageError("error.storage.full")
        return Found(from_json(REPORT))

    with closing(Worker(lite_desk.settings, analyse, FAST)) as worker:
        worker.turn()
        (waits,) = rows(lite_desk)
        assert (waits.state, waits.crashes) == ("queued", 0)
        assert "error.desk.full" in waits.failure
        worker.turn()
        worker.turn()
    assert seen == ["running"] * 3
    assert rows(lite_desk)[0].state == "done"
    assert rows(lite_desk)[0].failure == ""
    assert readings(lite_desk) == {number: 1}


@pytest.mark.parametrize(("error", "key"), [
    (VideoUnreadable("error.video.unreadable"), "error.video.unreadable"),
    (ZeroDivisionError("secret words"), "error.desk.unexpected")])
def test_a_failure_is_a_sentence(lite_desk, error, key):
    one_clip(lite_desk)

    def analyse(turn, tell, stopped):
        raise error

    with closing(Worker(lite_desk.settings, analyse, FAST)) as worker:
        worker.turn()
    (row,) = rows(lite_desk)
    assert row.state == "failed"
    assert key in row.failure
    assert "secret" not in row.failure


def test_cancelling_stops_an_analysis(lite_desk):
    from fer_core.desk.policy import LOCAL
    number = one_clip(lite_desk)

    def analyse(turn, tell, stopped):
        lite_desk.clips.cancel(LOCAL, number)
        until(stopped)
        raise Cancelled

    with closing(Worker(lite_desk.settings, analyse, FAST)) as worker:
        worker.turn()
    assert rows(lite_desk)[0].state == "cancelled"


def test_turns_are_handed_out_for_what_waits_and_not_twice(lite_desk):
    one_clip(lite_desk)
    with closing(Worker(lite_desk.settings, lambda *_: Found(), FAST)) as worker:
        queue = worker._queue
        assert queue.pending_count() == 1
        queue.flush()  # a worker took the turn and died
        for _ in range(3):
            worker.mend()
        assert queue.pending_count() == 1
        payload = queue.storage.enqueued_items()[0]
    assert b"kim" not in payload.lower()


def test_no_network_is_loaded_for_a_clip_that_must_not_be_read(tmp_path, astronaut):
    from tests.clips import even, person, write_clip
    clip = write_clip(tmp_path / "a.mp4", person(astronaut, even(1, 4)))
    calls = []

    class Counting:
        def analyse(self, path, **_):
            calls.append(path)
            return from_json(REPORT)

    def load():
        calls.append("load")
        return Counting()

    analyse = analysing(load)
    never = Turn("0" * 32, clip, networks=False)
    assert analyse(never, lambda *_: None, lambda: False) == Found(None, None)
    assert calls == []
    with pytest.raises(VideoUnreadable):
        analyse(Turn("0" * 32, tmp_path / "none", networks=False), None, None)
    for _ in range(2):
        assert analyse(Turn("0" * 32, clip, networks=True), lambda *_: None,
                       lambda: False).session
    assert calls == ["load", clip, clip]
