"""Scores of an older recipe: said so, computed anew at a button, both shown."""

from collections.abc import Callable

import streamlit as st

from fer_core import Report, Session, rescore
from pages.parts.cards import reading
from pages.parts.speech import Words, draw, fill, notice


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
