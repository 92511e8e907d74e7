"""Candidates: who they are, for those who may know; the groups they are of, kept apart."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime

import sqlalchemy as sa

from fer_core.desk import audit
from fer_core.desk.access import Access, Act, Target
from fer_core.desk.policy import Person, Thing, may
from fer_core.desk.tables import CANDIDATES, GROUPS, OPENINGS
from fer_core.errors import DeskError
from fer_core.history.database import aware


@dataclass(frozen=True)
class Candidate:
    """Attributes:
        number: in their opening, from 1 on: all that a blind reviewer knows; never given twice.
        name, contact: None for whoever may not know.
        hold_reason: why they must not be deleted for now, "" where they may.
    """

    id: str
    opening: str
    number: int
    name: str | None
    contact: str | None
    added: datetime
    hold_reason: str


class Candidates:
    """The candidates.

    Raises:
        Forbidden, StorageError: from every method.
    """

    def __init__(self, access: Access) -> None:
        self._access = access

    def add(self, person: Person, opening: str, name: str, contact: str = "") -> str:
        """A new candidate, with a key of their own for the log; their id.

        Raises:
            DeskError: no name.
        """
        if not name.strip():
            raise DeskError("error.desk.title")
        number, key = secrets.token_hex(16), audit.new_key()
        with self._access.acting(person, "candidate.add", Target(opening)) as act:
            # Of two that are added at once, one waits for its place in line.
            last = act.connection.execute(sa.select(OPENINGS.c.numbers).where(
                OPENINGS.c.id == opening).with_for_update()).scalar_one()
            act.connection.execute(sa.update(OPENINGS).where(OPENINGS.c.id == opening).values(
                numbers=last + 1))
            act.connection.execute(CANDIDATES.insert().values(
                id=number, opening=opening, place_in_line=last + 1, name=name.strip(),
                contact=contact.strip(), subject="", key=key, added=datetime.now(UTC),
                hold_reason=""))
            act.about = audit.pseudonym(key, "candidate", number)
        return number

    def list(self, person: Person, opening: str) -> tuple[Candidate, ...]:
        """Those of an opening, in the order in which they came: in no other, ever."""
        with self._access.looking(person, "candidate.see", Target(opening)) as act:
            found = act.connection.execute(sa.select(CANDIDATES).where(
                CANDIDATES.c.opening == opening).order_by(CANDIDATES.c.place_in_line)).all()
            return tuple(_candidate(row, person, act) for row in found)

    def get(self, person: Person, number: str) -> Candidate:
        """One candidate."""
        with self._access.looking(person, "candidate.see", Target(candidate=number)) as act:
            row = act.connection.execute(sa.select(CANDIDATES).where(
                CANDIDATES.c.id == number)).one()
            return _candidate(row, person, act)

    def invite(self, person: Person, number: str) -> str:
        """A new token for a candidate's own link, told this once; an earlier one ends. 128
        random bits, kept as their hash."""
        token = secrets.token_urlsafe(16)
        with self._access.acting(person, "candidate.invite", Target(candidate=number)) as act:
            act.connection.execute(sa.update(CANDIDATES).where(CANDIDATES.c.id == number).values(
                subject=_hash(token)))
        return token

    def come(self, token: str) -> Person | None:
        """The candidate who comes by their link; None where it is none."""
        with self._access.database.writing() as connection:
            row = connection.execute(sa.select(CANDIDATES).where(
                CANDIDATES.c.subject == _hash(token))).first()
            if row is None:
                return None
            name = audit.pseudonym(row.key, "candidate", row.id)
            audit.append(connection, name, "candidate.come", opening=row.opening, thing=name)
            return Person("", frozenset({"candidate"}), candidate=row.id)

    def known(self, token: str) -> Person | None:
        """Who a link is of, as ``come``, without a line in the log: for every look after the
        first."""
        with self._access.database.reading() as connection:
            number = connection.execute(sa.select(CANDIDATES.c.id).where(
                CANDIDATES.c.subject == _hash(token))).scalar()
        return None if number is None else Person(
            "", frozenset({"candidate"}), candidate=number)

    def hold(self, person: Person, number: str, reason: str) -> None:
        """Keep a candidate from being deleted, for a reason; an empty one ends it."""
        held = bool(reason.strip())
        with self._access.acting(person, "candidate.hold", Target(candidate=number)) as act:
            act.connection.execute(sa.update(CANDIDATES).where(CANDIDATES.c.id == number).values(
                hold_reason=reason.strip(), held_by=person.id if held else None,
                held=datetime.now(UTC) if held else None))
            act.detail = {"held": held}

    def declare(self, person: Person, number: str, category: str, value: str) -> None:
        """The group that a candidate is of (sex, ethnicity, ...), entered by themselves or by
        the employer. It is read for the table of adverse impact alone, never with a name.

        Raises:
            DeskError: no category or no value.
        """
        if not category.strip() or not value.strip():
            raise DeskError("error.desk.title")
        with self._access.acting(person, "group.enter", Target(candidate=number)) as act:
            which = (GROUPS.c.candidate == number, GROUPS.c.category == category.strip())
            act.connection.execute(sa.delete(GROUPS).where(*which))
            act.connection.execute(GROUPS.insert().values(
                candidate=number, category=category.strip(), value=value.strip(),
                declared=person.candidate is not None))


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _candidate(row: sa.Row[tuple[object, ...]], person: Person, act: Act) -> Candidate:
    thing = Thing(row.opening, row.id, blind=act.thing.blind)
    named = may(person, "candidate.identify", thing)
    return Candidate(row.id, row.opening, row.place_in_line, row.name if named else None,
                     row.contact if named else None, aware(row.added), row.hold_reason)
