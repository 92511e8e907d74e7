"""Objections and requests for an explanation (PIPA 37-2): they wait for the lead's answer."""

from collections.abc import Mapping

import streamlit as st

from fer_core import Objection, Opening, Person
from pages.parts import room
from pages.parts.clock import local
from pages.parts.speech import Words, draw, fill, guarded


def waiting(t: Words, person: Person, openings: Mapping[str, Opening]) -> None:
    """All that wait for this person, the oldest first, before anything else on the page."""
    found = room.desk().objections.waiting(person)
    if not found:
        return
    with st.container(key="objections", border=True):
        draw('<h2 class="p-h2" role="alert">{title}</h2>',
             title=t("objection.waiting", count=len(found)))
        for one in found:
            about = room.desk().candidates.get(person, one.candidate)
            draw('<p class="p-small">{text}</p>', text=t(
                "objection.of", opening=openings[about.opening].title, n=about.number))
            entry(t, person, one)


def of(t: Words, person: Person, candidate: str) -> None:
    """Those of one candidate."""
    found = room.desk().objections.of(person, candidate)
    if not found:
        return
    draw('<h3 class="p-h3">{title}</h3>', title=t("objection.title"))
    for one in found:
        entry(t, person, one)


def entry(t: Words, person: Person, one: Objection) -> None:
    """What was asked, and the answer or room for it."""
    st.html(markup(t, one))
    if one.answered is not None:
        return
    with st.form(f"answer_{one.id}", border=False), guarded():
        text = st.text_area(t("objection.answer"), key=f"answer_text_{one.id}", max_chars=5000)
        if st.form_submit_button(t("objection.send"), key=f"answer_go_{one.id}"):
            room.desk().objections.answer(person, one.id, text)
            st.rerun()


def markup(t: Words, one: Objection) -> str:
    answer = fill("<p><b>{label}</b> {text}</p>", label=t("objection.answered"),
                  text=one.answer) if one.answer else fill(
        '<p class="p-small">{due}</p>',
        due=t("objection.due", day=local(one.due).strftime("%Y-%m-%d")))
    return fill('<div class="p-row"><b>{kind}</b><span>{day}</span><p>{text}</p>',
                kind=t(f"objection.{one.kind}"), day=local(one.raised).strftime("%Y-%m-%d %H:%M"),
                text=one.text) + answer + "</div>"
