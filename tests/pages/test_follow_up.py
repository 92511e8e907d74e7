"""Questions about an answer during practice: by rule, by a model, typed, spoken, never twice."""

import json
import time
from dataclasses import replace

import pytest

from fer_core import LANGUAGES, Exchange, Plan, Session, StorageSettings, Store, identity, say
from pages.parts import history
from pages.parts.rehearsal import Rehearsal
from tests.browser import LEFT_TO_GC
from tests.model_server import model_server
from tests.pages.test_pages import PAGES, ROOT, AppTest, text_of
from tests.planted import FULL
from tests.reports.test_model_interviewer import WELL, streamed

pytestmark = LEFT_TO_GC
SAID = {"ko": "매출을 30 퍼센트 올렸습니다", "en": "I raised sales by 30 percent"}


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


def considering(follow: int = 1, **more: object) -> Rehearsal:
    """A rehearsal whose first answer has just ended."""
    clock = Clock()
    rehearsal = Rehearsal("x", Plan(("job.1", "job.2"), 10, 30, follow > 0), False, False, False,
                          False, None, now=clock, follow=follow, **more)
    rehearsal.start()
    rehearsal.advance()
    clock.now += 5
    rehearsal.advance()
    assert rehearsal.interview.phase == "considering"
    return rehearsal


def run(language: str, rehearsal: Rehearsal) -> AppTest:
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=120)
    app.switch_page(PAGES["practice"])
    app.query_params["lang"] = language
    app.session_state["poise.rehearsal"] = rehearsal
    app.session_state["poise.practice_step"] = "run"
    return app.run()


def t(key: str, language: str, **values: object) -> str:
    return say(f"page.practice.{key}", language, **values)


def press(app: AppTest, label: str) -> AppTest:
    return next(b for b in app.button if b.label == label).click().run()


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_gist_is_asked_about_and_the_answer_may_be_typed(language):
    rehearsal = considering()
    app = run(language, rehearsal)
    assert t("follow.gist", language) in text_of(app)
    app.text_area[0].set_value(SAID[language])
    press(app, t("follow.ask", language))
    assert not app.exception
    assert rehearsal.interview.question == "followup.number_1"
    app.run()
    said = text_of(app)
    assert t("follow.kicker", language) in said
    assert t("where", language, number=1, count=2) in said
    app.text_area[0].set_value("<b>회계</b>")
    press(app, t("follow.type_done", language))
    assert rehearsal.typed == [Exchange("job.1", SAID[language]),
                               Exchange("followup.number_1", "<b>회계</b>")]
    assert (rehearsal.interview.question, rehearsal.interview.phase) == ("job.2", "preparing")
    assert list(rehearsal.takes.values()) == ["job.1"]


def test_where_words_are_written_down_nothing_need_be_typed(monkeypatch):
    rehearsal = considering(follow=2)
    words = [None]
    monkeypatch.setattr(Rehearsal, "said", lambda self: words[0])
    app = run("en", rehearsal)
    assert t("follow.listening", "en") in text_of(app)
    assert not app.text_area
    rehearsal.now.now += 30  # they take too long: typing is offered
    assert app.run().text_area
    words[0] = "I raised sales by 30 percent with my team"
    app.run()
    assert rehearsal.interview.plan.questions == (
        "job.1", "followup.number_1", "followup.team_1", "job.2")
    assert rehearsal.asked == {"number_1", "team_1"}
    assert rehearsal.typed == []


def test_one_may_pass_on(monkeypatch):
    rehearsal = considering()
    app = run("en", rehearsal)
    app.button(key="follow_next").click().run()
    assert rehearsal.interview.question == "job.2"
    assert not app.exception


def until(app: AppTest, done) -> AppTest:
    deadline = time.monotonic() + 30
    while not done():
        assert time.monotonic() < deadline
        time.sleep(0.05)
        app.run()
    return app


@pytest.mark.parametrize("allowed", [False, True])
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_model_asks_and_sees_the_answer_only_where_it_may(language, allowed, monkeypatch):
    text = WELL[language]
    rehearsal = considering(model=True, model_said=allowed)
    monkeypatch.setattr(Rehearsal, "said", lambda self: SAID[language])
    with model_server(streamed(text[:5], text[5:])) as server:
        monkeypatch.setenv("POISE_COACH_URL", server.url)
        app = run(language, rehearsal)
        until(app, lambda: rehearsal.interview.phase != "considering")
    assert rehearsal.interview.question == text
    assert rehearsal.interview.aside
    sent = json.loads(json.loads(server.bodies[0])["messages"][1]["content"])
    assert ("answer" in sent) is allowed
    assert (SAID[language] in server.bodies[0].decode()) is allowed


def test_a_model_that_fails_leaves_the_rules_question(monkeypatch):
    rehearsal = considering(model=True, model_said=True)
    monkeypatch.setattr(Rehearsal, "said", lambda self: SAID["en"])
    with model_server(streamed("You are a shy person?")) as server:
        monkeypatch.setenv("POISE_COACH_URL", server.url)
        app = run("en", rehearsal)
        until(app, lambda: rehearsal.interview.phase != "considering")
    assert rehearsal.interview.question == "followup.number_1"
    app.run()
    assert say("error.coach.refused.traits", "en") in text_of(app)
    assert not app.exception


def test_what_was_typed_stands_in_the_report_and_is_deleted_with_the_words(tmp_path, monkeypatch):
    monkeypatch.setenv("POISE_HOME", str(tmp_path))
    history._open.clear()
    typed: Session = replace(FULL, typed=(Exchange("followup.number_1", "회계 자료로"),))
    store = Store(StorageSettings())
    store.save(typed, "ko")
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=120)
    app.switch_page(PAGES["report"])
    app.query_params["lang"] = "ko"
    app.session_state["poise.session"] = typed
    app.run()
    assert "회계 자료로" in text_of(app)
    assert "어떻게 측정하셨나요" in text_of(app)
    app.button(key="words_delete").click().run()
    assert not app.exception
    assert "회계 자료로" not in text_of(app)
    assert store.load(identity(typed)).typed == ()
    store.close()
    history._open.clear()


def test_a_round_does_not_get_the_question_or_the_failure_of_the_one_before(monkeypatch):
    monkeypatch.setattr(Rehearsal, "said", lambda self: SAID["en"])
    before, after = considering(model=True), considering()
    with model_server(streamed(WELL["en"])) as server:
        monkeypatch.setenv("POISE_COACH_URL", server.url)
        app = run("en", before)
        app.session_state["poise.rehearsal"] = after
        until(app, lambda: after.interview.phase != "considering")
    assert after.turn == before.turn + 1
    assert after.interview.question == "followup.number_1"


def test_a_failure_is_told_of_the_question_that_it_kept_from_being_asked(monkeypatch):
    rehearsal = considering(model=True)
    monkeypatch.setattr(Rehearsal, "said", lambda self: SAID["en"])
    with model_server(streamed("You are a shy person?")) as server:
        monkeypatch.setenv("POISE_COACH_URL", server.url)
        app = run("en", rehearsal)
        until(app, lambda: rehearsal.interview.aside)
    refused = say("error.coach.refused.traits", "en")
    assert refused in text_of(app.run())
    rehearsal.model = False
    for step in (rehearsal.skip, rehearsal.advance, rehearsal.advance):  # its answer is given
        rehearsal.now.now += 5
        step()
    assert rehearsal.interview.question == "job.2"
    monkeypatch.setattr(Rehearsal, "said", lambda self: "I worked with my team")
    until(app.run(), lambda: rehearsal.interview.aside)
    assert rehearsal.interview.question == "followup.team_1"
    assert refused not in text_of(app.run())
