"""An opening's own: what can be changed, who sees it, the admin's reason."""

import streamlit as st

from fer_core import (
    OBSERVABLE,
    Opening,
    Person,
    Thing,
    feature_name,
    features_allowed,
    may,
)
from pages.parts import room
from pages.parts.clock import local
from pages.parts.desk import opening
from pages.parts.speech import Words, draw, guarded, language, notice


def settings(t: Words, person: Person, shown: Opening) -> None:
    edit(t, person, shown)
    about = Thing(shown.id)
    if may(person, "opening.assign", about) and person.openings is not None:
        members(t, person, shown)
    if shown.purpose == "recruitment":
        signature(t, shown)
        if may(person, "opening.sign", about):
            sign(t, person, shown)
    draw('<h2 class="p-h2">{title}</h2>', title=t("settings.fixed"))
    draw('<p class="p-small">{text}</p>', text=t("settings.fixed_text"))
    for number, question in enumerate(shown.questions, 1):
        draw('<div class="p-row"><b>{n}</b><p>{text}</p></div>',
             n=t("settings.question", n=number), text=question)
    for criterion in shown.criteria:
        with st.expander(criterion.name[language()]):
            draw("<p>{text}</p>", text=criterion.about[language()])
            for level, anchor in enumerate(criterion.anchors, 1):
                draw('<div class="p-row"><b>{n}</b><p>{text}</p></div>', n=level,
                     text=anchor[language()])


def edit(t: Words, person: Person, shown: Opening) -> None:
    with st.form("edit", border=True), guarded():
        title = st.text_input(t("make.name"), shown.title, key=f"edit_title_{shown.id}",
                              max_chars=120)
        days = st.number_input(t("make.days"), 1, 3650, shown.retention_days,
                               key=f"edit_days_{shown.id}", help=t("make.days_help"))
        blind = st.checkbox(t("make.blind"), shown.blind, key=f"edit_blind_{shown.id}",
                            help=t("make.blind_help"))
        pitched = st.checkbox(t("settings.pitched"), shown.pitched,
                              key=f"edit_pitched_{shown.id}", help=t("settings.pitched_help"))
        grants = st.checkbox(t("make.grants"), shown.grants_report,
                             key=f"edit_grants_{shown.id}", help=t("make.grants_help"))
        draw('<p class="p-small">{text}</p>',
             text=t(opening.who_sees(shown.purpose, shown.place)))
        possible = [f for f in OBSERVABLE if features_allowed(
            shown.purpose, shown.place, "reviewer", True)[f].allowed]
        observed = [f for f in possible if st.checkbox(
            t("settings.observe", what=feature_name(f, language(), team=True)), f in shown.observed,
            key=f"edit_{f}_{shown.id}")]
        draw('<p class="p-small">{text}</p>',
             text=t("settings.observe_text" if possible else "settings.observe_never"))
        if st.form_submit_button(t("settings.save"), type="primary", key="edit_save"):
            room.desk().openings.change(
                person, shown.id, title=title, retention_days=int(days), blind=blind,
                grants_report=grants, pitched=pitched, observed=observed)
            st.rerun()


def members(t: Words, person: Person, shown: Opening) -> None:
    """Who sees the opening."""
    draw('<h2 class="p-h2">{title}</h2>', title=t("settings.members"))
    known = {m.id: m for m in room.desk().openings.members(person)}
    now = room.desk().openings.assigned(person, shown.id)
    with st.form("assign", border=True), guarded():
        chosen = st.multiselect(
            t("settings.members_who"), tuple(known), [m for m in now if m in known],
            key=f"assign_{shown.id}", format_func=lambda m: f"{known[m].name} ("
            + ", ".join(t(f"role.{r}") for r in sorted(known[m].roles)) + ")",
            placeholder=t("settings.members_none"))
        if st.form_submit_button(t("settings.assign"), key="assign_save"):
            room.desk().openings.assign(person, shown.id, chosen)
            st.rerun()


def signature(t: Words, shown: Opening) -> None:
    """Whether an admin has signed: a lead waits for it."""
    draw('<h2 class="p-h2">{title}</h2><p class="p-small">{text}</p>', title=t("sign.title"),
         text=t("sign.text"))
    notice(t("sign.waiting") if shown.signed is None else t(
        "sign.signed", reason=shown.signed_reason,
        day=local(shown.signed).strftime("%Y-%m-%d")), "calm")


def sign(t: Words, person: Person, shown: Opening) -> None:
    """An admin's reason for reading more than people see."""
    draw('<p class="p-small">{text}</p>', text=t("sign.how"))
    with st.form("sign", border=True), guarded():
        reason = st.text_area(t("sign.reason"), shown.signed_reason,
                              key=f"sign_reason_{shown.id}", max_chars=1000)
        if st.form_submit_button(t("sign.go"), key="sign_go"):
            room.desk().openings.sign(person, shown.id, reason)
            st.rerun()
