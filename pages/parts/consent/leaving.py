"""The way out: consent taken back, everything deleted, with a receipt."""

from collections.abc import Callable

import streamlit as st

from fer_core import Consent, Forbidden, Person, Receipt
from pages.parts import room
from pages.parts.clock import local
from pages.parts.speech import Words, draw, fill, guarded, notice


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
    """What became of it, told to the very person."""
    draw('<h1 class="p-h1">{title}</h1>', title=t("gone.title"))
    if held or receipt is None:
        notice(t("gone.held"), "warn")
        return
    lost, stays = deleted(t, receipt), remaining(t, receipt)
    when = t("gone.when", when=local(receipt.forgotten).strftime("%Y-%m-%d %H:%M"))
    for kind, title, lines in (("good", when, lost), ("calm", t("gone.stays"), stays)):
        st.html(fill('<div class="p-note {kind}" role="status"><b>{title}</b><ul>', kind=kind,
                     title=title)
                + "".join(fill("<li>{line}</li>", line=line) for line in lines) + "</ul></div>")
    draw('<p class="p-small">{text}</p>', text=t("gone.text"))
    st.download_button(
        t("gone.save"), "\n".join([when, *lost, "", t("gone.stays"), *stays, ""]),
        "poise-deleted.txt", "text/plain", key="gone_save", on_click="ignore",
        icon=":material/receipt_long:")


def deleted(t: Words, receipt: Receipt) -> list[str]:
    """What is gone, and what the search after it said; where something still stands is for
    whoever runs the desk, who has it in the log."""
    lines = [t("gone.all", clips=receipt.clips)]
    if receipt.found and receipt.rewritten:
        lines.append(t("gone.found", count=len(receipt.found)))
    elif receipt.rewritten:
        lines.append(t("gone.nothing"))
    return lines


def remaining(t: Words, receipt: Receipt) -> list[str]:
    """What stays, why, until when, and whom to ask."""
    return [t(f"gone.{name}", count=receipt.unsearched) for name, so in (
        ("not_rewritten", not receipt.rewritten), ("unsearched", receipt.unsearched > 0),
        ("log", True), ("backups", True), ("server", receipt.server), ("whom", True)) if so]
