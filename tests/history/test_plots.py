"""How the scores went: every score is drawn, on the reader's days."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from fer_core.history import plots
from fer_core.history.entries import Entry
from fer_core.records import Basis, Score
from fer_core.sessions.scoring import SCORES

PAGES = ("#FBF7F0", "#17120F")
"""Grounds of .streamlit/config.toml, light and dark."""


def entries(names, count=3) -> list[Entry]:
    """The newest first, a day apart, at 15:30 UTC."""
    first = datetime(2026, 11, 20, 15, 30, tzinfo=UTC)
    return [Entry(f"{i}", first - timedelta(days=i), f"{i}.mp4", "clip", 30.0, "", (),
                  Basis(1, ("a" * 64,), "average", "none", "", "words"),
                  {name: Score(name, 50.0 + i, 40.0, 70.0, (), 30) for name in names}, {}, {})
            for i in range(count)]


@pytest.mark.parametrize("more", [1, 30])
def test_no_score_is_dropped_however_many_there_are(monkeypatch, more):
    for i in range(more):
        monkeypatch.setitem(SCORES, f"extra{i}", {"facing": 1.0})
    monkeypatch.setattr(plots, "say", lambda key, language: key)
    figure = plots.trend_figure(entries(SCORES), "en")
    dots = [trace for trace in figure.data if trace.mode == "markers"]
    assert [trace.name for trace in dots] == [f"score.{n}.label" for n in SCORES]
    assert all(list(trace.y) == [52.0, 51.0, 50.0] for trace in dots)
    lines = [trace for trace in figure.data if trace.mode == "lines" and trace.fill is None]
    assert len(lines) == len(SCORES)
    told_apart = {(line.line.color, line.line.dash) for line in lines[:24]}
    assert len(told_apart) == min(len(SCORES), 24)


def test_a_line_goes_through_sessions_on_its_scores_own_scale():
    """Sessions without words are no points of delivery's line; confidence does not mind."""
    apart = [replace(e, basis=e.basis._replace(voice="sound")) if e.id > "2" else e
             for e in entries(["confidence", "delivery"], 6)]
    lines = {trace.legendgroup: len(trace.x) for trace in plots.trend_figure(apart, "en").data
             if trace.mode == "lines" and trace.fill is None}
    assert lines == {"confidence": 6, "delivery": 3}


def light(colour: str) -> float:
    """Relative luminance, WCAG 2.2."""
    parts = [int(colour[i:i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("colour", plots.COLOURS)
@pytest.mark.parametrize("page", PAGES)
def test_every_line_stands_out_from_a_light_and_a_dark_page(colour, page):
    low, high = sorted((light(colour), light(page)))
    assert (high + 0.05) / (low + 0.05) >= 3  # WCAG 1.4.11, graphical objects


@pytest.mark.parametrize(("zone", "days", "time"), [
    ("Asia/Seoul", ["11-19", "11-20", "11-21"], "2026-11-21 00:30"),
    ("America/New_York", ["11-18", "11-19", "11-20"], "2026-11-20 10:30")])
def test_days_are_the_readers(zone, days, time):
    figure = plots.trend_figure(entries(["confidence"]), "ko", ZoneInfo(zone))
    assert list(figure.layout.xaxis.ticktext) == days
    assert figure.data[0].customdata[-1][1] == time


def test_a_summers_session_keeps_its_summer_time():
    summer = replace(entries(["confidence"], 1)[0], created=datetime(2026, 7, 1, 21, tzinfo=UTC))
    told = plots.trend_figure([*entries(["confidence"], 1), summer], "en",
                              ZoneInfo("America/New_York")).data[0].customdata
    assert [day for _, day in told] == ["2026-07-01 17:00", "2026-11-20 10:30"]
