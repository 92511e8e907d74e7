"""Questions about an answer during practice: found, asked, answered by voice or typed."""

from collections.abc import Callable, Mapping
from typing import Any

import streamlit as st

from fer_core import (
    FOLLOW_UP,
    CoachError,
    ModelInterviewer,
    explain,
    follow_ups,
    wording,
)
from pages.parts.asking import Asking
from pages.parts.rehearsal import Rehearsal
from pages.parts.speech import Words, draw, language, notice

LONGEST = 1500
"""Characters of what is typed."""
PATIENCE = 20.0
"""s that an answer's words are waited for before typing is offered instead."""


def choices(t: Words, keep: Callable[[str, Any], Any], kept: Mapping[str, Any],
            writes: bool) -> tuple[int, bool, bool]:
    """How many questions about an answer, whether a model words them, whether it may see the
    answer.

    Args:
        keep: takes a choice by its name, for the next time.
        kept: the choices of the last time.
        writes: whether answers can be written down; otherwise their gist has to be typed, which
            nobody is asked for unless they want it.
    """
    most = keep("follow", st.segmented_control(
        t("follow.wanted"), (0, 1, 2), default=kept.get("follow", int(writes)), key="follow",
        required=True, help=t("follow.wanted_help"), format_func=lambda n: t(f"follow.wanted_{n}")))
    if not most:
        return 0, False, False
    model = keep("follow_model", st.toggle(
        t("follow.model"), kept.get("follow_model", False), key="follow_model",
        help=t("follow.model_help")))
    if not model:
        return most, False, False
    try:
        settings = ModelInterviewer().settings
    except CoachError as error:
        notice(explain(error, language()), "warn")
        return most, False, False
    draw('<p class="p-small">{text}</p>', text=t("follow.model_where", url=settings.url,
                                                 model=settings.model))
    # Ticked anew for every round: what is said is the person's own.
    return most, True, st.checkbox(t("follow.model_said"), key="follow_model_said")


def consider(t: Words, rehearsal: Rehearsal) -> None:
    """The interviewer thinks about the answer just given: by its words where they are written
    down, by what is typed of it otherwise."""
    if rehearsal.asking is not None:
        _write(t, rehearsal, rehearsal.asking)
        return
    said = rehearsal.said()
    draw('<div class="p-question considering"><span class="p-kicker">{where}</span>'
         "<h2>{text}</h2></div>", where=t("follow.kicker"),
         text=t("follow.listening" if said is None else "follow.gist"))
    if said:
        ask(rehearsal, said)
        return  # the next look, in half a second, draws what comes of it
    if said is None and rehearsal.considered < PATIENCE:  # its words come in a moment
        _onward(t, rehearsal)
        return
    with st.form("gist", border=False, enter_to_submit=False):
        text = st.text_area(t("follow.gist_label"), key=f"gist_{rehearsal.turn}", height=90,
                            max_chars=LONGEST)
        if st.form_submit_button(t("follow.ask"), type="primary", icon=":material/forum:"):
            rehearsal.type(text)
            ask(rehearsal, text)
            return
    _onward(t, rehearsal)


def ask(rehearsal: Rehearsal, said: str) -> None:
    """Ask what fits the answer: by the rules, or by a model where one was switched on."""
    found = follow_ups(said, language(), rehearsal.asked, rehearsal.follow)
    questions = tuple(f"{FOLLOW_UP}.{one.id}" for one in found)
    rehearsal.refused = None
    if questions and rehearsal.model:
        asking = Asking(questions)
        try:
            asking.start(wording(rehearsal.interview.question, language()),
                         said if rehearsal.model_said else "", language())
        except CoachError as error:
            rehearsal.refused = error
        else:
            rehearsal.asking = asking
            return
    rehearsal.ask_about(questions)


def _write(t: Words, rehearsal: Rehearsal, asking: Asking) -> None:
    """The model's question as it is written; the rule's where it fails."""
    draw('<div class="p-question considering"><span class="p-kicker">{where}</span>'
         '<h2 aria-live="polite">{text}</h2></div>', where=t("follow.kicker"),
         text=asking.text or t("follow.thinking"))
    if asking.done:
        rehearsal.refused = asking.error
        rehearsal.ask_about(asking.questions if asking.error is not None
                            else (asking.text, *asking.questions[1:]))
        return
    _onward(t, rehearsal)


def _onward(t: Words, rehearsal: Rehearsal) -> None:
    with st.container(horizontal=True, key="considering"):
        st.button(t("follow.next"), key="follow_next", icon=":material/skip_next:",
                  on_click=rehearsal.ask_about, args=((),))
        st.button(t("stop"), key="stop", on_click=rehearsal.stop, icon=":material/stop:")


def typed(t: Words, rehearsal: Rehearsal) -> None:
    """To a question about an answer one may type instead of speak."""
    if rehearsal.refused is not None:
        notice(explain(rehearsal.refused, language()), "warn")
    with st.expander(t("follow.type")), st.form(
            "typed", border=False, clear_on_submit=True, enter_to_submit=False):
        text = st.text_area(t("follow.type_label"), key=f"typed_{rehearsal.turn}", height=90,
                            max_chars=LONGEST)
        if st.form_submit_button(t("follow.type_done"), icon=":material/check:") and text.strip():
            rehearsal.refused = None
            rehearsal.type(text)
