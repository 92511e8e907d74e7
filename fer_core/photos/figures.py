"""Charts of one face: what the networks read, what they looked at (plotly)."""

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from fer_core.emotions import LabelSet
from fer_core.records import FloatArray
from fer_core.reports.plots import FONT, GRID, INK
from fer_core.texts import Language, say

VOTE = "#2B2A33"
"""Colour of the ensemble beside those of its members."""


def bars_figure(names: tuple[str, ...], members: FloatArray, vote: FloatArray, labels: LabelSet,
                language: Language) -> go.Figure:
    """What every network read beside what they agreed on.

    Args:
        names: M networks; members: (M, C); vote: (C,).
    """
    figure = go.Figure()
    y = emotion_names(labels, language)
    rows = [*zip(names, members, ("#E7B7A8", "#9DBFD0", "#C9C3B8", "#B7C9B0"), strict=False),
            (say("plot.vote", language), vote, VOTE)]
    for name, values, colour in reversed(rows):
        figure.add_bar(y=y, x=100 * values, name=name, orientation="h", marker_color=colour,
                       hovertemplate=f"{name}: %{{x:.0f}} %<extra></extra>")
    figure.update_layout(barmode="group", legend={"orientation": "h", "traceorder": "reversed",
                                                  "y": 1.12})
    figure.update_yaxes(autorange="reversed")
    figure.update_xaxes(range=[0, 102], ticksuffix=" %", dtick=25)
    return styled(figure, 420)


def map_figure(crop: NDArray[np.uint8], heat: FloatArray, signed: bool = False) -> go.Figure:
    """A map laid over the face that it explains.

    Args:
        crop: (S, S) what the network saw; heat: (S, S).
        signed: whether 0 is neutral (red for, blue against) or the least.
    """
    limit = float(max(np.abs(heat).max(), 0.02 if signed else 1e-6))
    figure = go.Figure(go.Heatmap(z=crop, colorscale="gray", showscale=False, hoverinfo="skip"))
    figure.add_heatmap(
        z=heat, zmin=-limit if signed else 0, zmax=limit, opacity=0.5, showscale=False,
        colorscale="RdBu_r" if signed else "YlOrRd", zsmooth="best",
        hovertemplate="%{z:.2f}<extra></extra>")
    figure.update_xaxes(visible=False)
    figure.update_yaxes(visible=False, autorange="reversed", scaleanchor="x")
    figure = styled(figure, 240)
    return figure.update_layout(margin={"l": 0, "r": 0, "t": 0, "b": 0})


def emotion_names(labels: LabelSet, language: Language) -> list[str]:
    """The classes in the reader's language."""
    return [say(f"emotion.{key}", language) for key in labels.keys]


def styled(figure: go.Figure, height: int) -> go.Figure:
    """With the product's font, ink and grid, on the page's own ground."""
    figure.update_layout(height=height, font={"family": FONT, "color": INK, "size": 14},
                         margin={"l": 10, "r": 10, "t": 20, "b": 10},
                         paper_bgcolor="rgba(0,0,0,0)", plot_bgcolor="rgba(0,0,0,0)")
    figure.update_xaxes(gridcolor=GRID, zeroline=False)
    return figure.update_yaxes(gridcolor=GRID, zeroline=False)
