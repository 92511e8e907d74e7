import re

import pytest

from fer_core.plots import pose_figure, score_figure, timeline_figure
from fer_core.report import build_report, clock
from fer_core.texts import LANGUAGES
from tests.sessions import ABSTAINING, ALL, FULL, NOBODY, TWO


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", ALL)
def test_every_session_can_be_told_and_drawn(name, language):
    report = build_report(ALL[name], language)
    assert report.summary
    assert len(report.cards) == 4
    assert [c.headline for c in report.cards] == [True, True, False, False]
    for sentence in sentences(report):
        assert sentence
        assert "{" not in sentence
    for figure in (timeline_figure(report), timeline_figure(report, at=3), score_figure(report),
                   pose_figure(report)):
        assert "http" not in figure.to_json().replace("http://www.w3.org", "")


def sentences(report):
    yield from (report.title, report.subtitle, *report.summary, *report.people, *report.facts)
    yield from (w.text for w in report.warnings)
    for m in report.moments:
        yield from (m.title, m.text)
    for c in report.cards:
        yield from (c.label, c.about, *(p.about for p in c.parts), *(p.label for p in c.parts))


def test_points_sum_to_the_score():
    for card in build_report(FULL, "ko").cards:
        assert sum(p.points for p in card.parts) == pytest.approx(card.value)


def test_abstention_is_a_sentence_never_a_zero():
    for session in (ABSTAINING, NOBODY):
        for card in build_report(session, "en").cards:
            assert card.value is None
            assert card.reason.startswith("No score")
            assert card.parts == ()


def test_another_person_is_told_of():
    report = build_report(TWO, "en")
    assert "0:04" in report.people[0]
    assert {"second_person", "too_dark"} <= {w.code for w in report.warnings}


def test_no_sentence_speaks_of_the_person():
    """Scores are signals on camera: no word may make a trait of them."""
    traits = re.compile(r"personalit|intelligen|honest person|is confident|introvert|diligent|"
                        r"인성|성격|똑똑|정직한|거짓", re.IGNORECASE)
    for session in ALL.values():
        for language in LANGUAGES:
            for sentence in sentences(build_report(session, language)):
                assert not traits.search(sentence), sentence


def test_gaps_stay_empty_in_the_chart():
    figure = timeline_figure(build_report(FULL, "en"))
    assert len([s for s in figure.layout.shapes if s.type == "rect"]) == 1
    assert figure.layout.shapes[0].x0.item().second == 20
    assert figure.layout.shapes[0].x1.item().second == 24


@pytest.mark.parametrize(("seconds", "text"), [
    (0, "0:00"), (7.9, "0:07"), (65, "1:05"), (3599, "59:59"), (3661, "1:01:01")])
def test_clock(seconds, text):
    assert clock(seconds) == text
