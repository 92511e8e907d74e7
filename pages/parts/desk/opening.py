"""Openings on the page: all of somebody's, and the head of one with what the gate says of it."""

from collections.abc import Callable

import streamlit as st

from fer_core import EXPRESSIONS, Opening, Person, Thing, features_allowed, may
from pages.parts import frame
from pages.parts.speech import Words, draw, fill, language, words


def place_names() -> Callable[[str], str]:
    """What places are called in the reader's language; a code without a name stands for itself."""
    t = words("place")

    def name(place: str) -> str:
        try:
            return t(place)
        except KeyError:
            return place

    return name


def overview(t: Words, person: Person, openings: tuple[Opening, ...]) -> None:
    """A card for every opening, or why there is none."""
    if not openings:
        key = "empty_lead" if may(person, "opening.create") else "empty_member"
        draw('<div class="p-empty"><p class="p-lead">{text}</p></div>', text=t(key))
        return
    for one in openings:
        with st.container(key=f"opening_{one.id}", border=True, horizontal=True,
                          vertical_alignment="center"):
            draw('<div class="p-row"><b>{title}</b><span>{purpose} · {place} · {day}</span></div>',
                 title=one.title, purpose=t(f"purpose.{one.purpose}"),
                 place=place_names()(one.place), day=one.created.date().isoformat())
            st.page_link("pages/desk.py", label=t("open"), icon=":material/folder_open:",
                         query_params={"opening": one.id})
            review(t, person, one)


def review(t: Words, person: Person, one: Opening) -> None:
    """The way to the reviewers' room, where there is one."""
    if "review" in frame.NAVIGATION and may(person, "scorecard.write", Thing(one.id)):
        st.page_link(frame.NAVIGATION["review"][0], label=t("review"),
                     icon=frame.NAVIGATION["review"][1], query_params={"opening": one.id})


def head(t: Words, shown: Opening) -> None:
    """What an opening is, and what may be read here, with the article."""
    draw('<h1 class="p-h1">{title}</h1><p class="p-small">{about}</p>', title=shown.title,
         about=t("about", purpose=t(f"purpose.{shown.purpose}"), place=place_names()(shown.place),
                 days=shown.retention_days,
                 blind=t("blind_on" if shown.blind else "blind_off")))
    st.html(gate(t, shown.purpose, shown.place, shown))


def gate(t: Words, purpose: str, place: str, shown: Opening | None = None) -> str:
    """What the gate says of expressions here, for whoever judges: never, or only with consent.

    Args:
        shown: an opening that is there already, of which is told how it stands.
    """
    without, given = (features_allowed(purpose, place, "reviewer", consent)[EXPRESSIONS]
                      for consent in (False, True))
    key = "read" if without.allowed else "consent" if given.allowed else "never"
    if shown is not None and key == "consent":
        key = ("off" if not shown.grants_report else
               "unsigned" if purpose == "recruitment" and shown.signed is None else "agreed")
    return fill('<div class="p-note {kind}"><b>{title}</b><p class="p-plain">{reason}</p>'
                '<p class="p-small">{source}</p></div>',
                kind={"read": "good", "never": "warn"}.get(key, "calm"),
                title=t(f"gate.{key}"), reason=given.reason[language()],
                source=t("gate.source", source=given.source[language()]))


def who_sees(purpose: str, place: str) -> str:
    """The sentence on who sees expressions if candidates get their own report."""
    own, team = (features_allowed(purpose, place, role, True)[EXPRESSIONS].allowed
                 for role in ("candidate", "reviewer"))
    return f"make.grants_{'card' if team else 'alone' if own else 'nobody'}"
