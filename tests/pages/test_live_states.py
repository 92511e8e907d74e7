"""Whatever the analysis is about, the page says it in one sentence and offers to go on."""

import pytest
from streamlit.testing.v1 import AppTest

from fer_core import LANGUAGES, explain, say
from fer_core.errors import WeightsMissing
from tests.browser import LEFT_TO_GC
from tests.live.scripted import Scripted
from tests.pages.test_pages import text_of

pytestmark = LEFT_TO_GC
STATES = ("starting", "slow", "restarting", "failed")


def page() -> None:
    import streamlit as st

    from pages.parts import camera
    live = st.session_state["live"]
    camera.state(live, live.snapshot())


def shown(script: Scripted, language: str) -> AppTest:
    app = AppTest.from_function(page, default_timeout=60)
    app.session_state["live"] = script.stream
    app.query_params["lang"] = language
    return app.run()


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("status", STATES)
def test_every_state_is_said_in_one_sentence(status, language):
    script = Scripted()
    script.status = status
    app = shown(script, language)
    assert not app.exception
    others = [say(f"page.practice.status.{s}", language) for s in STATES if s != status]
    assert say(f"page.practice.status.{status}", language) in text_of(app)
    assert not any(sentence in text_of(app) for sentence in others)
    assert len(app.button) == (status == "failed")


def test_running_needs_no_word():
    app = shown(Scripted(), "en")
    assert text_of(app) == ""


def test_a_failed_analysis_says_why_and_is_tried_again():
    script = Scripted()
    script.status, script.error = "failed", WeightsMissing("error.model.missing", path="x")
    app = shown(script, "ko")
    assert explain(script.error, "ko") in text_of(app)
    app.button("retry").click().run()
    assert script.retried == 1


def details() -> None:
    import streamlit as st

    from fer_core import Snapshot
    from pages.parts import camera
    from pages.parts.speech import words

    class Live:
        def snapshot(self) -> Snapshot:
            return Snapshot("running", None, (), 30.0, 15.0, st.session_state["age"], (640, 480))

    camera.details(words("practice"), Live())


@pytest.mark.parametrize(("age", "told"), [(0.1, "100 ms"), (25.601, "26 s old")])
def test_an_old_reading_is_no_live_figure(age, told):
    app = AppTest.from_function(details, default_timeout=60)
    app.session_state["age"] = age
    app.query_params["lang"] = "en"
    caption, = app.run().caption
    assert told in caption.value
    assert ("ms" in caption.value) == (age < 1)
