"""The talk on the report page."""

from dataclasses import replace

import pytest

from fer_core import LANGUAGES, build_report, reply, sample_session, say
from fer_core.records import Answer
from tests.browser import LEFT_TO_GC
from tests.pages.test_pages import PAGES, ROOT, AppTest, text_of
from tests.planted import FULL, scored_again, spoken

pytestmark = LEFT_TO_GC


def open_report(language, session=None) -> AppTest:
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=120)
    app.switch_page(PAGES["report"])
    app.query_params["lang"] = language
    app.session_state["poise.session"] = session or sample_session()
    return app.run()


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_question_is_answered_with_the_moment_to_click(language):
    app = open_report(language)
    app.button(key="talk_weakest").click().run()
    assert not app.exception
    meant = reply(build_report(sample_session(), language),
                  say("page.report.talk.try.weakest", language))
    assert meant.subject == "about.weaknesses"
    said = text_of(app)
    assert all(line in said for line in meant.text.split("\n"))
    app.button(key="talk_moment_0_0").click().run()
    assert app.session_state["poise.second"] == int(meant.moments[0].start)


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_was_not_measured_is_said_so(language):
    app = open_report(language)
    app.text_input(key="talk_question").set_value("heart rate <b>심박</b>?")
    next(b for b in app.button if b.label == say("page.report.talk.send", language)).click().run()
    assert not app.exception
    assert say("talk.not_measured", language) in text_of(app)


def test_what_would_be_asked_next():
    session = replace(scored_again(FULL, answers=(Answer("hr_01", 6.0, 20.0),)), voice=spoken())
    said = text_of(open_report("ko", session))
    assert say("page.report.follow.title", "ko") in said
    assert "따라오지 않는 사람이 있었을 때" in said
    assert say("page.report.follow.title", "en") not in text_of(open_report("en"))
