from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from fer_core.emotions import LABEL_SETS
from fer_core.lab.datasets import Samples
from fer_core.lab.evaluation import (
    both,
    metrics,
    paired,
    subgroups,
    wilson,
)
from fer_core.lab.reliability import calibration_curve, calibration_error, of_event

LABELS = LABEL_SETS["interview3"]
ONE_HOT = np.eye(3)


def test_hand_computed_metrics():
    label = np.array([0, 0, 1, 1, 2, 2])
    read = ONE_HOT[[0, 1, 1, 1, 2, 0]]
    result = metrics(read, label, LABELS)
    assert result["n"] == 6
    assert result["accuracy"] == pytest.approx(4 / 6, abs=1e-4)
    assert result["confusion"] == [[1, 1, 0], [0, 2, 0], [1, 0, 1]]
    assert result["per_class"]["panic"] == {
        "n": 2, "precision": 0.6667, "recall": 1.0, "f1": 0.8}
    assert result["macro_f1"] == pytest.approx((0.5 + 0.8 + 2 / 3) / 3, abs=1e-4)


def test_absent_classes_do_not_lower_the_macro_f1():
    result = metrics(ONE_HOT[[0, 1]], np.array([0, 1]), LABELS)
    assert result["macro_f1"] == 1.0


def test_calibration_error_of_planted_confidence():
    """Says 0.9 and is right half of the time: off by 0.4."""
    p = np.tile([0.9, 0.05, 0.05], (100, 1))
    label = np.repeat([0, 1], 50)
    assert calibration_error(p, label) == pytest.approx(0.4)
    assert calibration_error(ONE_HOT[label], label) == pytest.approx(0)


def test_nothing_to_measure_is_none():
    assert metrics(np.empty((0, 3)), np.empty(0, np.int64), LABELS)["accuracy"] is None


def test_contempt_is_left_out_of_the_basic_macro_f1():
    labels = LABEL_SETS["ferplus"]
    result = metrics(np.eye(8)[[0, 1, 0]], np.array([0, 1, 7]), labels)
    assert result["macro_f1_basic"] == pytest.approx((2 / 3 + 1) / 2, abs=1e-4)
    assert result["macro_f1"] == pytest.approx((2 / 3 + 1 + 0) / 3, abs=1e-4)


def test_the_calibration_curve_adds_up_to_the_error():
    rng = np.random.default_rng(0)
    p = rng.dirichlet([1, 1, 1], 500)
    label = rng.integers(0, 3, 500)
    curve = calibration_curve(p, label)
    assert sum(row["n"] for row in curve) == 500
    gap = sum(abs(row["confidence"] - row["accuracy"]) * row["n"] for row in curve) / 500
    assert gap == pytest.approx(calibration_error(p, label), abs=1e-3)


def test_wilson_of_a_textbook_share():
    assert wilson(8, 10) == pytest.approx([0.4902, 0.9433], abs=1e-4)
    assert wilson(0, 5)[0] == pytest.approx(0)


def test_paired_difference_uses_the_same_pictures():
    one = np.array([True] * 60 + [False] * 40)
    other = np.array([True] * 50 + [False] * 50)
    result = paired(one, other)
    assert result["points"] == 10
    low, high = result["interval"]
    # Only the ten that differ carry doubt: far narrower than two separate shares.
    assert 3 < low < 10 < high < 17
    assert paired(one, one) == {"points": 0.0, "interval": [0.0, 0.0]}
    assert paired(one[:0], one[:0])["points"] is None


def test_subgroups_by_sex_and_age_band():
    table = pd.DataFrame({"gender": ["f", "f", "m", None], "age": [12, 20, 29, "x"]})
    samples = Samples(LABELS, [np.zeros((4, 4), np.uint8)] * 4, np.eye(3)[[0] * 4],
                      np.zeros(4, int), np.zeros(4, bool), attributes=table)
    groups = subgroups(np.array([True, False, True, True]), samples)
    assert groups["gender"]["f"]["accuracy"] == 0.5
    assert groups["gender"]["m"]["n"] == 1
    assert groups["age"]["under 13"]["n"] == 1
    assert groups["age"]["20 to 29"]["accuracy"] == 0.5


def test_where_the_annotators_agree_has_a_figure_of_its_own_and_one_without_leaks():
    label = np.array([0, 0, 1, 2])
    samples = Samples(LABELS, [np.zeros((48, 48), np.uint8)] * 4, ONE_HOT[label], label,
                      np.array([True, False, False, False]),
                      attributes=pd.DataFrame({"majority": [True, True, True, False]}))
    clear = both(ONE_HOT[[0, 1, 1, 2]], samples)["majority"]
    assert (clear["n"], clear["accuracy"]) == (3, 0.6667)
    assert (clear["without_leaks"]["n"], clear["without_leaks"]["accuracy"]) == (2, 0.5)
    assert "majority" not in both(ONE_HOT[label], replace(samples, attributes=None))


def test_calibration_of_one_event():
    """Said .8 and happened half of the time, said 0 and never happened."""
    said = np.repeat([0.8, 0.0], 50)
    happened = np.arange(100) % 2 == 0
    found = of_event(said, happened & (said > 0))
    assert found["ece"] == pytest.approx(0.15)
    assert (found["said"], found["share"]) == (0.4, 0.25)
    assert [(r["confidence"], r["accuracy"], r["n"]) for r in found["calibration"]] == [
        (0.0, 0.0, 50), (0.8, 0.5, 50)]


def test_what_the_scores_sum_is_measured_too():
    """P(tension) is the sum over its classes: anger read as fear is no mistake of it."""
    labels = LABEL_SETS["ferplus"]
    anger, fear = labels.keys.index("anger"), labels.keys.index("fear")
    result = metrics(np.eye(8)[[fear, fear]], np.array([anger, fear]), labels)
    assert result["accuracy"] == 0.5
    assert result["roles"]["tension"]["ece"] == 0
    assert set(result["roles"]) == {"tension", "positive", "calm"}
    assert set(metrics(np.eye(4), np.arange(4), LABEL_SETS["facelog"])["roles"]) == {
        "tension", "positive"}
