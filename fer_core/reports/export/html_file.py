"""A session as one HTML file: opens without a network, its charts answer the mouse."""

from base64 import b64encode
from functools import partial
from pathlib import Path

from markupsafe import Markup
from plotly import graph_objects as go
from plotly.offline import get_plotlyjs

from fer_core.records import Session
from fer_core.reports.export.markup import embedded, template
from fer_core.reports.plots import session_figure
from fer_core.reports.report import build_report
from fer_core.reports.transcript import paragraphs
from fer_core.texts import Language, between, clock, say


def to_html(session: Session, language: Language) -> str:
    """``report.html``: all of the report; about 5 MB, nearly all of it the chart library.

    The file forbids itself every request (Content-Security-Policy), so opening it tells
    nobody. The same session gives the same bytes.
    """
    report = build_report(session, language)
    charts = [_data(session_figure(report, smoothed=smoothed)) for smoothed in (False, True)]
    return template(Path(__file__).with_name("template.html.jinja")).render(
        report=report, t=partial(say, language=language), between=between, clock=clock,
        paragraphs=paragraphs, charts=charts,
        base64=lambda picture: b64encode(picture).decode(), library=Markup(get_plotlyjs()))


def _data(figure: go.Figure) -> Markup:
    """A figure as JSON."""
    # The default template is 7 kB that the figure does not use.
    return embedded(figure.update_layout(template="none").to_json())
