"""Charts of a report (plotly). Nothing is fetched: fonts are the reader's own."""

import numpy as np
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from fer_core.config import ScoringSettings
from fer_core.records import FloatArray
from fer_core.report import HEADLINE, Report, ScoreCard, clock
from fer_core.scoring import per_second
from fer_core.signals import FACING_FULL
from fer_core.texts import say
from fer_core.timeline import smooth_values

FONT = "Pretendard, 'Noto Sans KR', 'Apple SD Gothic Neo', 'Malgun Gothic', sans-serif"
INK, MUTED, GRID, GAP = "#2B2A33", "#6F6B7D", "#ECE7DF", "#EFEAE2"
LINES = {"confidence": "#C8553D", "composure": "#2F6F8F", "engagement": "#B8860B",
         "attentiveness": "#5B8C5A"}
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
    # Half a second in: a row is the mean of a whole second.
    x = timeline.seconds + 0.5
    for i, emotion in enumerate(timeline.labels.classes):
        name = say(f"emotion.{emotion.key}", language)
        figure.add_scatter(
            x=x, y=100 * timeline.probabilities[:, i], name=name, row=1, col=1, mode="lines",
            stackgroup="emotions", stackgaps="infer zero",
            line={"width": 0.5, "color": emotion.colour, "shape": "hvh"},
            fillcolor=emotion.colour, hovertemplate="%{y:.0f} %")
    figure.add_bar(x=x, y=100 * timeline.coverage, row=2, col=1, marker_color="#B9B2A5",
                   showlegend=False, name=say("plot.coverage", language), width=1.0,
                   hovertemplate="%{y:.0f} %")
    for start, end in _gaps(timeline.seen):
        figure.add_vrect(x0=timeline.start + start, x1=timeline.start + end, row=1, col=1,
                         fillcolor=GAP, line_width=0, layer="above",
                         annotation_text=say("plot.unseen", language) if end - start > 1 else "",
                         annotation_position="inside top", annotation_font_color=MUTED)
    for moment in report.moments:
        figure.add_annotation(x=(moment.start + moment.end) / 2, y=103, row=1, col=1, text="▼",
                              hovertext=f"{moment.clock} {moment.title}", showarrow=False,
                              font={"color": INK, "size": 12})
    if at is not None:
        figure.add_vline(x=at + 0.5, line_color=INK, line_width=2)
    figure.update_yaxes(title_text=say("plot.probability", language), range=[0, 107],
                        tickvals=[0, 25, 50, 75, 100], row=1, col=1)
    figure.update_yaxes(title_text=say("plot.coverage", language), range=[0, 100],
                        tickvals=[0, 100], row=2, col=1)
    _time_axis(figure, report, row=2)
    return _styled(figure, 460)


def score_figure(report: Report) -> go.Figure:
    """The two main scores second by second, 0 to 100, as a 5 s mean."""
    timeline, language = report.session.timeline, report.language
    series = per_second(timeline, ScoringSettings(**report.session.settings["scoring"]))
    figure = go.Figure()
    for name in HEADLINE:
        figure.add_scatter(x=timeline.seconds + 0.5, y=smooth_values(series[name], SMOOTHING),
                           name=say(f"score.{name}.label", language), mode="lines",
                           line={"width": 3, "color": LINES[name]}, hovertemplate="%{y:.0f}")
    figure.update_yaxes(title_text=say("plot.score", language), range=[0, 101])
    _time_axis(figure, report)
    return _styled(figure, 300)


def pose_figure(report: Report) -> go.Figure:
    """Yaw and pitch of the head per second, the band that counts as facing shaded."""
    timeline, language = report.session.timeline, report.language
    figure = go.Figure()
    figure.add_hrect(y0=-FACING_FULL, y1=FACING_FULL, fillcolor=GAP, line_width=0, layer="below")
    columns: tuple[tuple[str, FloatArray, str], ...] = (
        ("yaw", timeline.yaw, LINES["confidence"]), ("pitch", timeline.pitch, LINES["composure"]))
    for name, values, colour in columns:
        figure.add_scatter(x=timeline.seconds + 0.5, y=values, name=say(f"plot.{name}", language),
                           mode="lines", line={"width": 2, "color": colour},
                           hovertemplate="%{y:.0f}°")
    figure.update_yaxes(title_text=say("plot.pose", language), range=[-60, 60])
    _time_axis(figure, report)
    return _styled(figure, 260)


def parts_figure(card: ScoreCard) -> go.Figure:
    """The parts of a score as bars, each with what it adds."""
    rows = [p for p in reversed(card.parts) if p.value is not None]
    figure = go.Figure(go.Bar(
        x=[p.value for p in rows], y=[p.label for p in rows], orientation="h",
        marker_color=LINES.get(card.name, MUTED), width=0.55, cliponaxis=False,
        text=[f"{p.value:.0f} × {p.weight:.2f} = {p.points:.1f}" for p in rows],
        textposition="outside", textfont_color=INK, hoverinfo="skip"))
    figure.update_xaxes(range=[0, 150], tickvals=[0, 50, 100])
    return _styled(figure, 60 + 46 * len(rows))


def _gaps(seen: np.ndarray[tuple[int, ...], np.dtype[np.bool_]]) -> list[tuple[int, int]]:
    """[start, end) rows of every stretch without a face."""
    edges = np.flatnonzero(np.diff(np.concatenate([[0], ~seen, [0]]).astype(int)))
    return [(int(a), int(b)) for a, b in edges.reshape(-1, 2)]


def _time_axis(figure: go.Figure, report: Report, row: int | None = None) -> None:
    end = report.session.timeline.start + max(len(report.session.timeline), 1)
    steps = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1800)
    step = next((s for s in steps if end / s <= 12), 3600)
    ticks = np.arange(0, end + 1, step)
    where = {} if row is None else {"row": row, "col": 1}
    figure.update_xaxes(range=[report.session.timeline.start, end])
    figure.update_xaxes(tickvals=ticks, ticktext=[clock(float(t)) for t in ticks],
                        title_text=say("plot.time", report.language), **where)


def _styled(figure: go.Figure, height: int) -> go.Figure:
    figure.update_layout(
        height=height, paper_bgcolor="rgba(0,0,0,0)", plot_bgcolor="rgba(0,0,0,0)",
        font={"family": FONT, "size": 14, "color": INK}, hovermode="x unified",
        margin={"l": 10, "r": 10, "t": 30, "b": 10}, bargap=0,
        legend={"orientation": "h", "y": 1.12, "x": 0, "traceorder": "normal"},
        hoverlabel={"bgcolor": "white", "font_family": FONT})
    figure.update_xaxes(gridcolor=GRID, zeroline=False, automargin=True)
    figure.update_yaxes(gridcolor=GRID, zeroline=False, automargin=True)
    return figure
