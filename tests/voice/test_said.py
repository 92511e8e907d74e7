"""Facts of a transcript, by rule, in both languages."""

import pytest

from fer_core.records import Word
from fer_core.voice.said import STEPS, content, sentences, star

ENGLISH = ("Last summer I was working at a small shop. My job was to answer customers. "
           "So I wrote down the twelve most frequent questions. "
           "As a result, we reduced the waiting time by 30%. We we were proud.")
KOREAN = ("작년 여름에 저는 작은 회사에서 일하고 있었습니다. "
          "제가 맡은 일은 고객의 질문에 답하는 것이었습니다. "
          "그래서 저는 자주 묻는 질문 12개를 정리했습니다. "
          "그 결과 기다리는 시간이 30퍼센트 줄었습니다.")


def spoken(text, pause=0.1):
    return [Word(0.5 * i, 0.5 * i + 0.5 - pause, t, 0.9) for i, t in enumerate(text.split())]


@pytest.mark.parametrize(("text", "language", "first"), [
    (ENGLISH, "en", ("Last summer", "My job", "So I wrote", "As a result")),
    (KOREAN, "ko", ("작년", "제가 맡은", "그래서 저는", "그 결과"))])
def test_every_step_is_found_with_its_sentence(text, language, first):
    found = star(spoken(text), language)
    assert tuple(step.name for step in found) == STEPS
    for step, begin in zip(found, first, strict=True):
        assert step.sentence is not None
        assert step.sentence.text.startswith(begin)
    starts = [step.sentence.start for step in found]
    assert starts == sorted(starts)


@pytest.mark.parametrize(("text", "language"), [
    ("I am a calm person and I like quiet places.", "en"), ("저는 조용한 곳을 좋아합니다.", "ko"),
    ("Je suis calme.", "fr"), ("", "en")])
def test_what_is_not_there_is_not_found(text, language):
    assert [step.sentence for step in star(spoken(text), language)] == [None] * 4


def test_english_cues_are_whole_words():
    assert star(spoken("Also it was unsaved and also imprinted."), "en")[3].sentence is None


def test_facts():
    found = content(spoken(ENGLISH), "en")
    assert found.words == len(ENGLISH.split())
    assert found.numbers == ("twelve", "30%")
    assert found.stumbles == 1
    assert found.i == pytest.approx(3 / found.words)
    assert found.we == pytest.approx(3 / found.words)
    korean = content(spoken(KOREAN), "ko")
    assert korean.numbers == ("12개를", "30퍼센트")
    assert korean.i == pytest.approx(3 / korean.words)


def test_repeated_words_are_told_apart_from_common_ones():
    found = content(spoken("The project was a project, that project and this project. " * 2), "en")
    assert found.repeated == (("project", 8),)


def test_silence_ends_a_sentence_without_a_full_stop():
    words = [Word(0, 0.5, "one", 1), Word(0.6, 1, "two", 1), Word(3, 3.5, "three", 1)]
    assert [s.text for s in sentences(words)] == ["one two", "three"]
    assert sentences([]) == ()
    assert content([], "ko").words == 0
