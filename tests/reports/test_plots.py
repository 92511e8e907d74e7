"""Charts: nothing is drawn where nothing was measured, and times are true."""

import numpy as np
import pytest

from fer_core.records import COLUMNS, Answer
from fer_core.reports.plots import session_figure
from fer_core.reports.report import build_report
from fer_core.sessions import timeline
from fer_core.texts import LANGUAGES, say
from tests.planted import FULL, STALLED, scored_again, session

GAP = slice(20, 24)


def milliseconds(values):
    return np.asarray(values, "datetime64[ms]").astype(int)


@pytest.mark.parametrize("language", LANGUAGES)
def test_emotions_are_named_in_the_readers_language(language):
    figure = session_figure(build_report(FULL, language))
    names = [trace.name for trace in figure.select_traces({"stackgroup": "emotions"})]
    assert names == [say(f"emotion.{key}", language) for key in FULL.timeline.labels.keys]


def test_emotions_stack_to_a_hundred_and_are_unknown_in_the_gap():
    figure = session_figure(build_report(FULL, "en"))
    stacked = np.array([trace.y for trace in figure.select_traces({"stackgroup": "emotions"})])
    assert np.isnan(stacked[:, GAP]).all()
    np.testing.assert_allclose(np.delete(stacked, np.r_[GAP], axis=1).sum(0), 100)


def test_lines_break_where_nothing_was_measured():
    """The pose breaks where nobody was seen. The scores do not: such a second counts 0."""
    figure = session_figure(build_report(STALLED, "en"))
    lines = [t for t in figure.select_traces({"type": "scatter", "mode": "lines"})
             if not t.stackgroup]
    scores, pose = lines[:4], lines[4:]  # two scores, thin and bold; yaw and pitch
    assert len(pose) == 2
    stalled = slice(14, 18)
    for trace in lines:
        values = np.asarray(trace.y, float)
        assert np.isnan(values[stalled]).all()
        assert not np.isnan(np.delete(values, np.r_[stalled, GAP])).any()
        assert not trace.connectgaps
    assert all(np.isnan(np.asarray(t.y, float)[GAP]).all() for t in pose)
    for thin in scores[::2]:
        np.testing.assert_array_equal(np.asarray(thin.y, float)[GAP], 0)


def test_every_moment_is_marked_in_its_middle():
    figure = session_figure(build_report(FULL, "en"))
    marks = [a for a in figure.layout.annotations if a.text == "▼"]
    assert [int(milliseconds(a.x)) for a in marks] == [
        500 * (m.start + m.end) for m in FULL.moments]


def test_a_stretch_keeps_the_clips_own_time():
    later = scored_again(FULL, timeline=timeline.crop(FULL.timeline, 25, 40))
    figure = session_figure(build_report(later, "en"))
    assert milliseconds(figure.layout.xaxis4.range).tolist() == [25_000, 40_000]
    points = next(figure.select_traces({"mode": "markers"}))
    assert milliseconds(points.x)[0] == 25_500


def test_an_hour_has_a_readable_axis():
    figure = session_figure(build_report(session(seconds=3700), "ko"))
    assert len(figure.layout.xaxis4.tickvals) <= 14
    assert figure.layout.xaxis4.ticktext[-1] == "1:00:00"


def test_the_whole_session_is_on_one_clock_and_every_second_can_be_clicked():
    asked = scored_again(FULL, answers=(Answer("a", 0.0, 12.0), Answer("b", 14.0, 40.0)))
    figure = session_figure(build_report(asked, "en"), at=7)
    layers = list(figure.select_traces({"type": "scatter", "mode": "markers"}))
    assert [t.yaxis for t in layers] == ["y", "y2", "y3", "y4"]
    for layer in layers:  # the n-th point is the n-th second: a click's index is a second
        assert (milliseconds(layer.x) == 1000 * np.arange(40) + 500).all()
        assert "0:07" in layer.text[7]
        assert say("plot.unseen", "en") in layer.text[21] or layer.yaxis == "y4"
    lines = [s for s in figure.layout.shapes if s.type == "line"]
    ends = sorted({int(milliseconds(s.x0)) for s in lines})
    assert ends == [0, 7_500, 12_000, 14_000, 40_000]
    assert len(lines) == 5 * 4
    assert [a.text for a in figure.layout.annotations if a.text.startswith("Q")] == ["Q1", "Q2"]


def test_a_gap_says_whether_the_face_or_the_picture_was_missing():
    figure = session_figure(build_report(STALLED, "en"))
    named = {a.text: a.x for a in figure.layout.annotations}
    assert milliseconds([named["No face"], named["Not analysed"]]).tolist() == [22_000, 16_000]
    points = next(figure.select_traces({"type": "scatter", "mode": "markers"}))
    assert "Not analysed" in points.text[15]
    assert "No face" in points.text[21]


def test_a_covered_face_is_a_gap_of_its_own():
    looks = np.where(np.arange(40) < 10, 0.95, 0.0)
    covered = scored_again(FULL, timeline=FULL.timeline.having(covered=looks))
    for smoothed in (False, True):
        figure = session_figure(build_report(covered, "en"), smoothed=smoothed)
        named = {a.text: a.x for a in figure.layout.annotations}
        assert milliseconds([named["No face"], named["Face covered"]]).tolist() == [22_000, 5_000]
        told = [t.text[5] for t in figure.select_traces({"type": "scatter", "mode": "markers"})]
        assert all("Face covered" in text for text in told[:-1])
        yaw = next(figure.select_traces({"name": COLUMNS["yaw"].label["en"]}))
        assert np.isnan(np.array(yaw.y, float)[:10]).all(), "the pose of a masked face is a guess"
        assert not np.isnan(yaw.y[10])


def test_smoothing_keeps_the_sum_and_the_gaps():
    figure = session_figure(build_report(FULL, "en"), smoothed=True)
    stacked = np.array([trace.y for trace in figure.select_traces({"stackgroup": "emotions"})])
    assert np.isnan(stacked[:, GAP]).all()
    np.testing.assert_allclose(np.delete(stacked, np.r_[GAP], axis=1).sum(0), 100)
