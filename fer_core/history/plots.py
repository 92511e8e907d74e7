"""How the scores went from session to session."""

from collections.abc import Sequence
from datetime import datetime, tzinfo
from itertools import cycle
from typing import Any

import numpy as np
from plotly import graph_objects as go

from fer_core.history.entries import Entry
from fer_core.reports.plots import GRID, INK, MUTED
from fer_core.sessions.progress import differing, spread, trend
from fer_core.sessions.scoring import SCORES
from fer_core.texts import Language, local, say

COLOURS = ("#C8553D", "#2E86AB", "#7A8B2F", "#A066A8", "#B07A1E", "#1F9080", "#C2527F", "#6B74C9")
"""Of the scores, in the registry's order; each stands out from a light and from a dark page."""
DASHES = ("solid", "dash", "dot")
"""Of the scores beyond the colours."""
MOST = 100
"""Sessions drawn; of more, the newest."""


def trend_figure(entries: Sequence[Entry], language: Language,
                 zone: tzinfo | None = None) -> go.Figure:
    """Each score with its 95 % interval, session by session, and through those that are on the
    newest one's scale a line with its 95 % band; nothing is drawn from point to point.

    Args:
        entries: the newest first, as ``Store.list`` gives them.
        zone: the reader's, in which days are told; None for the system's.
    """
    drawn = list(reversed(entries[:MOST]))
    days = [local(e.created, zone) for e in drawn]
    figure = go.Figure()
    styles = cycle([(colour, dash) for dash in DASHES for colour in COLOURS])
    for name, (colour, dash) in zip(SCORES, styles, strict=False):
        rows = [e.scores.get(name) for e in drawn]
        values = [s.value if s else None for s in rows]
        figure.add_scatter(
            x=list(range(len(drawn))), y=values, name=say(f"score.{name}.label", language),
            mode="markers", marker={"size": 7, "color": colour}, legendgroup=name,
            customdata=[[e.name, f"{day:%Y-%m-%d %H:%M}"]
                        for e, day in zip(drawn, days, strict=True)],
            hovertemplate="%{y:.0f}<br>%{customdata[0]}<br>%{customdata[1]}",
            error_y={"type": "data", "symmetric": False, "thickness": 1, "width": 3,
                     "array": [_reach(s.high, s.value) if s else None for s in rows],
                     "arrayminus": [_reach(s.value, s.low) if s else None for s in rows]})
        _trend(figure, drawn, name, {"color": colour, "width": 2, "dash": dash})
    step = max(1, len(drawn) // 8)
    figure.update_xaxes(tickvals=list(range(0, len(drawn), step)), showgrid=False,
                        ticktext=_ticks(days[::step]))
    figure.update_yaxes(range=[0, 101], gridcolor=GRID,
                        title_text=say("report.export.score", language))
    figure.update_layout(
        height=340, margin={"l": 48, "r": 12, "t": 8, "b": 30}, plot_bgcolor="rgba(0,0,0,0)",
        paper_bgcolor="rgba(0,0,0,0)", font={"color": INK}, hovermode="closest",
        legend={"orientation": "h", "y": 1.02, "yanchor": "bottom", "font": {"color": MUTED}})
    return figure


def _ticks(days: Sequence[datetime]) -> list[str]:
    """The day where it begins, the time for the others of it."""
    return [f"{day:%H:%M}" if i and day.date() == days[i - 1].date() else f"{day:%m-%d}"
            for i, day in enumerate(days)]


def _trend(figure: go.Figure, drawn: Sequence[Entry], name: str, style: dict[str, Any]) -> None:
    """The line and its band, through the sessions measured as the newest one was."""
    same = [(i, e.scores[name]) for i, e in enumerate(drawn)
            if name in e.scores and e.scores[name].value is not None
            and not differing(e.basis, drawn[-1].basis, name)]
    at = np.array([i for i, _ in same], float)
    scores = [score for _, score in same]
    found = trend(at, scores, spread(scores))
    if found is None:
        return
    figure.add_scatter(
        x=[*at, *at[::-1]], y=[*found.high, *found.low[::-1]], fill="toself",
        fillcolor=style["color"], opacity=0.15, line={"width": 0}, mode="lines",
        hoverinfo="skip", showlegend=False, legendgroup=name)
    figure.add_scatter(x=at, y=found.line, mode="lines", line=style, hoverinfo="skip",
                       showlegend=False, legendgroup=name)


def _reach(high: float | None, low: float | None) -> float | None:
    return None if high is None or low is None else high - low
