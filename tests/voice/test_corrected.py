"""Words put right by hand: what follows, and what stays as it was heard."""

from dataclasses import replace

import numpy as np
import pytest

from fer_core.records import Filler, Word, speaking
from fer_core.voice.corrected import MOST_WORDS, Edit, corrected
from tests.planted import spoken

VOICE = spoken()
KEPT = ("spoken", "heard", "pauses", "doubts", "language")


def texts(voice):
    return [word.text for word in voice.words]


def edit(word, text):
    found = next(w for w in VOICE.words if w.text == word)
    return Edit(found.start, found.end, text)


def test_no_edit_changes_nothing():
    again = corrected(VOICE, [])
    assert again.words == VOICE.words
    assert again.fillers == VOICE.fillers


def test_a_word_becomes_two_which_share_its_time():
    found = corrected(VOICE, [edit("팀을", "우리 팀을")])
    assert texts(found) == ["그", "저는", "작년에", "음", "우리", "팀을", "이끌었습니다."]
    first, second = found.words[4:6]
    assert (first.start, first.end, second.start, second.end) == (8.4, 8.65, 8.65, 8.9)
    assert first.probability == 1
    for name in KEPT:
        assert getattr(found, name) == getattr(VOICE, name), name
    np.testing.assert_array_equal(found.pitch, VOICE.pitch)


def test_a_filler_taken_back_is_none_and_pace_follows():
    found = corrected(VOICE, [edit("음", "")])
    assert [f.text for f in found.fillers] == [""]
    before, after = speaking(VOICE, 0, 40), speaking(found, 0, 40)
    assert after.fillers_per_100_words == pytest.approx(100 * 1 / 5)
    assert after.pace_words < before.pace_words
    assert after.pause_share == before.pause_share


def test_a_hum_becomes_what_was_said_there():
    hum = next(f for f in VOICE.fillers if not f.text)
    found = corrected(VOICE, [Edit(hum.start, hum.end, "네")])
    assert texts(found)[-1] == "네"
    assert [f.text for f in found.fillers] == ["음"]
    assert corrected(VOICE, [Edit(hum.start, hum.end, "")]).fillers == VOICE.fillers[:1]


def test_a_filler_that_was_missed_is_found():
    assert corrected(VOICE, [edit("작년에", "어")]).fillers[0] == Filler(2.0, 2.5, "어")


def test_korean_syllables_are_those_of_the_words_english_ones_are_heard():
    assert len(corrected(VOICE, [edit("팀을", "")]).syllables) == 13
    english = replace(VOICE, language="en")
    np.testing.assert_array_equal(
        corrected(english, [edit("팀을", "")]).syllables, VOICE.syllables)


@pytest.mark.parametrize("wrong", [
    Edit(float("nan"), 1, "x"), Edit(1, float("inf"), "x"), Edit(-1, 1, "x"), Edit(3, 2, "x"),
    Edit(100, 101, "x")])
def test_edits_outside_the_recording_are_left_out(wrong):
    assert corrected(VOICE, [wrong]).words == VOICE.words


def test_a_pasted_book_is_cut():
    found = corrected(VOICE, [edit("음", "가 " * 1000 + "나" * 1000)])
    assert len(found.words) == len(VOICE.words) - 1 + MOST_WORDS
    assert max(map(len, texts(corrected(VOICE, [edit("음", "나" * 1000)])))) == 200


def test_words_that_were_not_kept_cannot_be_corrected():
    mute = VOICE.without_text()
    assert corrected(mute, [edit("음", "x")]) is mute
    assert all(isinstance(w, Word) for w in mute.words)
