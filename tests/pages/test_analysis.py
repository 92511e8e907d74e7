"""What goes with a session goes with it alone: typed words, its recording, how one felt."""

import io
import threading
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest

from fer_core import Cancelled, Exchange, Plan, PoiseError, Session
from pages.parts import analysis, browser, history, interview_step
from pages.parts.rehearsal import Rehearsal
from tests.planted import FULL, spoken

TYPED = (Exchange("job.1", "x"),)
OTHER = replace(FULL, source=replace(FULL.source, sha256="9" * 64))


class Networks:
    """Find a session in a clip, or fail."""

    def __init__(self, found: Session | PoiseError) -> None:
        self.found = found

    def analyse(self, path: Path, **_: object) -> Session:
        if isinstance(self.found, PoiseError):
            raise self.found
        return self.found


FAILING = Networks(PoiseError("error.video.unreadable"))


@pytest.fixture
def state(monkeypatch):
    """The session state, and ``saved``: whatever was put into the history."""
    found = {"saved": []}
    monkeypatch.setattr(analysis.st, "session_state", found)
    monkeypatch.setattr(analysis.compat, "forget_upload", lambda clip: None)
    monkeypatch.setattr(history, "language", lambda: "ko")
    monkeypatch.setattr(history, "store", lambda: SimpleNamespace(
        save=lambda session, *given, **more: found["saved"].append(session)))
    return found


def analysed(monkeypatch: pytest.MonkeyPatch, networks: Networks, **more: object) -> None:
    """A clip from the press of its button to its session."""
    monkeypatch.setattr(analysis, "analyser", lambda: networks)
    analysis.start(io.BytesIO(b"clip"), "x", **more)
    assert analysis.running()._finished.wait(30)
    analysis.collect()


def test_what_was_typed_goes_with_the_session_of_its_round_alone(state, monkeypatch):
    analysed(monkeypatch, Networks(FULL), typed=TYPED)
    assert state[analysis.SESSION].typed == TYPED
    analysed(monkeypatch, FAILING, typed=TYPED)
    analysed(monkeypatch, Networks(FULL))
    assert state[analysis.SESSION].typed == ()


def test_what_was_typed_before_a_camera_goes_with_its_round(state, monkeypatch):
    for there, name in ((interview_step.camera, "leave"), (interview_step.rounds, "forget"),
                        (interview_step.st, "rerun")):
        monkeypatch.setattr(there, name, lambda *_: None)
    rehearsal = Rehearsal("x", Plan(("job.1",), 0, 30), False, False, False, False, None,
                          answers=list(FULL.answers), typed=list(TYPED))
    interview_step._finish(rehearsal, SimpleNamespace(
        last_words=lambda: None, session=lambda *_: FULL))
    assert state[analysis.SESSION].typed == TYPED


def test_a_recording_is_of_its_own_session_alone(state, monkeypatch):
    analysed(monkeypatch, Networks(FULL), keep=True)
    assert analysis.recording(FULL) == b"clip"
    analysed(monkeypatch, FAILING, keep=True)
    analysed(monkeypatch, Networks(OTHER))
    assert analysis.recording(FULL) is None
    assert analysis.recording(OTHER) is None


@pytest.mark.parametrize("keeping", [True, False])
def test_a_kept_clip_does_not_change_whether_sessions_are_kept(keeping, state, monkeypatch):
    state[history.KEEP] = keeping
    analysed(monkeypatch, Networks(FULL), keep=True)
    analysed(monkeypatch, Networks(FULL))
    assert len(state["saved"]) == 2 * keeping
    assert state[history.KEEP] == keeping


class Waiting:
    """Finds its session when it is let go."""

    def __init__(self) -> None:
        self.go = threading.Event()

    def analyse(self, path: Path, *, cancelled, **_: object) -> Session:
        while not self.go.wait(0.02):
            if cancelled():
                raise Cancelled
        return FULL


@pytest.fixture
def reloaded(state, monkeypatch):
    """A clip under way, and what brings its page anew, of the same browser or of another."""
    networks = Waiting()
    monkeypatch.setattr(analysis, "analyser", lambda: networks)
    monkeypatch.setattr(analysis.compat, "signed_in_as", lambda cookies: "")
    state |= {browser.OWNER: "a" * 32, history.KEEP: False}
    analysis.start(io.BytesIO(b"clip"), "x")
    job = analysis.running()

    def reload(owner: str = "a" * 32) -> analysis.Job | None:
        saved = state["saved"]
        state.clear()
        state.update(saved=saved, **{browser.OWNER: owner})
        analysis.find()
        return analysis.running()

    yield job, networks.go, reload
    networks.go.set()
    assert job._finished.wait(30)


def test_an_analysis_outlives_its_page_in_the_same_browser(state, reloaded):
    job, go, reload = reloaded
    assert reload("b" * 32) is None
    assert reload() is job
    go.set()
    assert job._finished.wait(30)
    analysis.collect()
    assert state[analysis.SESSION].source == FULL.source
    assert state["saved"] == []  # as it was wished before
    assert reload() is None


def test_a_stopped_analysis_does_not_come_back(reloaded):
    _, _, reload = reloaded
    analysis.cancel()
    assert reload() is None


@pytest.mark.parametrize("keep", [True, False])
def test_words_are_seen_but_kept_only_where_it_was_ticked(keep, state, monkeypatch):
    told = replace(FULL, voice=spoken())
    analysed(monkeypatch, Networks(told), keep_words=keep)
    assert state[analysis.SESSION].voice.text
    kept, = state["saved"]
    assert bool(kept.voice.text) == keep
    assert len(kept.voice.words) == len(told.voice.words)
    history.keep_words(state[analysis.SESSION])
    history.remember(state[analysis.SESSION])
    assert state["saved"][-1].voice.text
