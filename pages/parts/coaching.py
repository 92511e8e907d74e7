"""What to do next time: the advice, how it speaks, and a language model where it is asked for."""

import json
from collections.abc import Callable
from dataclasses import replace

import streamlit as st

from fer_core import (
    Advice,
    CoachError,
    CoachStyle,
    Focus,
    ModelCoach,
    Report,
    Session,
    Written,
    between,
    explain,
    say,
)
from pages.parts import profiles
from pages.parts.seconds import look
from pages.parts.speech import Words, draw, fill, notice

STYLE = "poise.coach_style"
"""Session state: how this person wants to be spoken to, in every report."""
SENT, FAILED = "poise.coach_sent", "poise.coach_failed"
LENGTHS = ("short", "normal", "long")
FOCUS: tuple[Focus, ...] = ("empathy", "comfort", "advice")
Keep = Callable[[Session], None]


def styled(session: Session, keep: Keep) -> Session:
    """The session in the style that the person chose last, if they chose one."""
    style = st.session_state.get(STYLE)
    if style is None and session.coach == CoachStyle():
        style = CoachStyle(profiles.mine().tone)
    if style is None or style == session.coach:
        return session
    session = replace(session, coach=style, written=None)
    keep(session)
    return session


def coaching(t: Words, report: Report, keep: Keep) -> None:
    """At most five pieces of advice, and how they are said."""
    draw('<h2 class="p-h2">{title}</h2>', title=say("report.section.coaching", report.language))
    with st.container(key="coaching"):
        _style(t, report.session)
        failed = st.session_state.pop(FAILED, None)
        if failed is not None:
            notice(explain(failed, report.language), "warn")
        if report.coaching and (name := profiles.mine().name):
            draw('<p class="p-hello">{text}</p>', text=t(
                f"coach.hello_{report.session.coach.tone}", name=name))
        draw('<p class="p-small">{note}</p>', note=report.coach_note)
        for number, advice in enumerate(report.coaching, 1):
            with st.container(key=f"advice_{number}"):
                _advice(t, report, number, advice)
        if report.coaching:
            _model(t, report, keep)


def _style(t: Words, session: Session) -> None:
    style = session.coach

    def chosen() -> None:
        state = st.session_state
        st.session_state[STYLE] = CoachStyle(
            state["coach_tone"] or style.tone, tuple(state["coach_focus"]) or FOCUS,
            state["coach_length"] or style.length)

    with st.container(horizontal=True, key="coach_style", gap="medium"):
        for name, options, default, several in (
                ("tone", profiles.TONES, style.tone, False),
                ("focus", FOCUS, list(style.focus), True),
                ("length", LENGTHS, style.length, False)):
            st.segmented_control(
                t(f"coach.{name}"), options, default=default, key=f"coach_{name}",
                selection_mode="multi" if several else "single", on_change=chosen,
                format_func=lambda code, name=name: t(f"coach.{name}_{code}"))


def _advice(t: Words, report: Report, number: int, advice: Advice) -> None:
    gains = [say("report.coach.gain", report.language, label=say(
        f"score.{name}.label", report.language), points=f"{points:+.1f}")
        for name, points in advice.gains.items() if abs(points) >= 0.05]
    lines = "".join(fill('<p class="p-{kind}"><b>{name}</b>{text}</p>', kind=line.kind,
                         name=t(f"coach.line_{line.kind}"), text=line.text)
                    for line in advice.lines)
    chips = "".join(fill("<span>{gain}</span>", gain=gain) for gain in gains)
    st.html(fill('<div class="p-advice"><h3><i>{number}</i>{title}</h3>', number=number,
                 title=advice.title) + f'<div class="p-chips">{chips}</div>{lines}</div>')
    with st.container(horizontal=True, key=f"evidence_{number}", gap="small"):
        for i, stretch in enumerate(sorted(advice.evidence, key=lambda s: s.start)):
            st.button(between(stretch.start, stretch.end), key=f"evidence_{number}_{i}",
                      on_click=look, args=(int(stretch.start),), icon=":material/schedule:",
                      help=t("coach.evidence"))


def _model(t: Words, report: Report, keep: Keep) -> None:
    """Off until switched on; what is sent is shown before the first time."""
    session, language = report.session, report.language
    if session.written is not None and session.written.language == language:
        if st.button(t("coach.model_back"), key="coach_back", icon=":material/undo:"):
            keep(replace(session, written=None))
            st.rerun()
        return
    if not st.toggle(t("coach.model"), key="coach_model", help=t("coach.model_help")):
        return
    try:
        coach = ModelCoach()
    except CoachError as error:
        notice(explain(error, language), "warn")
        return
    where = (coach.settings.url, coach.settings.model)
    known = st.session_state.get(SENT) == where
    draw('<p class="p-small">{text}</p>', text=t("coach.model_where", url=where[0],
                                                 model=where[1]))
    # Ticked anew for every session: what was said is the person's own.
    said = bool(session.voice and session.voice.text) and st.checkbox(
        t("coach.model_said"), key=f"coach_said_{session.source.sha256}_{session.created}")
    with st.expander(t("coach.model_what"), expanded=not known):
        st.code(json.dumps(coach.request(session, language, said=said), ensure_ascii=False,
                           indent=1), language="json", wrap_lines=True, height=300)
    if not st.button(t("coach.model_send"), key="coach_send", type="primary",
                     icon=":material/send:"):
        return
    st.session_state[SENT] = where
    with st.spinner(t("coach.model_waiting")):
        try:
            advice = coach.advise(session, language, said=said)
        except CoachError as error:
            st.session_state[FAILED] = error
        else:
            keep(replace(session, written=Written(language, where[1], advice)))
    st.rerun()
