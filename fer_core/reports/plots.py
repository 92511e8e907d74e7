"""Charts of a report (plotly). Nothing is fetched: fonts are the reader's own."""

from typing import Any

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray
from plotly.subplots import make_subplots

from fer_core.config import ScoringSettings
from fer_core.records import FloatArray
from fer_core.reports.report import HEADLINE, Report, clock
from fer_core.sessions.scoring import per_second
from fer_core.sessions.signals import FACING_FULL
from fer_core.sessions.timeline import runs_of, smooth_values
from fer_core.texts import say

FONT = ("Pretendard, 'Apple SD Gothic Neo', 'Malgun Gothic', 'Noto Sans KR', 'Noto Sans CJK KR', "
        "sans-serif")
INK, MUTED, GRID, GAP = "#2B2A33", "#6F6B7D", "#ECE7DF", "#EFEAE2"
LINES = ("#C8553D", "#2F6F8F")
"""Of the two main scores."""
POSES = ("#6B7A3A", "#8A5A8F")
"""Of yaw and pitch."""
NAMED = 4
"""Emotions told of in a second."""
SMOOTHING = 5.0
"""s of the moving mean of the score lines: single seconds are too restless to read."""


def session_figure(report: Report, at: float | None = None, smoothed: bool = False) -> go.Figure:
    """The whole session in four rows on one clock: expressions, the two main scores, the head,
    coverage; question boundaries through all of them, moments marked above.

    Each row carries an invisible point a second, in order: it says what that second holds, and
    it is what a click on the chart selects.

    Args:
        at: s, a second to point at.
        smoothed: expressions and head as a 5 s mean; the scores always show both.
    """
    timeline = report.session.timeline
    rows = {"emotions": 1, "scores": 2, "pose": 3, "coverage": 4}
    figure = make_subplots(rows=4, cols=1, shared_xaxes=True, vertical_spacing=0.035,
                           row_heights=[0.44, 0.27, 0.21, 0.08])
    _emotions(figure, report, rows["emotions"], smoothed)
    _scores(figure, report, rows["scores"])
    _pose(figure, report, rows["pose"], smoothed)
    _coverage(figure, report, rows["coverage"])
    figure.update_traces(hoverinfo="skip", hovertemplate=None)
    told = _told(report, smoothed)
    for name, middle in (
            ("emotions", 50.0), ("scores", 50.0), ("pose", 0.0), ("coverage", 50.0)):
        figure.add_scatter(
            x=_when(timeline.seconds + 0.5), y=np.full(len(timeline), middle), row=rows[name],
            col=1, mode="markers", marker={"opacity": 0, "size": 4}, showlegend=False,
            selected={"marker": {"opacity": 0}}, unselected={"marker": {"opacity": 0}},
            name="", text=told[name], hovertemplate="%{text}<extra></extra>")
    for row in rows.values():
        _questions(figure, report, row, named=row == 1)
        _pointer(figure, at, row)
    _moments(figure, report, 1)
    figure.update_yaxes(title_text=say("plot.scores", report.language), row=rows["scores"], col=1)
    _time_axis(figure, report, row=4)
    _styled(figure, 660)
    return figure.update_layout(
        hovermode="x", clickmode="event+select", hoverlabel={"align": "left"},
        legend={"y": 1.02, "yanchor": "bottom"}, margin={"t": 70})


def timeline_figure(report: Report, at: float | None = None) -> go.Figure:
    """Emotions per second as stacked areas, seconds without a face left empty and shaded,
    coverage beneath, questions and moments marked.

    Args:
        at: s, a second to point at.
    """
    figure = make_subplots(rows=2, cols=1, shared_xaxes=True, row_heights=[0.86, 0.14],
                           vertical_spacing=0.04)
    _emotions(figure, report, 1, smoothed=False)
    _coverage(figure, report, 2)
    _questions(figure, report, 1, named=True)
    _moments(figure, report, 1)
    _pointer(figure, at, 1)
    _time_axis(figure, report, row=2)
    return _styled(figure, 460)


def score_figure(report: Report) -> go.Figure:
    """The two main scores second by second, 0 to 100: thin as measured, bold as a 5 s mean."""
    figure = make_subplots(rows=1, cols=1)
    _scores(figure, report, 1)
    _questions(figure, report, 1)
    _time_axis(figure, report)
    return _styled(figure, 300)


def pose_figure(report: Report) -> go.Figure:
    """Yaw and pitch of the head per second, the band that counts as facing shaded."""
    figure = make_subplots(rows=1, cols=1)
    _pose(figure, report, 1, smoothed=False)
    _questions(figure, report, 1)
    _time_axis(figure, report)
    return _styled(figure, 260)


def _emotions(figure: go.Figure, report: Report, row: int, smoothed: bool) -> None:
    timeline, language = report.session.timeline, report.language
    # A row holds for its whole second: steps, the last one closed by repeating it.
    edges = _when(timeline.start + np.arange(len(timeline) + 1))
    values = _smooth(timeline.probabilities, smoothed)
    for i, emotion in enumerate(timeline.labels.classes):
        column = 100 * values[:, i]
        figure.add_scatter(
            x=edges, y=np.append(column, column[-1:]), row=row, col=1, mode="lines",
            name=say(f"emotion.{emotion.key}", language), stackgroup="emotions",
            stackgaps="infer zero", fillcolor=emotion.colour,
            line={"width": 0, "color": emotion.colour, "shape": "hv"},
            hovertemplate="%{y:.0f} %")
    for reason, rows in (("unseen", timeline.analysed & ~timeline.seen),
                         ("not_analysed", ~timeline.analysed)):
        gaps = runs_of(rows)
        _shapes(figure, row, [
            {"type": "rect", "x0": _when(timeline.start + start),
             "x1": _when(timeline.start + end), "fillcolor": GAP, "line": {"width": 0},
             "layer": "above"} for start, end in gaps])
        _annotations(figure, row, [
            {"x": _when(timeline.start + (start + end) / 2), "y": 50,
             "text": say(f"plot.{reason}", language), "font": {"color": MUTED}}
            for start, end in gaps if end - start > len(timeline) / 20])
    figure.update_yaxes(title_text=say("plot.probability", language), range=[0, 108],
                        tickvals=[0, 25, 50, 75, 100], row=row, col=1)


def _scores(figure: go.Figure, report: Report, row: int) -> None:
    timeline, language = report.session.timeline, report.language
    series = per_second(timeline, ScoringSettings(**report.session.settings["scoring"]))
    when = _when(timeline.seconds + 0.5)
    for name, colour in zip(HEADLINE, LINES, strict=True):
        label = say(f"score.{name}.label", language)
        figure.add_scatter(x=when, y=series[name], row=row, col=1, mode="lines", name=label,
                           showlegend=False, opacity=0.35, line={"width": 1, "color": colour},
                           hoverinfo="skip")
        figure.add_scatter(
            x=when, y=smooth_values(series[name], SMOOTHING), row=row, col=1, mode="lines",
            name=label, line={"width": 3, "color": colour}, hovertemplate="%{y:.0f}")
    figure.update_yaxes(title_text=say("plot.score", language), range=[0, 101], row=row, col=1)


def _pose(figure: go.Figure, report: Report, row: int, smoothed: bool) -> None:
    timeline, language = report.session.timeline, report.language
    figure.add_hrect(y0=-FACING_FULL, y1=FACING_FULL, fillcolor=GAP, line_width=0, layer="below",
                     row=row, col=1)
    columns: tuple[tuple[str, FloatArray, str], ...] = (
        ("yaw", timeline.yaw, POSES[0]), ("pitch", timeline.pitch, POSES[1]))
    for name, values, colour in columns:
        figure.add_scatter(
            x=_when(timeline.seconds + 0.5), y=_smooth(values, smoothed), row=row, col=1,
            name=say(f"plot.{name}", language), mode="lines",
            line={"width": 2, "color": colour}, hovertemplate="%{y:.0f}°")
    figure.update_yaxes(title_text=say("plot.pose", language), range=[-60, 60], row=row, col=1)


def _coverage(figure: go.Figure, report: Report, row: int) -> None:
    timeline, name = report.session.timeline, say("plot.coverage", report.language)
    figure.add_bar(x=_when(timeline.seconds + 0.5), y=100 * timeline.coverage, row=row, col=1,
                   marker_color="#B9B2A5", showlegend=False, width=1000, name=name,
                   unselected={"marker": {"opacity": 1}}, hovertemplate="%{y:.0f} %")
    figure.update_yaxes(range=[0, 100], tickvals=[50], ticktext=[name], showgrid=False, row=row,
                        col=1)


def _questions(figure: go.Figure, report: Report, row: int, named: bool = False) -> None:
    """Where answers begin (solid) and end (dotted), numbered above the row."""
    _shapes(figure, row, [_line(second, MUTED, 1, dash) for answer in report.answers
                          for second, dash in ((answer.start, "solid"), (answer.end, "dot"))])
    if named and report.answers:
        _annotations(figure, row, [
            {"x": _when(answer.start), "y": 116, "xanchor": "left", "hovertext": answer.text,
             "text": say("plot.question", report.language, number=answer.number),
             "font": {"color": INK, "size": 13}} for answer in report.answers])
        figure.update_yaxes(range=[0, 121], row=row, col=1)


def _pointer(figure: go.Figure, at: float | None, row: int) -> None:
    """A line through the second looked at, if any."""
    _shapes(figure, row, [] if at is None else [_line(at + 0.5, INK, 2, "solid")])


def _moments(figure: go.Figure, report: Report, row: int) -> None:
    _annotations(figure, row, [
        {"x": _when((m.start + m.end) / 2), "y": 104, "text": "▼",
         "hovertext": f"{m.clock} {m.title}", "font": {"color": INK, "size": 12}}
        for m in report.moments])


def _line(second: float, colour: str, width: float, dash: str) -> dict[str, Any]:
    return {"type": "line", "x0": _when(second), "x1": _when(second),
            "line": {"color": colour, "width": width, "dash": dash}}


def _shapes(figure: go.Figure, row: int, shapes: list[dict[str, Any]]) -> None:
    """All at once: plotly checks every shape there is each time one is added."""
    axis = "" if row == 1 else str(row)
    figure.layout.shapes += tuple(
        {"xref": f"x{axis}", "yref": f"y{axis} domain", "y0": 0, "y1": 1, **s} for s in shapes)


def _annotations(figure: go.Figure, row: int, annotations: list[dict[str, Any]]) -> None:
    axis = "" if row == 1 else str(row)
    figure.layout.annotations += tuple(
        {"xref": f"x{axis}", "yref": f"y{axis}", "showarrow": False, **a} for a in annotations)


def _told(report: Report, smoothed: bool) -> dict[str, list[str]]:
    """Row -> what every second holds, in the chart's own markup."""
    timeline, language = report.session.timeline, report.language
    p = _smooth(timeline.probabilities, smoothed)
    order = np.argsort(-np.nan_to_num(p), axis=1, kind="stable")[:, :NAMED]
    labels = [say(f"emotion.{e.key}", language) for e in timeline.labels.classes]
    colours = [e.colour for e in timeline.labels.classes]
    series = per_second(timeline, ScoringSettings(**report.session.settings["scoring"]))
    turned = [(n, _smooth(getattr(timeline, n), smoothed), colour)
              for n, colour in zip(("yaw", "pitch"), POSES, strict=True)]
    told: dict[str, list[str]] = {
        "emotions": [], "scores": [], "pose": [], "coverage": []}
    for i, second in enumerate(timeline.seconds):
        head = f"<b>{clock(second)}</b>"
        if not timeline.seen[i]:
            reason = "unseen" if timeline.analysed[i] else "not_analysed"
            for lines in told.values():
                lines.append(f"{head}<br>{say(f'plot.{reason}', language)}")
            continue
        told["emotions"].append("<br>".join([head, *(
            f'<span style="color:{colours[c]}">■</span> {labels[c]} {100 * p[i, c]:.0f} %'
            for c in order[i] if p[i, c] >= 0.005)]))
        told["coverage"].append(f"{head}<br>{say('plot.coverage', language)} "
                                f"{100 * timeline.coverage[i]:.0f} %")
        told["scores"].append("<br>".join([head, *(
            f'<span style="color:{colour}">■</span> {say(f"score.{n}.label", language)} '
            f"{series[n][i]:.0f}" for n, colour in zip(HEADLINE, LINES, strict=True)
            if not np.isnan(series[n][i]))]))
        told["pose"].append("<br>".join([head, *(
            f'<span style="color:{colour}">■</span> {say(f"plot.{n}", language)} {v[i]:+.0f}°'
            for n, v, colour in turned if not np.isnan(v[i]))]))
    return told


def _smooth(values: FloatArray, smoothed: bool) -> FloatArray:
    return smooth_values(values, SMOOTHING) if smoothed else values


def _when(seconds: float | NDArray[np.number[Any]]) -> Any:
    """Seconds as dates, because only a date axis writes m:ss on its labels and its hover."""
    return np.datetime64(0, "ms") + np.round(np.multiply(seconds, 1000)).astype("timedelta64[ms]")


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
