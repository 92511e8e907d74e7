"""A change counts only beyond what the intervals can detect."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fer_core.records import Basis, Score, SelfRating
from fer_core.reports.report import build_report
from fer_core.sessions import progress
from fer_core.sessions.progress import Gap, gap_changes, gaps
from fer_core.texts import LANGUAGES
from tests.planted import ABSTAINING, FULL


def score(value, half=5.0, name="confidence"):
    return Score(name, value, max(0.0, value - half), min(100.0, value + half), (), 60)


def change(before, after, between=0.0):
    return progress.change(before, after, between)


def test_the_smallest_change_is_both_halves_together():
    small, large = change(score(60), score(67)), change(score(60), score(68))
    assert small.least == pytest.approx(50 ** 0.5)
    assert (small.real, large.real) == (False, True)
    assert change(score(68), score(60)).delta == -8
    assert change(score(68), score(60)).real


def test_another_day_counts_too():
    """8 points that two intervals could tell are nothing where sessions differ by 5 anyway."""
    assert change(score(60), score(68)).real
    assert not change(score(60), score(68), 5.0).real
    assert change(score(60), score(68), 5.0).least == pytest.approx(
        (50 + 2 * (1.96 * 5) ** 2) ** 0.5)


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
    assert progress.changes({"confidence": none}, {"confidence": score(5)}, {}) == ()


@given(st.floats(0, 100), st.floats(0, 100), st.floats(0.1, 50), st.floats(0.1, 50))
def test_a_change_back_is_as_large_and_no_change_is_never_real(a, b, half, other):
    there, back = change(score(a, half), score(b, other)), change(score(b, other), score(a, half))
    assert there.delta == -back.delta
    assert there.real == back.real
    assert not change(score(a, half), score(a, other)).real


def test_holm_by_hand():
    assert progress.holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx((0.03, 0.06, 0.06, 0.02))
    assert progress.holm([]) == ()
    assert progress.holm([0.9, 0.8]) == (1.0, 1.0)


def test_nothing_changed_is_called_real_once_in_twenty_whatever_the_number_of_scores():
    """Four scores measured twice, day to day spread and all: by Holm at most 5 % of such pairs
    have any real change; each alone would give 19 %."""
    rng = np.random.default_rng(0)
    within, between, false, alone = 3.0, 4.0, 0, 0
    names = ("a", "b", "c", "d")
    for _ in range(1500):
        one, two = ({n: score(50 + rng.normal(0, np.hypot(within, between)), 1.96 * within, n)
                     for n in names} for _ in range(2))
        found = progress.changes(one, two, dict.fromkeys(names, between))
        false += any(c.real for c in found)
        alone += any(abs(c.delta) > c.least for c in found)
    assert false / 1500 < 0.065
    assert alone / 1500 > 0.15


def test_how_sure_is_said():
    (c,) = progress.changes({"x": score(40, 2, "x")}, {"x": score(90, 2, "x")}, {"x": 1.0})
    assert (c.real, c.sure) == (True, 99)
    (c,) = progress.changes({"x": score(50, 5, "x")}, {"x": score(50, 5, "x")}, {"x": 1.0})
    assert (c.real, c.sure) == (False, 0)


def test_the_spread_between_sessions_is_found_and_under_five_it_is_the_prior():
    rng = np.random.default_rng(0)
    few = [score(50 + 20 * (i % 2)) for i in range(4)]
    assert progress.spread(few) == progress.PRIOR
    many = [score(50 + rng.normal(0, np.hypot(8, 2)), 1.96 * 2) for _ in range(400)]
    assert progress.spread(many) == pytest.approx(8, rel=0.1)
    rising = [score(10 + 0.2 * i + rng.normal(0, 2), 1.96 * 2) for i in range(400)]
    assert progress.spread(rising) < 1.5  # a slow trend is no spread


def test_sessions_on_other_scales_are_not_compared():
    one = Basis(1, ("a", "b"), "average", "take", "m", "words")
    assert progress.differing(one, one) == ()
    assert progress.differing(one, Basis(2, ("a",), "average", "none", "m", "words")) == (
        "version", "networks", "neutral")


def test_a_face_does_not_mind_the_words_nor_a_voice_who_read_the_face():
    one = Basis(1, ("a",), "average", "take", "m", "words")
    heard, read = one._replace(voice="sound"), one._replace(muscles="n", neutral="none")
    assert progress.differing(one, heard) == progress.differing(one, heard, "delivery") == (
        "voice",)
    assert progress.differing(one, heard, "confidence") == ()
    assert progress.differing(one, read, "confidence") == ("neutral", "muscles")
    assert progress.differing(one, read, "delivery") == ()


def test_pictures_and_sound_read_in_another_way_part_two_sessions():
    older = Basis(1, ("a",), "average", "take", "m", "words")
    for score in (None, "confidence", "delivery"):
        assert progress.differing(older, older._replace(reading=2), score) == ("reading",)


def test_who_sees_a_covered_face_tells_two_sessions_apart_only_where_both_kept_it():
    older = Basis(1, ("a",), "average", "take", "m", "words")
    one, other = older._replace(accessories="x"), older._replace(accessories="y")
    assert progress.differing(one, other) == ("accessories",)
    assert progress.differing(one, other, "delivery") == ()
    assert progress.differing(older, one) == progress.differing(one, older) == ()


def test_the_band_holds_a_planted_line_as_often_as_it_says():
    rng, at, held, times = np.random.default_rng(0), np.arange(8.0), 0, 400
    truth = 40 + 2 * at
    for _ in range(times):
        found = progress.trend(at, [score(v + rng.normal(0, np.hypot(3, 4)), 1.96 * 3)
                                    for v in truth], 4.0)
        held += found.low[3] <= truth[3] <= found.high[3]
    assert held / times > 0.93
    assert progress.trend(at[:2], [score(50), score(60)], 5.0) is None
    exact = progress.trend(at, [score(v) for v in truth], 5.0)
    np.testing.assert_allclose(exact.line, truth)
    assert np.ptp(exact.high - exact.low) > 0  # wider at its ends


def test_the_gap_is_real_only_outside_the_interval():
    confidence = next(s for s in FULL.scores if s.name == "confidence")
    inside, outside = (confidence.low + confidence.value) / 2, max(confidence.low - 20, 0)
    near, far = (gaps(replace(FULL, self_rating=SelfRating(confidence=v)))[0]
                 for v in (inside, outside))
    assert not near.real
    assert far.real
    assert far.value == pytest.approx(outside - confidence.value)
    (closing,) = gap_changes([(far, near)], {})
    assert closing.delta < 0
    assert closing.least > 0


def test_two_gaps_at_once_are_corrected_for_and_sessions_differ_anyway():
    """A change of 16 with halves of 5 and days that differ by 3: 1.96 times 16 / 10.9 alone."""
    before, after = (Gap("confidence", 50 - v, 50, -v, -v - 5, -v + 5) for v in (20.0, 4.0))
    pairs = [(before, after), (replace(before, name="composure"), replace(after, name="composure"))]
    spreads = {"confidence": 3.0, "composure": 3.0}
    (alone,) = gap_changes(pairs[:1], spreads)
    assert alone.least == pytest.approx((50 + 2 * (1.96 * 3) ** 2) ** 0.5)
    both = gap_changes(pairs, spreads)
    assert [c.chance for c in both] == pytest.approx([2 * alone.chance] * 2)
    (unsure,) = gap_changes(pairs[:1], {})  # the prior is wider
    assert unsure.chance > alone.chance


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
