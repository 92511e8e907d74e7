"""The cached networks, and the one clip that a person is having analysed.

The analysis runs in a thread that never calls ``st``: pages look at the job's fields.
The job lives in the session state, so that changing page or language loses nothing; a page that
is loaded anew finds it by the name that its browser keeps for itself.

The clip lies in a private folder under a random name for as long as the analysis takes.
What a killed server left behind is removed when the next one starts.
"""

from __future__ import annotations

import logging
import os
import shutil
import tempfile
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO
from weakref import WeakValueDictionary

import streamlit as st

import fer_core
from fer_core import Cancelled, FileError, PoiseError, Settings, alive, unexpected
from pages.parts import art, browser, compat, history
from pages.parts.speech import Words, draw, guarded, words

if TYPE_CHECKING:  # come with the networks, which the home page does not wait for
    from fer_core import Analyser, Answer, Dictation, Exchange, Listener, Progress, Session

log = logging.getLogger("poise.pages")

POLL = 0.5  # s between looks at a running job
VOTERS = "poise.voters"
JOB, SESSION, FRESH = "poise.job", "poise.session", "poise.fresh"
RECORDING = "poise.recording"
FAILURE, SEEN = "poise.failure", "poise.failure_seen"
PREFIX = "poise-"


Work = Callable[[Callable[["Progress"], None], Callable[[], bool]], "Session"]
"""Makes a session: says how far it is, and asks whether to stop."""


class Job:
    """One session being made in a thread of its own.

    Attributes:
        name: the session's, to be shown; never a path.
        progress: the latest, None before the first frame.
        session, error: one of them is set once ``done``.
        recording: the clip, where the person asked to see it again.
        otherwise: what there is if the work fails or is stopped; None: nothing.
        keeping: whether the person wants the session kept in the history; ``words``: what was said
            too, if they want to see it at all.
    """

    def __init__(self, name: str, work: Work, recording: bytes | None = None,
                 otherwise: Session | None = None,
                 then: Callable[[], object] = lambda: None, words: bool = True) -> None:
        self.name, self.recording, self.otherwise, self.then = name, recording, otherwise, then
        self.keeping, self.words = history.keeping(), words
        self.progress: Progress | None = None
        self.session: Session | None = None
        self.error: PoiseError | None = None
        self._finished, self._stop = threading.Event(), threading.Event()
        threading.Thread(target=self._run, args=(work,), daemon=True).start()

    @property
    def done(self) -> bool:
        return self._finished.is_set()

    def cancel(self) -> None:
        """Ask the thread to stop; a clip it deletes itself, within a few frames."""
        self._stop.set()

    def _run(self, work: Work) -> None:
        try:
            self.session = work(self._keep, self._stop.is_set)
        except PoiseError as error:
            self.error = error
        except OSError as error:
            log.exception("the clip could not be stored")
            self.error = PoiseError("page.upload.disk", reason=FileError.of(error))
        except Exception as error:
            log.exception("the analysis failed")
            self.error = unexpected(error)
        finally:
            self._finished.set()

    def _keep(self, progress: Progress) -> None:
        self.progress = progress


_jobs: WeakValueDictionary[tuple[str, str], Job] = WeakValueDictionary()
"""The clips being analysed, by the browser that sent them and who is signed in there: a page that
was loaded anew finds its own. Held by its thread and by the page alone, so that nothing of a
page that never came back stays in memory."""


def _mine() -> tuple[str, str] | None:
    """Under which this browser's job stands; None until it has said its name."""
    owner = browser.owner()
    return None if owner is None else (owner, compat.signed_in_as(st.context.cookies))


def _of_clip(analyser: Analyser, clip: BinaryIO, name: str, answers: tuple[Answer, ...],
             typed: tuple[Exchange, ...], pictures: bool, sound: bool, words: bool) -> Work:
    """Analyse a clip."""
    def work(progress: Callable[[Progress], None], cancelled: Callable[[], bool]) -> Session:
        with tempfile.TemporaryDirectory(prefix=f"{PREFIX}{os.getpid()}-") as folder:
            path = Path(folder) / "clip"
            with path.open("wb") as out:
                shutil.copyfileobj(clip, out, 1 << 20)
            clip.close()
            return replace(analyser.analyse(
                path, name=name, answers=answers, pictures=pictures, sound=sound,
                words=sound and words, progress=progress, cancelled=cancelled), typed=typed)
    return work


def write_down(session: Session, dictation: Dictation, session_of: Callable[[], Session],
               then: Callable[[], object], keep: bool = True) -> None:
    """Wait for the words of a session's last answers; without them it stays as it is.

    Args:
        dictation: who writes them down.
        session_of: the session with the words.
        then: what to do once there is the one or the other.
        keep: whether the words are kept in the history with it.
    """
    def work(progress: Callable[[Progress], None], cancelled: Callable[[], bool]) -> Session:
        dictation.finish(lambda share: progress(fer_core.Progress("writing", 0, share, 1.0, None)),
                         cancelled)
        return session_of()

    st.session_state[JOB] = Job(session.source.name, work, otherwise=session, then=then,
                                    words=keep)


def listener() -> Listener:
    """Who writes words down, loaded when it is first needed, shared by everybody."""
    return _listener(Settings().model_dump_json(), Settings())


@st.cache_resource(show_spinner=False)
def _listener(key: str, _settings: Settings) -> Listener:
    return fer_core.Listener(_settings)


def analyser() -> Analyser:
    """The networks that this person lets vote, loaded once per server.

    Raises:
        ModelError: they cannot be loaded; tried again at the next call.
    """
    _sweep()
    chosen = settings()
    return _load(chosen.model_dump_json(), chosen)


def settings() -> Settings:
    """All settings, with the networks that this person lets vote."""
    settings = Settings()
    members, vote = st.session_state.get(VOTERS, (settings.recogniser.members,
                                                  settings.recogniser.vote))
    return settings.model_copy(update={"recogniser": settings.recogniser.model_copy(
        update={"members": members, "vote": vote})})


@st.cache_resource(show_spinner=False, max_entries=4)
def _load(key: str, _settings: Settings) -> Analyser:
    found = fer_core.Analyser(_settings)
    found.listener = listener()
    return found


@st.cache_resource(show_spinner=False)
def _sweep() -> None:
    """Delete the clips of servers that were killed."""
    for folder in Path(tempfile.gettempdir()).glob(f"{PREFIX}[0-9]*-*"):
        process = int(folder.name.split("-")[1])
        # A container's first process has the same number each time.
        if process == os.getpid() or not alive(process):
            shutil.rmtree(folder, ignore_errors=True)


def writes_words() -> bool:
    """Whether there is a model that writes words down."""
    return listener().writes


def running() -> Job | None:
    """The job under way, if any."""
    return st.session_state.get(JOB)


def start(clip: BinaryIO, name: str, answers: tuple[Answer, ...] = (),
          pictures: bool = False, sound: bool = False, words: bool = False,
          keep: bool = False, typed: tuple[Exchange, ...] = (), keep_words: bool = True) -> None:
    """Start the analysis, unless one is under way: a double click starts one job.

    Args:
        pictures: keep a small picture of every moment, because the person agreed.
        sound: listen to the voice, because the person agreed.
        words: have what is said in words, likewise; only with ``sound``. ``keep_words``: keep them
            in the history too.
        keep: keep the clip in memory for this visit, because the person asked to see it again.
        typed: what was typed instead of said.
    """
    if running() is not None:
        return
    forget_failure()
    recording = clip.read() if keep else None
    clip.seek(0)
    try:
        st.session_state[JOB] = Job(
            name, _of_clip(analyser(), clip, name, answers, typed, pictures, sound, words),
            recording, words=keep_words)
    except PoiseError as error:
        st.session_state[FAILURE] = error
        return
    if (mine := _mine()) is not None:
        _jobs[mine] = st.session_state[JOB]
    compat.forget_upload(clip)


def find() -> None:
    """Go on with the clip that this browser was having analysed when its page was loaded anew."""
    mine = _mine()
    job = None if mine is None or running() is not None else _jobs.get(mine)
    if job is not None:
        st.session_state[JOB] = job
        if not job.keeping:
            st.session_state[history.KEEP] = False


def _take() -> Job | None:
    """The job under way, which is no longer."""
    job: Job | None = st.session_state.pop(JOB, None)
    mine = _mine()
    if mine is not None and _jobs.get(mine) is job:
        _jobs.pop(mine, None)
    return job


def cancel() -> None:
    """Stop the job under way and forget it."""
    job = _take()
    if job is None:
        return
    job.cancel()
    if job.otherwise is None:
        st.session_state[FAILURE] = Cancelled()
    else:
        _hand_over(job, job.otherwise)


def failure() -> PoiseError | None:
    """Why the last job gave no session; said until the next clip or another page."""
    found = st.session_state.get(FAILURE)
    st.session_state[SEEN] = found is not None
    return found


def forget_failure() -> None:
    for key in (FAILURE, SEEN):
        st.session_state.pop(key, None)


def collect() -> None:
    """Take over the result of a job that has ended."""
    job = running()
    if job is None or not job.done:
        return
    _take()
    session = job.session or job.otherwise
    if session is not None:
        _hand_over(job, session)
    else:
        st.session_state[FAILURE] = job.error


def _hand_over(job: Job, session: Session) -> None:
    if not job.words:
        history.keep_words(session, False)
    finished(session, job.recording)
    job.then()


def finished(session: Session, recording: bytes | None = None) -> None:
    """A new session: kept in the history, and the next to be shown.

    Args:
        recording: its clip, kept for this visit.
    """
    felt = st.session_state.pop(history.FELT, None) if session.answers else None
    history.remember(session, felt=felt)
    st.session_state[SESSION], st.session_state[FRESH] = session, True
    st.session_state[RECORDING] = session.source.sha256, recording


def reopen(session: Session) -> None:
    """Show a session that was kept, on the report's page."""
    st.session_state[SESSION], st.session_state[FRESH] = session, False
    st.switch_page("pages/report.py")


def recording(session: Session) -> bytes | None:
    """The clip of a session, where the person asked to keep it for this visit."""
    of, clip = st.session_state.get(RECORDING, ("", None))
    found: bytes | None = clip if of == session.source.sha256 else None
    return found


def onward() -> None:
    """It is done: to the report. Drawn without any fragment, whose timers would disturb."""
    t = words("upload")
    draw('<h1 class="p-h1">{title}</h1>', title=t("done"))
    with st.container(key="onward"):
        st.page_link("pages/report.py", label=t("to_report"), icon=":material/description:")
    browser.follow("onward")


@st.fragment(run_every=POLL)
def panel() -> None:
    """The job under way: stage, frames, time left, and a button that stops it."""
    job = running()
    if job is None or job.done:
        st.rerun()
    t = words("upload")
    with guarded(), st.container(key="progress"):
        art.ironing(t, job.name, job.progress)
        if st.button(t("cancel"), key="cancel", icon=":material/stop_circle:"):
            cancel()
            st.rerun()


def sidebar_status(t: Words, page: str) -> None:
    """On the other pages: that an analysis is under way, or that it has ended."""
    if page == "upload":
        return
    if st.session_state.get(SEEN):
        forget_failure()
    if running() is not None:
        _sidebar_running()
    elif st.session_state.get(FRESH) and page != "report":
        st.page_link("pages/report.py", label=t("job_ready"), icon=":material/check_circle:")
    elif st.session_state.get(FAILURE):
        st.page_link("pages/upload.py", label=t("job_failed"), icon=":material/error:")


@st.fragment(run_every=2.0)
def _sidebar_running() -> None:
    job = running()
    if job is None or job.done:
        st.rerun()
    fraction = job.progress.fraction if job.progress else None
    percent = "" if fraction is None else f" {fraction:.0%}"
    st.page_link("pages/upload.py", label=words("frame")("job_running") + percent,
                 icon=":material/iron:")
