"""The candidate's side: the notice, their consent with its receipt, its withdrawal."""

import hashlib
import json
import secrets
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from fer_core.desk.access import Access, Target
from fer_core.desk.gate import EXPRESSIONS, open_to_some, table
from fer_core.desk.policy import TRANSCRIPT, Person
from fer_core.desk.tables import CLIPS, CONSENTS, OBSERVATIONS, OPENINGS, READINGS
from fer_core.errors import DeskError
from fer_core.history import rewriting
from fer_core.history.database import aware
from fer_core.texts import Language, say

REPORT = (EXPRESSIONS, "scores")
"""What a candidate's own report is made of; only where an opening grants one are they asked for
it."""
JUDGING = ("reviewer", "lead")
SEALED = (EXPRESSIONS, "facing", "speech_pace", "pauses")
"""What those who judge see once their own card is in, where the gate lets them; of the others
the name says who sees it."""


@dataclass(frozen=True)
class Notice:
    """What a candidate reads first.

    Attributes:
        version: the day of its wording.
        features: that a consent may cover, in the order of the gate's table.
        names: of each of them, with who will see it.
        paragraphs: (title, text), in one language.
        opening, purpose, place, questions, grants_report: of the opening.
    """

    version: str
    language: Language
    features: tuple[str, ...]
    names: tuple[str, ...]
    paragraphs: tuple[tuple[str, str], ...]
    opening: str
    purpose: str
    place: str
    questions: tuple[str, ...]
    grants_report: bool


@dataclass(frozen=True)
class Consent:
    """``receipt`` is what the candidate may download: JSON, the notice's words included."""

    id: str
    version: str
    features: tuple[str, ...]
    receipt: str
    given: datetime
    withdrawn: datetime | None


class Consents:
    """The consents on record.

    Raises:
        Forbidden, StorageError: from every method.
    """

    def __init__(self, access: Access) -> None:
        self._access = access

    def notice(self, person: Person, candidate: str, language: Language) -> Notice:
        """What is asked of a candidate."""
        with self._access.glancing(person, "consent.see", Target(candidate=candidate)) as act:
            return notice(_opening(act.connection, act.opening), language)

    def give(self, person: Person, candidate: str, language: Language,
             features: Sequence[str]) -> Consent:
        """A candidate's consent to some of what the notice names; to none of it is a refusal
        that is on record.

        Raises:
            DeskError: to something that no consent opens here.
        """
        now, number = datetime.now(UTC), secrets.token_hex(16)
        with self._access.acting(person, "consent.give", Target(candidate=candidate)) as act:
            opening = _opening(act.connection, act.opening)
            told = notice(opening, language)
            if not set(features) <= set(told.features):
                raise DeskError("error.desk.features")
            chosen = tuple(f for f in told.features if f in features)
            words = [list(p) for p in told.paragraphs]
            receipt = json.dumps({
                "receipt": number, "opening": opening.title, "place": opening.place,
                "version": told.version, "language": language, "features": chosen,
                "given": now.isoformat(timespec="seconds"), "notice": words,
                "notice_sha256": hashlib.sha256(json.dumps(words).encode()).hexdigest()},
                ensure_ascii=False, indent=1)
            act.connection.execute(CONSENTS.insert().values(
                id=number, candidate=candidate, version=told.version, language=language,
                features=" ".join(chosen), receipt=receipt, given=now))
            act.detail = {"version": told.version, "features": len(chosen)}
        return Consent(number, told.version, chosen, receipt, now, None)

    def newest(self, person: Person, candidate: str) -> Consent | None:
        """The consent that counts, None where none was ever given."""
        with self._access.looking(person, "consent.see", Target(candidate=candidate)) as act:
            row = _newest(act.connection, candidate)
        return None if row is None else Consent(
            row.id, row.version, tuple(row.features.split()), row.receipt, aware(row.given),
            row.withdrawn and aware(row.withdrawn))

    def withdraw(self, person: Person, candidate: str) -> None:
        """Take the consent back: what was measured is deleted at once. (The clips go by
        ``Forgetting``.)

        Raises:
            DeskError: there is none.
        """
        with self._access.acting(person, "consent.withdraw", Target(candidate=candidate)) as act:
            row = _newest(act.connection, candidate)
            if row is None or row.withdrawn is not None:
                raise DeskError("error.desk.no_consent")
            act.connection.execute(sa.update(CONSENTS).where(
                CONSENTS.c.candidate == candidate, CONSENTS.c.withdrawn.is_(None)).values(
                    withdrawn=datetime.now(UTC)))
            for table in (READINGS, OBSERVATIONS):
                act.connection.execute(sa.delete(table).where(table.c.clip.in_(
                    sa.select(CLIPS.c.id).where(CLIPS.c.candidate == candidate))))
            rewriting.mark(act.connection)
        rewriting.finish(self._access.database)


def offered(purpose: str, place: str) -> tuple[str, ...]:
    """The features that a consent opens for somebody, in the order of the gate's table."""
    return tuple(f for f in table().features if open_to_some(f, purpose, place, True))


def asked(purpose: str, place: str, observed: Sequence[str] = (), grants_report: bool = False
          ) -> tuple[str, ...]:
    """What a candidate is asked for: of what a consent opens, that which the opening will really
    measure. Where expressions stay closed the networks are not run.

    Args:
        observed: what the opening wants to be observed without them.
        grants_report: whether it gives candidates their own report, and so reads expressions.
    """
    found = offered(purpose, place)
    reads = grants_report and EXPRESSIONS in found
    return tuple(f for f in found if f in observed or (reads and f in REPORT))


def notice(opening: Any, language: Language) -> Notice:
    """Of an opening's row."""
    data = _file()
    features = asked(opening.purpose, opening.place, opening.observed.split(),
                     bool(opening.grants_report))
    names = {f: data["features"][f][language] for f in features}
    sealed = [f for f in features if f in SEALED and open_to_some(
        f, opening.purpose, opening.place, True, JUDGING)]
    seen = [name for name, so in (
        ("some", bool(sealed)), ("none", not sealed and bool(set(features) - {TRANSCRIPT})),
        ("words", TRANSCRIPT in features)) if so]
    values = {"opening": opening.title, "days": opening.retention_days,
              "features": ", ".join(names.values()) or say("desk.notice.nothing", language),
              "seen": "".join(" " + data["seen"][name][language].format(
                  features=", ".join(names[f] for f in sealed)) for name in seen),
              "by": " ".join(data["by"][f][language] for f in features)}
    here = (None, "measured" if EXPRESSIONS in features else "observed" if features
            else "nothing")
    group = table().group(opening.place)
    paragraphs = tuple((p["title"][language], p["text"][language].format(**values))
                       for p in data["paragraph"] if p.get("where") in here
                       and group in p.get("places", (group,))
                       and opening.purpose in p.get("purposes", (opening.purpose,)))
    who = {f: "alone" if f not in sealed else "card" if f in REPORT else "team"
           for f in features if f in SEALED}
    told = tuple(data["seen"][who[f]][language].format(feature=name) if f in who else name
                 for f, name in names.items())
    return Notice(data["version"], language, features, told, paragraphs, opening.title,
                  opening.purpose, opening.place, tuple(json.loads(opening.questions)),
                  bool(opening.grants_report))


def feature_name(feature: str, language: Language, *, team: bool = False) -> str:
    """What a notice calls a feature.

    Args:
        team: as those who judge read it, not the candidate.
    """
    return str(_file()["team" if team else "features"][feature][language])


def _opening(connection: sa.Connection, number: str) -> Any:
    return connection.execute(sa.select(OPENINGS).where(OPENINGS.c.id == number)).one()


def _newest(connection: sa.Connection, candidate: str) -> Any:
    return connection.execute(sa.select(CONSENTS).where(
        CONSENTS.c.candidate == candidate).order_by(CONSENTS.c.given.desc()).limit(1)).first()


@cache
def _file() -> dict[str, Any]:
    return tomllib.loads((Path(__file__).parent / "notice.toml").read_text("utf-8"))
