"""Fillers among words that mean something, and hums that no word covers."""

import tomllib
from pathlib import Path

import numpy as np
import pytest

from fer_core.records import Word
from fer_core.sessions.spoken import HESITATIONS
from fer_core.voice import fillers as module
from fer_core.voice.fillers import fillers, hums, worded

PLANTED = {
    "en": [
        ("[Um], I think [uh] it was [like] twenty people.", 0.1),
        ("I like this job and you would like it too.", 0.1),
        ("[So], [you know], we [basically] started over.", 0.1),
        ("Do you know what it looks like? I was so happy that I said so.", 0.1),
        ("It was so hard, [like], really hard.", 0.1),
        ("As you know, people like you make it so good.", 0.1),
        ("[Basically] it is something like a [hmm] platform, [you know].", 0.1),
    ],
    "ko": [
        ("[음] 저는 [어] 작년에 [그], 회사에서 일했습니다.", 0.1),
        ("그래서 그 프로젝트는 그때 끝났고 그렇게 됐습니다.", 0.1),
        ("[막] 바빴는데 [이제] 익숙해졌습니다.", 0.1),
        ("이제 시작하겠습니다. 막 도착했을 때 저기 보이는 건물에 갔습니다.", 0.1),
        ("[저기], [음] 제가 [약간] 긴장했습니다.", 0.1),
        ("매출이 약간 늘었습니다. 이제는 어디든 그분과 갑니다.", 0.1),
    ],
}


def planted(sentence, gap):
    """Words with their times, and those in brackets."""
    words, wanted, inside = [], [], False
    for i, token in enumerate(sentence.split()):
        start = 0.5 * i
        if token.startswith("["):
            inside, begun = True, start
        text = token.replace("[", "").replace("]", "")
        words.append(Word(start, start + 0.5 - gap, text, 0.9))
        if "]" in token and inside:
            wanted.append((begun, words[-1].end))
            inside = False
    return words, wanted


@pytest.mark.parametrize("language", ["en", "ko"])
def test_planted_fillers_are_found_and_nothing_else(language):
    right = found = there = 0
    for sentence, gap in PLANTED[language]:
        words, wanted = planted(sentence, gap)
        got = [(f.start, f.end) for f in worded(words, language)]
        right, found, there = (right + len(set(got) & set(wanted)), found + len(got),
                               there + len(wanted))
    print(language, "precision", right / found, "recall", right / there)
    assert right / found >= 0.95
    assert right / there >= 0.95


def test_never_inside_another_word():
    for text, language in (("그래서 그러니까 그거 어디 음악 막내 이제는 약간의", "ko"),
                           ("umbrella likely sound basic some", "en")):
        words = [Word(0.5 * i, 0.5 * i + 0.4, t, 1.0) for i, t in enumerate(text.split())]
        assert worded(words, language) == ()
    assert worded([Word(0, 1, "um", 1.0)], "fr") == ()


def flat(seconds, cents=0.1):
    return np.random.default_rng(1).normal(0, cents, round(100 * seconds))


def test_a_flat_hum_between_words_is_a_filler():
    silence = np.full(60, np.nan)
    pitched = np.concatenate([flat(0.4), silence, flat(0.35), silence, flat(0.4)])
    words = [Word(0.0, 0.4, "I", 1.0), Word(1.95, 2.35, "think", 1.0)]
    (hum,) = fillers(words, "en", pitched)
    assert (hum.text, hum.start, hum.end) == ("", 1.0, 1.35)


@pytest.mark.parametrize("stretch", [
    flat(0.1), flat(1.2), np.linspace(-3, 3, 40)], ids=["short", "long", "gliding"])
def test_other_voiced_sounds_are_none(stretch):
    silence = np.full(60, np.nan)
    assert hums([], "en", np.concatenate([silence, stretch, silence])) == ()


@pytest.mark.parametrize(("pause", "seconds", "is_one"), [
    (0.05, 0.2, False),  # the last syllable of a word that the recogniser ended too soon
    (0.25, 0.2, True), (0.05, 0.3, True)])
def test_what_hangs_on_a_word_is_a_hum_only_where_it_is_longer_than_a_syllable(
        pause, seconds, is_one):
    pitched = np.concatenate([flat(0.5), np.full(round(100 * pause), np.nan), flat(seconds),
                              np.full(50, np.nan)])
    assert len(hums([Word(0.0, 0.5, "합니다.", 1.0)], "ko", pitched)) == is_one


def test_what_a_word_covers_is_none():
    pitched = np.concatenate([np.full(100, np.nan), flat(0.4)])
    assert hums([Word(0.9, 1.5, "no", 1.0)], "en", pitched) == ()
    # A recogniser stretches a word back over the hum before it.
    assert len(hums([Word(0.9, 3.5, "no", 1.0)], "en", pitched)) == 1


def test_what_only_fills_is_a_hesitation():
    """``sessions`` cannot ask ``voice``: the two lists must not part."""
    rules = tomllib.loads(Path(module.__file__).with_suffix(".toml").read_text("utf-8"))
    always = {word for language in rules.values() for word in language["always"]}
    assert always - {"basically"} == HESITATIONS - {""}
