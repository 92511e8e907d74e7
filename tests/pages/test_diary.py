"""The diary: feelings and a line after a session, a year ago, months and years, in and out."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from fer_core import LANGUAGES, Profile, Traits, pack_history, say
from fer_core.sessions.scored import score
from pages.parts import analysis, history
from pages.parts.diary import running
from pages.parts.faces import MOODS
from tests.browser import LEFT_TO_GC
from tests.pages.test_pages import ROOT, AppTest, group, open_page, text_of
from tests.planted import FULL, SETTINGS, session

pytestmark = LEFT_TO_GC


def d(key: str, language: str = "ko", **values: object) -> str:
    return say(f"page.diary.{key}", language, **values)


def kept(store, days: int, name: str = "연습", note: str = "") -> str:
    made = replace(session(name=name), created=(
        datetime.now(UTC) - timedelta(days=days)).isoformat(timespec="seconds"))
    number = store.save(made, "ko")
    store.change(number, note=note)
    return number


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_line_and_two_feelings_after_a_session(store, language):
    number = store.save(FULL, language)
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=120)
    app.switch_page("pages/report.py")
    app.query_params["lang"] = language
    app.session_state["poise.session"] = FULL
    app.run()
    group(app, f"before_{number}").set_value(2)
    group(app, f"after_{number}").set_value(5)
    app.text_input(key=f"line_{number}").set_value("떨렸다 <i>")
    next(b for b in app.button if b.label == d("keep", language)).click().run()
    assert not app.exception
    (entry,) = store.list()
    assert (entry.before, entry.after, entry.note) == (2, 5, "떨렸다 <i>")
    app.switch_page("pages/history.py").run()
    said = text_of(app)
    assert f"{MOODS[2][0]} → {MOODS[5][0]}" in said
    assert "떨렸다 <i>" in said


def test_how_one_felt_before_is_kept_with_the_session_that_comes_of_it(store, monkeypatch):
    monkeypatch.setattr(history.st, "session_state", {history.FELT: 1})
    monkeypatch.setattr(history, "language", lambda: "ko")
    monkeypatch.setattr(history, "store", lambda: store)
    clip = replace(session(name="clip"), answers=(), created="2026-11-19T00:00:00+00:00",
                   scored=score(session().timeline, SETTINGS.scoring))
    analysis.finished(clip)  # no practice: it was not asked of this one
    analysis.finished(FULL)
    analysis.finished(FULL)
    assert {e.name: e.before for e in store.list()} == {"clip": None, FULL.source.name: 1}


def test_an_older_practice_does_not_take_how_one_feels_before_the_next(store, monkeypatch):
    state = {history.FELT: 1}
    monkeypatch.setattr(history.st, "session_state", state)
    monkeypatch.setattr(history, "language", lambda: "ko")
    monkeypatch.setattr(history, "store", lambda: store)
    store.save(FULL, "ko")
    history.remember(FULL)  # as the report does when its style changes
    assert [e.before for e in store.list()] == [None]
    assert state[history.FELT] == 1


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_year_ago(store, language):
    assert d("year_ago", language) not in text_of(open_page("history", language))
    kept(store, 365 - 2, "그때", "작년의 한 줄")
    app = open_page("history", language)
    assert d("year_ago", language) in text_of(app)
    assert text_of(app).count("작년의 한 줄") == 2  # above, and in the list
    next(b for b in app.button if b.key.startswith("ago_")).click().run()
    assert app.session_state["poise.session"].source.name == "그때"


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_year_at_a_glance_opens_a_month(store, language):
    kept(store, 0)
    app = open_page("history", language)
    group(app, "calendar_view").set_value("year").run()
    assert not app.exception
    now = date.today()
    assert f"{now.isoformat()}: 1" in " ".join(e.proto.body for e in app.get("html"))
    other = 1 if now.month != 1 else 2
    app.button(key=f"open_month_{other}").click().run()
    assert say("page.history.month", language, year=now.year, month=other) in text_of(app)


def test_a_run_is_told_while_it_lasts_and_never_missed(store):
    now = date(2026, 3, 2)
    assert running([], now) == 0
    assert running([now - timedelta(days=n) for n in (1, 2, 3)], now) == 3  # today is not over
    assert running([now - timedelta(days=n) for n in (0, 1, 4)], now) == 2
    assert running([now - timedelta(days=n) for n in (2, 3)], now) == 0
    for days in (4, 5, 6):
        kept(store, days)
    said = text_of(open_page("history", "en"))
    assert d("days", "en", count=3, sessions=3) in said
    assert d("run", "en", count=3)[:12] not in said
    kept(store, 0)
    kept(store, 1)
    assert d("run", "en", count=2) in text_of(open_page("history", "en"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_everything_out_and_in_again(store, language):
    kept(store, 3, note="한 줄")
    packed = pack_history(store, "local")
    store.delete_all()
    app = open_page("history", language)
    assert [b.label for b in app.get("download_button")] == [
        say("page.history.export", language)]
    app.file_uploader(key="import_file").set_value(("x.zip", b"no", "application/zip")).run()
    app.button(key="import").click().run()
    assert say("error.archive.unreadable", language) in text_of(app)
    app.file_uploader(key="import_file").set_value(("x.zip", packed, "application/zip")).run()
    app.button(key="import").click().run()
    assert not app.exception
    assert say("page.history.imported", language, sessions=1, photos=0) in text_of(app)
    assert [e.note for e in store.list()] == ["한 줄"]
    app.button(key="import").click().run()
    assert say("page.history.imported_nothing", language) in text_of(app)
    assert pack_history(store, "local") == packed


def test_ones_own_emoticon_takes_the_place_of_the_signs(store):
    number = kept(store, 0)
    store.change(number, before=2, after=4)
    assert "data:image" not in open_page("history").button(
        key=f"pick_{date.today().isoformat()}").label
    store.profiles.save("local", Profile(emoticon=Traits(hair="red").model_dump()))
    app = open_page("history")
    assert not app.exception
    assert "](data:image/svg+xml;base64," in app.button(
        key=f"pick_{date.today().isoformat()}").label
    row, shares = ("".join(body for e in app.get("html") if kind in (body := e.proto.body))
                   for kind in ('class="p-felt"', 'class="p-shares"'))
    assert row.count('class="p-face"') == 2
    assert shares.count('class="p-face"') == shares.count('class="p-share"') > 0
    store.profiles.save("local", Profile(emoticon={"hair": "of another version"}))
    assert "😟 → 😌" in text_of(open_page("history"))
