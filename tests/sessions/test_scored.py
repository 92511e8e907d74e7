"""Scored once, by a recipe that is kept; an older session keeps its scores until asked."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from fer_core.records import Answer, ModelName, QualityWarning, Recipe
from fer_core.reports.export import WRITERS, from_json, timeline_csv, to_json
from fer_core.reports.plots import session_figure
from fer_core.reports.report import build_report
from fer_core.sessions import scored as scoring
from fer_core.sessions.scored import is_older, rescore, score
from fer_core.sessions.scoring import FACE_SCORES
from fer_core.sessions.timeline import crop
from fer_core.texts import LANGUAGES, say
from tests.planted import (
    ABSTAINING,
    ALL,
    FULL,
    NOBODY,
    SETTINGS,
    STALLED,
    TWO,
    read_by_two,
    scored_again,
)

GOLDEN = Path(__file__).parents[1] / "golden"
CALM = crop(FULL.timeline, 0, 8)


def test_the_series_are_those_of_the_scores():
    found = score(FULL.timeline, SETTINGS.scoring)
    for one in found.scores:
        for part in one.parts:
            assert np.nanmean(found.part(part.name)) == pytest.approx(part.value)
        assert np.nanmean(found.signal(one.name)) == pytest.approx(one.value, abs=2)
    assert (found.part("facing")[~found.rows] == 0).all(), "nobody was seen"
    assert found.tense == pytest.approx(found.resting + 0.25)
    with pytest.raises(ValueError, match="read-only"):
        found.parts["facing"][0] = 1


def test_the_recipe_says_how():
    recipe = score(FULL.timeline, SETTINGS.scoring).recipe
    assert (recipe.version, recipe.neutral) == (scoring.VERSION, "none")
    assert sum(recipe.weights["confidence"].values()) == pytest.approx(1)
    assert recipe.thresholds["towards"] == 12.0
    number = SETTINGS.scoring.model_copy(update={"resting": 0.2})
    assert score(FULL.timeline, number).recipe.neutral == "number"
    assert score(FULL.timeline, number, CALM).recipe.neutral == "take"
    nobody = crop(FULL.timeline, 20, 24)
    assert score(FULL.timeline, SETTINGS.scoring, nobody).recipe.neutral == "none"


def test_a_neutral_take_is_what_the_person_is_measured_against():
    tense = CALM.probabilities.copy()
    tense[:, [0, 6]] = tense[:, [6, 0]]
    open_fear = score(FULL.timeline, SETTINGS.scoring, replace(CALM, probabilities=tense))
    assert open_fear.resting == 0.5
    assert score(FULL.timeline, SETTINGS.scoring, CALM).resting < 0.2
    composure = {s.name: s.value for s in open_fear.scores}["composure"]
    assert composure > {s.name: s.value for s in FULL.scores}["composure"]


UNKNOWN = np.full(len(FULL.timeline), np.nan)


def test_what_makes_scores_comparable():
    assert FULL.basis == replace(FULL, models=FULL.models[::-1]).basis
    for other in (
            replace(FULL, models=(ModelName("vit", "c" * 64),)),
            replace(FULL, settings={**FULL.settings, "recogniser": {"vote": "max"}}),
            replace(FULL, scored=score(FULL.timeline, SETTINGS.scoring, CALM)),
            replace(FULL, muscles="d" * 64),
            replace(FULL, accessories="e" * 64),
            replace(FULL, reading=3),
            older(FULL)):
        assert other.basis != FULL.basis
    for of, columns in (("words", {}), ("sound", {"words": UNKNOWN}),
                        ("", {"words": UNKNOWN, "speech": UNKNOWN})):
        assert replace(FULL, timeline=FULL.timeline.having(**columns)).basis.voice == of


def test_a_session_takes_no_scores_of_another_timeline():
    with pytest.raises(ValueError, match="another timeline"):
        replace(FULL, timeline=CALM)
    with pytest.raises(ValueError, match="other answers"):
        replace(FULL, answers=())


@pytest.mark.parametrize("neutral", [None, CALM])
@pytest.mark.parametrize("planted", [FULL, STALLED])
def test_each_network_alone_scores_as_a_timeline_of_its_own_would(planted, neutral):
    timeline = read_by_two(planted).timeline
    found = score(timeline, SETTINGS.scoring, neutral)
    for name, probabilities in timeline.members.items():
        own = replace(timeline, probabilities=probabilities, members={})
        wanted = {s.name: s.value for s in score(own, SETTINGS.scoring, neutral).scores
                  if s.name in FACE_SCORES}
        assert found.alone[name] == pytest.approx(wanted)
    assert found.alone["mixer"]["composure"] < found.alone["vit"]["composure"] - 5
    assert found.by_network("composure") == {
        name: values["composure"] for name, values in found.alone.items()}


def test_no_network_scores_what_has_no_score():
    for planted in (ABSTAINING, NOBODY):
        assert read_by_two(planted).scored.alone == {}
    assert FULL.scored.alone == {}, "nothing was kept of each"


def older(session):
    """As another version would have left it."""
    return replace(session, scored=replace(session.scored, recipe=Recipe(7, {}, {}, "none")))


def test_scored_anew_it_holds_both():
    was = older(TWO)
    anew = rescore(was)
    assert anew.former is was.scored
    assert not is_older(anew.scored)
    assert [s.value for s in anew.scores] == [s.value for s in TWO.scores]
    assert anew.warnings == TWO.warnings, "what the recording left in doubt stays so"
    assert len(anew.scored.answers) == len(TWO.answers)
    again = from_json(to_json(anew, "ko"))
    assert again.former.recipe.version == 7
    assert to_json(again, "ko") == to_json(anew, "ko")


def test_scored_anew_from_its_own_neutral_take():
    session = replace(FULL, neutral=CALM)
    assert rescore(from_json(to_json(session, "en"))).scored.recipe.neutral == "take"


def test_doubts_about_the_recording_come_after_those_about_the_timeline():
    found = score(CALM, SETTINGS.scoring, doubts=(QualityWarning("too_dark", {"percent": 3}),))
    assert [w.code for w in found.warnings] == ["few_seconds", "too_dark"]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", ALL)
def test_an_older_session_is_told_with_its_own_scores(name, language):
    session = older(scored_again(ALL[name], answers=(Answer("job.1", 0.0, 12.0),)))
    report = build_report(session, language)
    assert [c.value for c in report.cards] == [s.value for s in ALL[name].scores]
    assert "7" in report.recipe_note
    assert report.coaching == ()
    assert report.coach_note == say("report.coach.older", language)
    assert build_report(ALL[name], language).recipe_note == ""


@pytest.mark.slow
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("version", [1, 2, 3, 4])
def test_a_file_that_kept_no_series_opens_under_other_formulas(monkeypatch, version, language):
    """Once version 1's formulas are gone, its sessions still open with what they kept."""
    text = (GOLDEN / f"report_v{version}.json").read_text("utf-8")
    today = from_json(text)
    monkeypatch.setattr(scoring, "VERSION", 2)
    monkeypatch.setattr("fer_core.reports.report.VERSION", 2)
    session = from_json(text)
    assert is_older(session.scored)
    assert session.scores == today.scores
    assert session.moments == today.moments
    assert session.scored.parts == {}
    report = build_report(session, language)
    assert say("report.older", language, version=1, today=2) == report.recipe_note
    assert report.strengths == report.weaknesses == ()
    for answer in report.answers:
        assert answer.cards == ()
        assert answer.first == say("report.unknown", language)
    session_figure(report)
    assert len(timeline_csv(session).splitlines()) == len(session.timeline) + 1
    for name in ("html", "pdf"):
        assert WRITERS[name][1](session, language)
    assert to_json(from_json(to_json(session, "ko")), "ko") == to_json(session, "ko")
    anew = build_report(rescore(session), language)
    assert anew.recipe_note == ""
    assert [c.value for c in anew.former] == [s.value for s in today.scores]
    assert anew.former_note == say("report.former", language, version=1)
    assert anew.former_note in WRITERS["html"][1](rescore(session), language).decode()
