"""Agreement and adverse impact against worked examples."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fer_core.desk.agreement import alpha
from fer_core.desk.impact import ENOUGH, SHOWN, impact

KRIPPENDORFF = [  # Krippendorff 2011, example C: 4 observers, 12 units, ordinal 0.815
    {"a": 1, "b": 1, "d": 1}, {"a": 2, "b": 2, "c": 3, "d": 2}, {"a": 3, "b": 3, "c": 3, "d": 3},
    {"a": 3, "b": 3, "c": 3, "d": 3}, {"a": 2, "b": 2, "c": 2, "d": 2},
    {"a": 1, "b": 2, "c": 3, "d": 4}, {"a": 4, "b": 4, "c": 4, "d": 4},
    {"a": 1, "b": 1, "c": 2, "d": 1}, {"a": 2, "b": 2, "c": 2, "d": 2},
    {"b": 5, "c": 5, "d": 5}, {"c": 1, "d": 1}, {"c": 3}]


def test_alpha_as_its_author_computes_it():
    assert alpha(KRIPPENDORFF) == pytest.approx(0.815, abs=5e-4)


@pytest.mark.parametrize("units", [[], [{"a": 1}], [{"a": 1}, {"b": 2}],
                                   [{"a": 3, "b": 3}, {"a": 3, "b": 3}]])
def test_alpha_is_not_told_where_nothing_can_be_compared(units):
    assert alpha(units) is None


@given(st.lists(st.dictionaries(st.sampled_from("abcd"), st.integers(1, 5)), max_size=8))
def test_alpha_is_a_number_up_to_one_or_none(units):
    found = alpha(units)
    assert found is None or (math.isfinite(found) and found <= 1 + 1e-9)


def decided(**groups):
    return [((g,), n < chosen) for g, (chosen, people) in groups.items() for n in range(people)]


def test_the_impact_ratio_with_its_interval():
    table = impact(decided(b=(24, 60), a=(30, 60)))
    a, b = table.rows  # by name, not by rate
    assert (a.group, a.ratio, a.low, a.high, a.enough) == (("a",), 1, None, None, True)
    assert (b.rate, b.ratio) == (pytest.approx(0.4), pytest.approx(0.8))
    spread = math.sqrt(1 / 24 - 1 / 60 + 1 / 30 - 1 / 60)
    assert b.low == pytest.approx(0.8 * math.exp(-1.959964 * spread))
    assert b.high == pytest.approx(0.8 * math.exp(1.959964 * spread))
    assert table.hidden == 0


def test_small_groups_say_so_or_are_not_shown():
    table = impact(decided(a=(20, ENOUGH), b=(8, ENOUGH - 1), c=(1, SHOWN - 1)))
    assert [(r.group, r.enough) for r in table.rows] == [(("a",), True), (("b",), False)]
    assert (table.hidden, table.unknown) == (SHOWN - 1, 0)
    more = impact([*decided(a=(20, ENOUGH)), (None, True), (None, False)])
    assert ([r.people for r in more.rows], more.hidden, more.unknown) == ([ENOUGH], 0, 2)
    assert impact([]).rows == ()
    assert impact(decided(a=(0, 9), b=(0, 9))).rows[0].ratio is None
    none = impact(decided(a=(9, 9), b=(0, 9))).rows[1]
    assert none.ratio == none.low == 0
    assert 0 < none.high < 1


def test_two_tables_leave_nobody_between_them():
    """Of 9 women 8 are A: beside the women's own row, that of women of A would tell of one."""
    together = [((sex, origin), True) for sex, origin, count in (
        ("f", "A", 8), ("f", "B", 1), ("m", "A", 9), ("m", "B", 6)) for _ in range(count)]
    alone = [{"f": 9, "m": 15}, {"A": 17, "B": 7}]
    assert [r.group for r in impact(together).rows] == [("f", "A"), ("m", "A"), ("m", "B")]
    found = impact(together, alone)
    for place, values in enumerate(alone):
        for value, count in values.items():
            shown = sum(r.people for r in found.rows if r.group[place] == value)
            assert not shown or count - shown == 0 or count - shown >= SHOWN
    assert ("f", "A") not in {r.group for r in found.rows}


@given(st.dictionaries(st.sampled_from("abc"), st.tuples(
    st.integers(0, 50), st.integers(1, 50)).map(sorted), max_size=3))
def test_intervals_hold_their_ratio(groups):
    for row in impact(decided(**groups)).rows:
        assert row.ratio is None or 0 <= row.ratio <= 1
        if row.low is not None:
            assert row.low <= row.ratio
            assert row.low <= row.high
