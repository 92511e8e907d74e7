"""A candidate's objection, for a person to look again, or request for an explanation, and the
lead's answer (PIPA 37-2)."""

import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Literal, TypeAlias, get_args

import sqlalchemy as sa

from fer_core.desk.access import Access, Target, find
from fer_core.desk.policy import Person, may
from fer_core.desk.tables import CANDIDATES, OBJECTIONS
from fer_core.errors import DeskError, Forbidden
from fer_core.history.database import aware

Kind: TypeAlias = Literal["objection", "explanation"]
KINDS: tuple[Kind, ...] = get_args(Kind)
ANSWERED_IN = timedelta(days=30)
"""PIPA Enforcement Decree Art. 44-3."""


@dataclass(frozen=True)
class Objection:
    """Attributes:
        answer: "" while it waits.
    """

    id: str
    candidate: str
    kind: Kind
    text: str
    raised: datetime
    answer: str
    answered: datetime | None

    @property
    def due(self) -> datetime:
        """When the answer is owed."""
        return self.raised + ANSWERED_IN


class Objections:
    """What candidates object to or ask.

    Raises:
        Forbidden, StorageError: from every method.
    """

    def __init__(self, access: Access) -> None:
        self._access = access

    def submit(self, person: Person, candidate: str, kind: Kind, text: str) -> str:
        """Put one to the lead; its id.

        Raises:
            DeskError: no words, or an unknown kind.
        """
        if not text.strip() or kind not in KINDS:
            raise DeskError("error.desk.reason")
        number = secrets.token_hex(16)
        with self._access.acting(person, "objection.raise", Target(candidate=candidate)) as act:
            act.connection.execute(OBJECTIONS.insert().values(
                id=number, candidate=candidate, kind=kind, text=text.strip(),
                raised=datetime.now(UTC), answer=""))
            act.detail = {"kind": kind}
        return number

    def of(self, person: Person, candidate: str) -> tuple[Objection, ...]:
        """Those of a candidate, in order."""
        with self._access.looking(person, "objection.see", Target(candidate=candidate)) as act:
            rows = act.connection.execute(sa.select(OBJECTIONS).where(
                OBJECTIONS.c.candidate == candidate).order_by(OBJECTIONS.c.raised)).all()
        return tuple(_objection(row) for row in rows)

    def waiting(self, person: Person) -> tuple[Objection, ...]:
        """All that wait for an answer of this lead, the oldest first."""
        with self._access.database.reading() as connection:
            rows = connection.execute(
                sa.select(OBJECTIONS, CANDIDATES.c.opening).join(
                    CANDIDATES, CANDIDATES.c.id == OBJECTIONS.c.candidate)
                .where(OBJECTIONS.c.answered.is_(None)).order_by(OBJECTIONS.c.raised)).all()
            found = [(row, find(connection, Target(candidate=row.candidate))) for row in rows]
            return tuple(_objection(row) for row, act in found
                         if act is not None and may(person, "objection.answer", act.thing))

    def answer(self, person: Person, number: str, text: str) -> None:
        """Answer one. An answer stays as it was given.

        Raises:
            DeskError: no words, or answered already.
        """
        if not text.strip():
            raise DeskError("error.desk.reason")
        with self._access.database.reading() as connection:
            candidate = connection.execute(sa.select(OBJECTIONS.c.candidate).where(
                OBJECTIONS.c.id == number)).scalar()
        if candidate is None:
            raise Forbidden("error.desk.forbidden")
        with self._access.acting(person, "objection.answer", Target(candidate=candidate)) as act:
            if not act.connection.execute(sa.update(OBJECTIONS).where(
                    OBJECTIONS.c.id == number, OBJECTIONS.c.answered.is_(None)).values(
                        answer=text.strip(), answered_by=person.id,
                        answered=datetime.now(UTC))).rowcount:
                raise DeskError("error.desk.answered")


def _objection(row: Any) -> Objection:
    return Objection(row.id, row.candidate, row.kind, row.text, aware(row.raised), row.answer,
                     row.answered and aware(row.answered))
