"""To add a column: one registry entry and its producer. Everything else finds it by itself."""

import csv
import io
import json

import numpy as np
import pytest

from fer_core.config import StorageSettings
from fer_core.emotions import EMOTIONS
from fer_core.history.storage import Store
from fer_core.records import CHARTS, COLUMNS, Chart, Column, Reading, Source, Timeline
from fer_core.reports.export import from_json, timeline_csv, to_json
from fer_core.reports.export.pdf_file import to_pdf
from fer_core.reports.plots import session_figure
from fer_core.reports.report import build_report
from fer_core.sessions.builder import SessionBuilder
from fer_core.sessions.timeline import TimelineBuilder, build, crop, smooth
from fer_core.texts import LANGUAGES
from tests.planted import FULL, LABELS, SETTINGS
from tests.sessions.test_timeline import face

HUM = Column("hum", {"ko": "흥얼거림", "en": "Humming"}, "hums a second", 0, 50, needs="nothing",
             second="sum", digits=3, told="{:.1f}", chart="voice", colour="#123456")


@pytest.fixture
def hum(monkeypatch):
    """The registry entry."""
    monkeypatch.setitem(COLUMNS, "hum", HUM)
    monkeypatch.setitem(CHARTS, "voice", Chart({"ko": "목소리", "en": "Voice"}, 0, 5))


def session():
    """The producer: the first frame of every even second hums, a face or none."""
    builder = SessionBuilder(LABELS, FULL.models, SETTINGS)
    p = np.eye(8)[0]
    for i in range(80):
        time, values = i / 4, {"hum": 1.25 if i % 8 == 0 else 0.0}
        builder.add(Reading(time, values=values) if 5 <= time < 7 else Reading(
            time, face(), p, light=0.5, members={"vit": p, "mixer": np.eye(8)[1]}, values=values))
    return builder.session(Source("hum.mp4", "0" * 64, 20.0, 640, 480), ())


def test_a_new_column_is_in_the_table(hum):
    rows = list(csv.DictReader(io.StringIO(timeline_csv(session()))))
    assert [row["hum"] for row in rows[4:8]] == ["1.25", "0", "1.25", "0"]
    assert (rows[5]["yaw"], rows[5]["coverage"]) == ("", "0"), "a second of its own validity"


def test_a_new_column_is_in_the_file_and_comes_back(hum):
    text = to_json(session(), "ko")
    assert [row["hum"] for row in json.loads(text)["timeline"][4:6]] == [1.25, 0.0]
    again = from_json(text)
    np.testing.assert_array_equal(again.timeline["hum"], session().timeline["hum"])
    assert to_json(again, "ko") == text


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_new_column_is_drawn_and_told(hum, language):
    figure = session_figure(build_report(session(), language))
    line, = figure.select_traces({"name": HUM.label[language]})
    assert list(line.y[4:6]) == [1.25, 0]
    assert CHARTS["voice"].label[language] in [
        figure.layout[axis].title.text for axis in figure.layout if axis.startswith("yaxis")]
    told = [t.text for t in figure.select_traces({"mode": "markers"})]
    assert sum(f"{HUM.label[language]} 1.2" in text[6] for text in told) == 1
    assert len(to_pdf(session(), language)) > len(to_pdf(FULL, language)) / 2


def test_a_new_column_is_kept_in_the_history(hum, tmp_path):
    store = Store(StorageSettings(home=tmp_path))
    found = store.load(store.save(session(), "ko"))
    np.testing.assert_array_equal(found.timeline["hum"], session().timeline["hum"])
    store.close()


def test_what_needs_no_picture_has_no_empty_chart(hum):
    names = {trace.name for trace in session_figure(build_report(FULL, "en")).data}
    assert "Humming" not in names
    assert np.isnan(FULL.timeline["hum"]).all(), "a session from before it was known"


def test_a_file_from_before_a_column_was_known_opens(monkeypatch):
    text = to_json(FULL, "ko")
    monkeypatch.setitem(COLUMNS, "hum", HUM)
    assert np.isnan(from_json(text).timeline["hum"]).all()


def test_beside_the_frames(hum):
    """A producer that hears: no frame, no row, no coverage."""
    builder = TimelineBuilder(LABELS)
    for i in range(12):
        builder.add(Reading(i / 4))
    builder.note(1.1, hum=2.0)
    builder.note(1.9, hum=3.0)
    builder.note(2.5, hum=float("nan"))
    builder.note(99.0, hum=1.0)
    timeline = builder.timeline()
    np.testing.assert_array_equal(timeline["hum"], [np.nan, 5, np.nan])
    np.testing.assert_array_equal(timeline["coverage"], [0, 0, 0])
    assert np.isnan(builder.timeline(5.0)["hum"]).tolist() == [True, False, True, True, True]


def test_whoever_only_passed_by_leaves_their_voice_and_no_face(hum, monkeypatch):
    monkeypatch.setitem(COLUMNS, "glow", Column("glow", {"ko": "빛", "en": "Glow"}, "1"))
    builder = TimelineBuilder(LABELS)
    builder.add(Reading(0.0, face(), np.eye(8)[0], members={"vit": np.eye(8)[0]},
                        values={"hum": 1.0, "glow": 1.0}))
    builder.forget()
    builder.add(Reading(1.0))
    timeline = builder.timeline()
    assert timeline["hum"][0] == 1
    assert np.isnan(timeline["glow"]).all()
    assert not timeline.seen.any()
    assert np.isnan(timeline.members["vit"]).all()
    assert timeline["coverage"].tolist() == [0, 0]


def test_each_networks_own_reading_is_kept_like_the_vote(hum):
    a, b = np.eye(8)[0], np.eye(8)[3]
    readings = [Reading(i / 2, face(), (a + b) / 2, members={"vit": a, "mixer": b})
                for i in range(6)] + [Reading(3.0)]
    timeline = build(readings, LABELS)
    assert timeline.members["vit"][:3] == pytest.approx(np.tile(a, (3, 1)))
    assert timeline.members["mixer"][:3] == pytest.approx(np.tile(b, (3, 1)))
    assert np.isnan(timeline.members["vit"][3]).all()
    assert crop(timeline, 1, 3).members["vit"].shape == (2, 8)
    text = to_json(session(), "en")
    assert from_json(text).timeline.members["mixer"][0, 1] == 1
    row = next(csv.DictReader(io.StringIO(timeline_csv(session()))))
    assert (row["vit_neutral"], row["mixer_happiness"], row["mixer_neutral"]) == ("1", "1", "0")


def test_smoothing_leaves_what_is_declared_so(hum):
    even = smooth(session().timeline, 3)
    assert even["hum"][1] == pytest.approx(2.5 / 3)
    np.testing.assert_array_equal(even["coverage"], session().timeline["coverage"])


def test_only_declared_columns_can_be_made():
    with pytest.raises(ValueError, match="not columns: gazing"):
        Timeline(LABELS, np.full((1, 8), 0.125), {"gazing": np.zeros(1)})
    with pytest.raises(ValueError, match="not columns: gazing"):
        Reading(0.0, values={"gazing": 1.0})
    with pytest.raises(ValueError, match="yaw: shape"):
        Timeline(LABELS, np.full((1, 8), 0.125), {"yaw": np.zeros(2)})
    with pytest.raises(KeyError):
        FULL.timeline["gazing"]


def test_a_columns_name_is_nobody_elses():
    taken = {*EMOTIONS, "second", "question", "scored", "valence", "probabilities", "members"}
    assert not taken & COLUMNS.keys()
    for name, column in COLUMNS.items():
        assert column.name == name
        assert set(column.label) == set(LANGUAGES)
        assert column.low < column.high
        assert column.chart is None or column.chart in CHARTS
        assert not name.startswith(("part_", "weight_"))
