"""The gate: what may be read from a person, and shown to whom, by purpose, place, role and
consent.

A pure function over one table, ``gate.toml``, whose rules carry their reasons and sources. It is
closed by default: an unknown purpose, place or role is answered, with nothing allowed.
"""

import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal, TypeAlias, get_args

from pydantic import BaseModel, ConfigDict

from fer_core.texts import LANGUAGES, Language

Purpose: TypeAlias = Literal["practice", "training", "recruitment"]
PURPOSES: tuple[Purpose, ...] = get_args(Purpose)
Allowed: TypeAlias = Literal["always", "consent", "never"]
STRICTEST: tuple[Allowed, ...] = ("never", "consent", "always")
EXPRESSIONS = "expressions"
"""The feature without which the networks are not run."""
SEEING = ("candidate", "reviewer", "lead")
"""Roles that a feature is read for; an admin's is no reason."""


@dataclass(frozen=True)
class Permission:
    """Whether a feature is allowed, and why.

    Attributes:
        reason: language -> sentence.
        source: language -> article or statute, of this place alone, or Poise's own rule.
    """

    allowed: bool
    reason: Mapping[Language, str]
    source: Mapping[Language, str]


class Law(BaseModel):
    """What a law is called in each language."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    ko: str
    en: str


class _Said(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    ko: str
    en: str
    source: Law | str

    def permission(self, allowed: bool, law: Law | str = "") -> Permission:
        """Args:
            law: of the place, beside the rule's own source.
        """
        both = [{"ko": one, "en": one} if isinstance(one, str) else one.model_dump()
                for one in (self.source, law) if one]
        return Permission(allowed, {"ko": self.ko, "en": self.en}, {
            language: "; ".join(one[language] for one in both) for language in LANGUAGES})


class Rule(_Said):
    """A row of the table."""

    features: tuple[str, ...]
    purpose: Purpose | Literal["*"]
    places: tuple[str, ...] | Literal["*"]
    roles: tuple[str, ...] | Literal["*"]
    allowed: Allowed
    laws: dict[str, Law | str] = {}

    def fits(self, feature: str, purpose: str, group: str, role: str) -> bool:
        return (feature in self.features and self.purpose in ("*", purpose)
                and (self.places == "*" or group in self.places)
                and (self.roles == "*" or role in self.roles))


class Table(BaseModel):
    """``gate.toml``."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    features: tuple[str, ...]
    purposes: tuple[Purpose, ...]
    roles: tuple[str, ...]
    places: dict[str, str]
    closed: dict[Literal["place", "purpose", "role", "rule"], _Said]
    rule: tuple[Rule, ...]

    def group(self, place: str) -> str | None:
        """The group of a place's code, in any case; None where nobody knows it."""
        code = place.strip().upper()
        return next((name for name, codes in self.places.items() if code in codes.split()), None)


def places() -> tuple[str, ...]:
    """A code for each group of places that the table tells apart, in its order."""
    return tuple(codes.split()[0] for codes in table().places.values())


@cache
def table() -> Table:
    """The table that Poise goes by."""
    return Table.model_validate(
        tomllib.loads(Path(__file__).with_suffix(".toml").read_text("utf-8")))


def features_allowed(purpose: str, place: str, role: str, consent: bool = False,
                     rules: Table | None = None) -> dict[str, Permission]:
    """What may be read and shown.

    Args:
        purpose: one of ``PURPOSES``; any other is answered, with nothing allowed.
        place: ISO 3166 code of the country, or of the state in the US, or EU.
        role: of whoever will see it; ``candidate`` is the person seen.
        consent: that all of it is on record: the notice given, the person's consent standing,
            and in recruitment an admin's signed reason (``consents.stands``).
        rules: another table than Poise's own.

    Returns:
        every feature of the table -> whether it is allowed, with its reason and source.
    """
    rules = rules or table()
    group = rules.group(place)
    unknown: Literal["place", "purpose", "role"] | None = (
        "purpose" if purpose not in rules.purposes else "place" if group is None
        else "role" if role not in rules.roles else None)
    if group is None or unknown is not None:
        return dict.fromkeys(rules.features, rules.closed[unknown or "place"].permission(False))
    return {feature: _judge([r for r in rules.rule if r.fits(feature, purpose, group, role)],
                            consent, group, rules) for feature in rules.features}


def open_to_some(feature: str, purpose: str, place: str, consent: bool,
                 roles: Iterable[str] = SEEING) -> bool:
    """Whether a feature may be read at all: somebody of these roles is allowed to see it."""
    return any(features_allowed(purpose, place, role, consent)[feature].allowed
               for role in roles)


def _judge(fitting: Sequence[Rule], consent: bool, group: str, rules: Table) -> Permission:
    if not fitting:
        return rules.closed["rule"].permission(False)
    strictest = min(fitting, key=lambda rule: STRICTEST.index(rule.allowed))
    allowed = strictest.allowed == "always" or (strictest.allowed == "consent" and consent)
    return strictest.permission(allowed, strictest.laws.get(group, ""))
