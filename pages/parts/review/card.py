"""One's own scorecard: a rating and its evidence for every criterion, kept as a draft, handed in
once."""

import streamlit as st

from fer_core import LEVELS, Criterion, Opening, Person, Rating
from pages.parts import room
from pages.parts.speech import Words, draw, guarded, language, notice

KEPT, ASKING = "poise.review_card", "poise.review_asking"


@st.fragment
def card(t: Words, person: Person, shown: Opening, candidate: str) -> None:
    """The form; what is complete is kept at once."""
    with guarded():
        _card(t, person, shown, candidate)


def _card(t: Words, person: Person, shown: Opening, candidate: str) -> None:
    desk = room.desk()
    own = desk.scorecards.own(person, candidate)
    saved = dict(own.ratings) if own else {}
    typed = st.session_state.setdefault(KEPT, {}).setdefault(candidate, {})
    draw('<h2 class="p-h2">{title}</h2><p class="p-small">{text}</p>', title=t("card.title"),
         text=t("card.lead"))
    for one in shown.criteria:
        before = typed.get(one.id) or (
            (saved[one.id].rating, saved[one.id].evidence) if one.id in saved else (None, ""))
        typed[one.id] = criterion(t, one, candidate, before)
    whole = {name: Rating(rating, evidence.strip()) for name, (rating, evidence) in typed.items()
             if rating is not None and evidence.strip()}
    if whole != saved:
        desk.scorecards.write(person, candidate, whole)
    _hand_in(t, person, candidate, missing(t, shown, typed), len(whole), len(shown.criteria))


def criterion(t: Words, one: Criterion, key: str, before: tuple[int | None, str]
              ) -> tuple[int | None, str]:
    """A criterion with its anchored scale and its evidence, as they are now."""
    spoken = language()
    with st.container(key=f"criterion_{one.id}"):
        draw('<h3 class="p-h3">{name}</h3><p class="p-small">{about}</p>', name=one.name[spoken],
             about=one.about[spoken])
        # Named by language: Streamlit keeps a widget's captions as they were first drawn.
        rating = st.radio(
            t("card.rating", name=one.name[spoken]), LEVELS, key=f"rating_{key}_{one.id}_{spoken}",
            index=None if before[0] is None else LEVELS.index(before[0]),
            captions=[a[spoken] for a in one.anchors], label_visibility="collapsed")
        evidence = st.text_area(
            t("card.evidence"), before[1], key=f"evidence_{key}_{one.id}_{spoken}",
            placeholder=t("card.evidence_hint"), height=88, max_chars=2000)
    return rating, evidence


def missing(t: Words, shown: Opening, typed: dict[str, tuple[int | None, str]]) -> list[str]:
    """What is still to be done, by criterion."""
    found = []
    for one in shown.criteria:
        rating, evidence = typed[one.id]
        lacks = [t(f"card.lacks_{what}") for what, there in (
            ("rating", rating is not None), ("evidence", bool(evidence.strip()))) if not there]
        if lacks:
            found.append(f"{one.name[language()]} ({', '.join(lacks)})")
    return found


def _hand_in(t: Words, person: Person, candidate: str, lacking: list[str], done: int,
             count: int) -> None:
    draw('<p class="p-small" role="status">{text}</p>',
         text=t("card.kept", done=done, count=count))
    if st.session_state.get(ASKING) != candidate or lacking:
        st.button(t("card.hand_in"), key="hand_in", type="primary", icon=":material/send:",
                  on_click=_ask, args=(candidate,))
        if st.session_state.pop(ASKING, None) == candidate:
            notice(t("card.lacking", what=", ".join(lacking)), "warn")
        return
    notice(t("card.sure"), "warn")
    with st.container(horizontal=True):
        if st.button(t("card.yes"), key="hand_in_yes", type="primary"):
            room.desk().scorecards.hand_in(person, candidate)
            _ask(None)
            st.session_state[KEPT].pop(candidate, None)
            st.rerun()
        st.button(t("card.no"), key="hand_in_no", on_click=_ask, args=(None,))


def _ask(candidate: str | None) -> None:
    """Whether handing in is to be confirmed, and for whom."""
    st.session_state[ASKING] = candidate
