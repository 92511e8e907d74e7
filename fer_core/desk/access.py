"""The one way to the desk's rows: the policy is asked, the act is done and the log tells of it,
in one transaction.

What is not allowed and what does not exist are refused alike, so that guessing an id tells
nothing; refusals are logged too.
"""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from fer_core.desk import audit
from fer_core.desk.policy import NOTHING, Person, Thing, may
from fer_core.desk.tables import (
    CANDIDATES,
    CLIPS,
    COMMENTS,
    CONSENTS,
    OPENINGS,
    SCORECARDS,
)
from fer_core.errors import Forbidden
from fer_core.history.database import Database

VISIT = 1800.0
"""s without a look after which the next one is a visit of its own."""
OWN, CONSENSUS = "own", "consensus"
"""Kinds of scorecards: a member's own, and the one that the reviewers agreed on."""


@dataclass(frozen=True)
class Target:
    """What is asked about, by the most particular id that is known."""

    opening: str = ""
    candidate: str = ""
    clip: str = ""
    scorecard: str = ""
    comment: str = ""


@dataclass
class Act:
    """Something allowed, under way.

    Attributes:
        thing: the facts that it was allowed by.
        opening, candidate: the ids that the target belongs to, "" where to none.
        about: how the log calls the target.
        detail: codes for the log, to be filled.
    """

    connection: sa.Connection
    thing: Thing = NOTHING
    opening: str = ""
    candidate: str = ""
    about: str = ""
    detail: dict[str, str | int | bool | None] = field(default_factory=dict)


class Access:
    """The desk's database behind its policy. Safe to use from any thread."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self._looks: dict[tuple[Person, str, Target | None], float] = {}
        self._lock = threading.Lock()

    @contextmanager
    def acting(self, person: Person, action: str, target: Target | None = None,
               now: datetime | None = None) -> Iterator[Act]:
        """A transaction in which a person does, or looks at, what they may.

        Raises:
            Forbidden: they may not, or there is no such thing.
            StorageError: the database cannot be read or written.
        """
        with self.database.writing() as connection:
            act = find(connection, target)
            allowed = act is not None and may(person, action, act.thing)
            if act is not None and allowed:
                who = _who(connection, person)  # who forgets themselves is nobody after it
                yield act
                audit.append(connection, who, action, opening=act.opening,
                             thing=act.about, detail=act.detail, now=now)
                return
        with self.database.writing() as connection:
            audit.append(connection, _who(connection, person), action,
                         opening=act.opening if act else "", thing=act.about if act else "",
                         detail={"refused": True}, now=now)
        raise Forbidden("error.desk.forbidden")

    @contextmanager
    def looking(self, person: Person, action: str, target: Target | None = None
                ) -> Iterator[Act]:
        """The same for what a page shows: drawn anew at every click, it is looked at once a visit,
        and so the log has it. A visit is over when half an hour went by without a look."""
        key, now = (person, action, target), time.monotonic()
        with self._lock:
            self._looks = {k: at for k, at in self._looks.items() if now - at < VISIT}
            again = key in self._looks
            self._looks[key] = now
        try:
            with (self.glancing if again else self.acting)(person, action, target) as act:
                yield act
        except BaseException:
            with self._lock:
                self._looks.pop(key, None)
            raise

    @contextmanager
    def glancing(self, person: Person, action: str, target: Target | None = None
                 ) -> Iterator[Act]:
        """The same for what is looked at again and again and tells nothing of a person, such as
        how far a queue is: no line in the log."""
        with self.database.reading() as connection:
            act = find(connection, target)
            if act is None or not may(person, action, act.thing):
                raise Forbidden("error.desk.forbidden")
            yield act


def find(connection: sa.Connection, target: Target | None) -> Act | None:
    """The facts about a target; None where there is none such."""
    if target is None:
        return Act(connection)
    author, about, candidate, clip = None, "", target.candidate, target.clip
    if target.comment:
        row = connection.execute(sa.select(COMMENTS.c.clip, COMMENTS.c.member).where(
            COMMENTS.c.id == target.comment)).first()
        if row is None:
            return None
        clip, author = row
    if target.scorecard:
        row = connection.execute(sa.select(SCORECARDS.c.candidate, SCORECARDS.c.member).where(
            SCORECARDS.c.id == target.scorecard)).first()
        if row is None:
            return None
        candidate, author = row
    if clip:
        candidate = connection.execute(sa.select(CLIPS.c.candidate).where(
            CLIPS.c.id == clip)).scalar() or ""
        if not candidate:
            return None
    if not candidate:
        opening = connection.execute(sa.select(OPENINGS).where(
            OPENINGS.c.id == target.opening)).first()
        return None if opening is None else Act(
            connection, _of_opening(opening), opening.id, about="")
    found = connection.execute(sa.select(CANDIDATES).where(CANDIDATES.c.id == candidate)).first()
    if found is None:
        return None
    opening = connection.execute(sa.select(OPENINGS).where(
        OPENINGS.c.id == found.opening)).one()
    about = (audit.pseudonym(found.key, "clip", clip) if clip
             else audit.pseudonym(found.key, "candidate", candidate))
    general = _of_opening(opening)
    thing = Thing(
        opening.id, candidate, clip or None, author, _handed_in(connection, candidate),
        general.blind, general.grants_report, bool(found.held), general.purpose, general.place,
        _consented(connection, candidate, opening))
    return Act(connection, thing, opening.id, candidate, about)


def _of_opening(row: Any) -> Thing:
    return Thing(row.id, blind=bool(row.blind), grants_report=bool(row.grants_report),
                 purpose=row.purpose, place=row.place)


def _handed_in(connection: sa.Connection, candidate: str) -> frozenset[str]:
    return frozenset(connection.execute(sa.select(SCORECARDS.c.member).where(
        SCORECARDS.c.candidate == candidate, SCORECARDS.c.kind == OWN,
        SCORECARDS.c.handed_in.is_not(None))).scalars())


def _consented(connection: sa.Connection, candidate: str, opening: Any) -> frozenset[str]:
    """The features for which everything is on record: the newest consent, given after its
    notice and not withdrawn; in recruitment, an admin's signed reason as well."""
    if opening.purpose == "recruitment" and opening.signed is None:
        return frozenset()
    newest = connection.execute(sa.select(CONSENTS).where(
        CONSENTS.c.candidate == candidate).order_by(CONSENTS.c.given.desc()).limit(1)).first()
    if newest is None or newest.withdrawn is not None:
        return frozenset()
    return frozenset(newest.features.split())


def _who(connection: sa.Connection, person: Person) -> str:
    """How the log calls somebody: a member by their id, a candidate by their pseudonym."""
    if person.candidate is None:
        return person.id
    key = connection.execute(sa.select(CANDIDATES.c.key).where(
        CANDIDATES.c.id == person.candidate)).scalar()
    return "candidate:gone" if key is None else audit.pseudonym(
        key, "candidate", person.candidate)
