"""Seconds of a covered face, on planted timelines: nothing of them is scored, and they say so."""

from dataclasses import replace

import numpy as np
import pytest

from fer_core.records import Answer
from fer_core.reports.report import build_report
from fer_core.sessions.covering import COVERED, bare, covered
from fer_core.sessions.scored import rescore, score
from fer_core.sessions.scoring import FACE_SCORES
from fer_core.texts import LANGUAGES
from tests.behaviour import SECONDS, behaviour, put, take
from tests.planted import FULL, LABELS, SETTINGS, scored_again

SCORING = SETTINGS.scoring
NAN, SURE = np.nan, 0.95
T = np.arange(SECONDS)


def looked(timeline, rows, value=SURE):
    """With a look a second: covered in these rows, bare elsewhere."""
    return timeline.having(covered=np.where(rows, value, 0.01))


def faces(result):
    return [s for s in result.scores if s.name in FACE_SCORES]


@pytest.mark.parametrize(("looks", "expected"), [
    ([0, 0, 1, 0, 0], []),  # a hand that passes by
    ([1, 1, 0, 1, 1], [0, 1, 2, 3, 4]),  # one wrong look
    ([0, 1, 1, 0, 0], [1, 2]),
    ([1, NAN, 1, 1, 0], [0, 1, 2, 3]),  # the head was turned in between
    ([NAN] * 5, []),
    ([], [])])
def test_most_looks_about_a_second_say_whether_it_is_covered(looks, expected):
    rows = replace(FULL.timeline, probabilities=FULL.timeline.probabilities[:len(looks)],
                   columns={"coverage": np.ones(len(looks)), "covered": np.array(looks, float)})
    assert np.flatnonzero(covered(rows)).tolist() == expected


def test_a_second_without_a_face_is_no_covered_one():
    timeline = FULL.timeline.having(covered=np.where(FULL.timeline.seen, SURE, NAN))
    assert np.array_equal(covered(timeline), FULL.timeline.seen)


def test_the_threshold_itself_is_bare():
    assert not covered(looked(behaviour(0), T >= 0, COVERED)).any()


def test_intervals_that_there_are_not_are_not_called_wide():
    """Twelve bare seconds are enough to count, too few for a score beside so many covered ones."""
    short = score(looked(behaviour(0), T >= 12), SCORING)
    assert {s.reason for s in faces(short)} == {"abstain.covered"}
    assert {w.code for w in short.warnings} == {"covered"}
    bare_alone = score(looked(behaviour(0), T < 0), SCORING)
    assert "no_neutral" in {w.code for w in bare_alone.warnings}


def test_where_nobody_is_covered_nothing_changes():
    """To the last digit: no looks, as in older sessions, and looks that say bare."""
    timeline = behaviour(0)
    before = score(timeline, SCORING)
    again = score(looked(timeline, T < 0), SCORING)
    assert bare(timeline) is timeline
    assert again.scores == before.scores
    assert again.warnings == before.warnings
    assert again.moments == before.moments


@pytest.mark.parametrize("seed", range(3))
def test_what_a_covered_face_shows_is_not_scored(seed):
    """Whatever is read of it: fear, a grin, a head that hangs."""
    rows = (T >= 10) & (T < 25)
    fear, joy = (np.eye(8)[LABELS.keys.index(key)] for key in ("fear", "happiness"))
    talk = behaviour(seed)
    found = [score(looked(put(replace(talk, probabilities=np.where(
        rows[:, None], p, talk.probabilities)), rows, pitch=pitch), rows), SCORING)
        for p, pitch in ((fear, -30.0), (joy, 0.0))]
    assert found[0].scores == found[1].scores
    assert found[0].moments == found[1].moments
    for result in found:
        assert all(s.value is not None and s.seconds == SECONDS - 15 for s in faces(result))
        assert not result.rows[rows].any()
        assert np.isnan(result.tension[rows]).all()
        assert all(np.isnan(part[rows]).all() for part in result.parts.values())
        warning = result.warnings[0]
        assert (warning.code, warning.values) == ("covered", {"seconds": 15})
        assert "not_analysed" not in [w.code for w in result.warnings]


def test_mostly_covered_abstains_and_says_why():
    result = score(looked(behaviour(0), SECONDS * 0.41 > T), SCORING)
    assert {s.reason for s in faces(result)} == {"abstain.covered"}
    assert score(looked(behaviour(0), SECONDS * 0.39 > T), SCORING).scores[0].value is not None


def test_covered_throughout_is_no_picture_without_a_face_and_no_photograph():
    still = put(behaviour(0), T >= 0, change=0.001, motion=0.001)
    result = score(looked(still, T >= 0), SCORING)
    assert {s.reason for s in faces(result)} == {"abstain.covered"}
    assert not {"no_face", "still_picture", "not_analysed"} & {w.code for w in result.warnings}


@pytest.mark.parametrize(("seconds", "hidden", "gone", "reason"), [
    (9, 9, 0, "abstain.seconds"),  # too short in any case
    (12, 6, 0, "abstain.covered"),
    (60, 10, 45, "abstain.no_face"),
    (60, 10, 40, "abstain.coverage")])
def test_another_reason_stays_that_reason(seconds, hidden, gone, reason):
    timeline = FULL.timeline
    at = np.arange(seconds)
    away = at >= seconds - gone
    p = np.where(away[:, None], NAN, timeline.probabilities[np.zeros(seconds, int)])
    made = replace(timeline, probabilities=p, members={}, columns={
        "coverage": 1.0 - away, "motion": np.where(away, NAN, 0.2),
        "covered": np.where(away, NAN, np.where(at < hidden, SURE, 0.0))})
    if reason == "abstain.no_face":
        made = replace(made, probabilities=np.full_like(p, NAN)).having(
            coverage=np.zeros(seconds), covered=np.full(seconds, NAN))
    assert {s.reason for s in faces(score(made, SCORING))} == {reason}


def test_each_answer_for_itself():
    answers = (Answer("intro", 0.0, 20.0), Answer("strength", 20.0, 60.0))
    result = score(looked(behaviour(0), T < 15), SCORING, answers=answers)
    assert {s.reason for s in result.answers[0] if s.name in FACE_SCORES} == {"abstain.covered"}
    assert all(s.value is not None for s in result.answers[1] if s.name in FACE_SCORES)


def test_a_covered_take_is_none():
    neutral = take()
    hidden = neutral.having(covered=np.full(len(neutral), SURE))
    timeline = behaviour(0)
    assert score(timeline, SCORING, hidden).scores == score(timeline, SCORING).scores
    assert score(timeline, SCORING, neutral).scores != score(timeline, SCORING).scores


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("rows", [slice(0, 12), slice(0, 40)])
def test_the_report_tells_it_in_plain_words(language, rows):
    looks = np.zeros(40)
    looks[rows] = SURE
    session = scored_again(FULL, timeline=FULL.timeline.having(covered=looks))
    report = build_report(session, language)
    told = next(n.text for n in report.warnings if n.code == "covered")
    assert ("마스크" if language == "ko" else "mask") in told
    assert str(int((session.timeline.seen & (looks > 0)).sum())) in told
    assert report.answers[0].best is None  # its twelve seconds
    assert rescore(session).scored.scores == session.scores
