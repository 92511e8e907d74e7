"""The pages under Streamlit's own test runner: cold, warm, in both languages, with bad input."""

import json
import re
import tempfile
import time
from contextlib import closing
from dataclasses import replace
from html import unescape
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from fer_core import (
    LANGUAGES,
    Plan,
    Settings,
    Store,
    build_report,
    sample_session,
    say,
    to_json,
)
from fer_core.records import Answer, Recipe
from fer_core.sessions.scored import VERSION, reheard, rescore
from pages.parts.rehearsal import Rehearsal
from tests.browser import LEFT_TO_GC
from tests.clips import even, write_clip
from tests.model_server import model_server
from tests.planted import FULL, NOBODY, PICTURED, scored_again, spoken

pytestmark = LEFT_TO_GC
ROOT = Path(__file__).parents[2]
PAGES = {"home": "app.py", "upload": "pages/upload.py", "report": "pages/report.py",
         "models": "pages/models.py", "practice": "pages/practice.py",
         "history": "pages/history.py", "photo": "pages/photo.py", "stage": "pages/stage.py",
         "emoticon": "pages/emoticon.py"}


def open_page(name: str, language: str | None = None, **params: str) -> AppTest:
    """A page opened by a cold deep link."""
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=120)
    if name != "home":
        app.switch_page(PAGES[name])
    for key, value in {**params, **({"lang": language} if language else {})}.items():
        app.query_params[key] = value
    return app.run()


def asks_the_gate(app: AppTest, read: str) -> None:
    """An open page lets no face of somebody else in but where the gate does; ``read``: the place
    of what it read as one's own, which is forgotten then."""
    app.radio(key="whose").set_value("other").run()
    assert not app.file_uploader
    assert read not in app.session_state
    app.selectbox(key="purpose").set_value("training").run()
    app.selectbox(key="place").set_value("EU").run()
    assert say("page.upload.gate.closed", "en") in text_of(app)
    assert not app.file_uploader
    app.selectbox(key="place").set_value("KR").run()
    app.checkbox(key="consent").check().run()
    assert app.file_uploader


def text_of(app: AppTest) -> str:
    """Everything the page says."""
    drawn = " ".join(re.sub("<[^>]*>", " ", e.proto.body) for e in app.get("html"))
    labels = " ".join(b.label for b in app.button)
    return unescape(" ".join((drawn + " " + labels).split()))


def weights_or_skip() -> None:
    if not (Settings().weights / "manifest.json").is_file():
        pytest.skip("no trained weights in weights/")


@pytest.fixture
def temp_dir(tmp_path, monkeypatch):
    """Where clips are kept during an analysis."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


@pytest.fixture(scope="module")
def clip(astronaut, tmp_path_factory) -> bytes:
    """12 s of a real face that drifts to the side."""
    frames = ((t, astronaut[:384, int(4 * t):int(4 * t) + 384]) for t in even(12, 5))
    return write_clip(tmp_path_factory.mktemp("clip") / "c.mp4", frames).read_bytes()


def analyse(app: AppTest, name: str, content: bytes) -> AppTest:
    """Upload, start, wait for the end, and look again."""
    app.file_uploader[0].set_value((name, content, "video/mp4")).run()
    app.button(key="analyse").click().run()
    deadline = time.monotonic() + 90
    while "poise.job" in app.session_state and not app.session_state["poise.job"].done:
        assert time.monotonic() < deadline
        time.sleep(0.1)
    return app.run()


@pytest.mark.parametrize("language", LANGUAGES)
def test_home_states_what_scores_need_as_it_is_set(language, monkeypatch):
    monkeypatch.setenv("POISE_SCORING__MIN_SECONDS", "23")
    monkeypatch.setenv("POISE_SCORING__MIN_COVERAGE", "0.71")
    said = text_of(open_page("home", language))
    assert "23" in said
    assert "71 %" in said


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("name", "key"), [
    ("home", "page.home.hero.title"), ("upload", "page.upload.title"),
    ("report", "page.report.empty.title")])
def test_cold_page_speaks_the_links_language(name, key, language):
    if name == "upload":
        weights_or_skip()
    app = open_page(name, language)
    assert not app.exception
    assert say(key, language) in text_of(app)
    other = next(code for code in LANGUAGES if code != language)
    assert say(key, other) not in text_of(app)


def test_language_switch_is_kept_on_the_next_page():
    app = open_page("home")
    app.get("button_group")[0].set_value("en").run()
    assert say("page.home.hero.title", "en") in text_of(app)
    app.query_params.clear()  # as a page link does
    app.switch_page(PAGES["report"]).run()
    assert say("page.report.empty.title", "en") in text_of(app)


@pytest.mark.parametrize("language", LANGUAGES)
def test_sample_report_needs_no_clip(language):
    app = open_page("report", language, sample="1")
    assert not app.exception
    said = text_of(app)
    for score in sample_session().scores:
        assert say(f"score.{score.name}.label", language) in said
        assert (f" {round(score.value)} / 100" if score.value is not None
                else say(score.reason, language)) in said
    assert say("page.report.disclaimer", language) in said


def test_a_moment_shows_its_second():
    app = open_page("report", "en", sample="1")
    moment = sample_session().moments[-1]
    app.button(key=f"moment_{len(sample_session().moments) - 1}").click().run()
    second = int(moment.start)
    assert say("page.report.second", "en", clock=f"{second // 60}:{second % 60:02}") in text_of(app)
    assert not app.exception


def test_saved_report_opens_again_and_damage_is_said():
    app = open_page("report", "en")
    app.file_uploader[0].set_value(("r.json", b"{}", "application/json")).run()
    assert say("error.report.unreadable", "en") in text_of(app)
    assert not app.exception
    saved = to_json(sample_session(), "en").encode()
    app.file_uploader[0].set_value(("r.json", saved, "application/json")).run()
    assert say("report.title", "en") in text_of(app)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_covered_face_is_told_and_its_expression_is_not_shown(language):
    sample = sample_session()
    masked = rescore(replace(sample, timeline=sample.timeline.having(
        covered=np.ones(len(sample.timeline)))))
    app = open_page("report", language)
    saved = to_json(masked, language).encode()
    app.file_uploader[0].set_value(("r.json", saved, "application/json")).run()
    assert not app.exception
    said = text_of(app)
    for key in ("abstain.covered", "report.summary.covered", "page.report.covered"):
        assert say(key, language) in said
    assert say("warning.covered", language, seconds=len(sample.timeline)) in said


@pytest.mark.parametrize("language", LANGUAGES)
def test_missing_weights_are_named_and_analysis_is_off(language, tmp_path, monkeypatch):
    monkeypatch.setenv("POISE_WEIGHTS", str(tmp_path))
    app = open_page("upload", language)
    assert str(tmp_path) in text_of(app)
    assert say("page.upload.disabled", language) in text_of(app)
    assert app.file_uploader[0].proto.disabled
    assert not app.exception


@pytest.mark.slow
@pytest.mark.parametrize("name", ["../../etc/passwd.mp4", "면접 😀 <img src=x> {x} $x$.mp4",
                                  "x" * 300 + ".mp4"], ids=["path", "markup", "long"])
def test_clip_to_report(clip, temp_dir, name):
    weights_or_skip()
    app = analyse(open_page("upload", "ko"), name, clip)
    assert not app.exception
    assert "poise.session" in app.session_state
    assert "/" not in app.session_state["poise.session"].source.name
    # torch puts its empty cache wherever it is first imported.
    assert [p.name for p in temp_dir.iterdir() if not p.name.startswith("torchinductor")] == []
    app.switch_page(PAGES["report"]).run()
    assert say("report.title", "ko") in text_of(app)
    assert not app.exception
    assert not any("<img src=x>" in e.proto.body for e in app.get("html"))


@pytest.mark.parametrize("agreed", [False, True])
def test_pictures_voice_and_words_are_kept_only_where_agreed(clip, temp_dir, agreed, monkeypatch):
    monkeypatch.setattr("pages.parts.analysis.writes_words", lambda: True)
    weights_or_skip()
    app = open_page("upload", "en")
    app.file_uploader[0].set_value(("c.mp4", clip, "video/mp4")).run()
    app.checkbox(key="pictures_own").set_value(agreed).run()
    app.checkbox(key="words_own").set_value(agreed).run()
    app.checkbox(key="sound").set_value(agreed).run()
    asked = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("pages.parts.analysis.Job", lambda *_: None)
        patch.setattr("pages.parts.analysis._of_clip", lambda *given: asked.append(given))
        app.button(key="analyse").click().run()
    assert [given[-3:] for given in asked] == [(agreed, agreed, agreed)]


def test_kept_pictures_are_shown_and_deleted_for_good():
    app = open_page("report", "en")
    saved = to_json(PICTURED, "en").encode()
    app.file_uploader[0].set_value(("r.json", saved, "application/json")).run()
    assert len(app.get("image")) == len(PICTURED.pictures) > 0
    with closing(Store()) as store:
        number = store.save(PICTURED, "en")
        app.button(key="pictures_delete").click().run()
        assert store.load(number).pictures == {}
        store.delete([number])
    assert len(app.get("image")) == 0
    assert say("report.pictures.none", "en") in text_of(app)
    assert not app.exception


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_was_said_is_shown_and_deleted_for_good(language):
    talked = reheard(FULL, spoken())
    app = open_page("report", language)
    app.file_uploader[0].set_value(
        ("r.json", to_json(talked, language).encode(), "application/json")).run()
    assert say("said.note", language) in text_of(app)
    assert say("said.missing", language) in text_of(app)
    app.button(key="step_1_situation").click().run()
    with closing(Store()) as store:
        number = store.save(talked, language)
        app.button(key="words_delete").click().run()
        assert store.load(number).voice.text == ""
        store.delete([number])
    assert "words_delete" not in {b.key for b in app.button}
    assert say("said.note", language) not in text_of(app)
    assert not app.exception


@pytest.mark.parametrize(("content", "key"), [
    (b"", "error.video.empty"), (b"this is no video", "error.video.unreadable")])
def test_bad_file_is_one_sentence_and_leaves_nothing(content, key, temp_dir):
    weights_or_skip()
    app = analyse(open_page("upload", "en"), "clip.mp4", content)
    assert say(key, "en") in text_of(app)
    assert not app.exception
    assert "poise.session" not in app.session_state
    assert list(temp_dir.iterdir()) == []


@pytest.mark.parametrize("content", [b"", b"x"])
def test_of_an_empty_file_nothing_plays(content):
    app = open_page("upload", "en")
    app.file_uploader[0].set_value(("clip.mp4", content, "video/mp4")).run()
    assert len(app.get("video")) == len(content)


def test_one_job_at_a_time_survives_pages_and_stops_at_once(temp_dir, monkeypatch):
    from pages.parts import analysis

    started = []

    class Slow:
        listener = SimpleNamespace(writes=False)

        def analyse(self, path, *, name, answers, pictures, sound, words, progress, cancelled):
            started.append(path)
            while not cancelled():
                time.sleep(0.01)
            raise analysis.Cancelled

    monkeypatch.setattr(analysis, "analyser", Slow)
    app = open_page("upload", "en")
    app.file_uploader[0].set_value(("a.mp4", b"x", "video/mp4")).run()
    app.button(key="analyse").click().run()
    job = app.session_state["poise.job"]
    app.switch_page(PAGES["home"]).run()
    app.query_params["lang"] = "ko"
    app.switch_page(PAGES["upload"]).run()
    assert app.session_state["poise.job"] is job
    assert len(started) == 1
    assert started[0].parent.name.startswith("poise-")
    assert "a.mp4" not in str(started[0])
    app.button(key="cancel").click().run()
    assert say("error.cancelled", "ko") in text_of(app)
    deadline = time.monotonic() + 5
    while list(temp_dir.iterdir()) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert list(temp_dir.iterdir()) == []
    assert job.session is None


def test_clips_of_a_killed_server_are_deleted(temp_dir):
    from pages.parts import analysis

    left, own = temp_dir / "poise-99999999-x", temp_dir / "poise-notes"
    for folder in (left, own):
        folder.mkdir()
        (folder / "clip").write_bytes(b"x")
    analysis._sweep.clear()
    analysis._sweep()
    assert not left.exists()
    assert own.exists()


def test_nobody_chosen_keeps_the_earlier_choice():
    app = open_page("models", "en")
    app.multiselect[0].set_value([]).run()
    assert "Choose at least one network" in text_of(app)


RATED = sample_session()


def fresh_report(language: str) -> AppTest:
    """The report page just after an analysis."""
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=120)
    app.switch_page(PAGES["report"])
    app.query_params["lang"] = language
    app.session_state["poise.session"], app.session_state["poise.fresh"] = RATED, True
    return app.run()


def group(app: AppTest, key: str):
    return next(g for g in app.get("button_group") if g.key == key)


def shows_scores(app: AppTest) -> bool:
    return " / 100 " in f" {text_of(app)} "


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_person_rates_before_seeing_the_scores_and_only_once(language):
    app = fresh_report(language)
    assert say("page.report.rate.title", language) in text_of(app)
    assert not shows_scores(app)
    app.run()  # nothing but an answer leads past it
    assert not shows_scores(app)
    group(app, "rate_confidence").set_value(20)
    group(app, "rate_composure").set_value(90)
    app.button(key="rate_done").click().run()
    assert not app.exception
    assert shows_scores(app)
    rating = app.session_state["poise.session"].self_rating
    assert (rating.confidence, rating.composure) == (20, 90)
    assert say("report.section.self_rating", language) in text_of(app)
    app.switch_page(PAGES["home"]).run()
    app.switch_page(PAGES["report"]).run()
    assert "rate_done" not in {b.key for b in app.button}
    assert app.session_state["poise.session"].self_rating is rating


def test_a_question_left_open_is_no_rating():
    app = fresh_report("en")
    group(app, "rate_composure").set_value(40)
    app.button(key="rate_done").click().run()
    rating = app.session_state["poise.session"].self_rating
    assert (rating.confidence, rating.composure) == (None, 40)
    app = fresh_report("en")
    app.button(key="rate_done").click().run()
    assert app.session_state["poise.session"].self_rating is None
    assert shows_scores(app)


def test_rating_can_be_skipped():
    app = fresh_report("en")
    app.button(key="rate_skip").click().run()
    assert shows_scores(app)
    assert app.session_state["poise.session"].self_rating is None
    assert say("report.section.self_rating", "en") not in text_of(app)
    app.run()
    assert shows_scores(app)


def choose(app: AppTest, key: str, value: str | list[str]) -> None:
    group(app, key).set_value(value).run()


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_coach_speaks_as_chosen_and_on_every_report(language):
    app = open_page("report", language, sample="1")
    code = build_report(RATED, language).coaching[0].code
    assert say(f"coach.{code}.polite.why", language) in text_of(app)
    choose(app, "coach_tone", "casual")
    assert say(f"coach.{code}.casual.why", language) in text_of(app)
    assert say(f"coach.{code}.casual.check", language) not in text_of(app)
    choose(app, "coach_length", "long")
    assert say(f"coach.{code}.casual.check", language) in text_of(app)
    choose(app, "coach_focus", ["comfort"])
    assert say(f"coach.{code}.casual.empathy", language) not in text_of(app)
    choose(app, "coach_focus", [])  # none chosen means all
    assert say(f"coach.{code}.casual.empathy", language) in text_of(app)
    app.switch_page(PAGES["home"]).run()
    app.switch_page(PAGES["report"]).run()
    assert say(f"coach.{code}.casual.why", language) in text_of(app)
    assert not app.exception


def test_a_language_model_is_asked_only_after_showing_what_is_sent(monkeypatch):
    with model_server() as server:
        monkeypatch.setenv("POISE_COACH_URL", server.url)
        monkeypatch.setenv("POISE_COACH_MODEL", "test-model")
        app = open_page("report", "en", sample="1")
        assert not app.code
        app.toggle(key="coach_model").set_value(True).run()
        shown = json.loads(app.code[0].value)
        assert server.bodies == []
        app.button(key="coach_send").click().run()
        assert json.loads(server.bodies[0]) == shown
        assert say("report.coach.model", "en", model="test-model") in text_of(app)
        app.button(key="coach_back").click().run()
        assert say("report.coach.rules", "en") in text_of(app)
        assert len(server.bodies) == 1
    app.toggle(key="coach_model").set_value(True).run()
    app.button(key="coach_send").click().run()  # the server has gone
    assert say("error.coach.unreachable", "en", url=server.url) in text_of(app)
    assert say("report.coach.rules", "en") in text_of(app)
    code = build_report(RATED, "en").coaching[0].code
    assert say(f"coach.{code}.polite.exercise", "en") in text_of(app)
    assert not app.exception


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("count", [3, 8])
def test_every_question_is_told(language, count):
    length = len(RATED.timeline) / count
    asked = scored_again(RATED, answers=tuple(
        Answer(f"Question number {i}?", i * length, (i + 1) * length) for i in range(count)))
    app = open_page("report", language)
    app.file_uploader[0].set_value(("r.json", to_json(asked, language).encode(),
                                    "application/json")).run()
    assert not app.exception
    said = text_of(app)
    assert say("report.section.answers", language) in said
    assert say("page.report.answer.first", language) in said
    assert "Question number 0?" in said
    assert ("Question number 2?" in said) == (count == 3)  # more than six: one from a list
    app.button(key="worst_1").click().run()
    assert not app.exception


def test_a_recording_without_a_face_is_still_advised():
    app = open_page("report", "ko")
    app.file_uploader[0].set_value(("r.json", to_json(NOBODY, "ko").encode(),
                                    "application/json")).run()
    assert not app.exception
    assert say("coach.stay_in_view.title", "ko") in text_of(app)


def test_the_page_stands_still_while_the_browser_hands_over_its_recording():
    """It once drew itself anew without end, and at times the browser never got to sending."""
    rehearsal = Rehearsal("x", Plan(("job.1",), 10, 30), True, True, False, False, None)
    rehearsal.start()
    rehearsal.advance()
    rehearsal.stop()
    assert rehearsal.finished
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=120)
    app.switch_page(PAGES["practice"])
    app.query_params["lang"] = "en"
    app.session_state["poise.rehearsal"] = rehearsal
    app.session_state["poise.practice_step"] = "run"
    app.run()
    assert say("page.practice.handing", "en") in text_of(app)


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_older_session_keeps_its_scores_until_it_is_scored_anew(language):
    older = replace(RATED, scored=replace(RATED.scored, recipe=Recipe(99, {}, {}, "none"), scores=(
        *(replace(s, value=s.low) for s in RATED.scores),)))
    app = open_page("report", language)
    app.session_state["poise.session"] = older
    app.run()
    assert not app.exception
    assert say("report.older", language, version=99, today=VERSION) in text_of(app)
    assert say("report.coach.older", language) in text_of(app)
    app.button(key="rescore").click().run()
    assert not app.exception
    anew = app.session_state["poise.session"]
    assert {s.name: s.value for s in anew.scores} == pytest.approx(
        {s.name: s.value for s in RATED.scores})
    told = text_of(app)
    assert say("report.former", language, version=99) in told
    assert f"{older.scores[0].value:.0f} ({older.scores[0].low:.0f}–" in told
    assert "rescore" not in [b.key for b in app.button]
