"""Criteria with anchored scales, and example sets of them for four kinds of job."""

import json
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from fer_core.errors import DeskError
from fer_core.texts import LANGUAGES, Language

LEVELS = (1, 2, 3, 4, 5)
Said = Mapping[Language, str]


@dataclass(frozen=True)
class Criterion:
    """What is rated, and what each rating looks like.

    Attributes:
        id: lower-case letters, digits, ``_``; up to 64.
        name, about: in every language.
        anchors: what an answer looks like, for each of ``LEVELS``.

    Raises:
        DeskError: an impossible id, or a level without its anchor.
    """

    id: str
    name: Said
    about: Said
    anchors: tuple[Said, ...]

    def __post_init__(self) -> None:
        if not (self.id.isascii() and self.id.isidentifier() and len(self.id) <= 64):
            raise DeskError("error.desk.criteria")
        told = (self.name, *self.anchors)
        if len(self.anchors) != len(LEVELS) or not all(
                said.get(language, "").strip() for said in told for language in LANGUAGES):
            raise DeskError("error.desk.anchors")


def own_criterion(number: int, name: str, about: str, anchors: Sequence[str]) -> Criterion:
    """One that a lead wrote, in whatever language they write.

    Raises:
        DeskError: a level without its anchor.
    """
    def both(text: str) -> Said:
        return dict.fromkeys(LANGUAGES, text.strip())

    return Criterion(f"own_{number}", both(name), both(about), tuple(map(both, anchors)))


@cache
def example_sets() -> dict[str, tuple[Criterion, ...]]:
    """Kind of job -> its criteria."""
    data = _file()
    made = {number: Criterion(
        number, {language: row[language] for language in LANGUAGES},
        {language: row[f"about_{language}"] for language in LANGUAGES},
        tuple({"ko": ko, "en": en} for ko, en in zip(
            row["anchors_ko"], row["anchors_en"], strict=True)))
        for number, row in data["criterion"].items()}
    return {name: tuple(made[number] for number in numbers)
            for name, numbers in data["sets"].items()}


def set_name(name: str, language: Language) -> str:
    """What a kind of job is called."""
    return str(_file()["set_names"][name][language])


def to_data(criteria: Sequence[Criterion]) -> str:
    """As the database keeps them: JSON."""
    return json.dumps([{"id": c.id, "name": dict(c.name), "about": dict(c.about),
                        "anchors": [dict(a) for a in c.anchors]} for c in criteria],
                      ensure_ascii=False)


def from_data(text: str) -> tuple[Criterion, ...]:
    """Back from the database."""
    return tuple(Criterion(row["id"], row["name"], row["about"], tuple(row["anchors"]))
                 for row in json.loads(text))


@cache
def _file() -> dict[str, dict[str, dict[str, str]]]:
    return tomllib.loads(Path(__file__).with_suffix(".toml").read_text("utf-8"))
