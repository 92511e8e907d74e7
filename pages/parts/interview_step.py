"""The interview itself: question, clock, camera; then the report."""

from dataclasses import replace
from functools import partial
from typing import Literal

import streamlit as st

from fer_core import CLIP_SUFFIXES, Answer, LiveAnalysis, Session, wording
from pages.parts import analysis, browser, camera, follow_up, history, live_view, rounds
from pages.parts.camera_step import PROBE
from pages.parts.rehearsal import Rehearsal
from pages.parts.speech import Words, draw, guarded, language, notice, words

STEP, NOTHING = "poise.practice_step", "poise.practice_nothing"
ENDING = ("saved", "empty")


@st.fragment(run_every=0.5)
def questions(rehearsal: Rehearsal) -> None:
    """The question at hand, its clock and what can be done."""
    t = words("practice")
    with guarded():
        rehearsal.look()
        interview = rehearsal.interview
        rounds.keep(t, rehearsal)
        if rehearsal.save and rehearsal.live is not None:
            state, _ = browser.recorder("saver", rehearsal.take, rehearsal.finished, "download",
                                        _file_name(rehearsal), show=False,
                                        sound=rehearsal.hears)
            if rehearsal.finished and state not in ENDING and not state.startswith("error"):
                notice(t("saving"))
                return
            if state.startswith("error"):
                notice(t("save_failed"), "warn")
        if rehearsal.finished:
            if rehearsal.live is None:  # `recorded` takes over once the clip is there
                notice(t("handing"))
            else:
                _finish(rehearsal, rehearsal.live)
            return
        if rehearsal.halted is not None:
            _halted(t, rehearsal)
            return
        if interview.phase == "considering":
            browser.speak(rehearsal.turn, "")
            follow_up.consider(t, rehearsal)
            if rehearsal.live is not None:
                _stream_state(t, rehearsal.live)
            return
        if interview.phase == "ready":  # the browser's recorder is not ready yet
            notice(t("camera.asking"))
            return
        if rehearsal.speak:
            browser.speak(rehearsal.turn, wording(interview.question, language())
                          if interview.phase == "preparing" else "")
        _question(t, rehearsal)
        _controls(t, rehearsal)
        if interview.aside:
            follow_up.typed(t, rehearsal)
        if rehearsal.live is not None:
            if rehearsal.live.hearing.writing:
                draw('<p class="p-small">{text}</p>', text=t("writing"))
            _stream_state(t, rehearsal.live)


def _question(t: Words, rehearsal: Rehearsal) -> None:
    interview, left = rehearsal.interview, rehearsal.left or 0.0
    answering = interview.phase == "answering"
    number, count = interview.place
    where = t("where", number=number, count=count)
    draw('<div class="p-question {phase}"><span class="p-kicker">{where}</span><h2>{text}</h2>'
         '<div class="p-clock"><i>{sign}</i><b>{left}</b></div>'
         '<div class="p-left"><u style="width:{share}%"></u></div></div>',
         phase=interview.phase, text=wording(interview.question, language()),
         where=where + (f" · {t('follow.kicker')}" if interview.aside else ""),
         sign=t("recording" if answering else "thinking"),
         left=f"{int(left + 0.99) // 60}:{int(left + 0.99) % 60:02d}",
         share=f"{100 * left / max(interview.length or 1, 1):.1f}")


def _halted(t: Words, rehearsal: Rehearsal) -> None:
    """Why the interview waits, and the ways on."""
    live, (number, _) = rehearsal.live, rehearsal.interview.place
    picture = live is None or live.snapshot().displayed > 0
    notice(t(f"halted.{rehearsal.halted}", count=len(rehearsal.answers), number=number), "warn")
    if not picture:
        notice(t("halted.no_picture"))
    with st.container(horizontal=True, key="halted"):
        if picture:
            st.button(t("round.go_on", number=number), key="go_on", type="primary",
                      icon=":material/play_arrow:", on_click=rehearsal.start)
        else:
            _reconnect(t, "primary")
        if rehearsal.answers:
            st.button(t("round.report"), key="stop", on_click=rehearsal.stop,
                      icon=":material/description:")


def _reconnect(t: Words, kind: Literal["primary", "secondary"] = "secondary") -> None:
    """Connect the camera anew: another attempt is another stream."""
    if st.button(t("reconnect"), key="reconnect", type=kind, icon=":material/refresh:"):
        st.session_state[PROBE] = st.session_state.get(PROBE, 1) + 1
        st.rerun()


def _controls(t: Words, rehearsal: Rehearsal) -> None:
    """What can be done; every button works by keyboard too."""
    interview = rehearsal.interview
    answering = interview.phase == "answering"
    more = interview.plan.follows and not interview.aside
    label = t("finish" if answering and interview.last and not more
              else "next" if answering else "answer_now")
    with st.container(horizontal=True, key="controls"):
        st.button(label, key="advance", type="primary", on_click=rehearsal.advance,
                  icon=":material/skip_next:" if answering else ":material/mic:")
        st.button(t("repeat"), key="repeat", on_click=rehearsal.repeat, icon=":material/replay:")
        st.button(t("skip"), key="skip", on_click=rehearsal.skip,
                  icon=":material/keyboard_double_arrow_right:")
        st.button(t("stop"), key="stop", on_click=rehearsal.stop, icon=":material/stop:")


def _stream_state(t: Words, live: LiveAnalysis) -> None:
    """Trouble in a sentence, and the numbers for those who ask."""
    seen = live.snapshot()
    if seen.displayed == 0:
        notice(t("camera.lost"), "warn")
        _reconnect(t)
    elif (camera.state(live, seen) and seen.reading is not None
          and seen.reading.face is None):
        notice(t("fault.no_face"), "warn")
    elif seen.covered:
        notice(t("fault.covered"), "warn")
    with st.expander(t("details_title")):
        camera.details(t, live)


@st.fragment(run_every=1.0)
def feedback(rehearsal: Rehearsal, live: LiveAnalysis) -> None:
    """A hint, rolling scores and the last half minute, while answering."""
    t = words("practice")
    with guarded():
        if rehearsal.hears and rehearsal.hints:
            st.html(live_view.hint(t, live) if rehearsal.answering else live_view.NO_HINT)
        if rehearsal.feedback:
            neutral = rehearsal.neutral
            st.html(live_view.scores(t, live, neutral) + live_view.voice(t, live, neutral)
                    + live_view.strip(t, live))


def recorded(t: Words, rehearsal: Rehearsal) -> None:
    """Without a stream: the browser records, and the clip is analysed at the end."""
    _recorder(rehearsal)
    with st.container(key="recorded"):
        clip = st.file_uploader(t("recorded_clip"), CLIP_SUFFIXES, key="recorded_clip",
                                label_visibility="collapsed")
    takes = st.session_state.get("poise.takes")
    if clip is not None and takes is not None:
        answers = tuple(Answer(rehearsal.takes[x["take"]], float(x["start"]), float(x["end"]))
                        for x in takes if x["take"] in rehearsal.takes)
        del st.session_state["poise.takes"]
        st.session_state[STEP] = "setup"
        analysis.start(clip, rehearsal.name, answers, rehearsal.pictures, rehearsal.hears,
                       rehearsal.words, typed=tuple(rehearsal.typed),
                       keep_words=rehearsal.keep_words)
        st.rerun()


@st.fragment(run_every=0.5)
def _recorder(rehearsal: Rehearsal) -> None:
    t = words("practice")
    with guarded():
        state, takes = browser.recorder("recorder", rehearsal.take, rehearsal.finished, "upload",
                                        _file_name(rehearsal), show=True,
                                        sound=rehearsal.hears)
        if (state == "ready" and rehearsal.interview.phase == "ready"
                and rehearsal.halted is None):
            rehearsal.start()
        elif state == "saved" and "poise.takes" not in st.session_state:
            st.session_state["poise.takes"] = takes
            st.rerun()
        elif state == "empty":
            st.session_state[STEP], st.session_state[NOTHING] = "setup", True
            st.rerun()
        elif state.startswith("error"):
            notice(t("record_failed"), "bad")
            st.page_link("pages/upload.py", label=t("upload_instead"), icon=":material/movie:")


def _finish(rehearsal: Rehearsal, live: LiveAnalysis) -> None:
    """The session to the report page; the camera is given back."""
    answers, neutral, typed = tuple(rehearsal.answers), rehearsal.neutral, tuple(rehearsal.typed)
    talked = rehearsal.talking

    def made() -> Session | None:
        found = live.session(answers, neutral, talked)
        return None if found is None else replace(found, typed=typed)

    dictation = live.last_words()
    session = made()
    camera.leave()
    done = partial(rounds.forget, rehearsal.id)
    if session is None or not answers:
        st.session_state[STEP], st.session_state[NOTHING] = "setup", True
        done()
        st.rerun()
    if dictation is not None:
        st.session_state[STEP] = "setup"
        analysis.write_down(session, dictation, lambda: made() or session, done,
                            rehearsal.keep_words)
    else:
        history.keep_words(session, rehearsal.keep_words)
        analysis.finished(session)
        done()
    st.rerun()


def _file_name(rehearsal: Rehearsal) -> str:
    return "poise-" + "".join(c if c.isalnum() else "-" for c in rehearsal.name)
