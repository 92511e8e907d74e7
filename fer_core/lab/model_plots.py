"""Charts of the networks: what was measured, what they read, what they looked at (plotly)."""

from typing import Any

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from fer_core.emotions import LABEL_SETS, LabelSet
from fer_core.records import FloatArray
from fer_core.reports.plots import FONT, GRID, INK, LINES, MUTED
from fer_core.texts import Language, say

VOTE = "#2B2A33"
"""Colour of the ensemble beside those of its members."""
ROLES = (*LINES, "#6E8B3D")
"""Colours of tension, positive and calm."""


def calibration_figure(entry: dict[str, Any], language: Language) -> go.Figure:
    """Confidence against accuracy, the size of a point by its pictures; the diagonal is honest.

    Args:
        entry: of the results file.
    """
    rows = entry["calibration"]
    figure = go.Figure()
    figure.add_scatter(x=[0, 100], y=[0, 100], mode="lines", showlegend=False, hoverinfo="skip",
                       line={"color": MUTED, "dash": "dot", "width": 1})
    sizes = np.sqrt([r["n"] for r in rows])
    figure.add_scatter(
        x=[100 * r["confidence"] for r in rows], y=[100 * r["accuracy"] for r in rows],
        customdata=[r["n"] for r in rows], mode="markers+lines", showlegend=False,
        line={"color": LINES[0]}, marker={"size": 6 + 18 * sizes / sizes.max()},
        hovertemplate="%{x:.0f} % → %{y:.0f} % (n %{customdata})<extra></extra>")
    figure.update_xaxes(title=say("plot.confidence", language), range=[0, 102])
    figure.update_yaxes(title=say("plot.accuracy", language), range=[0, 102])
    return _styled(figure, 320)


def reliability_figure(entry: dict[str, Any], language: Language) -> go.Figure:
    """What the scores sum: probability said against how often it was so, a line for each of
    tension, positive and calm; the diagonal is honest. The size of a point is by its pictures.

    Args:
        entry: of the results file, with ``roles``.
    """
    figure = go.Figure()
    figure.add_scatter(x=[0, 100], y=[0, 100], mode="lines", showlegend=False, hoverinfo="skip",
                       line={"color": MUTED, "dash": "dot", "width": 1})
    for (role, found), colour in zip(entry["roles"].items(), ROLES, strict=True):
        rows = found["calibration"]
        sizes = np.sqrt([r["n"] for r in rows])
        figure.add_scatter(
            x=[100 * r["confidence"] for r in rows], y=[100 * r["accuracy"] for r in rows],
            customdata=[r["n"] for r in rows], mode="markers+lines", line={"color": colour},
            name=say(f"plot.role.{role}", language, ece=f"{100 * found['ece']:.1f}"),
            marker={"size": 6 + 14 * sizes / sizes.max()},
            hovertemplate="%{x:.0f} % → %{y:.0f} % (n %{customdata})<extra></extra>")
    figure.update_xaxes(title=say("plot.said", language), range=[0, 102])
    figure.update_yaxes(title=say("plot.happened", language), range=[0, 102])
    return _styled(figure, 360).update_layout(legend={"orientation": "h", "y": 1.2})


def confusion_figure(entry: dict[str, Any], language: Language) -> go.Figure:
    """Share of the pictures of each emotion (rows) that were read as each (columns)."""
    labels = LABEL_SETS[entry["labels"]]
    counts = np.array(entry["confusion"], float)
    shares = 100 * counts / np.maximum(counts.sum(1, keepdims=True), 1)
    names = _names(labels, language)
    figure = go.Figure(go.Heatmap(
        z=shares, x=names, y=names, zmin=0, zmax=100, colorscale=[[0, "#FFFDF9"], [1, LINES[0]]],
        showscale=False, texttemplate="%{z:.0f}", customdata=counts,
        hovertemplate="%{y} → %{x}: %{z:.0f} % (%{customdata})<extra></extra>"))
    figure.update_yaxes(autorange="reversed", title=say("plot.labelled", language))
    figure.update_xaxes(title=say("plot.read", language), side="bottom", tickangle=-45)
    return _styled(figure, 420)


def bars_figure(names: tuple[str, ...], members: FloatArray, vote: FloatArray, labels: LabelSet,
                language: Language) -> go.Figure:
    """What every network read beside what they agreed on.

    Args:
        names: M networks; members: (M, C); vote: (C,).
    """
    figure = go.Figure()
    y = _names(labels, language)
    rows = [*zip(names, members, ("#E7B7A8", "#9DBFD0", "#C9C3B8", "#B7C9B0"), strict=False),
            (say("plot.vote", language), vote, VOTE)]
    for name, values, colour in reversed(rows):
        figure.add_bar(y=y, x=100 * values, name=name, orientation="h", marker_color=colour,
                       hovertemplate=f"{name}: %{{x:.0f}} %<extra></extra>")
    figure.update_layout(barmode="group", legend={"orientation": "h", "traceorder": "reversed",
                                                  "y": 1.12})
    figure.update_yaxes(autorange="reversed")
    figure.update_xaxes(range=[0, 102], ticksuffix=" %")
    return _styled(figure, 460)


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
    figure = _styled(figure, 240)
    return figure.update_layout(margin={"l": 0, "r": 0, "t": 0, "b": 0})


def _names(labels: LabelSet, language: Language) -> list[str]:
    return [say(f"emotion.{key}", language) for key in labels.keys]


def _styled(figure: go.Figure, height: int) -> go.Figure:
    figure.update_layout(height=height, font={"family": FONT, "color": INK, "size": 14},
                         margin={"l": 10, "r": 10, "t": 20, "b": 10},
                         paper_bgcolor="rgba(0,0,0,0)", plot_bgcolor="rgba(0,0,0,0)")
    figure.update_xaxes(gridcolor=GRID, zeroline=False)
    return figure.update_yaxes(gridcolor=GRID, zeroline=False)
