"""The session second by second: charts, strongest moments, and one second looked at."""

import math
from collections.abc import Callable

import streamlit as st

from fer_core import COLUMNS, EMOTIONS, Report, clock, covered, say, session_figure
from pages.parts.speech import Words, draw, fill, notice

SECOND, STARTS, CHOSEN = "poise.second", "poise.starts", "chart_session"
CHART = {"displaylogo": False, "displayModeBar": False, "scrollZoom": False}


def explorer(t: Words, report: Report, forget_pictures: Callable[[], None]) -> None:
    """Charts, and beneath them the moments beside the second that was asked for.

    Nothing where nobody was seen: empty charts tell nothing that the warnings did not.

    Args:
        forget_pictures: deletes the session's pictures.
    """
    timeline = report.session.timeline
    if not timeline.seen.any():
        return
    start = st.session_state[STARTS] = timeline.start
    told = [int(m.start) for m in report.moments if timeline.seen[int(m.start) - start]]
    first = told[0] if told else start + int(timeline.seen.argmax())
    row = min(max(st.session_state.get(SECOND, first) - start, 0), len(timeline) - 1)
    with st.container(horizontal=True, vertical_alignment="bottom", key="timeline_head"):
        draw('<h2 class="p-h2">{title}</h2>',
             title=say("report.section.timeline", report.language))
        shown = st.segmented_control(t("smoothing"), ("raw", "smooth"), default="raw",
                                     key="smoothing", required=True, width="content",
                                     label_visibility="collapsed",
                                     format_func=lambda code: t(f"smoothing_{code}"))
    with st.container(key="charts"):
        st.plotly_chart(session_figure(report, at=start + row, smoothed=shown == "smooth"),
                        theme=None, config=CHART, key=CHOSEN, alt=t("session_alt"),
                        on_select=_clicked, selection_mode="points")
        draw('<p class="p-small">{text}</p>', text=t("chart_help"))
    left, right = st.columns([5, 6], gap="medium")
    with left:
        moments(t, report, start + row)
        draw('<p class="p-small">{text}</p>', text=report.pictures_note)
        if report.session.pictures:
            st.button(t("pictures_delete"), key="pictures_delete", type="tertiary",
                      icon=":material/hide_image:", on_click=forget_pictures)
    with right, st.container(key="second"):
        second(t, report, row)


def _clicked() -> None:
    """The second under a click: every point that can be clicked is one second."""
    points = st.session_state[CHOSEN].selection.points
    if points:
        st.session_state[SECOND] = st.session_state[STARTS] + points[0]["point_index"]


def moments(t: Words, report: Report, looked: int) -> None:
    """The strongest moments as buttons: a click shows that second."""
    draw('<h2 class="p-h2">{title}</h2>', title=say("report.section.moments", report.language))
    if not report.moments:
        notice(t("no_moments"))
    with st.container(key="moments", gap="small"):
        for i, moment in enumerate(report.moments):
            start = int(moment.start)
            told = st.container()
            if moment.picture is not None:
                shown, told = st.columns([2, 5], vertical_alignment="center")
                shown.image(moment.picture, width="stretch")
            told.button(f"**{moment.clock}** {moment.title} · {moment.duration}  \n"
                        f"{moment.text} {moment.meaning}", key=f"moment_{i}",
                        width="stretch", on_click=look, args=(start,),
                        type="primary" if start == looked else "secondary")


def second(t: Words, report: Report, row: int) -> None:
    """Expression and head pose of one second."""
    timeline = report.session.timeline
    at = timeline.start + row
    with st.container(horizontal=True, vertical_alignment="center", key="second_head"):
        draw('<h2 class="p-h3">{title}</h2>', title=t("second", clock=clock(at)))
        st.button("", key="before", icon=":material/chevron_left:", help=t("before"),
                  on_click=look, args=(at - 1,), disabled=row == 0)
        st.button("", key="after", icon=":material/chevron_right:", help=t("after"),
                  on_click=look, args=(at + 1,), disabled=row == len(timeline) - 1)
    if not timeline.seen[row]:
        notice(t("unseen" if timeline.analysed[row] else "not_analysed"))
        return
    if covered(timeline)[row]:
        notice(t("covered"))
        return
    found = sorted(zip(timeline.probabilities[row], timeline.labels.keys, strict=True),
                   reverse=True)
    st.html("".join(_bar(report, key, probability) for probability, key in found))
    told = [f"{column.label[report.language]} {column.told.format(value)}"
            for column in COLUMNS.values()
            if column.told and not math.isnan(value := timeline[column.name][row])]
    facts = [*told, t("coverage", percent=f"{100 * timeline['coverage'][row]:.0f}")]
    draw('<p class="p-small">{facts}</p>', facts=" · ".join(facts))


def _bar(report: Report, key: str, probability: float) -> str:
    emotion = EMOTIONS[key]
    return fill('<div class="p-emotion"><span><i style="background:{colour}"></i>{label}</span>'
                '<div class="p-bar"><i style="width:{width}%;background:{colour}"></i></div>'
                "<b>{percent}%</b></div>",
                label=say(f"emotion.{key}", report.language),
                width=f"{100 * probability:.1f}", colour=emotion.colour,
                percent=f"{100 * probability:.0f}")


def look(second: int) -> None:
    """Point the timeline at a second."""
    st.session_state[SECOND] = second
