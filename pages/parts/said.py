"""What was said: facts and the STAR checklist by rule, and the way to delete every word."""

from collections.abc import Callable

import streamlit as st

from fer_core import Report, SaidRow, say
from pages.parts.seconds import look
from pages.parts.speech import Words, draw, fill


def section(t: Words, report: Report, forget: Callable[[], None],
            keep: Callable[[], None] | None) -> None:
    """Nothing where nobody listened; checklist and words only where they are there.

    Args:
        forget: deletes what was said in this session.
        keep: keeps it in the history; None where it is kept, or nothing is.
    """
    voice, language = report.session.voice, report.language
    if voice is None:
        if report.session.typed:
            _forget(t, forget)
        return
    if report.said:
        draw('<h2 class="p-h2">{title}</h2>', title=say("report.section.said", language))
    if any(row.steps for row in report.said):
        draw('<p class="p-small">{note}</p>', note=say("said.note", language))
    for row in report.said:
        with st.container(key=f"said_{row.number}"):
            _row(report, row)
    if voice.text and keep is not None:
        with st.container(key="said_keep"):
            draw('<p class="p-small">{note}</p>', note=t("words_unkept"))
            st.button(t("words_keep"), key="words_keep", type="tertiary",
                      icon=":material/bookmark_add:", on_click=keep)
    if voice.text or report.session.typed:
        _forget(t, forget)


def _forget(t: Words, forget: Callable[[], None]) -> None:
    with st.container(key="said_delete"):
        st.button(t("words_delete"), key="words_delete", type="tertiary",
                  icon=":material/speaker_notes_off:", on_click=forget,
                  help=t("words_delete_help"))


def _row(report: Report, row: SaidRow) -> None:
    language = report.language
    if row.number:
        draw('<h3 class="p-h3">{number} · {title}</h3>', title=row.title,
             number=say("plot.question", language, number=row.name))
    facts = "".join(fill("<li>{line}</li>", line=line) for line in row.facts)
    st.html(f'<ul class="p-facts">{facts}</ul>'
            + (fill('<p class="p-small">{star}</p>', star=say("said.star", language))
               if row.steps else ""))
    for step in row.steps:
        if step.start is None:
            draw('<p class="p-missing"><b>{label}</b> {missing}</p>', label=step.label,
                 missing=say("said.missing", language))
        else:
            st.button(f"**{step.label}** · {say('said.found', language)} · {step.clock}  \n"
                      f"{_plain(step.text)}", key=f"step_{row.number}_{step.name}",
                      width="stretch", on_click=look, args=(int(step.start),))


def _plain(text: str) -> str:
    """Spoken words, which a button would read as markup."""
    return "".join(f"\\{c}" if c in "\\`*_{}[]()<>#+-.!|~$:&" else c for c in text)
