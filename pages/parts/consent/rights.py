"""What a candidate may ask: an objection, an explanation (PIPA 37-2); which groups they are of,
if they want to say."""

import streamlit as st

from fer_core import KINDS, Person
from pages.parts import room
from pages.parts.desk import candidates, objections
from pages.parts.speech import Words, draw, guarded, notice, words


def ask(t: Words, person: Person) -> None:
    """Put something to the lead, and read the answer."""
    draw('<h2 class="p-h2">{title}</h2><p class="p-small">{text}</p>', title=t("ask.title"),
         text=t("ask.text"))
    desk, candidate = room.desk(), person.candidate or ""
    d, sent = words("desk"), False
    with (st.expander(t("ask.open"), icon=":material/gavel:"),
          st.form("ask", border=False, clear_on_submit=True), guarded()):
        kind = st.radio(t("ask.kind"), KINDS, key="ask_kind",
                        format_func=lambda k: d(f"objection.{k}"), horizontal=True)
        text = st.text_area(t("ask.words"), key="ask_text", max_chars=5000)
        if st.form_submit_button(t("ask.send"), type="primary", key="ask_go"):
            desk.objections.submit(person, candidate, kind, text)
            sent = True
    if sent:
        notice(t("ask.sent"), "good")
    with guarded():
        for one in desk.objections.of(person, candidate):
            if one.answered is not None:
                notice(t("ask.answered"), "good")
            st.html(objections.markup(d, one))


def groups(t: Words, person: Person) -> None:
    """Of their own free will, kept apart from everything else."""
    with st.expander(t("groups.title"), icon=":material/balance:"), guarded():
        draw('<p class="p-small">{text}</p>', text=t("groups.text"))
        candidates.group_form(words("desk"), person, person.candidate or "")
