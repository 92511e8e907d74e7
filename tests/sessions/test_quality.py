import pytest

from fer_core.records import Person
from fer_core.sessions.quality import check, recording
from tests.planted import ABSTAINING, FULL, NOBODY, SETTINGS, STALLED, session


def codes(session, light=0.5, eyes=30.0, people=()):
    return [w.code for w in (*check(session.timeline, SETTINGS.scoring),
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
    warning, = STALLED.warnings
    assert (warning.code, warning.values) == ("not_analysed", {"seconds": 4})
    assert codes(session(stalled=slice(17, 18))) == [], "one second"
    nothing_else = session(unseen=slice(0, 0), stalled=slice(10, 40)).timeline
    assert nothing_else.mean_coverage == 1


def test_too_little_to_see():
    assert codes(ABSTAINING) == ["few_seconds", "low_coverage"]
    assert codes(NOBODY, light=None, eyes=None) == ["no_face"]
