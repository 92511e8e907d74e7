"""What reviewers see once their own card is in: all cards side by side, what to talk about, the
consensus, the decision."""

from collections.abc import Callable, Sequence

import streamlit as st

from fer_core import CHOICES, LEVELS, Card, Opening, Person, Rating, Thing, disagreements, may
from pages.parts import room
from pages.parts.clock import local
from pages.parts.speech import Words, draw, fill, guarded, language, notice


def results(t: Words, person: Person, shown: Opening, candidate: str,
            name: Callable[[str], str]) -> None:
    """Cards, consensus and decision of one candidate."""
    desk = room.desk()
    cards = desk.scorecards.all(person, candidate)
    about = Thing(shown.id, candidate, handed_in=frozenset(card.member for card in cards))
    apart = disagreements(cards)
    draw('<h2 class="p-h2">{title}</h2><p class="p-small">{text}</p>', title=t("results.title"),
         text=t("results.lead", count=len(cards)))
    if len(cards) > 1:
        notice(t("results.apart", count=len(apart)) if apart else t("results.together"),
               "warn" if apart else "good")
    side_by_side(t, shown, cards, name, apart)
    agreed = desk.scorecards.agreed(person, candidate)
    if agreed is not None:
        draw('<h2 class="p-h2">{title}</h2><p class="p-lead">{reason}</p>',
             title=t("consensus.title"), reason=agreed.reason)
        side_by_side(t, shown, (agreed,), lambda _: t("consensus.who"), ())
    if len(cards) > 1 and may(person, "consensus.write", about):
        consensus(t, person, shown, candidate, cards, agreed)
    decisions(t, person, candidate, may(person, "decision.make", about))


def side_by_side(t: Words, shown: Opening, cards: Sequence[Card],
                 name: Callable[[str], str], apart: Sequence[str]) -> None:
    """By criterion, never summed up: each reviewer's rating and evidence beside the others'."""
    for one in shown.criteria:
        mark = fill('<span class="p-apart">{text}</span>', text=t("results.talk"))
        rated = "".join(said(name(c.member), c.ratings[one.id]) for c in cards
                        if one.id in c.ratings)
        st.html(fill('<div class="p-card p-side"><h3>{name}', name=one.name[language()])
                + (mark if one.id in apart else "")
                + f'</h3><div class="p-beside">{rated}</div></div>')


def said(who: str, rating: Rating) -> str:
    """A rating with who gave it and why, as markup."""
    return fill('<div><p class="p-rated"><b>{rating}</b><span>{who}</span></p><p>{evidence}</p>'
                "</div>", rating=rating.rating, who=who, evidence=rating.evidence)


def consensus(t: Words, person: Person, shown: Opening, candidate: str, cards: Sequence[Card],
              agreed: Card | None) -> None:
    """The card that the reviewers agreed on after their talk."""
    spoken = language()
    with st.expander(t("consensus.write" if agreed is None else "consensus.again"),
                     icon=":material/handshake:"), st.form("consensus", border=False), guarded():
        draw('<p class="p-small">{text}</p>', text=t("consensus.lead"))
        typed = {}
        for one in shown.criteria:
            given = {c.ratings[one.id].rating for c in cards if one.id in c.ratings}
            rating = st.radio(one.name[spoken], LEVELS, horizontal=True, key=f"agree_{one.id}",
                              index=LEVELS.index(given.pop()) if len(given) == 1 else None)
            evidence = st.text_input(t("card.evidence"), key=f"agree_evidence_{one.id}",
                                     max_chars=2000)
            if rating is not None:
                typed[one.id] = Rating(rating, evidence)
        reason = st.text_area(t("consensus.reason"), key="agree_reason", max_chars=2000)
        if st.form_submit_button(t("consensus.keep"), type="primary", key="agree"):
            room.desk().scorecards.agree(person, candidate, typed, reason)
            st.rerun()


def decisions(t: Words, person: Person, candidate: str, decides: bool) -> None:
    """Every decision with the name of who made it; a new one for whoever may."""
    made = room.desk().scorecards.decisions(person, candidate)
    if made or decides:
        draw('<h2 class="p-h2">{title}</h2>', title=t("decision.title"))
    for one in made:
        draw('<div class="p-note calm"><b>{decision}</b> · {name} · {day}<p class="p-plain">'
             "{reason}</p></div>", decision=t(f"decision.{one.decision}"), name=one.name,
             day=local(one.decided).strftime("%Y-%m-%d %H:%M"), reason=one.reason)
    if not decides:
        return
    if made:  # it is done: another one is for whoever asks for it
        with st.expander(t("decision.again"), icon=":material/gavel:"):
            decide(t, person, candidate, len(made))
    else:
        decide(t, person, candidate, 0)


def decide(t: Words, person: Person, candidate: str, before: int) -> None:
    """The form of a decision.

    Args:
        before: how many were made: the next form is an empty one.
    """
    with st.form(f"decision_{before}", border=False), guarded():
        choice = st.radio(t("decision.choice"), CHOICES, index=None, key=f"decide_choice_{before}",
                          format_func=lambda c: t(f"decision.{c}"), horizontal=True)
        reason = st.text_area(t("decision.reason"), key=f"decide_reason_{before}", max_chars=2000)
        name = "" if room.team() else st.text_input(
            t("decision.name"), key=f"decide_name_{before}", max_chars=120)
        draw('<p class="p-small">{text}</p>', text=t("decision.lead"))
        if st.form_submit_button(t("decision.keep"), key=f"decide_{before}"):
            if choice is None:
                notice(t("decision.none"), "warn")
            else:
                room.desk().scorecards.decide(person, candidate, choice, reason, name)
                st.rerun()
