"""Upload: whose clip, what for and where, the clip, its analysis; then the report."""

from pathlib import PurePath

import streamlit as st

from fer_core import CLIP_SUFFIXES, Cancelled, ModelError, explain, safe_name
from pages.parts import analysis, browser, frame, permission
from pages.parts.speech import Words, draw, drop_zone, fill, language, notice, words

PLAYABLE = ("mp4", "mov", "webm")
PREVIEW_LIMIT = 300  # MB; a preview is a second copy in memory


def body(t: Words) -> None:
    browser.ask_owner()
    analysis.find()
    analysis.collect()
    if st.session_state.get(analysis.FRESH):
        analysis.onward()
        return
    if analysis.running() is not None:
        draw('<h1 class="p-h1">{title}</h1><p class="p-lead">{lead}</p>',
             title=t("progress_title"), lead=t("progress_lead"))
        analysis.panel()
        return
    draw('<h1 class="p-h1">{title}</h1><p class="p-lead">{lead}</p>', title=t("title"),
         lead=t("lead"))
    failure = analysis.failure()
    if failure is not None:
        notice(explain(failure, language()), "calm" if isinstance(failure, Cancelled) else "bad")
    left, right = st.columns([5, 3], gap="large")
    with right:
        tips(t)
    with left:
        whose = permission.whose(t)
        if permission.granted(t, whose):
            clip(t, networks(t), whose)


def networks(t: Words) -> bool:
    """Whether the networks are there; if not, what exactly is missing."""
    try:
        with st.spinner(t("loading")):
            analysis.analyser()
    except ModelError as error:
        notice(explain(error, language()), "bad")
        notice(t("disabled"))
        return False
    return True


def clip(t: Words, ready: bool, whose: str) -> None:
    """Take one clip, show it, and start its analysis."""
    with drop_zone(t):
        uploaded = st.file_uploader(t("clip"), CLIP_SUFFIXES, key="clip", disabled=not ready,
                                    on_change=analysis.forget_failure)
    if uploaded is None:
        return
    size, name = uploaded.size / 1e6, safe_name(uploaded.name)
    pictures = st.checkbox(t(f"pictures_{whose}"), key=f"pictures_{whose}",
                           help=words("practice")("pictures_help"))
    keep = size < PREVIEW_LIMIT and st.checkbox(
        t("keep_recording"), key="keep_recording", help=t("keep_recording_help"))
    sound = st.checkbox(t("sound"), whose == "own", key="sound" if whose == "own"
                        else "sound_other", help=t("sound_help"))
    said = sound and analysis.writes_words() and st.checkbox(
        t(f"words_{whose}"), key=f"words_{whose}", help=t("words_help"))
    st.button(t("analyse"), type="primary", key="analyse", icon=":material/iron:",
              disabled=not ready, on_click=analysis.start, args=(uploaded, name),
              kwargs={"pictures": pictures, "sound": sound, "words": said, "keep": keep})
    draw('<p class="p-small">{text}</p>', text=t("keep_recording_help" if keep else "deleted"))
    if PurePath(name).suffix.lower().lstrip(".") in PLAYABLE and 0 < size < PREVIEW_LIMIT:
        st.video(uploaded)
    draw('<p class="p-small">{text}</p>', text=t("no_preview"))


def tips(t: Words) -> None:
    items = "".join(fill("<li>{text}</li>", text=t(f"tips.{n}")) for n in (1, 2, 3, 4))
    st.html('<div class="p-card">' + fill("<h3>{title}</h3>", title=t("tips.title"))
            + f'<ul class="p-list good">{items}</ul></div>')


with frame.page("upload") as t:
    body(t)
