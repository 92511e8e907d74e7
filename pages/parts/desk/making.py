"""Making an opening."""

import streamlit as st

from fer_core import (
    KEEP_DAYS,
    LEVELS,
    PURPOSES,
    Criterion,
    Person,
    example_sets,
    own_criterion,
    places,
    set_name,
)
from pages.parts import room
from pages.parts.desk import opening
from pages.parts.speech import Words, draw, guarded, language

OWN = 4
"""Criteria of one's own that the form has room for."""


def make(t: Words, person: Person, empty: bool) -> None:
    """The form, open where there is nothing else yet."""
    with st.expander(t("make.title"), icon=":material/add:", expanded=empty), guarded():
        spoken = language()
        purpose, place = where(t, "make")
        st.html(opening.gate(t, purpose, place))
        kind = st.selectbox(t("make.set"), (*example_sets(), ""), key="make_set",
                            format_func=lambda n: set_name(n, spoken) if n
                            else t("make.set_own"), help=t("make.set_help"))
        with st.form("make", border=False):
            title = st.text_input(t("make.name"), key="make_name", max_chars=120)
            questions = st.text_area(t("make.questions"), key="make_questions",
                                     help=t("make.questions_help"))
            texts = [] if kind else own(t)
            if kind:
                draw('<p class="p-small">{text}</p>', text=t("make.criteria", names=", ".join(
                    c.name[spoken] for c in example_sets()[kind])))
            days = st.number_input(t("make.days"), 1, 3650, KEEP_DAYS, key="make_days")
            blind = st.checkbox(t("make.blind"), purpose == "recruitment",
                                key=f"make_blind_{purpose}", help=t("make.blind_help"))
            grants = st.checkbox(t("make.grants"), key="make_grants", help=t("make.grants_help"))
            draw('<p class="p-small">{text}</p>', text=t(opening.who_sees(purpose, place)))
            if st.form_submit_button(t("make.create"), type="primary", key="make_create"):
                number = room.desk().openings.create(
                    person, title, purpose, place,
                    example_sets()[kind] if kind else written(texts),
                    [q.strip() for q in questions.splitlines() if q.strip()],
                    retention_days=int(days), blind=blind, grants_report=grants)
                st.query_params["opening"] = number
                st.rerun()


def where(t: Words, key: str) -> tuple[str, str]:
    """What for, and where."""
    left, right = st.columns(2)
    options = [p for p in reversed(PURPOSES) if p != "practice"]
    purpose: str = left.selectbox(t("make.purpose"), options, key=f"{key}_purpose",
                                  format_func=lambda p: t(f"purpose.{p}"))
    known = ("KR", *(p for p in places() if p != "KR"))
    place: str = right.selectbox(t("make.place"), known, key=f"{key}_place",
                                 format_func=opening.place_names())
    return purpose, place


def own(t: Words) -> list[tuple[str, list[str]]]:
    """Room for criteria of one's own: a name and what each level looks like."""
    return [(st.text_input(t("make.criterion", n=number), key=f"own_{number}",
                           max_chars=80).strip(),
             [st.text_input(t("make.anchor", n=level), key=f"own_{number}_{level}", max_chars=200)
              for level in LEVELS]) for number in range(1, OWN + 1)]


def written(texts: list[tuple[str, list[str]]]) -> tuple[Criterion, ...]:
    """The criteria that somebody wrote; those without a name are left out.

    Raises:
        DeskError: a level without its anchor.
    """
    return tuple(own_criterion(number, name, "", anchors)
                 for number, (name, anchors) in enumerate(texts, 1) if name)
