"""Stretches of a stream's time, laid end to end into a session."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fer_core.live.takes import Takes


def take(takes: Takes, began: float, lasted: float) -> tuple[float, float]:
    return takes.begin(began), takes.end(began + lasted)


def test_a_take_begins_on_a_whole_second_and_the_clock_stands_between():
    takes = Takes()
    assert take(takes, 10, 5.75) == (0.0, 5.75)
    assert takes.clock(100) == 5.75
    assert takes.begin(20) == 6.0
    assert takes.clock(21.5) == 7.5


def test_of_a_part_of_a_second_the_nearest_is_kept():
    takes = Takes()
    assert take(takes, 0, 5.2) == (0.0, 5.0)
    assert take(takes, 10, 5.2) == (5.0, 10.0)
    assert take(takes, 20, 5.2) == (10.0, pytest.approx(15.2))  # 15.6 s answered by now
    assert takes.begin(30) == 16.0


def test_moments_are_found_in_the_take_they_lie_in_however_late_one_asks():
    takes = Takes()
    take(takes, 10, 4)
    take(takes, 20, 4)
    assert takes.find(9.9) is None
    assert takes.find(11)[1] == 1.0
    assert takes.find(14) is None
    assert takes.find(15) is None
    assert takes.find(21)[1] == 5.0
    assert (takes.find(11)[0].number, takes.find(21)[0].number) == (1, 2)
    assert takes.find(24.5) is None


def test_a_take_that_was_taken_back_is_found_no_more():
    takes = Takes()
    take(takes, 10, 4)
    start, _ = take(takes, 20, 4)
    takes.rewind(start)
    assert takes.clock(99) == start
    assert takes.find(21) is None
    assert takes.find(11) is not None
    assert takes.begin(30) == start
    assert takes.find(30.5)[0].number == 3


def test_a_take_ends_where_it_had_to_however_late_it_is_told():
    takes = Takes()
    takes.begin(10, longest=30)
    assert takes.find(40.1) is None
    assert takes.clock(45) == 30.0
    assert takes.end(40.3) == 30.0
    assert takes.begin(41) == 30.0


def test_pressing_twice_changes_nothing():
    takes = Takes()
    assert takes.begin(1) == takes.begin(3) == 0.0
    assert takes.end(6) == takes.end(9) == 5.0


def test_takes_go_on_in_another_stream_without_the_one_under_way():
    takes = Takes()
    take(takes, 10, 4)
    takes.begin(20)
    further = takes.closed()
    assert further.clock(0) == 4.0
    assert further.find(11) is None, "another stream's time"
    assert further.begin(1) == 4.0
    assert further.find(2)[1] == 5.0
    assert takes.running is not None


@given(st.lists(st.tuples(st.floats(0, 9), st.floats(0, 40), st.booleans())))
def test_however_many_takes_the_session_is_as_long_as_was_answered(rounds):
    takes, now, answered = Takes(), 0.0, 0.0
    for pause, lasted, kept in rounds:
        now += pause
        start = takes.begin(now)
        assert start == int(start)
        now += lasted
        end = takes.end(now)
        assert start <= end <= start + lasted + 1e-9
        if kept:
            answered += lasted
        else:
            takes.rewind(start)
    assert abs(takes.begin(now) - answered) <= 0.5 + 1e-6
    ends = [(t.start, t.end) for t in takes.kept[:-1]]
    assert all(a[1] <= b[0] for a, b in pairwise(ends)), "no two overlap"
