"""What was said in a round is written down at its end; whatever happens then, the round is not
lost."""

import threading

import pytest
import streamlit as st

from fer_core import Cancelled, PoiseError, Progress
from pages.parts import analysis
from tests.planted import FULL


class Writing:
    """Writes nothing down, or fails."""

    def __init__(self, error: Exception | None = None, wait: threading.Event | None = None) -> None:
        self.error, self.wait = error, wait

    def finish(self, progress, cancelled):
        progress(0.5)
        if self.wait is not None:
            self.wait.wait(30)
        if cancelled():
            raise Cancelled
        if self.error is not None:
            raise self.error


@pytest.fixture
def shown(monkeypatch):
    """The sessions that were shown, and what was done afterwards."""
    found = []
    monkeypatch.setattr(analysis, "finished", lambda session, _: found.append(session))
    monkeypatch.setattr(st, "session_state", {})
    return found


def write(writing: Writing, shown: list) -> analysis.Job:
    analysis.write_down(FULL, writing, lambda: "with words", lambda: shown.append("then"))
    job = analysis.running()
    assert job is not None
    return job


def done(job: analysis.Job) -> None:
    assert job._finished.wait(30)


def test_with_the_words_it_is_another_session(shown):
    job = write(Writing(), shown)
    done(job)
    analysis.collect()
    assert shown == ["with words", "then"]
    assert isinstance(job.progress, Progress)
    assert job.progress.stage == "writing"
    assert analysis.running() is None


@pytest.mark.parametrize("error", [PoiseError("error.speech.none"), RuntimeError("broken")])
def test_where_nothing_can_be_written_down_it_stays_as_it_is(shown, error):
    done(write(Writing(error), shown))
    analysis.collect()
    assert shown == [FULL, "then"]


def test_stopped_it_stays_as_it_is_too(shown):
    wait = threading.Event()
    job = write(Writing(wait=wait), shown)
    analysis.cancel()
    assert shown == [FULL, "then"]
    assert analysis.FAILURE not in st.session_state
    wait.set()
    done(job)
    assert job.session is None, "and what is still being heard is dropped"
