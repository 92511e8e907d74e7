"""The offer to go on with a round, without a camera."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import numpy as np
import pytest

from fer_core import READING, Manifest, ModelName, Round, Settings, Store, say
from fer_core.live.dictation import Written
from fer_core.records import Word
from pages.parts import rounds
from tests.browser import LEFT_TO_GC
from tests.live.test_rounds import MODELS, made
from tests.pages.test_pages import open_page, text_of, weights_or_skip

pytestmark = LEFT_TO_GC
ME, YOU = "a" * 32, "b" * 32


def t(key, **values):
    return say(f"page.practice.{key}", "en", **values)


@pytest.fixture
def store(tmp_path, monkeypatch):
    monkeypatch.setenv("POISE_HOME", str(tmp_path))
    opened = Store()
    yield opened
    opened.close()


def readers():
    """The networks that are here."""
    manifest = Manifest.read(Settings().weights)
    return {"models": tuple(ModelName(s.name, s.sha256) for s in manifest.models),
            "muscles": manifest.muscles.sha256, "accessories": manifest.accessories.sha256}


@pytest.fixture
def mine(store):
    """A round of the networks that are here, five minutes old."""
    weights_or_skip()
    store.rounds.save("1" * 32, ME, made(**readers()).pack(),
                      datetime.now(UTC) - timedelta(minutes=5))


def practice(owner=ME, language="en"):
    app = open_page("practice", language)
    app.session_state["poise.owner"] = owner
    return app.run()


def buttons(app):
    return {b.key for b in app.button if b.key.startswith("round_")}


@pytest.mark.parametrize("language", ["ko", "en"])
def test_it_is_offered_to_whom_it_belongs(mine, language):
    app = practice(language=language)
    assert not app.exception
    assert buttons(app) == {"round_go_on", "round_report", "round_discard"}
    assert say("page.practice.round.about", language, count=2, total=3, ago=say(
        "page.practice.round.minutes", language, count=5)) in text_of(app)
    assert buttons(practice(YOU)) == set()
    assert buttons(open_page("practice", language)) == set()  # before the browser has said who


def test_going_on_leads_to_the_camera_with_everything_as_it_was(mine):
    app = practice()
    app.button(key="round_go_on").click().run()
    rehearsal = app.session_state["poise.rehearsal"]
    assert app.session_state["poise.practice_step"] == "camera"
    assert (rehearsal.interview.phase, rehearsal.interview.number) == ("ready", 2)
    assert (rehearsal.id, rehearsal.style) == ("1" * 32, "emoticon")
    assert len(rehearsal.neutral) == 5
    again = rehearsal.round()
    assert again.session().answers == made().answers
    assert again.kept.takes.clock(0) == 15.0
    rehearsal.live.close()


def test_its_number_does_not_count_questions_about_an_answer(store):
    weights_or_skip()
    found = made(**readers())
    store.rounds.save("1" * 32, ME, replace(found, plan=replace(found.plan, asides=(1,))).pack())
    assert practice().button(key="round_go_on").label == t("round.go_on", number=2)


def test_the_report_takes_its_place(mine, store):
    app = practice()
    app.button(key="round_report").click().run()
    assert app.session_state["poise.session"].answers == made().answers
    assert store.rounds.newest(ME) is None
    assert len(store.list()) == 1


def test_discarded_it_is_gone(mine, store):
    app = practice()
    app.button(key="round_discard").click().run()
    assert store.rounds.newest(ME) is None
    assert store.list() == ()
    assert buttons(app) == set()


@pytest.mark.parametrize("changed", [{"models": MODELS}, {"muscles": "c" * 64},
                                     {"accessories": "d" * 64}, {"reading": READING - 1}])
def test_other_reading_cannot_go_on_but_the_report_can_be_made(store, changed):
    weights_or_skip()
    store.rounds.save("1" * 32, ME, made(**(readers() | changed)).pack())
    app = practice()
    assert t("round.networks") in text_of(app)
    assert buttons(app) == {"round_report", "round_discard"}
    app.button(key="round_report").click().run()
    assert [m.name for m in app.session_state["poise.session"].models] == ["vit", "mixer"]


def test_a_round_from_before_covered_faces_were_looked_at_goes_on(store):
    weights_or_skip()
    store.rounds.save("1" * 32, ME, made(**(readers() | {"accessories": None})).pack())
    assert buttons(practice()) == {"round_go_on", "round_report", "round_discard"}


def test_a_round_without_a_question_left_can_only_be_reported(store):
    weights_or_skip()
    store.rounds.save("1" * 32, ME, made(**readers(), number=3).pack())
    app = practice()
    assert buttons(app) == {"round_report", "round_discard"}
    assert t("round.networks") not in text_of(app)


def test_what_is_no_round_is_dropped(store):
    weights_or_skip()
    store.rounds.save("1" * 32, ME, b"noise")
    assert buttons(practice()) == set()
    assert store.rounds.newest(ME) is None


class Stream:
    """Of whom an answer is being written down."""

    def __init__(self):
        self.hearing = SimpleNamespace(written=Written(), writing=True)


class Asked:
    """A rehearsal whose answers are being kept."""

    def __init__(self):
        self.id, self.answers, self.interview = "1" * 32, [1], type("", (), {"number": 1})
        self.live, self.kept = Stream(), 0

    def round(self) -> Round:
        self.kept += 1
        return made()


@pytest.mark.parametrize("keep", [True, False])
def test_it_is_kept_only_where_sessions_are(store, monkeypatch, keep):
    state = {"poise.owner": ME, "poise.keep": keep}
    monkeypatch.setattr(rounds.st, "session_state", state)
    rounds.keep(lambda key, **values: key, Asked())
    found = store.rounds.newest(ME)
    assert (found is not None) == keep
    if found is not None:
        assert Round.unpack(found.data).answers == made().answers


def test_it_is_kept_again_when_an_answer_has_been_written_down(store, monkeypatch):
    monkeypatch.setattr(rounds.st, "session_state", {"poise.owner": ME, "poise.keep": True})
    asked = Asked()
    for kept in (1, 1):
        rounds.keep(lambda key, **values: key, asked)
        assert asked.kept == kept
    asked.live.hearing.written.words[1] = ()
    rounds.keep(lambda key, **values: key, asked)
    assert asked.kept == 2


def test_an_answer_still_being_written_down_when_its_page_is_loaded_anew_is_not_lost(
        store, monkeypatch):
    weights_or_skip()
    found = made(**readers())
    kept = replace(found.kept, heard=np.zeros((1500, 4), np.float32))
    asked = Asked()
    asked.round = lambda: replace(found, kept=kept, words=True)
    with monkeypatch.context() as patch:
        patch.setattr(rounds.st, "session_state", {"poise.owner": ME, "poise.keep": True})
        rounds.keep(lambda key, **values: key, asked)
    assert t("round.writing") in text_of(practice())
    asked.live.hearing.writing = False
    assert t("round.unwritten") in text_of(practice())
    asked.live.hearing.written = Written("en", {1: (Word(0.5, 1.0, "hello", 0.9),), 2: ()})
    app = practice()
    assert t("round.unwritten") not in text_of(app)
    app.button(key="round_report").click().run()
    assert "hello" in app.session_state["poise.session"].voice.text


def test_a_failure_to_keep_is_said_and_breaks_nothing(store, tmp_path, monkeypatch):
    said = []
    monkeypatch.setattr(rounds.st, "session_state", {"poise.owner": ME, "poise.language": "en"})
    monkeypatch.setattr(rounds, "notice", lambda text, kind="calm": said.append(text))
    monkeypatch.setenv("POISE_HOME", str(tmp_path / "file"))
    (tmp_path / "file").write_text("no folder")
    rounds.keep(lambda key, **values: f"{key} {values}", Asked())
    assert "cannot be made" in said[0]
