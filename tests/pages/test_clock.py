"""The reader's days, on whichever side of midnight the server is."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import pytest

from pages.parts import calendar, clock
from tests.browser import LEFT_TO_GC
from tests.pages.test_history import t
from tests.pages.test_pages import open_page, text_of
from tests.planted import session

pytestmark = LEFT_TO_GC


def reader(monkeypatch, name: str | None, offset: int | None = None) -> None:
    monkeypatch.setattr(clock.st, "context", SimpleNamespace(
        timezone=name, timezone_offset=offset))


def test_the_browsers_zone_then_its_offset_then_the_computers(monkeypatch):
    moment = datetime(2026, 7, 1, 20, tzinfo=UTC)
    reader(monkeypatch, "Asia/Seoul")
    assert clock.local(moment).isoformat() == "2026-07-02T05:00:00+09:00"
    assert clock.local("2026-07-01T20:00:00").date() == date(2026, 7, 2)  # stored without a zone
    reader(monkeypatch, "Nowhere/Unheard_of", 210)
    assert clock.local(moment).isoformat() == "2026-07-01T16:30:00-03:30"
    assert clock.begins(date(2026, 7, 1)).utcoffset() == timedelta(minutes=-210)
    reader(monkeypatch, "../etc/passwd")
    assert clock.local(moment) == moment
    assert clock.local(moment).utcoffset() == moment.astimezone().utcoffset()
    assert clock.begins(date(2026, 7, 1)).tzinfo is not None
    reader(monkeypatch, None)
    assert clock.today() == date.today()


@pytest.mark.parametrize(("day", "hours"), [
    (date(2026, 3, 29), 23), (date(2026, 3, 30), 24), (date(2026, 10, 25), 25)])
def test_a_day_is_as_long_as_the_clock_change_makes_it(monkeypatch, day, hours):
    reader(monkeypatch, "Europe/Berlin")
    length = (clock.begins(day + timedelta(days=1)).astimezone(UTC)
              - clock.begins(day).astimezone(UTC))
    assert length == timedelta(hours=hours)


def test_a_month_begins_and_ends_at_the_readers_midnight(monkeypatch):
    reader(monkeypatch, "Europe/Berlin")
    since, until = calendar.bounds(date(2026, 10, 1))  # the clocks go back on the 25th
    assert since == datetime(2026, 9, 30, 22, tzinfo=UTC)
    assert until == datetime(2026, 10, 31, 23, tzinfo=UTC)
    reader(monkeypatch, "Asia/Seoul")
    assert calendar.bounds(date(2026, 12, 1))[1] == datetime(2026, 12, 31, 15, tzinfo=UTC)


@pytest.mark.parametrize("zone", ["Asia/Seoul", "America/Los_Angeles", "Europe/Berlin"])
def test_the_history_tells_the_readers_days(store, monkeypatch, zone):
    """Two sessions an hour apart, of which the reader's midnight lies in between."""
    there = ZoneInfo(zone)
    midnight = datetime.combine(datetime.now(there).date(), datetime.min.time(), there)
    for name, minutes in (("the eve", -30), ("the day", 30)):
        store.save(replace(session(name=name), created=(
            midnight + timedelta(minutes=minutes)).astimezone(UTC).isoformat()), "ko")
    monkeypatch.setattr(clock, "zone", lambda: there)
    app = open_page("history")
    assert not app.exception
    shown = text_of(app)
    eve = midnight.date() - timedelta(days=1)
    assert f"{eve} 23:30" in shown
    assert f"{midnight.date()} 00:30" in shown
    app.button(key=f"pick_{midnight.date()}").click().run()
    shown = text_of(app)
    assert t("list", count=1) in shown
    assert "the day" in shown
    assert "the eve" not in shown


def test_a_fixed_offset_is_a_zone_too(monkeypatch):
    reader(monkeypatch, "", -540)
    assert clock.zone() is None  # a browser that says nothing of its zone
    reader(monkeypatch, "Not/Known", -540)
    assert clock.zone() == timezone(timedelta(hours=9))
