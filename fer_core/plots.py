"""Charts of a report (plotly). Nothing is fetched: fonts are the reader's own."""

from typing import Any

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray
from plotly.subplots import make_subplots

from fer_core.config import ScoringSettings
from fer_core.records import FloatArray
from fer_core.report import HEADLINE, Report, clock
from fer_core.scoring import per_second
from fer_core.signals import FACING_FULL
from fer_core.texts import say
from fer_core.timeline import smooth_values

FONT = ("Pretendard, 'Apple SD Gothic Neo', 'Malgun Gothic', 'Noto Sans KR', 'Noto Sans CJK KR', "
        "sans-serif")
INK, MUTED, GRID, GAP = "#2B2A33", "#6F6B7D", "#ECE7DF", "#EFEAE2"
LINES = ("#C8553D", "#2F6F8F")
SMOOTHING = 5.0
"""s of the moving mean of the score lines: single seconds are too restless to read."""


def timeline_figure(report: Report, at: float | None = None) -> go.Figure:
    """Emotions per second as stacked areas, seconds without a face left empty and shaded,
    coverage beneath, moments marked.

    Args:
        at: s, a second to point at.
    """
    timeline, language = report.session.timeline, report.language
    figure = make_subplots(rows=2, cols=1, shared_xaxes=True, row_heights=[0.86, 0.14],
                           vertical_spacing=0.04)
    # A row holds for its whole second: steps, the last one closed by repeating it.
    edges = _when(timeline.start + np.arange(len(timeline) + 1))
    for i, emotion in enumerate(timeline.labels.classes):
        column = 100 * timeline.probabilities[:, i]
        figure.add_scatter(
            x=edges, y=np.append(column, column[-1:]), row=1, col=1, mode="lines",
            name=say(f"emotion.{emotion.key}", language), stackgroup="emotions",
            stackgaps="infer zero", fillcolor=emotion.colour,
            line={"width": 0, "color": emotion.colour, "shape": "hv"},
            hovertemplate="%{y:.0f} %")
    figure.add_bar(x=_when(timeline.seconds + 0.5), y=100 * timeline.coverage, row=2, col=1,
                   marker_color="#B9B2A5", showlegend=False, width=1000,
                   name=say("plot.coverage", language), hovertemplate="%{y:.0f} %")
    for start, end in _gaps(timeline.seen):
        figure.add_vrect(x0=_when(timeline.start + start), x1=_when(timeline.start + end),
                         row=1, col=1, fillcolor=GAP, line_width=0, layer="above")
        if end - start > len(timeline) / 20:
            figure.add_annotation(x=_when(timeline.start + (start + end) / 2), y=50, row=1, col=1,
                                  text=say("plot.unseen", language), showarrow=False,
                                  font={"color": MUTED})
    for moment in report.moments:
        figure.add_annotation(x=_when((moment.start + moment.end) / 2), y=104, row=1, col=1,
                              text="▼", hovertext=f"{moment.clock} {moment.title}",
                              showarrow=False, font={"color": INK, "size": 12})
    if at is not None:
        figure.add_vline(x=_when(at + 0.5), line_color=INK, line_width=2, row=1, col=1)
    figure.update_yaxes(title_text=say("plot.probability", language), range=[0, 108],
                        tickvals=[0, 25, 50, 75, 100], row=1, col=1)
    figure.update_yaxes(range=[0, 100], tickvals=[50], ticktext=[say("plot.coverage", language)],
                        showgrid=False, row=2, col=1)
    _time_axis(figure, report, row=2)
    return _styled(figure, 460)


def score_figure(report: Report) -> go.Figure:
    """The two main scores second by second, 0 to 100, as a 5 s mean."""
    timeline, language = report.session.timeline, report.language
    series = per_second(timeline, ScoringSettings(**report.session.settings["scoring"]))
    figure = go.Figure()
    for name, colour in zip(HEADLINE, LINES, strict=True):
        figure.add_scatter(
            x=_when(timeline.seconds + 0.5), y=smooth_values(series[name], SMOOTHING),
            name=say(f"score.{name}.label", language), mode="lines",
            line={"width": 3, "color": colour}, hovertemplate="%{y:.0f}")
    figure.update_yaxes(title_text=say("plot.score", language), range=[0, 101])
    _time_axis(figure, report)
    return _styled(figure, 300)


def pose_figure(report: Report) -> go.Figure:
    """Yaw and pitch of the head per second, the band that counts as facing shaded."""
    timeline, language = report.session.timeline, report.language
    figure = go.Figure()
    figure.add_hrect(y0=-FACING_FULL, y1=FACING_FULL, fillcolor=GAP, line_width=0, layer="below")
    columns: tuple[tuple[str, FloatArray, str], ...] = (
        ("yaw", timeline.yaw, LINES[0]), ("pitch", timeline.pitch, LINES[1]))
    for name, values, colour in columns:
        figure.add_scatter(
            x=_when(timeline.seconds + 0.5), y=values, name=say(f"plot.{name}", language),
            mode="lines", line={"width": 2, "color": colour}, hovertemplate="%{y:.0f}°")
    figure.update_yaxes(title_text=say("plot.pose", language), range=[-60, 60])
    _time_axis(figure, report)
    return _styled(figure, 260)


def _when(seconds: float | NDArray[np.number[Any]]) -> Any:
    """Seconds as dates, because only a date axis writes m:ss on its labels and its hover."""
    return np.datetime64(0, "ms") + np.round(np.multiply(seconds, 1000)).astype("timedelta64[ms]")


def _gaps(seen: NDArray[np.bool_]) -> list[tuple[int, int]]:
    """[start, end) rows of every stretch without a face."""
    edges = np.flatnonzero(np.diff(np.concatenate([[0], ~seen, [0]]).astype(int)))
    return [(int(a), int(b)) for a, b in edges.reshape(-1, 2)]


def _time_axis(figure: go.Figure, report: Report, row: int | None = None) -> None:
    start = report.session.timeline.start
    end = start + max(len(report.session.timeline), 1)
    steps = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1800)
    step = next((s for s in steps if (end - start) / s <= 12), 3600)
    ticks = np.arange(start, end + 1, step)
    where = {} if row is None else {"row": row, "col": 1}
    figure.update_xaxes(range=[_when(start), _when(end)],
                        hoverformat="%-M:%S" if end < 3600 else "%-H:%M:%S")
    figure.update_xaxes(tickvals=_when(ticks), ticktext=[clock(float(t)) for t in ticks],
                        title_text=say("plot.time", report.language), **where)


def _styled(figure: go.Figure, height: int) -> go.Figure:
    figure.update_layout(
        height=height, paper_bgcolor="rgba(0,0,0,0)", plot_bgcolor="rgba(0,0,0,0)",
        font={"family": FONT, "size": 14, "color": INK}, hovermode="x unified",
        margin={"l": 10, "r": 10, "t": 30, "b": 10}, bargap=0,
        legend={"orientation": "h", "y": 1.12, "x": 0, "traceorder": "normal"},
        hoverlabel={"bgcolor": "white", "font_family": FONT})
    # Ticks without colour keep the labels of the two axes apart.
    axes = {"gridcolor": GRID, "zeroline": False, "automargin": True, "ticks": "outside",
            "ticklen": 6, "tickcolor": "rgba(0,0,0,0)"}
    figure.update_xaxes(**axes)
    figure.update_yaxes(**axes)
    return figure
