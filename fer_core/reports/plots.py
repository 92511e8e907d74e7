"""Charts of a report (plotly). Nothing is fetched: fonts are the reader's own."""

from typing import Any

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray
from plotly.subplots import make_subplots

from fer_core.records import CHARTS, COLUMNS, Chart, Column, Timeline
from fer_core.reports.drawn import charts
from fer_core.reports.report import HEADLINE, Report, clock
from fer_core.sessions.covering import bare, covered
from fer_core.sessions.timeline import runs_of, smooth, smooth_values
from fer_core.texts import say

FONT = ("Pretendard, 'Apple SD Gothic Neo', 'Malgun Gothic', 'Noto Sans KR', 'Noto Sans CJK KR', "
        "sans-serif")
INK, MUTED, GRID, GAP = "#2B2A33", "#6F6B7D", "#ECE7DF", "#EFEAE2"
LINES = ("#C8553D", "#2F6F8F")
"""Of the two main scores."""
NAMED = 4
"""Emotions told of in a second."""
SMOOTHING = 5.0
"""s of the moving mean of the score lines: single seconds are too restless to read."""


def session_figure(report: Report, at: float | None = None, smoothed: bool = False) -> go.Figure:
    """The whole session in rows on one clock: expressions, the two main scores, the charts of
    columns, coverage; question boundaries through all of them, moments marked above.

    Each row carries an invisible point a second, in order: it says what that second holds, and
    it is what a click on the chart selects.

    Args:
        at: s, a second to point at.
        smoothed: expressions and columns as a 5 s mean; the scores always show both.
    """
    timeline = bare(report.session.timeline)
    shown = smooth(timeline, SMOOTHING) if smoothed else timeline
    drawn = charts(timeline)
    rows = {name: i for i, name in enumerate(("emotions", "scores", *drawn, "coverage"), 1)}
    figure = make_subplots(rows=len(rows), cols=1, shared_xaxes=True, vertical_spacing=0.035,
                           row_heights=[0.44, 0.27, *[0.21] * len(drawn), 0.08])
    _emotions(figure, report, rows["emotions"], shown)
    _scores(figure, report, rows["scores"])
    for name, columns in drawn.items():
        _columns(figure, report, rows[name], CHARTS[name], columns, shown)
    _coverage(figure, report, rows["coverage"])
    figure.update_traces(hoverinfo="skip", hovertemplate=None)
    told = _told(report, drawn, shown)
    for name, row in rows.items():
        axis = CHARTS.get(name)
        middle = 50.0 if axis is None else (axis.low + axis.high) / 2
        figure.add_scatter(
            x=_when(timeline.seconds + 0.5), y=np.full(len(timeline), middle), row=row,
            col=1, mode="markers", marker={"opacity": 0, "size": 4}, showlegend=False,
            selected={"marker": {"opacity": 0}}, unselected={"marker": {"opacity": 0}},
            name="", text=told[name], hovertemplate="%{text}<extra></extra>")
        _questions(figure, report, row, named=row == 1)
        _pointer(figure, at, row)
    _moments(figure, report, 1)
    figure.update_yaxes(title_text=say("plot.scores", report.language), row=rows["scores"], col=1)
    _time_axis(figure, report, row=len(rows))
    _styled(figure, 660 + 130 * (len(drawn) - 1))
    return figure.update_layout(
        hovermode="x", clickmode="event+select", hoverlabel={"align": "left"},
        legend={"y": 1.02, "yanchor": "bottom"}, margin={"t": 70})


def _emotions(figure: go.Figure, report: Report, row: int, timeline: Timeline) -> None:
    language = report.language
    # A row holds for its whole second: steps, the last one closed by repeating it.
    edges = _when(timeline.start + np.arange(len(timeline) + 1))
    for i, emotion in enumerate(timeline.labels.classes):
        column = 100 * timeline.probabilities[:, i]
        figure.add_scatter(
            x=edges, y=np.append(column, column[-1:]), row=row, col=1, mode="lines",
            name=say(f"emotion.{emotion.key}", language), stackgroup="emotions",
            stackgaps="infer zero", fillcolor=emotion.colour,
            line={"width": 0, "color": emotion.colour, "shape": "hv"},
            hovertemplate="%{y:.0f} %")
    hidden = covered(timeline)
    for reason, rows in (("unseen", timeline.analysed & ~timeline.seen), ("covered", hidden),
                         ("not_analysed", ~timeline.analysed & ~hidden)):
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
    when = _when(timeline.seconds + 0.5)
    for name, colour in zip(HEADLINE, LINES, strict=True):
        label, series = say(f"score.{name}.label", language), report.session.scored.signal(name)
        figure.add_scatter(x=when, y=series, row=row, col=1, mode="lines", name=label,
                           showlegend=False, opacity=0.35, line={"width": 1, "color": colour},
                           hoverinfo="skip")
        figure.add_scatter(
            x=when, y=smooth_values(series, SMOOTHING), row=row, col=1, mode="lines",
            name=label, line={"width": 3, "color": colour}, hovertemplate="%{y:.0f}")
    figure.update_yaxes(title_text=say("plot.score", language), range=[0, 101], row=row, col=1)


def _columns(figure: go.Figure, report: Report, row: int, axis: Chart,
             columns: tuple[Column, ...], timeline: Timeline) -> None:
    language = report.language
    band = report.session.scored.recipe.thresholds.get(axis.band or "")
    if band is not None:
        figure.add_hrect(y0=-band, y1=band, fillcolor=GAP, line_width=0, layer="below", row=row,
                         col=1)
    for column in columns:
        figure.add_scatter(
            x=_when(timeline.seconds + 0.5), y=timeline[column.name], row=row, col=1,
            name=column.label[language], mode="lines",
            line={"width": 2, "color": column.colour})
    figure.update_yaxes(title_text=axis.label[language], range=[axis.low, axis.high], row=row,
                        col=1)


def _coverage(figure: go.Figure, report: Report, row: int) -> None:
    timeline, name = report.session.timeline, COLUMNS["coverage"].label[report.language]
    figure.add_bar(x=_when(timeline.seconds + 0.5), y=100 * timeline["coverage"], row=row, col=1,
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
             "text": say("plot.question", report.language, number=answer.name),
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


def _told(report: Report, drawn: dict[str, tuple[Column, ...]],
          timeline: Timeline) -> dict[str, list[str]]:
    """Row -> what every second holds, in the chart's own markup."""
    language, scored, p = report.language, report.session.scored, timeline.probabilities
    order = np.argsort(-np.nan_to_num(p), axis=1, kind="stable")[:, :NAMED]
    labels = [say(f"emotion.{e.key}", language) for e in timeline.labels.classes]
    colours = [e.colour for e in timeline.labels.classes]
    values = {c.name: timeline[c.name] for columns in drawn.values() for c in columns}
    series = {name: scored.signal(name) for name in HEADLINE}
    seen, analysed, hidden = timeline.seen, timeline.analysed, covered(timeline)
    told: dict[str, list[str]] = {name: [] for name in ("emotions", "scores", *drawn, "coverage")}
    for i, second in enumerate(timeline.seconds):
        head = f"<b>{clock(second)}</b>"
        for name, columns in drawn.items():
            known = [c for c in columns if not np.isnan(values[c.name][i])]
            if known or seen[i]:
                told[name].append("<br>".join([head, *(_line_of(
                    c.colour, c.label[language], (c.told or "{:g}").format(values[c.name][i]))
                    for c in known)]))
        if not seen[i]:
            reason = "unseen" if analysed[i] else "covered" if hidden[i] else "not_analysed"
            for lines in told.values():
                if len(lines) == i:
                    lines.append(f"{head}<br>{say(f'plot.{reason}', language)}")
            continue
        told["emotions"].append("<br>".join([head, *(
            _line_of(colours[c], labels[c], f"{100 * p[i, c]:.0f} %")
            for c in order[i] if p[i, c] >= 0.005)]))
        told["coverage"].append(f"{head}<br>{COLUMNS['coverage'].label[language]} "
                                f"{100 * timeline['coverage'][i]:.0f} %")
        told["scores"].append("<br>".join([head, *(
            _line_of(colour, say(f"score.{n}.label", language), f"{series[n][i]:.0f}")
            for n, colour in zip(HEADLINE, LINES, strict=True)
            if not np.isnan(series[n][i]))]))
    return told


def _line_of(colour: str, label: str, value: str) -> str:
    return f'<span style="color:{colour}">■</span> {label} {value}'


def _when(seconds: float | NDArray[np.number[Any]]) -> Any:
    """Seconds as dates, because only a date axis writes m:ss on its labels and its hover."""
    return np.datetime64(0, "ms") + np.round(np.multiply(seconds, 1000)).astype("timedelta64[ms]")


def _time_axis(figure: go.Figure, report: Report, row: int) -> None:
    start = report.session.timeline.start
    end = start + max(len(report.session.timeline), 1)
    steps = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1800)
    step = next((s for s in steps if (end - start) / s <= 12), 3600)
    ticks = np.arange(start, end + 1, step)
    figure.update_xaxes(range=[_when(start), _when(end)],
                        hoverformat="%-M:%S" if end < 3600 else "%-H:%M:%S")
    figure.update_xaxes(tickvals=_when(ticks), ticktext=[clock(float(t)) for t in ticks],
                        title_text=say("plot.time", report.language), row=row, col=1)


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
