"""Whole percents beside the bars of a live page."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from pages.parts.live_view import _percents


@given(st.lists(st.floats(0.001, 1), min_size=2, max_size=8))
def test_percents_sum_to_100_and_lie_within_one_of_the_share(raw):
    row = np.array(raw) / sum(raw)
    found = _percents(row)
    assert sum(found) == 100
    assert np.all(np.abs(np.array(found) - 100 * row) < 1 + 1e-9)


def test_the_largest_remainder_is_rounded_up():
    assert _percents(np.array([0.335, 0.335, 0.33])) in ([34, 33, 33], [33, 34, 33])
