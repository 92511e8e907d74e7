"""A change counts only beyond what the intervals can detect."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fer_core.records import Score, SelfRating
from fer_core.reports.report import build_report
from fer_core.sessions.progress import change, gap_change, gaps
from fer_core.texts import LANGUAGES
from tests.planted import ABSTAINING, FULL


def score(value, half=5.0, name="confidence"):
    return Score(name, value, max(0.0, value - half), min(100.0, value + half), (), 60)


def test_the_smallest_change_is_both_halves_together():
    small, large = change(score(60), score(67)), change(score(60), score(68))
    assert small.least == pytest.approx(50 ** 0.5)
    assert (small.real, large.real) == (False, True)
    assert change(score(68), score(60)).delta == -8
    assert change(score(68), score(60)).real


def test_each_half_faces_the_other():
    """A wide lower half does not blur a rise from it."""
    before = Score("confidence", 60.0, 20.0, 62.0, (), 30)
    after = Score("confidence", 66.0, 64.0, 96.0, (), 30)
    assert change(before, after).real
    assert change(after, before).least == change(before, after).least
    wide = Score("confidence", 60.0, 58.0, 90.0, (), 30)
    assert not change(wide, after).real


def test_an_abstention_cannot_change():
    none = Score("confidence", None, None, None, (), 3, "abstain.seconds")
    assert change(score(50), none) is None
    assert change(none, score(50)) is None


@given(st.floats(0, 100), st.floats(0, 100), st.floats(0.1, 50), st.floats(0.1, 50))
def test_a_change_back_is_as_large_and_no_change_is_never_real(a, b, half, other):
    there, back = change(score(a, half), score(b, other)), change(score(b, other), score(a, half))
    assert there.delta == -back.delta
    assert there.real == back.real
    assert not change(score(a, half), score(a, other)).real


def test_the_gap_is_real_only_outside_the_interval():
    confidence = next(s for s in FULL.scores if s.name == "confidence")
    inside, outside = (confidence.low + confidence.value) / 2, max(confidence.low - 20, 0)
    near, far = (gaps(replace(FULL, self_rating=SelfRating(confidence=v)))[0]
                 for v in (inside, outside))
    assert not near.real
    assert far.real
    assert far.value == pytest.approx(outside - confidence.value)
    closing = gap_change(far, near)
    assert closing.delta < 0
    assert closing.least > 0


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_report_tells_the_gap_only_where_the_person_rated(language):
    assert build_report(FULL, language).self_rating == ()
    rated = build_report(replace(FULL, self_rating=SelfRating(5.0, None)), language)
    assert [row.name for row in rated.self_rating] == ["confidence"]
    assert rated.self_rating[0].gap < 0
    hidden = build_report(replace(ABSTAINING, self_rating=SelfRating(50.0, 60.0)), language)
    assert [row.gap for row in hidden.self_rating] == [None, None]


@pytest.mark.parametrize("value", [-1, 101, float("nan")])
def test_a_rating_is_on_the_scale(value):
    with pytest.raises(ValueError, match="self-rating"):
        SelfRating(confidence=value)
