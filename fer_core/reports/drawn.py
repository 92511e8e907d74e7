"""Which rows a session's chart has below expressions and scores, for every way of drawing it."""

from fer_core.records import CHARTS, COLUMNS, Column, Timeline


def charts(timeline: Timeline) -> dict[str, tuple[Column, ...]]:
    """Chart -> its columns, top to bottom. A column has its line only where it was measured: there
    is no empty voice without a microphone, nor a column that a kept session did not know yet."""
    drawn = {name: tuple(c for c in COLUMNS.values()
                         if c.chart == name and c.name in timeline.columns) for name in CHARTS}
    return {name: columns for name, columns in drawn.items() if columns}
