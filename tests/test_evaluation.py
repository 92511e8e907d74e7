import numpy as np
import pytest

from fer_core.emotions import LABEL_SETS
from fer_core.evaluation import calibration_error, metrics

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
