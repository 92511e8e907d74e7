"""Presentation: one dark screen for an audience; the space bar starts and stops."""

import streamlit as st

from fer_core import LiveAnalysis, ModelError, explain
from pages.parts import camera, frame, live_view, stage_camera
from pages.parts.speech import Words, draw, guarded, language, notice, words

RUNNING, SOUND = "poise.stage_running", "poise.stage_sound"
STYLE = frame.STYLE.with_name("stage.css")


def body(t: Words) -> None:
    st.html(STYLE)
    try:
        live = camera.stream(t("session_name"))
    except ModelError as error:
        notice(explain(error, language()), "bad")
        return
    running = st.session_state.setdefault(RUNNING, False)
    heard = st.session_state.setdefault(SOUND, True)
    left, right = st.columns([6, 5], gap="large")
    with left:
        with st.container(horizontal=True, vertical_alignment="center", key="stage_bar"):
            draw('<div class="p-brand"><b>Poise</b></div>')
            st.button(t("stop" if running else "start"), key="stage_switch", shortcut="Space",
                      type="secondary" if running else "primary", on_click=switch,
                      args=(live, not running),
                      icon=":material/stop:" if running else ":material/play_arrow:")
            st.page_link("app.py", label=t("leave"), icon=":material/close:")
        with st.container(key="camera"):
            if not running:
                draw('<div class="p-dark"><p>{text}</p></div>', text=t("waiting"))
            else:
                stage_camera.show(t, live, heard)
        if running and live.hearing.wanted:
            voice()
    with right:
        if running:
            readings()
        else:
            draw('<div class="p-stage-lead"><h1>{title}</h1><p>{text}</p></div>',
                 title=t("title"), text=t("lead"))
            # Another widget for each choice: the old one would keep the space bar to itself.
            with st.container(key="stage_sound"):
                st.toggle(t("sound"), heard, key=f"sound_{heard}", on_change=listen,
                          args=(not heard,))
                draw('<p class="p-small">{text}</p>', text=words("practice")("sound_help"))


def switch(live: LiveAnalysis, on: bool) -> None:
    """Start or stop. Says which, because the browser's side may send one click twice."""
    st.session_state[RUNNING] = on
    stage_camera.begin()
    live.draw = camera.overlay("box")


def listen(on: bool) -> None:
    """Whether the voice is heard from the next start on."""
    st.session_state[SOUND] = on


@st.fragment(run_every=0.5)
def readings() -> None:
    """Scores, the expression now, who says what, the last half minute."""
    t = words("practice")
    with guarded():
        live = camera.stream(words("stage")("session_name"))
        seen, labels = live.snapshot(), camera.labels()
        if not stage_camera.comes(live, seen):
            return
        camera.state(live, seen)
        st.html(live_view.scores(t, live, None) + live_view.bars(seen, labels)
                + live_view.votes(t, seen, labels) + live_view.strip(t, live))
        camera.details(t, live)


@st.fragment(run_every=1.0)
def voice() -> None:
    """Delivery and pace, under the camera."""
    with guarded():
        live = camera.stream(words("stage")("session_name"))
        st.html(live_view.voice(words("practice"), live, None) or "<p></p>")


with frame.page("stage") as t:
    body(t)
