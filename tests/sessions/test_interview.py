"""The question flow, and the questions themselves."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fer_core.sessions.followups import follow_ups
from fer_core.sessions.interview import (
    OWN_LONGEST,
    OWN_MOST,
    Interview,
    Plan,
    bank,
    choose_questions,
    own_questions,
    practised,
    question_sets,
    wording,
)
from fer_core.texts import LANGUAGES

PLAN = Plan(("job.1", "job.2", "job.3"), preparation=10, answer=60)


def test_a_whole_interview_by_its_clock():
    state = Interview(PLAN).start(100)
    assert (state.phase, state.number, state.left(104)) == ("preparing", 0, 6)
    assert state.tick(109.9) is state
    state = state.tick(110)
    assert (state.phase, state.since) == ("answering", 110)
    state = state.advance(130).tick(140).tick(200).tick(210.5).stop(250)
    assert state.phase == "finished"
    assert [(t.number, t.start, t.end) for t in state.taken] == [
        (0, 110, 130), (1, 140, 200), (2, 210.5, 250)]


def test_a_late_look_misses_no_question():
    state = Interview(PLAN).start(0).tick(10_000)
    assert (state.phase, state.number, state.since) == ("answering", 0, 10_000)


def test_repeat_drops_the_answer_and_skip_leaves_none():
    state = Interview(PLAN).start(0).advance(1).repeat(20)
    assert (state.phase, state.number, state.taken) == ("preparing", 0, ())
    state = state.advance(21).skip(40)
    assert (state.phase, state.number, state.taken) == ("preparing", 1, ())
    assert state.skip(41).skip(42).phase == "finished"


def test_an_answer_of_a_moment_is_none():
    state = Interview(PLAN).start(0).advance(5).advance(5.5)
    assert (state.number, state.taken) == (1, ())


def test_without_preparation_the_answer_begins_at_once():
    state = Interview(Plan(("x",), 0, 30)).start(0)
    assert state.phase == "answering"
    assert state.last
    assert state.advance(10).phase == "finished"


def test_nothing_happens_before_the_start_and_after_the_end():
    ready = Interview(PLAN)
    assert ready.tick(99) is ready
    assert ready.advance(1) is ready.repeat(1) is ready.skip(1) is ready
    ended = ready.start(0).stop(1)
    assert ended.start(2) is ended.tick(99) is ended.advance(3) is ended
    assert ended.left(5) is None


@given(st.lists(st.tuples(st.sampled_from(["tick", "advance", "repeat", "skip", "stop"]),
                          st.floats(0.1, 90)), max_size=40))
def test_answers_never_overlap_and_come_in_order(steps):
    now, state = 0.0, Interview(PLAN).start(0.0)
    for name, wait in steps:
        now += wait
        state = getattr(state, name)(now)
        assert 0 <= state.number < 3
    ends = [x for t in state.taken for x in (t.start, t.end)]
    assert ends == sorted(ends)
    assert [t.number for t in state.taken] == sorted({t.number for t in state.taken})
    assert all(t.end - t.start >= 1 for t in state.taken)


@pytest.mark.parametrize("bad", [((), 5, 60), (("x",), -1, 60), (("x",), 5, 0)])
def test_an_impossible_plan_is_refused(bad):
    with pytest.raises(ValueError, match="questions"):
        Plan(*bad)


def test_sixteen_sets_of_at_least_twelve_questions_in_both_languages():
    assert len(bank()) == 16
    said = set()
    for questions in bank().values():
        assert len(questions) >= 12
        for question in questions.values():
            assert set(question) == set(LANGUAGES)
            assert all(text.strip().endswith((".", "?", "요.")) for text in question.values())
            said.update(question.values())
    assert len(said) == sum(2 * len(q) for q in bank().values())  # none is there twice


def test_choice_begins_with_the_first_and_keeps_the_order():
    for name, ids in question_sets().items():
        for count in (1, 3, 12, 50):
            chosen = choose_questions(name, count, seed=count)
            assert chosen[0] == ids[0]
            assert len(chosen) == min(count, len(ids))
            assert list(chosen) == [i for i in ids if i in chosen]
    assert len({choose_questions("job", 4, seed) for seed in range(9)}) > 1


def test_own_questions():
    text = "1. 왜 지원했나요?\n\n - 5년 뒤에는요?\n  2) Why us?\n3.5점은 낮지 않나요?\n"
    assert own_questions(text) == (
        "왜 지원했나요?", "5년 뒤에는요?", "Why us?", "3.5점은 낮지 않나요?")
    assert len(own_questions("x\n" * 99)) == OWN_MOST
    assert len(own_questions("y" * 999)[0]) == OWN_LONGEST
    assert own_questions(" \n\n") == ()


def test_wording_of_ones_own_question_is_itself():
    assert wording("job.1", "en").startswith("What do you think")
    assert wording("job.99", "ko") == "job.99"
    assert wording("Why? Really.", "ko") == "Why? Really."


ASKING = Plan(("job.1", "job.2"), preparation=10, answer=60, follows=True)


def test_an_answer_is_asked_about_before_the_next_question():
    state = Interview(ASKING).start(0).tick(10).advance(40)
    assert (state.phase, state.left(99), state.running) == ("considering", None, False)
    assert state.tick(999) is state.skip(50) is state.repeat(50)
    state = state.ask_about(("followup.number_2", "What then?"), 45)
    assert (state.phase, state.question, state.aside, state.place) == (
        "preparing", "followup.number_2", True, (1, 2))
    state = state.advance(50).advance(60)
    assert (state.question, state.aside) == ("What then?", True)  # nothing is asked about asides
    state = state.skip(61)
    assert (state.phase, state.question, state.aside, state.place) == (
        "preparing", "job.2", False, (2, 2))
    state = state.advance(70).advance(90)
    assert (state.phase, state.last) == ("considering", True)
    assert state.ask_about((), 95).phase == "finished"
    assert state.ask_about(("x",), 95).question == "x"
    assert [t.number for t in state.taken] == [0, 1, 3]


def test_only_an_answer_is_asked_about():
    state = Interview(ASKING).start(0)
    assert state.ask_about(("x",), 5) is state
    assert state.skip(1).phase == "preparing"
    assert state.advance(5).advance(5.5).phase == "preparing"  # of a moment


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_follow_up_question_is_known_by_its_id(language):
    assert wording("followup.number_1", language) == follow_ups("30%", language)[0].text
    for unknown in ("followup.number_99", "followup.nothing_1", "followup.number_x"):
        assert wording(unknown, language) == unknown


def test_what_was_practised():
    assert practised(("it.1", "followup.number_1", "it.4", "Why me?", "job.2")) == (
        "it", "own", "job")
