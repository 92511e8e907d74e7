"""Fillers: among the words, and where a hum is heard that no word covers.

Recognisers are trained on tidy transcripts and leave most hums out. A hum is voiced for 0.15 to
0.8 s on a level pitch (Shriberg 2001: filled pauses are long, flat and low).
"""

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

from fer_core.records import Filler, Word
from fer_core.records.arrays import FloatArray
from fer_core.sessions.timeline import runs_of
from fer_core.voice.stretches import FRAME

_SHORTEST, _LONGEST = 0.15, 0.8  # s of a hum
_LEVEL = 0.8  # semitones, standard deviation
_ALONE = 0.2  # s without voice before a hum that stands by itself
_LAST_SYLLABLE = 0.25
"""s that a syllable drawn out before a pause hardly lasts: what hangs on the voice before it and is
shorter is the end of a word that a recogniser ended too soon, flat as that may be. Level tells
nothing: hums and last syllables both fall by 2 to 8 dB. Without this, 3 hums are heard in the four
shared readings, which have none, and 15 in the 36 rated clips; with it none and 11, among them all
5 that a recogniser asked for fillers writes down. Of the 48 found of 96 planted in the readings'
pauses 43 stay: 5 of 0.2 s that hang on a word are lost."""
_COVERED = 0.3  # share of a hum that a word may cover
_PAUSE = 0.25  # s after a word that make it stand apart
_SLOWEST = 0.5
"""s of the shortest word spoken slowly; ``_LETTER`` of each letter. A recogniser lets a word
reach back over the hum before it: of a longer one only so much, before its end, is the word."""
_LETTER = {"ko": 0.3, "en": 0.12}
_PUNCTUATION = ",.!?…·:;\"'“”‘’()-"


@dataclass(frozen=True)
class _Rules:
    """What counts in one language; see ``fillers.toml``."""

    always: frozenset[str]
    apart: frozenset[str]
    first: frozenset[str]
    unless: dict[tuple[str, ...], dict[str, list[str]]]


@cache
def _rules(language: str) -> _Rules:
    """Of a language without a list, nothing counts."""
    file = Path(__file__).with_suffix(".toml").read_text("utf-8")
    found = tomllib.loads(file).get(language, {})
    return _Rules(
        always=frozenset(found.get("always", ())), apart=frozenset(found.get("apart", ())),
        first=frozenset(found.get("first", ())),
        unless={tuple(text.split()): near for text, near in found.get("unless", {}).items()})


def fillers(words: Sequence[Word], language: str | None, pitched: FloatArray
            ) -> tuple[Filler, ...]:
    """All fillers, in order.

    Args:
        words: as recognised, in order.
        language: of the words.
        pitched: (n,) semitones of every 10 ms of speech, NaN where not voiced.
    """
    said = worded(words, language or "")
    found = (*said, *hums(words, language or "", pitched))
    return tuple(sorted(found, key=lambda filler: filler.start))


def worded(words: Sequence[Word], language: str) -> tuple[Filler, ...]:
    """Fillers among the words."""
    rules, plain = _rules(language), [_plain(word.text) for word in words]
    found: list[Filler] = []

    def beside() -> bool:
        return bool(found) and found[-1].end == words[i - 1].end

    i = 0
    while i < len(words):
        length = next((len(of) for of in rules.unless if tuple(plain[i:i + len(of)]) == of), 1)
        last = i + length - 1
        apart = _apart(words, last)
        begins = i == 0 or words[i - 1].text.endswith((".", "?", "!"))
        if (plain[i] in rules.always
                or (plain[i] in rules.apart and (apart or (i > 0 and beside())))
                or (plain[i] in rules.first and begins and apart)
                or _unless(rules, plain, i, length, apart)):
            found.append(Filler(words[i].start, words[last].end, " ".join(plain[i:last + 1])))
        i += length
    return tuple(found)


def _unless(rules: _Rules, plain: list[str], i: int, length: int, apart: bool) -> bool:
    near = rules.unless.get(tuple(plain[i:i + length]))
    if near is None:
        return False
    before = plain[i - 1] if i else ""
    after = plain[i + length] if i + length < len(plain) else ""
    # Before a comma it belongs to nothing that follows.
    return not (_among(before, near.get("after", []))
                or (not apart and _among(after, near.get("before", []))))


def _among(word: str, patterns: list[str]) -> bool:
    return any(word.startswith(p[:-1]) if p.endswith("*") else word == p for p in patterns)


def _apart(words: Sequence[Word], i: int) -> bool:
    return (words[i].text.endswith((",", "...", "…"))
            or (i + 1 < len(words) and words[i + 1].start - words[i].end >= _PAUSE))


def _plain(text: str) -> str:
    return text.lower().strip(_PUNCTUATION)


def hums(words: Sequence[Word], language: str, pitched: FloatArray) -> tuple[Filler, ...]:
    """Flat voiced stretches that no word covers, nor the end of one."""
    covered, letter = np.zeros(len(pitched), bool), _LETTER.get(language, 0.2)
    for word in words:
        start = max(word.start, word.end - max(_SLOWEST, letter * len(word.text)))
        covered[round(start / FRAME):round(word.end / FRAME)] = True
    found, before = [], -np.inf
    for first, last in runs_of(~np.isnan(pitched)):
        alone = (first - before) * FRAME >= _ALONE
        before = last
        if (_SHORTEST <= (last - first) * FRAME <= _LONGEST
                and (alone or (last - first) * FRAME >= _LAST_SYLLABLE)
                and covered[first:last].mean() <= _COVERED
                and np.std(pitched[first:last]) <= _LEVEL):
            found.append(Filler(round(first * FRAME, 2), round(last * FRAME, 2), ""))
    return tuple(found)
