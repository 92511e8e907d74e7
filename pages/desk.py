"""The desk: the openings that somebody is assigned to, one of them, the team, the log."""

import streamlit as st

from fer_core import Opening, Person, Thing, may
from pages.parts import frame, room
from pages.parts.desk import (
    candidates,
    clips,
    impact,
    log,
    making,
    objections,
    opening,
    server,
    settings,
    team,
)
from pages.parts.speech import Words, draw

ROOM, PART = "poise.desk_room", "poise.desk_part"


def body(t: Words) -> None:
    person = room.person()
    if person is None:
        return
    room.stay()
    number = st.query_params.get("opening", "")
    found = {one.id: one for one in room.desk().openings.list(person)}
    if number and number not in found:
        room.closed(t("closed"))
        back(t)
        return
    if number:
        one(t, person, found[number])
        return
    draw('<h1 class="p-h1">{title}</h1><p class="p-lead">{lead}</p>', title=t("title"),
         lead=t("lead"))
    rooms = ["openings", *(["team"] if may(person, "member.edit") else []),
             *(["log", "server"] if may(person, "audit.see") else [])]
    where = "openings" if len(rooms) == 1 else choose(t, "room", rooms, ROOM)
    if where == "team":
        team.team(t, person)
    elif where == "log":
        log.log(t, person)
    elif where == "server":
        server.server(t)
    else:
        objections.waiting(t, person, found)
        opening.overview(t, person, tuple(found.values()))
        if may(person, "opening.create"):
            making.make(t, person, empty=not found)


def one(t: Words, person: Person, shown: Opening) -> None:
    """One opening, and what somebody may do with it."""
    back(t)
    opening.head(t, shown)
    about = Thing(shown.id)
    parts = [*(["clips", "people"] if may(person, "candidate.see", about) else []),
             *(["settings"] if may(person, "opening.edit", about) else []),
             *(["impact"] if may(person, "summary.see", about) else [])]
    where = choose(t, "part", parts, PART)
    if where == "clips":
        clips.clips(t, person, shown)
    elif where == "people":
        candidates.candidates(t, person, shown)
    elif where == "settings":
        settings.settings(t, person, shown)
    elif where == "impact":
        impact.impact(t, person, shown)


def choose(t: Words, name: str, options: list[str], kept: str) -> str:
    """One of several parts of a page; only that one is drawn, and so only that one is logged as
    looked at. The address keeps it for a reload, the session for the way back."""
    before = st.query_params.get(name) or st.session_state.get(kept)
    chosen = st.segmented_control(
        t(name), options, key=f"desk_{name}", required=True, label_visibility="collapsed",
        default=before if before in options else options[0],
        format_func=lambda o: t(f"{name}s.{o}"))
    st.session_state[kept] = st.query_params[name] = str(chosen)
    return str(chosen)


def back(t: Words) -> None:
    """The way to all openings."""
    st.page_link("pages/desk.py", label=t("back"), icon=":material/arrow_back:")


with frame.page("desk") as t:
    body(t)
