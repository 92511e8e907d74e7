"""The neutral take on the page: who talks is asked for another, and never held up for ever."""

import json
from html import unescape

import cv2
import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from fer_core import LANGUAGES, NeutralTake, Plan, Round, build_report, rescore, say
from fer_core.records import Answer
from fer_core.reports.export import to_json
from fer_core.reports.export.html_file import to_html
from fer_core.sessions.timeline import build
from pages.parts.rehearsal import Rehearsal
from tests.browser import LEFT_TO_GC
from tests.live.answers import LABELS, seen
from tests.live.scripted import Scripted
from tests.pages.test_pages import text_of

pytestmark = LEFT_TO_GC
TALKED = NeutralTake(build((seen(t / 10) for t in range(50)), LABELS), "talked")
REST = NeutralTake(TALKED.timeline, None)
UNSEEN = NeutralTake(None, "unseen")
PLAN = Plan(("job.1",), 10, 30)


def page() -> None:
    import streamlit as st

    from pages.parts.camera_step import checks
    checks(st.session_state["rehearsal"])


def rehearsal(*takes: NeutralTake) -> Rehearsal:
    """At the camera check, after these takes."""
    script = Scripted()
    _, picture = cv2.imencode(".jpg", np.full((48, 64, 3), 90, np.uint8))
    for _ in range(20):
        script.now += 0.1
        script.stream.receive(picture.tobytes())
        script.read()
    found = Rehearsal("x", PLAN, False, False, False, False, script.stream)
    for take in takes:
        found.take_neutral(take)
    return found


def shown(found: Rehearsal, language: str = "ko") -> AppTest:
    app = AppTest.from_function(page, default_timeout=60)
    app.session_state["rehearsal"] = found
    app.query_params["lang"] = language
    app.run()
    assert not app.exception
    return app


def keys(app: AppTest) -> set[str]:
    return {button.key for button in app.button}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("takes", "said", "may_keep"), [
    ((), None, False),
    ((TALKED,), "neutral_fault.talked", False),
    ((TALKED, TALKED), "neutral_fault.talked_again", True),
    ((TALKED, UNSEEN), "neutral_fault.unseen", False),
    ((TALKED, TALKED, REST), "neutral_done", False),
], ids=["none", "once", "twice", "unseen", "rest"])
def test_what_is_said_after_takes(takes, said, may_keep, language):
    app = shown(rehearsal(*takes), language)
    for name in ("neutral_fault.talked", "neutral_fault.talked_again", "neutral_fault.unseen",
                 "neutral_done"):
        assert (say(f"page.practice.{name}", language) in text_of(app)) == (name == said)
    assert ("neutral_keep" in keys(app)) == may_keep
    assert {"neutral", "start"} <= keys(app)


def test_a_take_refused_twice_may_be_kept():
    found = rehearsal(TALKED, TALKED)
    app = shown(found)
    app.button("neutral_keep").click().run()
    assert found.neutral is TALKED.timeline
    assert say("page.practice.neutral_done", "ko") in text_of(app)
    assert "neutral_keep" not in keys(app)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_take_that_was_kept_although_the_person_talked_is_told_in_the_report(language):
    script = Scripted()
    found = Rehearsal("x", PLAN, False, False, False, False, script.stream)
    for _ in range(2):
        found.take_neutral(TALKED)
    found.keep_take()
    start = script.stream.begin()
    script.run(8)
    found.answers = [Answer("job.1", start, script.stream.pause())]
    again = Rehearsal.resumed(Round.unpack(found.round().pack()), found.id, script.stream)
    told = say("warning.talked_take", language)
    for one in (script.stream.session(tuple(found.answers), found.neutral, found.talking),
                rescore(again.round().session())):
        report = build_report(one, language)
        assert told in [w.text for w in report.warnings]
        assert told in unescape(to_html(one, language))
        assert told in [w["text"] for w in json.loads(to_json(one, language))["warnings"]]
    found.take_neutral(REST)
    assert "talked_take" not in [w.code for w in found.round().session().warnings]

