import numpy as np
import pytest

from fer_core.records import Person, QualityWarning
from fer_core.sessions.quality import check, recording
from fer_core.sessions.reference import USUAL, Reference
from fer_core.sessions.scored import score
from fer_core.sessions.scoring import FACE_SCORES
from tests.planted import ABSTAINING, FULL, NOBODY, SETTINGS, STALLED, session

OWN = Reference(0.1, 0.0)


def codes(session, light=0.5, eyes=30.0, people=()):
    return [w.code for w in (*check(session.timeline, SETTINGS.scoring, OWN, None),
                             *recording(light, eyes, people))]


def test_a_good_session_has_no_doubts():
    assert codes(FULL) == []


@pytest.mark.parametrize(("options", "code"), [
    ({"light": 0.1}, "too_dark"), ({"light": 0.95}, "too_bright"), ({"eyes": 9.0}, "small_face"),
    ({"people": (Person(0.0, 3.0, 3),)}, "second_person")])
def test_each_doubt(options, code):
    assert codes(FULL, **options) == [code]


@pytest.mark.parametrize("options", [{"light": 0.2}, {"light": 0.9}, {"eyes": 14.0}])
def test_just_good_enough(options):
    assert codes(FULL, **options) == []


def test_a_short_clip_has_wide_intervals():
    short = session(seconds=20, unseen=slice(0, 0))
    assert codes(short) == ["short"]
    assert short.warnings[0].values == {"seconds": 20}


def test_seconds_that_were_not_analysed_are_nobodys_absence():
    warning = STALLED.warnings[0]
    assert (warning.code, warning.values) == ("not_analysed", {"seconds": 4})
    assert codes(session(stalled=slice(17, 18))) == [], "one second"
    nothing_else = session(unseen=slice(0, 0), stalled=slice(10, 40)).timeline
    assert nothing_else.mean_coverage == 1


def test_too_little_to_see():
    assert codes(ABSTAINING) == ["few_seconds", "low_coverage"]
    assert codes(NOBODY, light=None, eyes=None) == ["no_face"]


def test_what_the_person_is_measured_against():
    timeline = FULL.timeline
    assert [w.code for w in check(timeline, SETTINGS.scoring, USUAL, None)] == ["no_neutral"]
    tense, = check(timeline, SETTINGS.scoring, Reference(0.5, 0.0), None)
    assert (tense.code, tense.values) == ("tense_take", {"percent": 50})


def test_a_still_picture_says_so_alone():
    assert [w.code for w in check(FULL.timeline, SETTINGS.scoring, USUAL, "still")] == [
        "still_picture"]


def test_in_the_dark_nobody_is_called_a_picture():
    unmoved = FULL.timeline.having(change=np.full(len(FULL.timeline), 0.01))
    dark = QualityWarning("too_dark", {"percent": 3})
    for doubts, kind in (((dark,), "dark"), ((), "still")):
        found = score(unmoved, SETTINGS.scoring, doubts=doubts)
        assert {s.reason for s in found.scores if s.name in FACE_SCORES} == {f"abstain.{kind}"}
        assert [w.code for w in found.warnings if w.code.endswith("_picture")] == [
            f"{kind}_picture"]
