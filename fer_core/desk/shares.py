"""Links for an outside reviewer: for one opening or one clip, until a day, revocable. They open
the clip to watch and nothing else: no reading, no card, no name.

A link's token has 128 random bits and is kept as its hash alone, so that whoever reads the
database can open nothing with it.
"""

import hashlib
import json
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import sqlalchemy as sa

from fer_core.desk import audit
from fer_core.desk.access import Access, Target
from fer_core.desk.policy import Person, Thing, may
from fer_core.desk.tables import CANDIDATES, CLIPS, OPENINGS, SHARES
from fer_core.errors import DeskError, Forbidden
from fer_core.history.database import aware

MOST_DAYS = 30


@dataclass(frozen=True)
class Share:
    """Attributes:
        label: for whom it is, which the watermark says.
        clip: None: all of the opening.
    """

    id: str
    opening: str
    clip: str | None
    label: str
    made: datetime
    expires: datetime
    revoked: datetime | None


class Shares:
    """The share links.

    Raises:
        Forbidden, StorageError: from every method.
    """

    def __init__(self, access: Access) -> None:
        self._access = access

    def make(self, person: Person, opening: str, label: str, days: int,
             clip: str | None = None, now: datetime | None = None) -> str:
        """A new link's token, told this once.

        Raises:
            DeskError: nobody named, not 1 to 30 days.
        """
        if not label.strip():
            raise DeskError("error.desk.title")
        if not 1 <= days <= MOST_DAYS:
            raise DeskError("error.desk.days", most=MOST_DAYS)
        now, token, number = now or datetime.now(UTC), secrets.token_urlsafe(16), _number()
        with self._access.acting(person, "share.make",
                                 Target(clip=clip) if clip else Target(opening)) as act:
            if act.opening != opening:
                raise Forbidden("error.desk.forbidden")
            act.connection.execute(SHARES.insert().values(
                id=number, opening=opening, clip=clip, token=_hash(token), label=label.strip(),
                made_by=person.id, made=now, expires=now + timedelta(days=days)))
            act.detail = {"days": days, "share": number}
        return token

    def list(self, person: Person, opening: str) -> tuple[Share, ...]:
        """The links of an opening, the newest first."""
        with self._access.glancing(person, "share.make", Target(opening)) as act:
            rows = act.connection.execute(sa.select(SHARES).where(
                SHARES.c.opening == opening).order_by(SHARES.c.made.desc(), SHARES.c.id)).all()
        return tuple(Share(r.id, r.opening, r.clip, r.label, aware(r.made), aware(r.expires),
                           r.revoked and aware(r.revoked)) for r in rows)

    def revoke(self, person: Person, opening: str, number: str) -> None:
        """End a link at once."""
        with self._access.acting(person, "share.make", Target(opening)) as act:
            gone = act.connection.execute(sa.update(SHARES).where(
                SHARES.c.id == number, SHARES.c.opening == opening,
                SHARES.c.revoked.is_(None)).values(revoked=datetime.now(UTC))).rowcount
            act.detail = {"revoked": gone}

    def guest(self, token: str, now: datetime | None = None, again: bool = False
              ) -> tuple[Person, str] | None:
        """Who comes by a link, and the label for the watermark; None where it is none, over or
        revoked. A link that is used is logged.

        Args:
            again: they are here already, and the log has it.
        """
        database = self._access.database
        with database.reading() if again else database.writing() as connection:
            row = connection.execute(sa.select(SHARES).where(
                SHARES.c.token == _hash(token))).first()
            if row is None or row.revoked is not None or aware(row.expires) <= (
                    now or datetime.now(UTC)):
                return None
            if not again:
                audit.append(connection, row.id, "share.use", opening=row.opening, now=now)
            return Person(row.id, frozenset({"guest"}), frozenset({row.opening}),
                          clip=row.clip), row.label

    def questions(self, guest: Person) -> tuple[str, tuple[str, ...]]:
        """What the opening of a guest's link is called, and its questions."""
        with self._access.database.reading() as connection:
            row = connection.execute(sa.select(OPENINGS.c.title, OPENINGS.c.questions).where(
                OPENINGS.c.id.in_(guest.openings or ()))).one()
        return row.title, tuple(json.loads(row.questions))

    def clips(self, guest: Person) -> tuple[str, ...]:
        """The ids of the clips that a guest may watch, in the order of their coming."""
        with self._access.database.reading() as connection:
            rows = connection.execute(
                sa.select(CLIPS.c.id, CANDIDATES.c.opening).join(
                    CANDIDATES, CANDIDATES.c.id == CLIPS.c.candidate)
                .where(CANDIDATES.c.opening.in_(guest.openings or ()), CLIPS.c.state == "done")
                .order_by(CLIPS.c.added, CLIPS.c.id)).all()
        return tuple(r.id for r in rows
                     if may(guest, "clip.watch", Thing(r.opening, clip=r.id)))


def _number() -> str:
    return secrets.token_hex(16)


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
