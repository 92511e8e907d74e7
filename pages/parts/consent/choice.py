"""The notice, and a candidate's choice: some of it, or none, with the same weight."""

from collections.abc import Callable

import streamlit as st

from fer_core import (
    EXPRESSIONS,
    Consent,
    Notice,
    Person,
    feature_name,
    features_allowed,
    receipt_page,
)
from pages.parts.clock import local
from pages.parts.speech import Words, draw, fill, guarded, language, notice

Choose = Callable[[list[str]], None]


def paragraphs(t: Words, told: Notice) -> None:
    """All of the notice, nothing folded away, and where no expression is read, why."""
    st.html('<div class="p-cards p-notice">' + "".join(
        fill('<div class="p-card"><h2>{title}</h2><p>{text}</p></div>', title=title, text=text)
        for title, text in told.paragraphs) + "</div>")
    answer = features_allowed(told.purpose, told.place, "candidate", True)[EXPRESSIONS]
    if not answer.allowed:
        st.html(fill('<div class="p-note good"><b>{title}</b><p class="p-plain">{reason}</p>'
                     '<p class="p-small">{source}</p></div>', title=t("not_read"),
                     reason=answer.reason[language()], source=answer.source[language()]))


def ask(t: Words, person: Person, told: Notice, choose: Choose) -> None:
    """Ticks, none of them set, and two buttons of one size."""
    with st.form("choice", border=True), guarded():
        draw('<h2 class="p-h2">{title}</h2>', title=t("choice.title"))
        if told.features:
            draw('<p class="p-small">{text}</p>', text=t("choice.text"))
        ticked = [f for f, name in zip(told.features, told.names, strict=True)
                  if st.checkbox(name, key=f"agree_{f}")]
        read = st.checkbox(t("choice.read"), key="read")
        with st.container(horizontal=True):
            agreed = told.features and st.form_submit_button(t("choice.agree"), key="agree")
            refused = st.form_submit_button(
                t("choice.refuse" if told.features else "choice.go_on"), key="refuse")
        if agreed and not ticked:
            notice(t("choice.nothing_ticked"), "warn")
        elif (agreed or refused) and not read:
            notice(t("choice.read_first"), "warn")
        elif agreed:
            choose(ticked)
        elif refused:
            choose([])


def chosen(t: Words, person: Person, told: Notice, found: Consent, choose: Choose) -> None:
    """What was chosen, its receipt, and another choice."""
    names = ", ".join(feature_name(f, language()) for f in found.features)
    notice(t("chosen.some" if names else "chosen.none", features=names,
             when=local(found.given).strftime("%Y-%m-%d %H:%M")), "good")
    receipt(t("chosen.receipt"), found, "receipt")
    with st.expander(t("chosen.change")):
        ask(t, person, told, choose)


def receipt(label: str, found: Consent, key: str) -> None:
    """A button for the receipt: the same page for the candidate and for the team."""
    st.download_button(label, lambda: receipt_page(found.receipt), f"poise-{found.id[:8]}.html",
                       "text/html", key=key, icon=":material/receipt_long:", on_click="ignore")
