"""Before the interview: is the camera ready? And a quiet face for comparison."""

import time

import streamlit as st

from fer_core import (
    NEUTRAL_SECONDS,
    LiveAnalysis,
    check_camera,
    check_voice,
    neutral_take,
)
from pages.parts import analysis, browser, camera, live_view
from pages.parts.rehearsal import Rehearsal
from pages.parts.speech import Words, draw, fill, guarded, notice, words

STEP, PROBE, SINCE, NEUTRAL = ("poise.practice_step", "poise.probe", "poise.camera_since",
                               "poise.neutral_since")
FAULTS = {"NotAllowedError": "denied", "SecurityError": "denied", "NotFoundError": "missing",
          "OverconstrainedError": "missing", "NotReadableError": "busy", "AbortError": "busy",
          "Insecure": "insecure"}
"""The browser's errors -> sentences ``page.practice.camera.<name>``."""
WAITING = ("unknown", "listening", "no_speech")
"""Faults that are none yet."""
READY = ("ok", "silent")
"""Its answers where there is a camera."""


def camera_allowed(t: Words, rehearsal: Rehearsal) -> bool:
    """Ask for the camera, and the microphone where the voice may be heard; whether the camera may
    be used. If not, why, and the ways out."""
    answer = browser.camera_answer(st.session_state.setdefault(PROBE, 1), rehearsal.sound)
    rehearsal.silent = answer == "silent"
    if rehearsal.live is not None:
        rehearsal.live.hearing.wanted = rehearsal.hears
        rehearsal.live.hearing.dictate(
            analysis.listener() if rehearsal.hears and rehearsal.words else None)
    if answer is None:
        notice(t("camera.asking"))
        _back(t)
    elif answer not in READY:
        notice(t(f"camera.{FAULTS.get(answer, 'failed')}"), "bad")
        _ways_out(t, rehearsal, recordable=False)
    return answer in READY


@st.fragment(run_every=0.7)
def checks(rehearsal: Rehearsal) -> None:
    """Every check as it stands, the neutral take, the start."""
    t, live = words("practice"), rehearsal.live
    if live is None:  # the browser records instead, and the page is about to be drawn anew
        return
    if st.session_state.get(STEP) == "run":  # "start" was pressed: the other step's turn
        st.rerun()
    with guarded():
        seen = live.snapshot()
        since = st.session_state.setdefault(SINCE, time.monotonic())
        if seen.displayed == 0:
            st.session_state.pop(NEUTRAL, None)
            if time.monotonic() - since > camera.NO_ANSWER:
                notice(t("camera.no_connection"), "bad")
                _ways_out(t, rehearsal, recordable=True)
            else:
                notice(t("camera.connecting"))
                _back(t)
            return
        st.session_state[SINCE] = time.monotonic()
        if not camera.state(live, seen):
            _back(t)
            return
        found = check_camera(seen)
        if rehearsal.hears:
            found += (check_voice(live.hearing),)
        st.html('<ul class="p-checks">' + "".join(fill(
            '<li class="{state}"><b>{name}</b><span>{text}</span></li>',
            state="good" if c.fault is None else "wait" if c.fault in WAITING else "bad",
            name=t(f"check.{c.name}"), text=t(f"fault.{c.fault}" if c.fault else "check.fine"))
            for c in found) + "</ul>"
            + (live_view.meter(t, live.hearing.level) if rehearsal.hears else ""))
        if rehearsal.silent:
            notice(t("sound_missing"), "warn")
        _neutral(t, rehearsal, live, ready=all(c.fault is None for c in found[:1]))
        camera.details(t, live)


def _neutral(t: Words, rehearsal: Rehearsal, live: LiveAnalysis, ready: bool) -> None:
    """The neutral take, then the start."""
    began = st.session_state.get(NEUTRAL)
    if began is not None:
        left = NEUTRAL_SECONDS - (live.moment - began)
        if left > 0:
            draw('<p class="p-count">{text}</p>', text=t("neutral_now", seconds=f"{left:.0f}"))
            return
        st.session_state.pop(NEUTRAL)
        rehearsal.take_neutral(neutral_take(live, began))
    if rehearsal.neutral is not None:
        notice(t("neutral_done"), "good")
    elif rehearsal.refused_take is not None:
        notice(t(f"neutral_fault.{rehearsal.refused_take.fault}"
                 + ("_again" if rehearsal.may_keep_take else "")), "warn")
        if rehearsal.may_keep_take:
            st.button(t("neutral_keep"), key="neutral_keep", icon=":material/check:",
                      on_click=rehearsal.keep_take)
    else:
        draw('<p class="p-small">{text}</p>', text=t("neutral_about", seconds=NEUTRAL_SECONDS))
    done = rehearsal.neutral is not None
    # Callbacks run before the page does: the press is marked at once.
    st.button(t("neutral_again" if done else "neutral"), key="neutral", disabled=not ready,
              type="secondary" if done else "primary", icon=":material/self_improvement:",
              on_click=_begin_neutral, args=(rehearsal, live))
    st.button(t("start" if done else "start_without"), key="start", disabled=not ready,
              type="primary" if done else "secondary", icon=":material/play_arrow:",
              on_click=_start, args=(rehearsal,))
    _back(t)


def _begin_neutral(rehearsal: Rehearsal, live: LiveAnalysis) -> None:
    st.session_state[NEUTRAL] = live.moment
    rehearsal.refused_take = None


def _start(rehearsal: Rehearsal) -> None:
    rehearsal.start()
    st.session_state[STEP] = "run"


def _ways_out(t: Words, rehearsal: Rehearsal, recordable: bool) -> None:
    """Try again, record in the browser, upload a clip, or go back."""
    if recordable and st.button(t("record_instead"), key="record_instead", type="primary",
                                icon=":material/fiber_manual_record:"):
        rehearsal.live = None
        camera.leave()
        st.session_state[STEP] = "run"
        st.rerun()
    if st.button(t("try_again"), key="try_again", icon=":material/refresh:"):
        st.session_state[PROBE] += 1
        st.session_state.pop(SINCE, None)
        st.rerun()
    st.page_link("pages/upload.py", label=t("upload_instead"), icon=":material/movie:")
    _back(t)


def _back(t: Words) -> None:
    if st.button(t("back"), key="back", type="tertiary", icon=":material/arrow_back:"):
        st.session_state[STEP] = "setup"
        st.session_state.pop(SINCE, None)
        st.rerun()
