"""What was said, in a report and its files; corrected and deleted."""

import json
from dataclasses import replace

import numpy as np
import pytest

from fer_core.reports.export import from_json, to_json
from fer_core.reports.export.html_file import to_html
from fer_core.reports.export.pdf_file import to_pdf
from fer_core.reports.report import build_report
from fer_core.reports.transcript import paragraphs
from fer_core.sessions.scored import reheard, score, scoring_of
from fer_core.sessions.spoken import with_voice
from fer_core.texts import LANGUAGES, say
from fer_core.voice.corrected import Edit, corrected
from tests.planted import FULL, spoken

VOICE = spoken()
TALKED = reheard(FULL, VOICE)
NOTHING = replace(TALKED, voice=VOICE.without_text())


def scored_anew(session):
    return score(session.timeline, scoring_of(session), session.neutral, answers=session.answers)


def test_a_voice_heard_otherwise_is_scored_as_if_it_had_been_so_from_the_start():
    found = reheard(TALKED, corrected(VOICE, [Edit(2.6, 3.1, "")]))
    again = with_voice(FULL.timeline, found.voice)
    assert np.nansum(found.timeline["hesitations"]) == np.nansum(again["hesitations"]) == 1
    assert found.scores == scored_anew(found).scores
    assert found.former is TALKED.former
    before, after = (dict(zip([s.name for s in x.scores], x.scores, strict=True))["delivery"]
                     for x in (TALKED, found))
    part = {p.name: p.value for p in after.parts}
    assert part["fillers"] > {p.name: p.value for p in before.parts}["fillers"]
    assert part["pauses"] == {p.name: p.value for p in before.parts}["pauses"]
    old = replace(TALKED, scored=replace(
        TALKED.scored, recipe=replace(TALKED.scored.recipe, version=1)))
    assert reheard(old, VOICE).former is old.scored


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_answer_has_facts_and_a_checklist(language):
    report = build_report(TALKED, language)
    (row,) = report.said
    assert (row.number, row.title) == (1, report.answers[0].text)
    assert say("said.length", language, words=6, seconds=9) in row.facts
    found = {step.name: step for step in row.steps}
    assert list(found) == ["situation", "task", "action", "result"]
    assert found["situation"].text == "그 저는 작년에 음"
    assert found["situation"].clock == "0:00"
    assert (found["result"].text, found["result"].start) == ("", None)
    assert say("said.first", language, seconds="0.4") in row.facts
    for silent in (NOTHING, replace(TALKED, voice=replace(VOICE, language="fr"))):
        (told,) = build_report(silent, language).said
        assert told.steps == ()
        assert say("said.pauses", language, percent=26, longest="3.0") in told.facts
    nobody = replace(VOICE, spoken=(), words=None, fillers=())
    assert build_report(replace(TALKED, voice=nobody), language).said == ()


def test_paragraphs_hold_everything_and_end_with_sentences():
    transcript = build_report(TALKED, "ko").transcript
    parts = paragraphs(transcript)
    assert tuple(token for part in parts for token in part) == transcript
    assert [token.kind for token in parts[0]] == ["question"]
    long = tuple(replace(transcript[1], kind="word", text=f"w{i}" + "." * (i % 10 == 9))
                 for i in range(95))
    assert [len(part) for part in paragraphs(long)] == [40, 40, 15]


@pytest.mark.parametrize("language", LANGUAGES)
def test_files_carry_the_words_with_their_marks_or_none(language):
    html, bare = to_html(TALKED, language), to_html(NOTHING, language)
    for text in ("이끌었습니다.", say("said.missing", language), say("said.note", language),
                 '<mark title="0:02">음</mark>'):
        assert text in html
    assert "이끌었습니다" not in bare
    assert say("page.report.replay.pause", language, seconds="3.0") in bare
    assert say("page.report.replay.no_words", language) in bare
    assert say("report.section.said", language) not in to_html(FULL, language)
    assert len(to_pdf(TALKED, language)) > len(to_pdf(NOTHING, language))


def test_the_file_of_numbers_tells_facts_and_checklist():
    data = json.loads(to_json(TALKED, "ko"))
    (said,) = data["voice"]["said"]
    assert said["question"] == FULL.answers[0].question
    assert said["content"]["words"] == 6
    assert said["star"][0]["name"] == "situation"
    assert said["star"][3]["sentence"] is None
    again = from_json(json.dumps(data))
    assert again.voice.words == VOICE.words
    text = to_json(NOTHING, "ko")
    assert "작년에" not in text
    assert json.loads(text)["voice"]["said"] == []
