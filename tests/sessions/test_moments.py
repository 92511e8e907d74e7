"""Planted moments are found, and nothing else."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fer_core.config import ScoringSettings
from fer_core.emotions import LABEL_SETS
from fer_core.records import Moment, Timeline
from fer_core.sessions.moments import find

LABELS = LABEL_SETS["ferplus"]
QUICK = ScoringSettings(resamples=100)


def plant(script, yaw=None, start=0):
    """A second per entry: {emotion: share}, the rest neutral; None where nobody is."""
    rows = np.full((len(script), len(LABELS.classes)), np.nan)
    for row, shares in zip(rows, script, strict=True):
        if shares is not None:
            row[:] = 0
            row[LABELS.keys.index("neutral")] = 1 - sum(shares.values())
            for emotion, share in shares.items():
                row[LABELS.keys.index(emotion)] += share
    gone = np.isnan(rows[:, 0])
    yaw = np.where(gone, np.nan, np.zeros(len(rows)) if yaw is None else yaw)
    pose = np.where(gone, np.nan, 0.0)
    return Timeline(LABELS, rows, {"coverage": (~gone).astype(float), "yaw": yaw, "pitch": pose,
                                    "roll": pose, "motion": pose}, start)


def moments(script, kind, **options):
    return [m for m in find(plant(script, **options), QUICK) if m.kind == kind]


CALM = {}


def test_nothing_to_see():
    assert find(plant([CALM] * 20), QUICK) == ()
    assert find(plant([]), QUICK) == ()


def test_smile_peak():
    script = [CALM] * 4 + [{"happiness": 0.7}, {"happiness": 0.9}, {"happiness": 0.7}]
    assert moments(script, "smile_peak", start=30) == [
        Moment("smile_peak", 35, 36, pytest.approx(0.9))]
    assert moments([{"happiness": 0.4}] * 10, "smile_peak") == []


def test_tension_longest():
    tense = {"anger": 0.2, "fear": 0.2}
    script = [CALM] * 6 + [tense] * 2 + [CALM] + [tense] * 4 + [CALM] + [tense]
    assert moments(script, "tension_longest") == [Moment("tension_longest", 9, 13, 4)]
    assert moments([CALM] * 6 + [tense, CALM] * 4, "tension_longest") == []
    assert moments([tense] * 20, "tension_longest") == [], "their resting face"


def test_swing():
    script = [CALM] * 5 + [{"happiness": 0.4}, {"fear": 1}] + [{"fear": 1}] * 3
    swing, = moments(script, "swing")
    assert (swing.start, swing.end) == (5, 7)
    assert swing.value == pytest.approx(1)
    assert moments([CALM] * 5 + [None] + [{"fear": 1}] * 5, "swing") == [], "not across a gap"
    assert moments([CALM, {"happiness": 0.1}] * 5, "swing") == []


def test_face_lost():
    script = [None] * 2 + [CALM] * 3 + [None] + [CALM] + [None] * 4
    assert moments(script, "face_lost") == [
        Moment("face_lost", 0, 2, 2), Moment("face_lost", 7, 11, 4)]
    assert moments([None] * 9, "face_lost") == [Moment("face_lost", 0, 9, 9)]


def test_a_face_is_not_lost_where_nothing_was_analysed():
    timeline = plant([None] * 3 + [CALM] * 3 + [None] * 5)
    coverage = timeline["coverage"].copy()
    coverage[7:] = np.nan
    lost = [m for m in find(timeline.having(coverage=coverage), QUICK) if m.kind == "face_lost"]
    assert lost == [Moment("face_lost", 0, 3, 3)]


def test_only_the_longest_gaps_are_listed():
    script = []
    for length in (2, 3, 9, 4, 8, 5, 7):
        script += [CALM] + [None] * length
    assert [m.value for m in moments(script, "face_lost")] == [9, 4, 8, 5, 7]


def test_looked_away():
    yaw = np.zeros(40)
    yaw[4:7], yaw[10], yaw[20:22], yaw[25:30], yaw[33:37] = 30, 30, -30, 30, 30
    assert [(m.start, m.end) for m in moments([CALM] * 40, "looked_away", yaw=yaw)] == [
        (4, 7), (25, 30), (33, 37)]


@settings(max_examples=40, deadline=None)
@given(st.lists(st.one_of(st.none(), st.fixed_dictionaries(
    {"happiness": st.floats(0, 0.5), "fear": st.floats(0, 0.5)})), max_size=40),
    st.integers(0, 100))
def test_sorted_within_the_session_and_of_some_length(script, start):
    found = find(plant(script, start=start), QUICK)
    assert [m.start for m in found] == sorted(m.start for m in found)
    for moment in found:
        assert start <= moment.start < moment.end <= start + len(script)
        assert moment.value > 0
