"""Somebody else's clip: the gate is asked before anything is uploaded or a network is loaded."""

import pytest

from fer_core import LANGUAGES, features_allowed, places, say
from tests.browser import LEFT_TO_GC
from tests.pages.test_pages import open_page, text_of

pytestmark = LEFT_TO_GC


@pytest.fixture
def calls(monkeypatch):
    """How often networks were asked for."""
    made = []
    monkeypatch.setattr("pages.parts.analysis.analyser", lambda: made.append("loaded"))
    monkeypatch.setattr("pages.parts.analysis.writes_words", lambda: False)
    monkeypatch.setattr("pages.parts.analysis.Job", lambda *given: made.append("run"))
    return made


def elses(language, purpose, place):
    app = open_page("upload", language)
    app.radio[0].set_value("other").run()
    app.selectbox(key="purpose").set_value(purpose).run()
    if place:
        app.selectbox(key="place").set_value(place).run()
    return app


@pytest.mark.parametrize("language", LANGUAGES)
def test_own_practice_is_the_default_and_said(language, calls):
    app = open_page("upload", language)
    assert say("page.upload.own_said", language) in text_of(app)
    assert app.file_uploader


@pytest.mark.parametrize("language", LANGUAGES)
def test_recruitment_in_the_eu_runs_no_network_and_says_why_with_the_article(language, calls):
    app = open_page("upload", language)
    calls.clear()  # the page opens on own practice
    app.radio[0].set_value("other").run()
    app.selectbox(key="purpose").set_value("recruitment").run()
    app.selectbox(key="place").set_value("EU").run()
    rule = features_allowed("recruitment", "EU", "reviewer", True)["expressions"]
    assert rule.reason[language] in text_of(app)
    assert "Art. 5(1)(f)" in text_of(app)
    assert not app.file_uploader
    assert not app.checkbox
    assert all(b.key != "analyse" for b in app.button)
    assert calls == []
    assert not app.exception


@pytest.mark.slow
def test_a_clip_is_taken_only_where_the_gate_opens_with_a_consent(calls):
    for purpose in ("training", "recruitment"):
        for place in ("", *places()):
            app = elses("en", purpose, place)
            calls.clear()
            # What the desk has on record does not count here: in recruitment nothing is read.
            found = features_allowed(purpose, place, "reviewer", purpose != "recruitment")
            may = found["expressions"].allowed and found["scores"].allowed
            assert not app.file_uploader, (purpose, place)
            assert [c.key for c in app.checkbox] == (["consent"] if may else []), (purpose, place)
            if may:
                app.checkbox(key="consent").check().run()
                assert app.file_uploader
                app.checkbox(key="consent").uncheck().run()
                assert not app.file_uploader
            else:
                assert calls == []
