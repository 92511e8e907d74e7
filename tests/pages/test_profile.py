"""Profile, plan and what they change on other pages."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from fer_core import LANGUAGES, Profile, StorageError, Store, sample_session, say
from pages.parts import history
from tests.browser import LEFT_TO_GC
from tests.pages.test_pages import ROOT, AppTest, group, open_page, text_of, weights_or_skip
from tests.planted import FULL, scored_again

pytestmark = LEFT_TO_GC


def soon() -> date:
    """Asked for when it is needed: midnight may lie between."""
    return date.today() + timedelta(days=12)


def mine() -> Profile:
    return Profile("민지", "백엔드 개발자", experience="new", strengths=("끈기",), interview=soon(),
                   tone="casual")


def t(key: str, language: str = "ko", **values: object) -> str:
    return say(f"page.profile.{key}", language, **values)


def opened(name: str, language: str | None = None) -> AppTest:
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=120)
    if name != "home":
        app.switch_page(f"pages/{name}.py")
    if language:
        app.query_params["lang"] = language
    return app.run()


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_profile_is_told_kept_and_deleted(store, language):
    app = opened("me", language)
    assert not app.exception
    assert t("title", language) in text_of(app)
    app.text_input(key="profile_name").set_value("민지 <b>")
    app.text_input(key="profile_job").set_value("간호사")
    app.text_area(key="profile_strengths").set_value("끈기\n\n 꼼꼼함 ")
    app.date_input(key="profile_interview").set_value(soon())
    app.button(key="profile_save").click().run()
    assert not app.exception
    found = store.profiles.load("local")
    assert (found.name, found.job, found.strengths, found.interview) == (
        "민지 <b>", "간호사", ("끈기", "꼼꼼함"), soon())
    said = text_of(app)
    assert t("saved", language) in said
    assert "민지 <b>" in said  # words, never markup
    assert say("page.practice.sets.health", language) in said
    app.checkbox(key="profile_sure").check().run()
    app.button(key="profile_delete").click().run()
    assert store.profiles.load("local") is None


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_first_page_leads_to_a_plan_and_then_shows_it(store, language):
    assert t("invite", language) in text_of(opened("home", language))
    store.profiles.save("local", mine())
    said = text_of(opened("home", language))
    assert t("invite", language) not in said
    assert t("sign", language, count=12) in said
    assert t("row_today", language) in said
    store.profiles.save("local", replace(mine(), interview=date.today() - timedelta(days=3)))
    assert t("past", language) in text_of(opened("home", language))


def test_practice_begins_with_what_the_plan_says(store):
    weights_or_skip()
    store.profiles.save("local", mine())
    store.save(scored_again(FULL, created=datetime.now(UTC).isoformat(), answers=(
        replace(FULL.answers[0], question="introduction.1"),)), "ko")
    app = open_page("practice", "ko")
    assert not app.exception
    assert app.selectbox(key="set").value == "it"  # the other was practised already
    assert app.selectbox(key="set").options[1] == say("page.practice.sets.it", "ko")
    said = text_of(app)
    assert "끈기" in said
    assert t("days", count=12) in said


def test_the_round_can_begin_where_no_plan_can_be_made(store, monkeypatch):
    weights_or_skip()
    store.profiles.save("local", mine())
    asked = []

    def unreadable(*_):
        asked.append(1)
        raise StorageError("error.storage.damaged")

    monkeypatch.setattr(Store, "list", unreadable)
    app = open_page("practice", "ko")
    assert not app.exception
    assert app.button(key="to_camera")
    assert t("days", count=12) in text_of(app)
    assert len(asked) == 1, "and it is made once"


def test_a_persons_language_is_spoken_and_a_link_comes_before_it(store):
    store.profiles.save("local", replace(mine(), language="en"))
    assert say("page.home.hero.title", "en") in text_of(opened("home"))
    assert say("page.home.hero.title", "ko") in text_of(opened("home", "ko"))


def test_the_coach_says_the_name_in_the_tone_that_was_chosen(store):
    store.profiles.save("local", mine())
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=120)
    app.switch_page("pages/report.py")
    app.query_params["lang"] = "ko"
    app.session_state["poise.session"] = sample_session()
    app.run()
    assert not app.exception
    assert say("page.report.coach.hello_casual", "ko", name="민지") in text_of(app)
    assert app.session_state["poise.session"].coach.tone == "casual"
    assert group(app, "coach_tone").value == "casual"


def test_a_store_that_cannot_be_read_keeps_no_page_from_opening(tmp_path, monkeypatch):
    (tmp_path / "poise.db").write_bytes(b"no database" * 400)
    monkeypatch.setenv("POISE_HOME", str(tmp_path))
    history._open.clear()
    app = opened("home", "en")
    assert not app.exception
    assert say("page.home.hero.title", "en") in text_of(app)
    assert say("error.storage.damaged", "en") in text_of(opened("me", "en"))
    history._open.clear()
