"""How the scores went from session to session."""

from collections.abc import Sequence

from plotly import graph_objects as go

from fer_core.history.entries import Entry
from fer_core.reports.plots import GRID, INK, LINES, MUTED, POSES
from fer_core.sessions.scoring import SCORES
from fer_core.texts import Language, say

COLOURS = (*LINES, *POSES)
MOST = 100
"""Sessions drawn; of more, the newest."""


def trend_figure(entries: Sequence[Entry], language: Language,
                 names: Sequence[str] = tuple(SCORES)) -> go.Figure:
    """Each score with its 95 % interval, session by session; gaps where one abstained.

    Args:
        entries: the newest first, as ``Store.list`` gives them.
    """
    drawn = list(reversed(entries[:MOST]))
    figure = go.Figure()
    for name, colour in zip(SCORES, COLOURS, strict=False):
        if name not in names:
            continue
        rows = [e.scores.get(name) for e in drawn]
        values = [s.value if s else None for s in rows]
        figure.add_scatter(
            x=list(range(len(drawn))), y=values, name=say(f"score.{name}.label", language),
            mode="lines+markers", line={"color": colour, "width": 2}, marker={"size": 7},
            customdata=[[e.name, e.created.date().isoformat()] for e in drawn],
            hovertemplate="%{y:.0f}<br>%{customdata[0]}<br>%{customdata[1]}",
            error_y={"type": "data", "symmetric": False, "thickness": 1, "width": 3,
                     "array": [_reach(s.high, s.value) if s else None for s in rows],
                     "arrayminus": [_reach(s.value, s.low) if s else None for s in rows]})
    step = max(1, len(drawn) // 8)
    figure.update_xaxes(tickvals=list(range(0, len(drawn), step)), showgrid=False,
                        ticktext=[drawn[i].created.strftime("%m-%d")
                                  for i in range(0, len(drawn), step)])
    figure.update_yaxes(range=[0, 101], gridcolor=GRID,
                        title_text=say("report.export.score", language))
    figure.update_layout(
        height=320, margin={"l": 48, "r": 12, "t": 8, "b": 30}, plot_bgcolor="rgba(0,0,0,0)",
        paper_bgcolor="rgba(0,0,0,0)", font={"color": INK}, hovermode="closest",
        legend={"orientation": "h", "y": 1.12, "font": {"color": MUTED}})
    return figure


def _reach(high: float | None, low: float | None) -> float | None:
    return None if high is None or low is None else high - low
