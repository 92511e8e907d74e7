"""The candidates of an opening: who they are for those who may know, their link, their consent,
their requests; a legal hold, and forgetting with its receipt."""

import json
from dataclasses import asdict
from urllib.parse import urlsplit

import streamlit as st

from fer_core import Candidate, Opening, Person, Receipt, Thing, feature_name, may
from pages.parts import once, room
from pages.parts.clock import local
from pages.parts.consent import choice
from pages.parts.desk import objections
from pages.parts.speech import Words, draw, fill, guarded, language, notice

OPEN, GONE = "poise.desk_person", "gone"
CATEGORIES = {"sex": ("female", "male", "other"), "age": ("under_40", "from_40"),
              "ethnicity": ()}
"""Groups of the adverse-impact table; of a category without values they are written."""
PRACTICE = ("sessions", "scores", "emotions", "photos", "rounds", "profiles", "preferences")
"""Tables of the history; the others are the desk's."""
WITHIN = ("candidate.invite", "consent.see", "objection.see", "group.enter", "candidate.hold")
"""What may be done within a candidate's row; who may do none of it has nothing to open."""


def candidates(t: Words, person: Person, shown: Opening) -> None:
    """In the order in which they came, and in no other."""
    receipt_of_last(t)
    found = room.desk().candidates.list(person, shown.id)
    draw('<h2 class="p-h2">{title}</h2><p class="p-small">{text}</p>',
         title=t("people.title", count=len(found)), text=t("people.order"))
    if not found:
        draw('<div class="p-empty"><p class="p-lead">{text}</p></div>', text=t("people.empty"))
    for one in found:
        with st.container(key=f"person_{one.id}", border=True):
            row(t, person, one, shown)
    if may(person, "candidate.add", Thing(shown.id)):
        adding(t, person, shown)


def adding(t: Words, person: Person, shown: Opening) -> None:
    with st.expander(t("people.add"), icon=":material/person_add:"), st.form(
            "add_person", border=False, clear_on_submit=True), guarded():
        left, right = st.columns(2)
        name = left.text_input(t("people.name"), key="person_name", max_chars=120)
        contact = right.text_input(t("people.contact"), key="person_contact", max_chars=200,
                                   help=t("people.contact_help"))
        if st.form_submit_button(t("people.add_go"), type="primary", key="person_add"):
            room.desk().candidates.add(person, shown.id, name, contact)
            st.rerun()


def row(t: Words, person: Person, one: Candidate, shown: Opening) -> None:
    """One candidate; more of them where it is opened."""
    about = Thing(shown.id, one.id, blind=shown.blind, held=bool(one.hold_reason))
    within = any(may(person, action, about) for action in WITHIN)
    opened = within and st.session_state.get(OPEN) == one.id
    with st.container(key=f"who_{one.id}", horizontal=True, vertical_alignment="center"):
        draw('<div class="p-row"><b>{number}</b><span>{name}{contact}{day}{hold}</span></div>',
             number=t("candidate", n=one.number), name=f"{one.name} · " if one.name else "",
             contact=f"{one.contact} · " if one.contact else "",
             day=local(one.added).strftime("%Y-%m-%d"),
             hold=f" · {t('people.held')}" if one.hold_reason else "")
        if within and st.button(
                t("people.close" if opened else "people.more"), key=f"more_{one.id}",
                icon=":material/expand_less:" if opened else ":material/expand_more:"):
            st.session_state[OPEN] = None if opened else one.id
            st.rerun()
    if opened:
        with guarded():
            details(t, person, one, about)


def details(t: Words, person: Person, one: Candidate, about: Thing) -> None:
    if may(person, "candidate.invite", about):
        link(t, person, one)
    if may(person, "consent.see", about):
        consent(t, person, one)
    if may(person, "objection.see", about):
        objections.of(t, person, one.id)
    if may(person, "group.enter", about):
        groups(t, person, one)
    if may(person, "candidate.hold", about):
        hold(t, person, one)
    if may(person, "candidate.forget", Thing(about.opening, one.id)):
        forget(t, person, one)


def link(t: Words, person: Person, one: Candidate) -> None:
    """Their own link, told once."""
    place = f"invite_{one.id}"
    draw('<h3 class="p-h3">{title}</h3>', title=t("link.title"))
    if st.button(t("link.make"), key=f"invite_{one.id}", icon=":material/link:",
                 help=t("link.help")):
        once.tell(place, room.desk().candidates.invite(person, one.id))
    token = once.told(place)
    if token is not None:
        here = urlsplit(st.context.url or "")
        root = here.path.rpartition("/")[0]
        draw('<p class="p-small">{text}</p>', text=t("link.once"))
        st.code(f"{here.scheme}://{here.netloc}{root}/consent?k={token}", language=None,
                wrap_lines=True)
        once.close(place)


def consent(t: Words, person: Person, one: Candidate) -> None:
    """What they agreed to, and its receipt."""
    draw('<h3 class="p-h3">{title}</h3>', title=t("consent.title"))
    found = room.desk().consents.newest(person, one.id)
    if found is None:
        notice(t("consent.none"))
        return
    state = "withdrawn" if found.withdrawn else "given" if found.features else "refused"
    notice(t(f"consent.{state}", day=local(found.withdrawn or found.given).strftime("%Y-%m-%d"),
             version=found.version,
             features=", ".join(feature_name(f, language(), team=True)
                                for f in found.features)),
           "good" if state == "given" else "calm")
    choice.receipt(t("consent.receipt"), found, f"receipt_{one.id}")


def groups(t: Words, person: Person, one: Candidate) -> None:
    """Groups for the adverse-impact table: entered here, shown nowhere with a name."""
    with st.expander(t("groups.title")), guarded():
        draw('<p class="p-small">{text}</p>', text=t("groups.text"))
        group_form(t, person, one.id)


def group_form(t: Words, person: Person, candidate: str) -> None:
    """Also the candidate's own."""
    category = st.selectbox(t("groups.category"), tuple(CATEGORIES), key=f"category_{candidate}",
                            format_func=lambda c: t(f"groups.{c}"))
    values = CATEGORIES[category]
    value = st.selectbox(t("groups.value"), values, key=f"value_{candidate}_{category}",
                         format_func=lambda v: t(f"groups.value_{v}")) if values else (
        st.text_input(t("groups.value"), key=f"value_{candidate}_{category}", max_chars=60))
    if st.button(t("groups.enter"), key=f"group_{candidate}"):
        room.desk().candidates.declare(person, candidate, category, value)
        notice(t("groups.entered"), "good")


def hold(t: Words, person: Person, one: Candidate) -> None:
    """A legal hold, with its reason."""
    with st.expander(t("hold.title")), guarded():
        draw('<p class="p-small">{text}</p>', text=t("hold.text"))
        reason = st.text_input(t("hold.reason"), one.hold_reason, key=f"hold_reason_{one.id}",
                               max_chars=300)
        if st.button(t("hold.set"), key=f"hold_{one.id}", disabled=not reason.strip()):
            room.desk().candidates.hold(person, one.id, reason)
            st.rerun()
        if one.hold_reason and st.button(t("hold.end"), key=f"unhold_{one.id}"):
            room.desk().candidates.hold(person, one.id, "")
            st.rerun()


def forget(t: Words, person: Person, one: Candidate) -> None:
    """For good, with the receipt of the search after it."""
    with st.expander(t("forget.title"), icon=":material/delete_forever:"), guarded():
        if one.hold_reason:
            notice(t("forget.held", reason=one.hold_reason), "warn")
            return
        draw('<p class="p-small">{text}</p>', text=t("forget.text"))
        sure = st.checkbox(t("forget.sure"), key=f"forget_sure_{one.id}")
        if st.button(t("forget.go"), key=f"forget_{one.id}", disabled=not sure):
            with st.spinner(t("forget.busy")):
                once.tell(GONE, room.desk().forgetting.forget(person, one.id))
            st.session_state[OPEN] = None
            st.rerun()


def receipt_of_last(t: Words) -> None:
    """The receipt of the last forgetting."""
    found = once.told(GONE)
    if isinstance(found, Receipt):
        receipt(t, found)
        once.close(GONE)


def receipt(t: Words, found: Receipt) -> None:
    """What was deleted, searched and found."""
    lines = [t("receipt.gone", clips=found.clips),
             t("receipt.searched", files=found.files, mb=f"{found.bytes / 1e6:.1f}",
               rows=found.rows)]
    if found.unsearched:
        lines.append(t("receipt.unsearched", count=found.unsearched))
    if not found.rewritten:
        lines.append(t("receipt.not_rewritten"))
    if found.server:
        lines.append(t("receipt.server"))
    lines.append(t("receipt.found", where=", ".join(
        where(t, place, n < found.in_files) for n, place in enumerate(found.found)))
        if found.found else t("receipt.nothing"))
    st.html(fill('<div class="p-note {kind}" role="status"><b>{title}</b><ul>',
                 kind="bad" if found.found else "good",
                 title=t("receipt.title", when=local(found.forgotten).strftime("%Y-%m-%d %H:%M")))
            + "".join(fill("<li>{line}</li>", line=line) for line in lines) + "</ul></div>")
    st.download_button(t("receipt.save"), json.dumps(
        {**asdict(found), "forgotten": found.forgotten.isoformat(timespec="seconds")}, indent=1),
        "forgotten.json", "application/json", key="receipt_save", on_click="ignore",
        icon=":material/receipt_long:")


def where(t: Words, place: str, file: bool) -> str:
    """A file of the data folder, or a column of a table, in words."""
    kind = "file" if file else "practice" if place.partition(".")[0] in PRACTICE else "desk"
    return t(f"receipt.in_{kind}", place=place)
