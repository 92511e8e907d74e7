"""Which questions fit a job, and the plan that follows."""

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fer_core.sessions.interview import question_sets
from fer_core.sessions.jobs import field_of, job_fields, sets_for, suited
from fer_core.sessions.preparing import MOST, practice_plan

TODAY = date(2026, 11, 28)


@pytest.mark.parametrize(("job", "field"), [
    ("백엔드 개발자", "it"), ("Backend developer", "it"), ("간호사", "health"),
    ("registered nurse", "health"), ("영업 관리", "sales"), ("flight attendant", "service"),
    ("초등 교사", "teaching"), ("지방직 공무원", "public"), ("품질 관리", "making"),
    ("quality engineer", "making"), ("civil engineer", "making"), ("회계사", "office"),
    ("", ""), ("철학자", "")])
def test_a_job_is_known_by_its_words(job, field):
    assert field_of(job) == field


@pytest.mark.parametrize("experience", ["", "new", "some", "long"])
@pytest.mark.parametrize("field", ["", *job_fields(), "nonsense"])
def test_every_set_is_offered_once_and_fitting_ones_first(field, experience):
    found = sets_for(field, experience)
    assert sorted(found) == sorted(question_sets())
    mine = suited(field, experience)
    assert found[:len(mine)] == mine
    assert set(mine) & set(job_fields()) == ({field} & set(job_fields()))
    assert found.index("job") == (1 if experience == "long" else len(mine) - 2
                                  if experience == "new" else found.index("job"))


def test_what_was_practised_least_comes_next():
    done = [(TODAY - timedelta(days=n), names) for n, names in (
        (9, ("introduction",)), (6, ("motivation", "strengths")), (3, ("introduction", "own")))]
    found = practice_plan(("introduction", "motivation", "strengths", "job"), done, TODAY,
                          TODAY + timedelta(days=20))
    assert (found.days, found.every, found.practised) == (20, 2, 2)
    assert [name for _, name in found.rounds[:3]] == ["job", "motivation", "strengths"]
    assert [day for day, _ in found.rounds[:2]] == [TODAY, TODAY + timedelta(days=2)]


def test_the_day_before_is_calm_and_the_day_itself_is_free():
    sets = suited("it")
    assert practice_plan(sets, [], TODAY, TODAY + timedelta(days=1)).rounds == (
        (TODAY, "introduction"),)
    assert practice_plan(sets, [(TODAY, ("it",))], TODAY, TODAY + timedelta(days=1)).rounds == ()
    found = practice_plan(sets, [], TODAY, TODAY)
    assert (found.days, found.rounds) == (0, ())
    assert practice_plan(sets, [], TODAY, TODAY - timedelta(days=1)).days is None


@pytest.mark.parametrize("practised", [[], [(TODAY, ("introduction",))]])
@pytest.mark.parametrize("away", range(2, 61))
def test_rounds_lie_as_far_apart_as_is_said_up_to_the_day_before(away, practised):
    found = practice_plan(suited("it"), practised, TODAY, TODAY + timedelta(days=away))
    days = [day for day, _ in found.rounds]
    gaps = [(b - a).days for a, b in pairwise(days)]
    assert set(gaps[:-1]) <= {found.every}
    assert all(found.every <= gap < 2 * found.every for gap in gaps)
    assert found.more == (days[-1] < TODAY + timedelta(days=away - 1))
    assert not found.more or len(days) == MOST


@given(st.integers(-3, 60), st.lists(st.tuples(st.integers(0, 40), st.sampled_from(
    [("introduction",), ("it", "job"), ("own",), ()])), max_size=12))
def test_a_plan_begins_today_at_the_earliest_and_ends_before_the_interview(away, before):
    """However much or little was practised: a day that was let go changes nothing."""
    interview = TODAY + timedelta(days=away)
    found = practice_plan(suited("it"), [(TODAY - timedelta(days=n), names)
                                         for n, names in before], TODAY, interview)
    days = [day for day, _ in found.rounds]
    assert days == sorted(set(days))
    assert len(days) <= MOST
    assert all(day >= TODAY for day in days)
    assert away < 0 or all(day < interview for day in days)
    assert all(a[1] != b[1] or b[1] == "introduction"
               for a, b in zip(found.rounds, found.rounds[1:], strict=False))
    if away > 2 and not any(n == 0 for n, _ in before):
        assert days
