"""What was said in a round is written down at its end; whatever happens then, the round is not
lost."""

import threading

import pytest
import streamlit as st

from fer_core import PoiseError, Progress, Sound
from pages.parts import analysis
from tests.planted import FULL
from tests.speech import silence

SOUNDS = [Sound(0.0, silence(1.0)), Sound(1.0, silence(1.0))]


class Listening:
    """Hears nothing, or fails."""

    def __init__(self, error: Exception | None = None, wait: threading.Event | None = None) -> None:
        self.error, self.wait = error, wait

    def listen(self, sounds):
        for _ in sounds:
            if self.wait is not None:
                self.wait.wait(30)
        if self.error is not None:
            raise self.error
        return "heard"


@pytest.fixture
def shown(monkeypatch):
    """The sessions that were shown, and what was done afterwards."""
    found = []
    monkeypatch.setattr(analysis, "finished", found.append)
    monkeypatch.setattr(st, "session_state", {})
    return found


def write(monkeypatch, listening: Listening, shown: list) -> analysis.Job:
    monkeypatch.setattr(analysis, "listener", lambda: listening)
    analysis.write_down(FULL, list(SOUNDS), lambda heard: ("session", heard),
                        lambda: shown.append("then"))
    job = analysis.running()
    assert job is not None
    return job


def done(job: analysis.Job) -> None:
    assert job._finished.wait(30)


def test_with_the_words_it_is_another_session(monkeypatch, shown):
    job = write(monkeypatch, Listening(), shown)
    done(job)
    analysis.collect()
    assert shown == [("session", "heard"), "then"]
    assert isinstance(job.progress, Progress)
    assert job.progress.stage == "writing"
    assert analysis.running() is None


@pytest.mark.parametrize("error", [PoiseError("error.speech.none"), RuntimeError("broken")])
def test_where_nothing_can_be_written_down_it_stays_as_it_is(monkeypatch, shown, error):
    done(write(monkeypatch, Listening(error), shown))
    analysis.collect()
    assert shown == [FULL, "then"]


def test_stopped_it_stays_as_it_is_too(monkeypatch, shown):
    wait = threading.Event()
    job = write(monkeypatch, Listening(wait=wait), shown)
    analysis.cancel()
    assert shown == [FULL, "then"]
    assert analysis.FAILURE not in st.session_state
    wait.set()
    done(job)
    assert job.session is None, "and what is still being heard is dropped"
