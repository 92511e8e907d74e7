"""Question by question: planted seconds come back out."""

from dataclasses import replace

import numpy as np
import pytest

from fer_core.records import Accuracy, Answer, ModelName
from fer_core.reports.report import build_report
from fer_core.reports.working import model_rows
from fer_core.sessions.scored import score
from fer_core.texts import LANGUAGES, say
from tests.planted import FULL, NOBODY, SETTINGS, scored_again
from tests.reports.test_coach import GRIN, TENSE, put, still


def asked(session, *stretches):
    answers = tuple(Answer(f"q{i}", *s) for i, s in enumerate(stretches))
    return scored_again(session, answers=answers)


def only(session, language="en"):
    (row,) = build_report(session, language).answers
    return row


def test_an_answer_over_the_whole_session_has_its_scores():
    session = asked(FULL, (0.0, 40.0))
    row = only(session)
    for card, given in zip(row.cards, session.scores, strict=True):
        assert (card.value, card.low, card.high) == pytest.approx(
            (given.value, given.low, given.high))


def test_an_answer_is_measured_against_the_neutral_take_never_against_itself():
    """A tense answer costs the same after a calm one as where all is tense; a take helps."""
    def relaxed(session):
        ((confidence, *_),) = session.scored.answers
        return next(p.value for p in confidence.parts if p.name == "relaxed")

    uneasy = [0.45, 0.1, 0.05, 0.1, 0.05, 0.05, 0.15, 0.05]
    after_calm = asked(still(probabilities=put(slice(30, 60), uneasy)), (30.0, 60.0))
    throughout = asked(still(probabilities=put(slice(0, 60), uneasy)), (30.0, 60.0))
    assert relaxed(after_calm) == pytest.approx(relaxed(throughout))
    assert relaxed(after_calm) < 80
    take = still(seconds=8, probabilities=put(slice(0, 8), uneasy)).timeline
    own = replace(after_calm, scored=score(
        after_calm.timeline, SETTINGS.scoring, take, answers=after_calm.answers))
    assert relaxed(after_calm) < relaxed(own) < 100


def test_a_short_answer_abstains_and_the_others_do_not():
    rows = build_report(asked(FULL, (0.0, 6.0), (6.0, 40.0)), "en").answers
    assert {c.value for c in rows[0].cards} == {None}
    assert all(c.reason for c in rows[0].cards)
    assert all(c.value is not None for c in rows[1].cards)


def test_neighbouring_answers_share_no_second():
    rows = build_report(asked(FULL, (0.0, 19.5), (19.5, 40.0)), "en").answers
    assert sum(r.cards[0].seconds for r in rows) == FULL.scores[0].seconds


def test_best_and_worst_second_are_the_planted_ones():
    row = only(asked(still(yaw=put(17, 60), probabilities=put(41, TENSE)), (0.0, 60.0)))
    assert row.worst.second in (17, 41)
    assert row.worst.value < row.best.value
    assert "lowest part" in row.worst.text


@pytest.mark.parametrize(("tense", "unseen", "key", "fills"), [
    (slice(20, 24), None, "quick", {"clock": "0:20", "seconds": 4}),
    (slice(50, 60), None, "never", {"clock": "0:50"}),
    (slice(0, 0), None, "none", {}),
    (slice(30, 34), slice(34, 60), "lost", {"clock": "0:30"}),
    (slice(0, 0), slice(0, 60), "unseen", {}),
])
def test_recovery_after_a_hard_moment(tense, unseen, key, fills):
    def hide(column):
        if unseen is not None:
            column[unseen] = np.nan

    def cover(column):
        if unseen is not None:
            column[unseen] = 0

    def both(column):
        put(tense, TENSE)(column)
        hide(column)

    row = only(asked(still(probabilities=both, coverage=cover, yaw=hide, pitch=hide, roll=hide,
                           motion=hide), (0.0, 60.0)))
    assert row.recovery == say(f"report.recovery.{key}", "en", **fills)


@pytest.mark.parametrize(("first", "key"), [(TENSE, "lower"), (GRIN, "same")])
def test_first_impression(first, key):
    # Not the session's first seconds: those are the baseline.
    row = only(asked(still(probabilities=put(slice(20, 25), first)), (20.0, 50.0)))
    start = say(f"report.first.{key}", "en", emotion="E", percent=1, **(
        {} if key == "same" else {"points": 1})).split("E")[1][-20:]
    assert row.first.endswith(start)
    assert ("Fear" if first is TENSE else "Happiness") in row.first


def test_the_mix_sums_to_one_and_falls():
    row = only(asked(FULL, (0.0, 40.0)))
    shares = [m.share for m in row.mix]
    assert sum(shares) == pytest.approx(1)
    assert shares == sorted(shares, reverse=True)


@pytest.mark.parametrize("language", LANGUAGES)
def test_answers_nobody_was_seen_in_or_that_lie_elsewhere_are_told(language):
    rows = build_report(asked(NOBODY, (0.0, 12.0), (500.0, 600.0)), language).answers
    for row in rows:
        assert (row.mix, row.best, row.worst) == ((), None, None)
        assert row.first == say("report.first.unseen", language)


def test_an_accuracy_is_told_only_of_the_very_checkpoints():
    measured = Accuracy("FER+ test", 3153, 0.8164, ("a" * 64, "b" * 64))
    vit, mixer, both, muscles, accessories = model_rows(
        replace(FULL, accuracies=(measured,)), "en")
    assert (muscles.accuracy, accessories.accuracy) == (
        say("report.model.muscles_for", "en"), say("report.model.accessories_for", "en"))
    assert (muscles.sha256, accessories.sha256) == ("c" * 64, "d" * 64)
    assert (vit.accuracy, mixer.accuracy) == ("not measured", "not measured")
    assert "81.6 %" in both.accuracy
    assert "3,153" in both.accuracy
    assert "FER+ test" in both.accuracy
    other = replace(FULL, accuracies=(measured,),
                    models=(ModelName("vit", "a" * 64), ModelName("mixer", "c" * 64)))
    assert {row.accuracy for row in model_rows(other, "en")[:3]} == {"not measured"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_session_from_before_accuracies_were_kept_says_so(language):
    rows = model_rows(replace(FULL, accuracies=None, muscles=None, accessories=None), language)
    assert {row.accuracy for row in rows} == {say("report.unknown", language)}


def test_pictures_are_shown_only_where_they_were_agreed_to():
    report = build_report(FULL, "en")
    assert all(m.picture is None for m in report.moments)
    assert report.pictures_note == say("report.pictures.none", "en")
    first = FULL.moments[0]
    kept = build_report(replace(FULL, pictures={first.middle: b"jpeg"}), "en")
    assert kept.moments[0].picture == b"jpeg"
    assert kept.pictures_note == say("report.pictures.kept", "en")
