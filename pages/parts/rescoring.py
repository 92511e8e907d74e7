"""Scores of an older recipe: said so, computed anew at a button, both shown."""

from collections.abc import Callable

import streamlit as st

from fer_core import (
    Entry,
    Report,
    Session,
    Store,
    differing,
    identity,
    is_older,
    rescore,
)
from pages.parts import analysis
from pages.parts.cards import reading
from pages.parts.speech import Words, draw, fill, language, notice


def rescoring(t: Words, report: Report, keep: Callable[[Session], None]) -> None:
    """The note and the button on a session scored before; the former scores on one scored anew."""
    if report.recipe_note:
        notice(report.recipe_note, "warn")
        draw('<p class="p-small">{text}</p>', text=t("rescore_note"))
        if st.button(t("rescore"), key="rescore", icon=":material/refresh:"):
            keep(rescore(report.session))
            st.rerun()
    if report.former:
        rows = "".join(fill("<tr><th>{label}</th><td>{value}</td></tr>", label=card.label,
                            value=card.reason or reading(card)) for card in report.former)
        st.html(fill('<div class="p-card"><h3>{title}</h3><table class="p-table"><tbody>',
                     title=report.former_note) + rows + "</tbody></table></div>")


def rescoring_both(t: Words, store: Store, before: Entry, after: Entry, place: str) -> None:
    """The button that brings two sessions to today's formulas, where these part them; what else
    does is said, for no button mends it.

    Args:
        place: where on the page, for the button's key.
    """
    other = differing(before.basis, after.basis)
    if "version" not in other:
        return
    # What the voice's score alone stands on is said where that one is compared.
    rest = ", ".join(t(f"change.basis.{name}") for name in other
                     if name not in ("version", "voice"))
    draw('<p class="p-small">{text}</p>', text=t("anew.note") + (
        " " + t("anew.rest", what=rest) if rest else ""))
    if st.button(t("anew.both"), key=f"anew_{place}", icon=":material/refresh:"):
        for entry in (before, after):
            _anew(store, entry.id)
        st.rerun()


def _anew(store: Store, number: str) -> None:
    """Score a kept session by today's formulas, also where it is the one shown; its scores of
    before stay beside the new ones."""
    session = store.load(number)
    if not is_older(session.scored):
        return
    session = rescore(session)
    store.save(session, language())
    shown = st.session_state.get(analysis.SESSION)
    if shown is not None and identity(shown) == number:
        st.session_state[analysis.SESSION] = session
