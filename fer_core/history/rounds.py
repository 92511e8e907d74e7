"""Rounds of practice under way, kept answer by answer so that none is lost with its page.

Each belongs to a browser: ``owner`` is the random name that it keeps for itself. A round is
shown to nobody else, and gone ``ROUND_HOURS`` after its last answer at the latest.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import sqlalchemy as sa

from fer_core.history import rewriting
from fer_core.history.database import Database, aware
from fer_core.history.tables import ROUNDS

ROUND_HOURS = 24
"""h for which a round waits to be gone on with: an evening's round can be finished the next
day, and nothing lies about for longer."""


@dataclass(frozen=True)
class KeptRound:
    """A round as it was saved last: when, UTC, and what ``live.Round.pack`` made of it."""

    id: str
    saved: datetime
    data: bytes


class Rounds:
    """The rounds in a database. Safe to use from any thread.

    Raises:
        StorageError: from every method, where the database cannot be read or written.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def save(self, number: str, owner: str, data: bytes, now: datetime | None = None) -> None:
        """Keep a round as it stands, in place of what was kept of it before."""
        row = {"saved": now or datetime.now(UTC), "data": data}
        with self._database.writing() as connection:
            known = connection.execute(sa.update(ROUNDS).where(
                ROUNDS.c.id == number, ROUNDS.c.owner == owner).values(**row)).rowcount
            if not known:
                connection.execute(ROUNDS.insert().values(id=number, owner=owner, **row))

    def newest(self, owner: str, now: datetime | None = None) -> KeptRound | None:
        """The round that an owner left last, None where there is none or it is too old."""
        with self._database.reading() as connection:
            found = connection.execute(sa.select(ROUNDS).where(
                ROUNDS.c.owner == owner, ROUNDS.c.saved >= _limit(now)).order_by(
                    ROUNDS.c.saved.desc()).limit(1)).first()
        return None if found is None else KeptRound(
            found.id, aware(found.saved), bytes(found.data))

    def delete(self, number: str) -> None:
        """Delete a round for good; nothing where there is none such."""
        self._delete(ROUNDS.c.id == number)

    def forget_old(self, now: datetime | None = None) -> int:
        """Delete for good what waits no longer; how many rounds that were."""
        return self._delete(ROUNDS.c.saved < _limit(now))

    def _delete(self, which: sa.ColumnElement[bool]) -> int:
        with self._database.writing() as connection:
            gone = connection.execute(sa.delete(ROUNDS).where(which)).rowcount
            if gone:
                rewriting.mark(connection)
        if gone:
            rewriting.finish(self._database)
        return gone


def _limit(now: datetime | None) -> datetime:
    return (now or datetime.now(UTC)) - timedelta(hours=ROUND_HOURS)
