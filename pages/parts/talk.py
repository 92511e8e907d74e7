"""A talk about the session: questions answered from the report, and what would be asked next."""

import streamlit as st

from fer_core import Reply, Report, asked_next, between, reply, say
from pages.parts.seconds import look
from pages.parts.speech import Words, draw, fill

TALK = "poise.talk"
"""Session state: the session talked about and what was said, the newest last."""
KEPT, LONGEST = 10, 300
"""Exchanges shown; characters of a question."""


def talk(t: Words, report: Report) -> None:
    """Ask anything; what the report does not hold was not measured."""
    draw('<h2 class="p-h2">{title}</h2><p class="p-small">{text}</p>', title=t("talk.title"),
         text=t("talk.about"))
    said = _said(report)
    with st.container(key="talk"):
        for number, (question, answer) in enumerate(said):
            _exchange(t, number, question, answer)
        with st.container(horizontal=True, key="talk_try", gap="small"):
            for name in ("weakest", "composure", "next"):
                question = t(f"talk.try.{name}")
                st.button(question, key=f"talk_{name}", on_click=_ask, args=(report, question))
        with (st.form("talk_form", clear_on_submit=True, border=False),
              st.container(horizontal=True, vertical_alignment="bottom")):
            st.text_input(t("talk.title"), key="talk_question", placeholder=t("talk.ask"),
                          max_chars=LONGEST, label_visibility="collapsed")
            st.form_submit_button(t("talk.send"), icon=":material/send:",
                                  on_click=_submitted, args=(report,))


def _said(report: Report) -> list[tuple[str, Reply]]:
    about = (report.session.source.sha256, report.session.created, report.language)
    found = st.session_state.get(TALK)
    if found is None or found[0] != about:
        found = st.session_state[TALK] = (about, [])
    said: list[tuple[str, Reply]] = found[1]
    return said


def _submitted(report: Report) -> None:
    _ask(report, st.session_state["talk_question"])


def _ask(report: Report, question: str) -> None:
    if question.strip():
        said = _said(report)
        said.append((question.strip(), reply(report, question)))
        del said[:-KEPT]


def _exchange(t: Words, number: int, question: str, answer: Reply) -> None:
    lines = "".join(fill("<p>{line}</p>", line=line) for line in answer.text.split("\n"))
    st.html(fill('<p class="p-asked">{question}</p>', question=question)
            + f'<div class="p-replied">{lines}</div>')
    if answer.moments:
        with st.container(horizontal=True, key=f"talk_moments_{number}", gap="small"):
            for i, moment in enumerate(answer.moments):
                st.button(between(moment.start, moment.end), key=f"talk_moment_{number}_{i}",
                          icon=":material/schedule:", on_click=look, args=(int(moment.start),),
                          help=t("talk.moment"))


def follow(t: Words, report: Report) -> None:
    """What would be asked next, of a report that holds what was said."""
    found = asked_next(report.session)
    if report.typed:
        draw('<h2 class="p-h2">{title}</h2>', title=say("report.section.typed", report.language))
        st.html('<div class="p-card p-follow">' + "".join(fill(
            "<h3>{question}</h3><p>{text}</p>", question=one.question, text=one.text)
            for one in report.typed) + "</div>")
    if not found:
        return
    draw('<h2 class="p-h2">{title}</h2><p class="p-small">{text}</p>', title=t("follow.title"),
         text=t("follow.about"))
    rows = "".join(
        fill("<h3>{number}. {text}</h3><ul>", number=row.name, text=row.text)
        + "".join(fill("<li>{text}</li>", text=one.text) for one in found[row.number]) + "</ul>"
        for row in report.answers if row.number in found)
    st.html(f'<div class="p-card p-follow">{rows}</div>')
