"""App, worker and database killed at random points of upload, analysis, save, delete and
migration: ``python -m tests.torture.killing [--points 100] [--postgres] [--seed 21]``.

After each, everything is opened anew: no half session, none lost that was said to be kept, none
there that was said to be gone; at the end every clip that was taken in has ended once.
"""

import argparse
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from pydantic import SecretStr

from fer_core.config import StorageSettings
from fer_core.desk.desk import Desk
from fer_core.desk.tables import CLIPS, READINGS
from fer_core.history.storage import Store
from fer_core.reports.export import to_json
from tests.desk.test_worker import REPORT, SCRIPT
from tests.planted import session
from tests.postgres import new_database, postgres, start_again
from tests.torture.killed import SECONDS

ROOT = Path(__file__).parents[2]
WORK = ("upload", "save", "delete")
SOON = 0.05
"""s after such an act began within which it is killed: most take a little less."""
ENDED = {"done", "set_aside"}
WAIT = 120.0


@dataclass
class Truth:
    """What the apps said."""

    saved: set[str] = field(default_factory=set)
    maybe: set[str] = field(default_factory=set)
    uploaded: set[str] = field(default_factory=set)
    points: Counter[str] = field(default_factory=Counter)

    def take(self, line: dict[str, str]) -> None:
        act = line.get("begin") or line.get("done")
        number = line.get("id", "")
        if act in ("save", "delete") and "begin" in line:
            self.maybe.add(number)
            self.saved.discard(number)
        elif "done" in line:
            self.maybe.discard(number)
            if act == "save":
                self.saved.add(number)
            if act == "upload":
                self.uploaded.add(number)


class Killing:
    """A place where things are killed.

    Args:
        folder: empty.
        url: of an empty database of a PostgreSQL server; "": SQLite.
    """

    def __init__(self, folder: Path, url: str, seed: int) -> None:
        self.url, self.chance, self.truth = url, random.Random(seed), Truth()
        self.settings = StorageSettings(home=folder / "home", database_url=SecretStr(url))
        self._script = folder / "script"
        self._script.mkdir()
        (self._script / "report.json").write_text(REPORT, "utf-8")
        (self._script / "worker.py").write_text(SCRIPT, "utf-8")
        self._environment = {**os.environ, "POISE_HOME": str(self.settings.home),
                             "PYTHONPATH": str(ROOT), "POISE_DATABASE_URL": url}
        self._number = 0
        Store(self.settings).close()
        Desk(self.settings).close()

    def points(self, count: int) -> Iterator[str]:
        """Kill so often; what was killed in the middle of what."""
        for n in range(count):
            if n % 5 == 4:
                yield self._migrating()
            elif n % 5 == 3:
                yield self._analysing()
            else:
                yield self._at_work(WORK[n % 3], server=bool(self.url) and n % 5 == 2)
            self.check()
        self.finish()

    def _app(self, settings: StorageSettings) -> "subprocess.Popen[str]":
        self._number += 1000
        known = json.dumps(sorted(self.truth.saved) if settings is self.settings else [])
        app = subprocess.Popen(
            [sys.executable, "-m", "tests.torture.killed", str(self._number)], cwd=ROOT,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
            env=self._environment | {"POISE_HOME": str(settings.home),
                                     "POISE_DATABASE_URL": settings.database_url
                                     .get_secret_value()})
        app.stdin.write(known + "\n")
        app.stdin.flush()
        return app

    def _at_work(self, wanted: str, server: bool) -> str:
        """The app, or the database under it, soon after it began to do so."""
        act, skip = "", self.chance.randrange(1, 4)
        with self._app(self.settings) as app:
            for line in map(json.loads, app.stdout):
                self.truth.take(line)
                act = line.get("begin", "")
                skip -= act == wanted
                if not skip:
                    break
            timer = threading.Timer(self.chance.uniform(0, SOON), self._end_server if server
                                    else lambda: app.send_signal(signal.SIGKILL))
            timer.start()
            for line in map(json.loads, app.stdout):
                self.truth.take(line)
                act = line.get("begin", act)
            timer.join()
            app.kill()
        if server:
            start_again(self.url)
        return self._point(f"{'database' if server else 'app'}: {act}")

    def _end_server(self) -> None:
        folder = Path(self.url.partition("host=")[2]) / "data"
        os.kill(int((folder / "postmaster.pid").read_text().split()[0]), signal.SIGKILL)

    def _analysing(self) -> str:
        begun = self._script / "begun"
        before = begun.stat().st_size if begun.exists() else 0
        worker = self._start_worker()
        end = time.monotonic() + WAIT
        while self._waiting() and (not begun.exists() or begun.stat().st_size == before):
            assert time.monotonic() < end, "the worker does not begin"
            time.sleep(0.02)
        time.sleep(self.chance.uniform(0, 0.3))
        worker.kill()
        worker.wait()
        worker.stdin.close()
        return self._point("worker: analysis")

    def _start_worker(self) -> "subprocess.Popen[bytes]":
        return subprocess.Popen(
            [sys.executable, str(self._script / "worker.py"), str(self._script)], cwd=ROOT,
            stdin=subprocess.PIPE, stderr=subprocess.DEVNULL, env=self._environment)

    def _waiting(self) -> int:
        desk = Desk(self.settings)
        try:
            with desk.database.reading() as connection:
                return sum(r.state not in ENDED for r in connection.execute(CLIPS.select()))
        finally:
            desk.close()

    def _migrating(self) -> str:
        """An empty place, the app killed while it makes its tables; then it must open."""
        with self._empty() as settings:
            with self._app(settings) as app:
                json.loads(app.stdout.readline())
                time.sleep(self.chance.uniform(0, 0.5))
                app.kill()
                made = any("migrate" in line and "done" in line for line in app.stdout)
            Store(settings).close()
            Desk(settings).close()
        return self._point("app: " + ("first start" if made else "migration"))

    @contextmanager
    def _empty(self) -> Iterator[StorageSettings]:
        with tempfile.TemporaryDirectory() as folder:
            if not self.url:
                yield StorageSettings(home=Path(folder), database_url=SecretStr(""))
                return
            yield StorageSettings(home=Path(folder),
                                  database_url=SecretStr(new_database(self.url)))

    def _point(self, what: str) -> str:
        self.truth.points[what] += 1
        return what

    def check(self) -> None:
        """Open it as after every start: whole sessions, all that were kept, none that went."""
        store = Store(self.settings)
        try:
            entries = {e.id: e for e in store.list()}
            assert entries.keys() - self.truth.maybe == self.truth.saved, "lost, or not gone"
            new = entries.keys() & self.truth.maybe
            for number in new:  # what was under way is there whole, or not at all
                entry = entries[number]
                assert len(entry.scores) == 5
                assert sum(entry.emotions.values()) == SECONDS - 4
                loaded = store.load(number)
                assert to_json(loaded, "ko") == to_json(
                    replace(session(SECONDS), created=loaded.created), "ko"), "half a session"
            self.truth.saved |= new
            self.truth.maybe.clear()
        finally:
            store.close()
        desk = Desk(self.settings)
        try:
            with desk.database.reading() as connection:
                rows = connection.execute(CLIPS.select()).all()
                read = Counter(connection.execute(READINGS.select()).scalars())
            assert self.truth.uploaded <= {r.id for r in rows}, "a clip was lost"
            for row in rows:
                assert desk.clips.path(row.id).stat().st_size == row.size, "half a clip"
                assert read[row.id] == (row.state == "done"), "half an analysis"
        finally:
            desk.close()

    def finish(self) -> None:
        """Let a worker do all that is left, and look a last time."""
        worker = self._start_worker()
        try:
            end = time.monotonic() + WAIT
            while self._waiting():
                assert time.monotonic() < end, "clips that never end"
                time.sleep(0.2)
        finally:
            worker.kill()
            worker.wait()
            worker.stdin.close()
        self.check()


def run(points: int, with_server: bool, seed: int) -> str:
    """The figures as lines."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        url = stack.enter_context(postgres(folder)) if with_server else ""
        killing = Killing(folder, url, seed)
        for _ in killing.points(points):
            pass
        lines = [f"{count:5} {what}" for what, count in sorted(killing.truth.points.items())]
        desk = Desk(killing.settings)
        with desk.database.reading() as connection:
            states = Counter(r.state for r in connection.execute(CLIPS.select()))
        desk.close()
        truth = killing.truth
        return "\n".join([
            *lines, f"{points} points, seed {seed}, {'PostgreSQL' if url else 'SQLite'}: "
            f"{len(truth.saved)} sessions kept, none half, none lost, every start clean; "
            f"clips {dict(states)}, each ended once"])


def main() -> None:
    wishes = argparse.ArgumentParser()
    wishes.add_argument("--points", type=int, default=100)
    wishes.add_argument("--seed", type=int, default=21)
    wishes.add_argument("--postgres", action="store_true")
    wish = wishes.parse_args()
    print(run(wish.points, wish.postgres, wish.seed))


if __name__ == "__main__":
    main()
