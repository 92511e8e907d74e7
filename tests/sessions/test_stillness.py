"""Still pictures and frozen seconds, on planted changes."""

import numpy as np
import pytest

from fer_core.emotions import LABEL_SETS
from fer_core.records import Timeline
from fer_core.sessions.stillness import FROZEN, STILL, frozen, still_picture, thawed

LABELS = LABEL_SETS["ferplus"]


def timeline(change: list[float], **columns: list[float]) -> Timeline:
    rows = len(change)
    p = np.full((rows, 8), 1 / 8)
    return Timeline(LABELS, p, {"coverage": np.ones(rows), "change": np.array(change),
                                **{n: np.array(c) for n, c in columns.items()}},
                    members={"vit": p})


NAN = np.nan


@pytest.mark.parametrize(("change", "expected"), [
    ([0.01, 0.0, 0.02, 0.2, 0.01, 0.0], True),  # a moment in which the fit failed
    ([0.1, 0.05, 0.2, 0.04, 0.02, 0.01], False),  # a person who listens for a while
    ([NAN] * 6, False),  # a session from before
    ([NAN] * 5 + [0.01], False),  # nearly nothing is known
    ([NAN] * 3 + [0.01] * 3, True),
    ([], False)])
def test_a_session_is_a_still_picture_when_the_usual_second_has_no_change(change, expected):
    assert still_picture(timeline(change)) is expected


def test_seconds_without_a_face_say_nothing_about_the_picture():
    half_seen = timeline([0.2, NAN, 0.01, NAN, 0.01, NAN])
    p = np.where(np.isnan(half_seen["change"])[:, None], NAN, half_seen.probabilities)
    assert still_picture(Timeline(LABELS, p, half_seen.columns))


@pytest.mark.parametrize(("change", "expected"), [
    ([0.1, 0.04, 0.0, 0.0, 0.0, 0.1], [1, 2, 3, 4]),  # frozen from the middle of second 1 on
    ([0.1, 0.0, 0.1, 0.0, 0.1], []),  # still for a second, as people are
    ([0.0, 0.0, 0.1], [0, 1]),
    ([0.1, 0.0, NAN, 0.0, 0.1], []),  # not known is not still
    ([FROZEN] * 5, [])])
def test_a_frozen_picture_is_found_from_two_whole_seconds_on(change, expected):
    assert np.flatnonzero(frozen(timeline(change))).tolist() == expected


def test_thawed_seconds_are_not_analysed_and_the_others_stay():
    before = timeline([0.1, 0.0, 0.0, 0.2], yaw=[1.0, 2, 3, 4])
    after = thawed(before, frozen(before))
    assert after.analysed.tolist() == [False, False, False, True]
    assert np.isnan(after.probabilities[:3]).all()
    assert np.isnan(after.members["vit"][:3]).all()
    assert after["yaw"].tolist()[3] == 4
    assert np.array_equal(after.probabilities[3], before.probabilities[3])


def test_a_picture_is_less_than_a_person_who_hardly_moves():
    assert FROZEN < STILL
    assert still_picture(timeline([STILL - 1e-6] * 10))
    assert not still_picture(timeline([STILL + 1e-6] * 10))
