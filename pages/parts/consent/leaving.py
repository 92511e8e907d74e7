"""The way out: consent taken back, everything deleted, with a receipt."""

from collections.abc import Callable

import streamlit as st

from fer_core import Consent, Forbidden, Person, Receipt
from pages.parts import room
from pages.parts.desk import candidates
from pages.parts.speech import Words, draw, guarded, notice, words


def leave(t: Words, person: Person, found: Consent | None,
          done: Callable[[Receipt | None, bool], None]) -> None:
    """Withdraw and be forgotten."""
    draw('<h2 class="p-h2">{title}</h2><p class="p-small">{text}</p>', title=t("leave.title"),
         text=t("leave.text"))
    sure = st.checkbox(t("leave.sure"), key="leave_sure")
    if st.button(t("leave.go"), key="leave_go", disabled=not sure,
                 icon=":material/delete_forever:"):
        with guarded(), st.spinner(t("leave.busy")):
            desk, candidate = room.desk(), person.candidate or ""
            try:
                receipt = (desk.forgetting.forget(person, candidate)
                           if found is None or found.withdrawn is not None
                           else desk.forgetting.withdraw(person, candidate))
            except Forbidden:  # a legal hold
                receipt = None
            done(receipt, receipt is None)
            st.rerun()


def gone(t: Words, receipt: Receipt | None, held: bool) -> None:
    """What became of it."""
    draw('<h1 class="p-h1">{title}</h1>', title=t("gone.title"))
    if held or receipt is None:
        notice(t("gone.held"), "warn")
    else:
        candidates.receipt(words("desk"), receipt)
        draw('<p class="p-small">{text}</p>', text=t("gone.text"))
