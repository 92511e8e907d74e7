"""A candidate's own page, by their link: the notice first, then their choice, their clips, and the
way out."""

import streamlit as st

from fer_core import Consent, Notice, Person
from pages.parts import frame, room
from pages.parts.consent import choice, handing, leaving, rights
from pages.parts.speech import Words, draw, language

GIVEN, CAME, GONE = "poise.consent_given", "poise.consent_came", "poise.consent_gone"


def body(t: Words) -> None:
    token = st.query_params.get("k", "")
    whose, receipt, held = st.session_state.get(GONE, ("", None, False))
    if whose and whose == token:
        leaving.gone(t, receipt, held)
        return
    person = whoever(token)
    if person is None or person.candidate is None:
        room.closed(t("no_link.text"), t("no_link.title"))
        return
    told = room.desk().consents.notice(person, person.candidate, language())
    draw('<span class="p-kicker">{kicker}</span><h1 class="p-h1">{title}</h1>'
         '<p class="p-lead">{lead}</p><p class="p-small">{version}</p>', kicker=t("kicker"),
         title=told.opening, lead=t("lead"), version=t("version", version=told.version))
    choice.paragraphs(t, told)
    found = given(person, person.candidate)
    stands = found is not None and found.withdrawn is None and found.version == told.version
    if found is None or not stands:
        choice.ask(t, person, told, lambda chosen: choose(person, chosen))
    else:
        inside(t, person, told, found)
    leaving.leave(t, person, found, lambda receipt, held: st.session_state.update(
        {GONE: (token, receipt, held), GIVEN: None}))


def inside(t: Words, person: Person, told: Notice, found: Consent) -> None:
    """What follows a choice, whichever it was."""
    choice.chosen(t, person, told, found, lambda chosen: choose(person, chosen))
    handing.clips(t, person, told)
    if told.grants_report:
        handing.report(t, person)
    rights.ask(t, person)
    rights.groups(t, person)


def whoever(token: str) -> Person | None:
    """Who comes by the link; the first look of a visit is logged, the next are not."""
    if not token:
        return None
    if st.session_state.get(CAME) == token:
        return room.desk().candidates.known(token)
    person = room.desk().candidates.come(token)
    if person is not None:
        st.session_state[CAME] = token
        st.session_state.pop(GIVEN, None)
    return person


def given(person: Person, candidate: str) -> Consent | None:
    """Their consent, looked up once a visit."""
    kept = st.session_state.get(GIVEN)
    if kept is None or kept[0] != candidate:
        kept = st.session_state[GIVEN] = candidate, room.desk().consents.newest(person, candidate)
    found: Consent | None = kept[1]
    return found


def choose(person: Person, features: list[str]) -> None:
    """Put a choice on record."""
    candidate = person.candidate or ""
    st.session_state[GIVEN] = candidate, room.desk().consents.give(
        person, candidate, language(), features)
    st.rerun()


with frame.page("consent", visitors=True) as t:
    body(t)
