"""The presentation's camera: it comes back by itself when it was unplugged, goes through the page
where no stream connects, and follows whom the presenter clicks."""

import time

import streamlit as st

from fer_core import LiveAnalysis, PoiseError, Snapshot
from pages.parts import browser, camera
from pages.parts.camera_step import FAULTS, READY
from pages.parts.speech import Words, guarded, notice, words

ATTEMPT, ANSWER, CAME, SINCE, THROUGH = (
    "poise.stage_attempt", "poise.stage_answer", "poise.stage_came", "poise.stage_since",
    "poise.stage_through_page")
GONE = 2.5
"""s without a picture, after which the camera counts as unplugged: it is connected anew."""


def begin() -> None:
    """Connect anew, first as a stream."""
    st.session_state[THROUGH] = False
    _again()


def _again() -> None:
    """Another attempt is another stream: a lost one does not come back by itself."""
    st.session_state[ATTEMPT] = st.session_state.get(ATTEMPT, 0) + 1
    st.session_state.pop(SINCE, None)


def show(t: Words, live: LiveAnalysis, heard: bool) -> None:
    """The picture, where the browser gives a camera; if not, why.

    Args:
        heard: whether the voice may be heard.
    """
    attempt, through = st.session_state.get(ATTEMPT, 1), st.session_state.get(THROUGH, False)
    heard = heard and not through
    answer = browser.camera_answer(attempt, heard, patient=True)
    st.session_state[ANSWER] = answer
    live.hearing.wanted = heard and answer == "ok"
    if answer in READY:
        if heard and answer == "silent":
            notice(t("unheard"), "warn")
        with st.container(key="stage_page" if through else "stage_stream"):
            if through:
                _through_page(live)
            else:
                camera.show(live, f"stage_camera_{attempt}")
            _whom(live)
    elif answer is not None:
        fault = FAULTS.get(answer, "failed")
        notice(t("unplugged") if fault == "missing" else words("practice")(f"camera.{fault}"),
               "bad")


def comes(live: LiveAnalysis, seen: Snapshot) -> bool:
    """Whether pictures come; if not, what is done about it, to be called again and again."""
    t, now = words("practice"), time.monotonic()
    if seen.displayed > 0 and live.quiet < GONE:
        st.session_state[CAME] = st.session_state.get(ATTEMPT)
        st.session_state.pop(SINCE, None)
        return True
    if st.session_state.get(CAME) == st.session_state.get(ATTEMPT, 1):
        _again()
        st.rerun()
    if st.session_state.get(ANSWER) not in READY:
        st.session_state.pop(SINCE, None)
        return False
    late = now - st.session_state.setdefault(SINCE, now) > camera.NO_ANSWER
    if late and not st.session_state.get(THROUGH):
        st.session_state[THROUGH] = True
        _again()
        st.rerun()
    notice(t("camera.failed" if late else "camera.connecting"), "bad" if late else "calm")
    return False


@st.fragment
def _through_page(live: LiveAnalysis) -> None:
    """Pictures one by one: fewer than a stream's, and no sound."""
    t = words("stage")
    with guarded():
        picture = browser.picture(f"stage_pictures_{st.session_state.get(ATTEMPT, 1)}")
        if picture is not None:
            try:
                live.receive(picture)
            except PoiseError:
                notice(words("practice")("camera.failed"), "bad")
        notice(t("through_page"))


@st.fragment(run_every=0.5)
def _whom(live: LiveAnalysis) -> None:
    """A click on somebody else follows them."""
    t = words("stage")
    with guarded():
        width, height = live.snapshot().size or (4, 3)
        with st.container(key="stage_point"):
            chosen = browser.pointed("point", (width, height), live.others, t("several"))
        if chosen is not None:
            live.follow(chosen)
