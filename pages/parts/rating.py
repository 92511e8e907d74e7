"""The person's own rating: asked before the scores are seen, told beside them afterwards."""

from collections.abc import Callable
from dataclasses import replace

import streamlit as st

from fer_core import GapRow, Report, SelfRating, Session, say
from pages.parts.speech import Words, draw, fill

ASK = "poise.rate"
"""Session state: the session whose scores have not been seen yet."""
RATED = ("confidence", "composure")
SCALE = range(0, 101, 10)


def expect(session: Session) -> None:
    """Its scores are new: ask before showing them."""
    if session.self_rating is None:
        st.session_state[ASK] = (session.source.sha256, session.created)


def asked(t: Words, session: Session, keep: Callable[[Session], None]) -> bool:
    """Ask, where the person has neither answered nor declined yet; then nothing else is shown.

    Args:
        keep: takes the session with the rating.
    """
    if st.session_state.get(ASK) != (session.source.sha256, session.created):
        return False
    with st.container(key="rating"):
        draw('<h2 class="p-h2">{title}</h2><p class="p-lead">{lead}</p>', title=t("rate.title"),
             lead=t("rate.lead"))
        with st.form("rating_form", border=False):
            # Nothing is chosen beforehand: a value nobody gave is no rating.
            given = {name: st.segmented_control(
                t(f"rate.{name}"), SCALE, key=f"rate_{name}", width="stretch",
                help=t(f"rate.{name}_help")) for name in RATED}
            with st.container(horizontal=True):
                done = st.form_submit_button(t("rate.done"), type="primary", key="rate_done",
                                             icon=":material/visibility:")
                skip = st.form_submit_button(t("rate.skip"), key="rate_skip")
        draw('<p class="p-small">{note}</p>', note=t("rate.note"))
    if done or skip:
        rated = {name: float(value) for name, value in given.items() if value is not None}
        if done and rated:
            keep(replace(session, self_rating=SelfRating(**rated)))
        del st.session_state[ASK]
        st.rerun()
    return True


def gap(t: Words, report: Report) -> None:
    """Own rating beside the measured score."""
    if not report.self_rating:
        return
    rows = "".join(_row(row) for row in report.self_rating)
    st.html(fill('<div class="p-card p-gap"><h3>{title}</h3>', title=say(
        "report.section.self_rating", report.language)) + rows
            + fill('<p class="p-small">{legend}</p></div>', legend=t("rate.legend")))


def _row(row: GapRow) -> str:
    marks = fill('<u style="left:{own}%"></u>', own=row.own)
    if row.measured is not None and row.low is not None and row.high is not None:
        marks = fill('<i style="left:{low}%;width:{width}%"></i><em style="left:{value}%"></em>',
                     low=row.low, width=max(row.high - row.low, 1), value=row.measured) + marks
    return (fill("<div><b>{label}</b><div class='p-range'>", label=row.label) + marks
            + fill("</div><p>{text}</p></div>", text=row.text))
