"""Emoticons: a picture or a few clicks in, a set of faces that look like somebody out."""

import streamlit as st

from fer_core import EIGHT, ModelError, explain, say
from pages.parts import frame, permission
from pages.parts.emoticons import clear, drawn, editor, face_read, keep, saves, seen, take
from pages.parts.speech import Words, draw, language, notice


def body(t: Words) -> None:
    draw('<h1 class="p-h1">{title}</h1><p class="p-lead">{lead}</p>', title=t("title"),
         lead=t("lead"))
    whose = permission.whose(t)
    if not permission.granted(t, whose):
        clear()
        return
    try:
        take(t)
    except ModelError as error:
        notice(explain(error, language()), "bad")
    draw('<p class="p-small">{text}</p>', text=t("privacy"))
    found = seen()
    read = face_read(t, found) if found else None
    st.divider()
    picture, looks = st.columns([2, 3], gap="large")
    with looks:
        traits = editor(t, read, whose == "own")
    with picture:
        options = list(EIGHT)
        likeliest = read.emotion if read and read.emotion in options else "happiness"
        emotion = st.pills(t("expression"), options, default=likeliest, required=True, wrap=True,
                           key=f"shown_{found.key if found else ''}",
                           format_func=lambda e: say(f"emotion.{e}", language()))
        drawn(traits, [emotion], "p-emoticon")
        drawn(traits, options, "p-emoticons", named=True)
    saves(t, traits, emotion)
    if whose == "own":
        keep(t, traits)
    st.button(t("clear"), key="clear", icon=":material/restart_alt:", on_click=clear,
              type="tertiary")


with frame.page("emoticon") as t:
    body(t)
