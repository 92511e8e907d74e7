"""What was said, by rule and never by a model: facts of a transcript, each with its words.

Nothing here is a score. The checklist asks for the four steps of an answer by STAR (situation,
task, action, result) and finds them by phrases, so it says "found" or "not found", never "good".
"""

import re
import tomllib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

from fer_core.records import Word

STEPS = ("situation", "task", "action", "result")
_BREATH = 1.2  # s of silence that end a sentence without a full stop
_OFTEN = 4  # times that a word is said to be repeated
_LETTERS = {"ko": 2, "en": 4}  # of a word that says something
_EDGES = ".,!?…·:;\"'“”‘’()-"


@dataclass(frozen=True)
class Sentence:
    """[start, end) s and what was said in them."""

    start: float
    end: float
    text: str


@dataclass(frozen=True)
class Step:
    """A step of an answer: ``name`` of ``STEPS``, the sentence that shows it, or None."""

    name: str
    sentence: Sentence | None


@dataclass(frozen=True)
class Content:
    """Facts of what was said.

    Attributes:
        words: how many.
        seconds: from the first word to the last.
        i, we: share of the words that speak of oneself, and of a group, 0 to 1.
        numbers: words with a number in them, as said.
        repeated: words said four times or more, with their count, the most frequent first.
        stumbles: words said twice in a row.
    """

    words: int
    seconds: float
    i: float
    we: float
    numbers: tuple[str, ...]
    repeated: tuple[tuple[str, int], ...]
    stumbles: int


@cache
def _cues(language: str) -> dict[str, Any]:
    """Of a language without a list, nothing is found."""
    cues: dict[str, dict[str, Any]] = tomllib.loads(
        Path(__file__).with_name("cues.toml").read_text("utf-8"))
    return cues.get(language, {})


def sentences(words: Sequence[Word]) -> tuple[Sentence, ...]:
    """The words in sentences: to a full stop, or to a silence where there is none."""
    found: list[Sentence] = []
    here: list[Word] = []
    for i, word in enumerate(words):
        here.append(word)
        if (i + 1 == len(words) or word.text.endswith((".", "?", "!"))
                or words[i + 1].start - word.end >= _BREATH):
            found.append(Sentence(here[0].start, word.end, " ".join(w.text for w in here)))
            here = []
    return tuple(found)


def star(words: Sequence[Word], language: str) -> tuple[Step, ...]:
    """The checklist of an answer: of every step the first sentence with a phrase of it.

    Args:
        words: of one answer, in order.
        language: ``ko`` or ``en``.
    """
    said, cues = sentences(words), _cues(language).get("star", {})
    return tuple(Step(step, next(
        (sentence for sentence in said
         if any(_has(sentence.text, cue, language) for cue in cues.get(step, ()))), None))
        for step in STEPS)


def _has(text: str, cue: str, language: str) -> bool:
    if language == "ko":
        return cue in text
    plain = re.sub(r"[^\w']+", " ", text.lower().replace("’", "'"))
    return f" {cue} " in f" {plain} "


def content(words: Sequence[Word], language: str) -> Content:
    """Facts of an answer.

    Args:
        words: of one answer, in order.
        language: ``ko`` or ``en``.
    """
    cues = _cues(language)
    plain = [word.text.lower().replace("’", "'").strip(_EDGES) for word in words]
    count = max(len(plain), 1)
    telling = Counter(w for w in plain if len(w) >= _LETTERS.get(language, 4)
                      and w not in cues.get("common", ()))
    return Content(
        words=len(plain), seconds=words[-1].end - words[0].start if words else 0.0,
        i=sum(w in cues.get("i", ()) for w in plain) / count,
        we=sum(w in cues.get("we", ()) for w in plain) / count,
        numbers=tuple(w for w in plain if re.search(r"\d", w) or w in cues.get("numbers", ())),
        repeated=tuple((w, n) for w, n in telling.most_common() if n >= _OFTEN),
        stumbles=sum(a == b != "" for a, b in pairwise(plain)))
