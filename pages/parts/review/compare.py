"""Two or three candidates beside each other, by criterion and evidence: in a random order, and
nothing is added up."""

from collections.abc import Callable

import streamlit as st

from fer_core import MOST_COMPARED, Opening, Person
from pages.parts import room
from pages.parts.review.results import said
from pages.parts.speech import Words, draw, fill, guarded, language

DRAWN = "poise.review_compared"


@st.fragment
def compare(t: Words, person: Person, shown: Opening, called: dict[str, str],
            name: Callable[[str], str]) -> None:
    """Those whose seal is open to the person.

    Args:
        called: candidate -> how they are called, in the order in which they came.
    """
    draw('<h2 class="p-h2">{title}</h2><p class="p-small">{text}</p>', title=t("compare.title"),
         text=t("compare.lead", most=MOST_COMPARED))
    chosen = st.multiselect(t("compare.choose"), list(called), key="compared",
                            format_func=lambda c: called[c], max_selections=MOST_COMPARED,
                            placeholder=t("compare.hint"))
    if len(chosen) < 2:
        return
    with guarded():
        kept = st.session_state.get(DRAWN)
        if kept is None or kept[0] != set(chosen):  # looked at once, drawn once
            kept = set(chosen), room.desk().scorecards.compare(person, chosen)
            st.session_state[DRAWN] = kept
        for one in shown.criteria:
            columns = "".join(
                fill("<div><h4>{name}</h4>", name=called[candidate]) + "".join(
                    said(name(c.member), c.ratings[one.id]) for c in cards
                    if one.id in c.ratings) + "</div>" for candidate, cards in kept[1])
            st.html(fill('<div class="p-card p-side"><h3>{name}</h3><div class="p-beside">',
                         name=one.name[language()]) + columns + "</div></div>")
