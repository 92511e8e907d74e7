"""The timeline of a PDF, drawn with its own lines and areas from the report's seconds."""

import math
from collections.abc import Callable, Iterable
from functools import partial

import numpy as np
from fpdf import FPDF

from fer_core.records import CHARTS, COLUMNS, Column, FloatArray, Timeline
from fer_core.reports.drawn import charts
from fer_core.reports.plots import GAP, GRID, INK, LINES, MUTED, SMOOTHING
from fer_core.reports.report import HEADLINE, Report, clock
from fer_core.sessions.covering import bare
from fer_core.sessions.timeline import nan_mean, runs_of, smooth_values
from fer_core.texts import say

STEPS = 360
"""Steps that a chart can show: longer sessions are drawn as means of several seconds."""
LEFT = 17.0
"""mm at the left of every chart for its labels."""
EMOTIONS, SCORES, COLUMN, COVERAGE = 52.0, 36.0, 26.0, 7.0
"""mm of the rows, the third for each chart of columns."""
APART = 5.0
TICKS = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1800)


def step_of(seconds: int) -> int:
    """Seconds drawn as one step, for a session of so many."""
    return max(1, math.ceil(seconds / STEPS))


def height_of(timeline: Timeline) -> float:
    """mm that the timeline needs with its legend."""
    return 127.0 + len(charts(timeline)) * (COLUMN + APART)


class TimelineChart:
    """Rows on one clock, from the page's current height on; ``draw`` returns its end in mm."""

    def __init__(self, pdf: FPDF, report: Report) -> None:
        timeline = bare(report.session.timeline)
        self.pdf, self.report, self.timeline = pdf, report, timeline
        self.step = step_of(len(timeline))
        self.left, self.width = pdf.l_margin + LEFT, pdf.epw - LEFT
        self.edges = np.append(np.arange(0, len(timeline), self.step), len(timeline))

    def draw(self) -> float:
        top = self._legend(self.pdf.get_y()) + 7
        first = top
        rows: list[tuple[float, Callable[[float, float], None]]] = [
            (EMOTIONS, self._emotions), (SCORES, self._scores),
            *((COLUMN, partial(self._columns, name, columns))
              for name, columns in charts(self.timeline).items()),
            (COVERAGE, self._coverage)]
        for height, draw in rows:
            draw(top, height)
            self._questions(top, height, named=top == first)
            top += height + APART
        self._moments(first)
        return self._clock(top - APART) + 5

    def _x(self, second: float) -> float:
        """mm of a second counted from the first row of the timeline."""
        return self.left + self.width * second / max(len(self.timeline), 1)

    def _means(self, values: FloatArray) -> FloatArray:
        """(T, ...) -> (steps, ...) means of what is known in each step."""
        return np.stack([nan_mean(values[a:b], axis=0)
                         for a, b in zip(self.edges[:-1], self.edges[1:], strict=True)])

    def _legend(self, top: float) -> float:
        language, x, y = self.report.language, self.pdf.l_margin, top
        entries = [(say(f"emotion.{e.key}", language), e.colour)
                   for e in self.timeline.labels.classes]
        entries += [(say(f"score.{n}.label", language), c)
                    for n, c in zip(HEADLINE, LINES, strict=True)]
        entries += [(c.label[language], c.colour)
                    for columns in charts(self.timeline).values() for c in columns]
        self.pdf.set_font("sans", size=8)
        self.pdf.set_text_color(INK)
        for label, colour in entries:
            wide = self.pdf.get_string_width(label) + 9
            if x + wide > self.pdf.l_margin + self.pdf.epw:
                x, y = self.pdf.l_margin, y + 5
            self.pdf.set_fill_color(colour)
            self.pdf.rect(x, y + 0.8, 3, 3, style="F")
            self.pdf.text(x + 4, y + 3.6, label)
            x += wide
        return y + 5

    def _frame(self, top: float, height: float, title: str, low: float, high: float,
               ticks: Iterable[float]) -> None:
        self.pdf.set_font("sans", size=7)
        self.pdf.set_text_color(MUTED)
        self.pdf.set_line_width(0.15)
        self.pdf.set_draw_color(GRID)
        for tick in ticks:
            y = top + height * (high - tick) / (high - low)
            self.pdf.line(self.left, y, self.left + self.width, y)
            label = f"{tick:g}"
            self.pdf.text(self.left - 1.5 - self.pdf.get_string_width(label), y + 0.9, label)
        with self.pdf.rotation(90, self.pdf.l_margin + 3, top + height / 2):
            self.pdf.text(self.pdf.l_margin + 3 - self.pdf.get_string_width(title) / 2,
                          top + height / 2, title)

    def _emotions(self, top: float, height: float) -> None:
        language, labels = self.report.language, self.timeline.labels.classes
        self._frame(top, height, say("plot.probability", language), 0, 100, (0, 50, 100))
        shares = self._means(self.timeline.probabilities)
        for i, row in enumerate(shares):
            x0, x1, y = self._x(self.edges[i]), self._x(self.edges[i + 1]), top + height
            if np.isnan(row).any():
                self.pdf.set_fill_color(GAP)
                self.pdf.rect(x0, top, x1 - x0, height, style="F")
                continue
            for emotion, share in zip(labels, row, strict=True):
                self.pdf.set_fill_color(emotion.colour)
                tall = height * float(share)
                # A hair wider, because readers show seams between areas that only touch.
                self.pdf.rect(x0, y - tall, min(x1 - x0 + 0.05, self.left + self.width - x0),
                              tall, style="F")
                y -= tall

    def _scores(self, top: float, height: float) -> None:
        self._frame(top, height, say("plot.scores", self.report.language), 0, 100, (0, 50, 100))
        for name, colour in zip(HEADLINE, LINES, strict=True):
            series = self.report.session.scored.signal(name)
            self._line(series, top, height, 0, 100, colour, 0.12)
            self._line(smooth_values(series, SMOOTHING), top, height, 0, 100, colour, 0.5)

    def _columns(self, name: str, columns: tuple[Column, ...], top: float, height: float) -> None:
        axis = CHARTS[name]
        low, high = axis.low, axis.high
        reach = self.report.session.scored.recipe.thresholds.get(axis.band or "")
        if reach is not None:
            band = height * 2 * reach / (high - low)
            self.pdf.set_fill_color(GAP)
            self.pdf.rect(self.left, top + height * high / (high - low) - band / 2, self.width,
                          band, style="F")
        self._frame(top, height, axis.label[self.report.language], low, high,
                    (low, (low + high) / 2, high))
        for column in columns:
            self._line(self.timeline[column.name], top, height, low, high, column.colour, 0.35)

    def _coverage(self, top: float, height: float) -> None:
        self._frame(top, height, "", 0, 100, ())
        title = COLUMNS["coverage"].label[self.report.language]
        self.pdf.text(self.left - 1.5 - self.pdf.get_string_width(title), top + height / 2 + 1,
                      title)
        self.pdf.set_fill_color("#B9B2A5")
        seen = self.report.session.timeline["coverage"]
        for i, share in enumerate(np.nan_to_num(self._means(seen))):
            x0, x1 = self._x(self.edges[i]), self._x(self.edges[i + 1])
            self.pdf.rect(x0, top + height * (1 - share), x1 - x0, height * share, style="F")

    def _line(self, values: FloatArray, top: float, height: float, low: float, high: float,
              colour: str, width: float) -> None:
        """A line broken where nothing is known; a lone step becomes a short dash."""
        means = self._means(values)
        known = ~np.isnan(means)
        heights = top + height * (high - np.clip(means, low, high)) / (high - low)
        middles = (self.edges[:-1] + self.edges[1:]) / 2
        self.pdf.set_draw_color(colour)
        self.pdf.set_line_width(width)
        for a, b in runs_of(known):
            points = [(self._x(middles[i]), float(heights[i])) for i in range(a, b)]
            if len(points) == 1:
                points = [(points[0][0] - 0.3, points[0][1]), (points[0][0] + 0.3, points[0][1])]
            self.pdf.polyline(points)

    def _questions(self, top: float, height: float, named: bool) -> None:
        """Boundaries, numbered above the first row where the numbers have room."""
        self.pdf.set_line_width(0.2)
        self.pdf.set_draw_color(MUTED)
        self.pdf.set_font("sans", size=7)
        self.pdf.set_text_color(INK)
        free = self.left
        for answer in self.report.answers:
            for second, dash in ((answer.start, False), (answer.end, True)):
                x = self._x(min(max(second - self.timeline.start, 0), len(self.timeline)))
                self.pdf.set_dash_pattern(**({"dash": 0.8, "gap": 0.8} if dash else {}))
                self.pdf.line(x, top, x, top + height)
            x = self._x(max(answer.start - self.timeline.start, 0))
            label = say("plot.question", self.report.language, number=answer.name)
            if named and x >= free:
                self.pdf.text(x, top - 4, label)
                free = x + self.pdf.get_string_width(label) + 1.5
        self.pdf.set_dash_pattern()

    def _moments(self, top: float) -> None:
        self.pdf.set_fill_color(INK)
        for m in self.report.moments:
            x = self._x((m.start + m.end) / 2 - self.timeline.start)
            self.pdf.polygon([(x - 1.1, top - 2.6), (x + 1.1, top - 2.6), (x, top - 0.8)],
                             style="F")

    def _clock(self, bottom: float) -> float:
        start, length = self.timeline.start, len(self.timeline)
        step = next((s for s in TICKS if length / s <= 12), 3600)
        self.pdf.set_font("sans", size=7)
        self.pdf.set_text_color(MUTED)
        for second in range(start, start + length + 1, step):
            label = clock(float(second))
            x = self._x(second - start) - self.pdf.get_string_width(label) / 2
            self.pdf.text(x, bottom + 3.5, label)
        title = say("plot.time", self.report.language)
        self.pdf.text(self.left + (self.width - self.pdf.get_string_width(title)) / 2,
                      bottom + 7.5, title)
        return bottom + 8
