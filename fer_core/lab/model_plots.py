"""Charts of what was measured of the networks (plotly)."""

from typing import Any

import numpy as np
import plotly.graph_objects as go

from fer_core.emotions import LABEL_SETS
from fer_core.photos.figures import emotion_names, styled
from fer_core.reports.plots import LINES, MUTED
from fer_core.texts import Language, say

ROLES = (*LINES, "#6E8B3D")
"""Colours of tension, positive and calm."""


def calibration_figure(entry: dict[str, Any], language: Language) -> go.Figure:
    """Confidence against accuracy, the size of a point by its pictures; the diagonal is honest.

    Args:
        entry: of the results file.
    """
    figure = _honest(say("plot.confidence", language), say("plot.accuracy", language))
    _curve(figure, entry["calibration"], LINES[0], 18, showlegend=False)
    return styled(figure, 320)


def reliability_figure(entry: dict[str, Any], language: Language) -> go.Figure:
    """What the scores sum: probability said against how often it was so, a line for each of
    tension, positive and calm; the diagonal is honest. The size of a point is by its pictures.

    Args:
        entry: of the results file, with ``roles``.
    """
    figure = _honest(say("plot.said", language), say("plot.happened", language))
    for (role, found), colour in zip(entry["roles"].items(), ROLES, strict=True):
        _curve(figure, found["calibration"], colour, 14, name=say(
            f"plot.role.{role}", language, ece=f"{100 * found['ece']:.1f}"))
    return styled(figure, 360).update_layout(legend={"orientation": "h", "y": 1.2})


def _honest(across: str, up: str) -> go.Figure:
    """Two shares in percent, and the diagonal on which they are equal."""
    figure = go.Figure()
    figure.add_scatter(x=[0, 100], y=[0, 100], mode="lines", showlegend=False, hoverinfo="skip",
                       line={"color": MUTED, "dash": "dot", "width": 1})
    figure.update_xaxes(title=across, range=[0, 102])
    figure.update_yaxes(title=up, range=[0, 102])
    return figure


def _curve(figure: go.Figure, rows: list[dict[str, float]], colour: str, largest: float,
           **options: Any) -> None:
    """A line of ``reliability.calibration_curve``; ``largest`` px that a point may grow."""
    sizes = np.sqrt([r["n"] for r in rows])
    figure.add_scatter(
        x=[100 * r["confidence"] for r in rows], y=[100 * r["accuracy"] for r in rows],
        customdata=[r["n"] for r in rows], mode="markers+lines", line={"color": colour},
        marker={"size": 6 + largest * sizes / sizes.max()},
        hovertemplate="%{x:.0f} % → %{y:.0f} % (n %{customdata})<extra></extra>", **options)


def confusion_figure(entry: dict[str, Any], language: Language) -> go.Figure:
    """Share of the pictures of each emotion (rows) that were read as each (columns)."""
    labels = LABEL_SETS[entry["labels"]]
    counts = np.array(entry["confusion"], float)
    shares = 100 * counts / np.maximum(counts.sum(1, keepdims=True), 1)
    names = emotion_names(labels, language)
    figure = go.Figure(go.Heatmap(
        z=shares, x=names, y=names, zmin=0, zmax=100, colorscale=[[0, "#FFFDF9"], [1, LINES[0]]],
        showscale=False, texttemplate="%{z:.0f}", customdata=counts,
        hovertemplate="%{y} → %{x}: %{z:.0f} % (%{customdata})<extra></extra>"))
    figure.update_yaxes(autorange="reversed", title=say("plot.labelled", language))
    figure.update_xaxes(title=say("plot.read", language), side="bottom", tickangle=-45)
    return styled(figure, 420)
