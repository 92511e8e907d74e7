"""What whoever watches a server is told, and whoever comes through its door is not."""

import re
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from fer_core.config import StorageSettings
from fer_core.desk.desk import Desk
from fer_core.desk.policy import LOCAL
from fer_core.desk.state import queue_state
from fer_core.desk.tables import CLIPS
from fer_core.errors import StorageError
from fer_core.live.census import ENGINES, census
from pages.parts import room
from pages.parts.routes import ROUTES
from tests.desk.conftest import CRITERIA
from tests.desk.rows import clip_row

NOW = datetime.now(UTC)


@pytest.fixture
def desk(tmp_path, monkeypatch):
    opened = Desk(StorageSettings(home=tmp_path, database_url=""))
    monkeypatch.setattr(room, "desk", lambda: opened)
    yield opened
    opened.close()


@pytest.fixture
def client():
    with TestClient(Starlette(routes=ROUTES)) as opened:
        yield opened


def plant(desk, *rows):
    opening = desk.openings.create(LOCAL, "Clerk", "training", "KR", CRITERIA)
    kim = desk.candidates.add(LOCAL, opening, "Kim Jiwon", "")
    with desk.database.writing() as connection:
        for n, row in enumerate(rows):
            connection.execute(CLIPS.insert().values(**clip_row(f"{n:032x}", kim, **row)))


def test_the_queue_in_numbers(desk):
    plant(desk, {"turn": NOW - timedelta(seconds=90)}, {"turn": NOW - timedelta(seconds=30)},
          {"state": "running", "turn": NOW - timedelta(hours=3)},
          *({"state": "done", "finished": NOW - timedelta(minutes=n)} for n in (1, 9, 11, 500)),
          {"state": "failed", "finished": NOW - timedelta(minutes=2)})
    found = queue_state(desk.database, NOW)
    assert found.states == {"queued": 2, "running": 1, "done": 4, "failed": 1, "cancelled": 0,
                            "set_aside": 0}
    assert found.oldest == pytest.approx(90)
    assert found.pace == pytest.approx(0.3)


def test_an_empty_queue(desk):
    found = queue_state(desk.database, NOW)
    assert (sum(found.states.values()), found.oldest, found.pace) == (0, 0, 0)


def test_prometheus_reads_it(desk, client):
    plant(desk, {"turn": NOW - timedelta(seconds=90)},
          {"state": "done", "finished": datetime.now(UTC)})  # a long run begins long before it
    told = client.get("/metrics")
    assert told.headers["content-type"].startswith("text/plain; version=")
    figures = dict(re.findall(r"^(poise_\S+) (\S+)$", told.text, re.MULTILINE))
    assert figures['poise_clips{state="done"}'] == "1.0"
    assert figures["poise_queue_length"] == "1.0"
    assert float(figures["poise_queue_age_seconds"]) >= 90
    assert figures["poise_clips_per_minute"] == "0.1"
    assert figures["poise_database_up"] == "1.0"


def test_live_streams_are_counted(desk, client):
    def stream(age):
        return SimpleNamespace(snapshot=lambda: SimpleNamespace(age=age))

    class Engine:
        open_streams = (stream(0.2), stream(0.5), stream(None))

    engine = Engine()
    before = census()
    ENGINES.add(engine)
    try:
        assert (census().streams, census().age) == (before.streams + 3, 0.5)
        assert "poise_live_result_age_seconds 0.5" in client.get("/metrics").text
    finally:
        ENGINES.discard(engine)


@pytest.mark.parametrize("header", ["X-Forwarded-For", "Forwarded", "Via", "X-Real-IP"])
def test_nobody_comes_at_the_figures_through_a_proxy(desk, client, header):
    assert client.get("/metrics", headers={header: "203.0.113.7"}).status_code == 404


def test_health_is_the_database(desk, client, monkeypatch):
    assert (client.get("/healthz").status_code, client.get("/healthz").text) == (200, "ok")

    def away():
        raise StorageError("error.storage.unreachable")

    monkeypatch.setattr(room, "desk", away)
    assert client.get("/healthz").status_code == 503
    told = client.get("/metrics").text
    assert "poise_database_up 0.0" in told
    assert "poise_queue_length" not in told
