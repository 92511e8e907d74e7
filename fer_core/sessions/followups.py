"""What an interviewer would ask next, by rules on the words of an answer.

``followups.toml`` has the kinds, the surest first, each with its condition, its words and its
questions in both languages. No network and no model: a kind fits or it does not, and nothing is
judged. The caller hands in what was asked already, so that no question comes twice.
"""

import re
import tomllib
from collections.abc import Collection
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

from fer_core.texts import Language

SHORT: dict[Language, int] = {"ko": 45, "en": 25}
"""Korean letters (음절) and English words under which an answer is short: some ten seconds."""
RICH = 2
"""Times as long as short: from here on an answer could have told of a result."""
When = Literal["silent", "short", "any", "long"]


@dataclass(frozen=True)
class FollowUp:
    """A question that fits an answer.

    Attributes:
        id: of the question, such as ``number_2``: what ``asked`` takes.
        kind: why it fits.
        text: the question, in the language asked for.
    """

    id: str
    kind: str
    text: str


@dataclass(frozen=True)
class _Kind:
    """``has``: words of which one must be there; ``lacks``: of which none may be; each of
    either empty for no condition. ``when``: how long the answer must be."""

    name: str
    when: When
    has: dict[Language, re.Pattern[str] | None]
    lacks: dict[Language, re.Pattern[str] | None]
    questions: tuple[dict[Language, str], ...]

    def fits(self, said: str, length: When, language: Language) -> bool:
        fitting = {"silent": ("silent",), "short": ("short",), "long": ("long",),
                   "any": ("short", "any", "long")}[self.when]
        has, lacks = self.has[language], self.lacks[language]
        return (length in fitting and (has is None or has.search(said) is not None)
                and (lacks is None or lacks.search(said) is None))


def follow_ups(said: str, language: Language, asked: Collection[str] = (),
               most: int = 2) -> tuple[FollowUp, ...]:
    """One or two questions that fit an answer, each of another kind; fewer once all that fit
    were asked.

    Args:
        said: the answer's words; empty where nothing was said.
        language: in which it was said and is asked.
        asked: ids of the questions asked before, in this interview.
        most: at most so many.
    """
    length = _length(said, language)
    found: list[FollowUp] = []
    for kind in _kinds():
        if len(found) == most:
            break
        if not kind.fits(said, length, language):
            continue
        for number, question in enumerate(kind.questions, 1):
            name = f"{kind.name}_{number}"
            if name not in asked:
                found.append(FollowUp(name, kind.name, question[language]))
                break
    return tuple(found)


def follow_up_wording(number: str, language: Language) -> str | None:
    """A follow-up question by its id, such as ``number_2``; None where there is none such."""
    name, _, place = number.rpartition("_")
    kind = next((kind for kind in _kinds() if kind.name == name), None)
    if kind is None or not place.isdecimal() or not 1 <= int(place) <= len(kind.questions):
        return None
    return kind.questions[int(place) - 1][language]


def _length(said: str, language: Language) -> When:
    count = len(re.findall(r"[가-힣]", said) if language == "ko" else re.findall(r"[\w']+", said))
    if count == 0 and not re.search(r"\w", said):
        return "silent"
    if count < SHORT[language]:
        return "short"
    return "any" if count < RICH * SHORT[language] else "long"


@cache
def _kinds() -> tuple[_Kind, ...]:
    table = tomllib.loads(Path(__file__).with_suffix(".toml").read_text("utf-8"))
    return tuple(_Kind(name, entry.get("when", "any"), _patterns(entry.get("has")),
                       _patterns(entry.get("lacks")), tuple(entry["ask"]))
                 for name, entry in table.items())


def _patterns(words: dict[Language, str] | None) -> dict[Language, re.Pattern[str] | None]:
    """Korean words are met anywhere, English ones from the start of a word on."""
    if words is None:
        return {"ko": None, "en": None}
    return {"ko": re.compile(words["ko"]), "en": re.compile(rf"\b(?:{words['en']})", re.I)}
