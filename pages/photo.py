"""Photo: pictures in, every face with its number, what was read, and why."""

import streamlit as st

from fer_core import ModelError, explain
from pages.parts import frame, permission
from pages.parts.face_reading import doubts, maps, readings, why
from pages.parts.photos import Seen, clear, seen, table, take
from pages.parts.speech import Words, draw, language, notice

PILLS = 8  # faces that are chosen by a button each; more fit no line


def body(t: Words) -> None:
    draw('<h1 class="p-h1">{title}</h1><p class="p-lead">{lead}</p>', title=t("title"),
         lead=t("lead"))
    if not permission.granted(t, permission.whose(t)):
        clear()
        return
    try:
        take(t)
    except ModelError as error:
        notice(explain(error, language()), "bad")
        return
    draw('<p class="p-small">{text}</p>', text=t("privacy"))
    found = seen()
    if not found:
        return
    chosen = found[0]
    if len(found) > 1:
        at = st.selectbox(t("which"), range(len(found)), key="which",
                          format_func=lambda i: f"{i + 1} · {found[i].photo.name}")
        chosen = found[at]
    picture(t, chosen)
    table(t, [one.photo for one in found])
    draw('<p class="p-small">{text}</p>', text=t("limits"))
    st.button(t("clear"), key="clear", icon=":material/delete:", on_click=clear)


def picture(t: Words, chosen: Seen) -> None:
    """The picture with its numbers; of one face, what was read and why."""
    photo = chosen.photo
    draw('<h2 class="p-h2">{title}</h2><p class="p-name">{name}</p>', name=photo.name,
         title=t("faces", count=len(photo.faces)))
    if photo.frames > 1:
        notice(t("moving", frames=photo.frames))
    left, right = st.columns([1, 1], gap="large")
    left.image(chosen.marked, width="stretch")
    if not photo.faces:
        with right:
            notice(t("no_face"), "warn")
        return
    number = 1
    if len(photo.faces) > PILLS:
        number = left.selectbox(t("choose_face"), [f.number for f in photo.faces],
                                key=f"face_{chosen.key}")
    elif len(photo.faces) > 1:
        number = left.pills(t("choose_face"), [f.number for f in photo.faces], default=1,
                            required=True, key=f"face_{chosen.key}")
    face = photo.faces[number - 1]
    with right:
        readings(t, chosen, face)
    with left:
        doubts(t, photo, face, why(t, chosen, face))
    maps(t, chosen, face)


with frame.page("photo") as t:
    body(t)
