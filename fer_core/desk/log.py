"""The log as an admin reads it. Reading it is itself in it."""

from dataclasses import dataclass
from datetime import datetime
from io import StringIO

import sqlalchemy as sa

from fer_core.desk import audit
from fer_core.desk.access import Access
from fer_core.desk.policy import Person
from fer_core.desk.tables import AUDIT, MEMBERS, OPENINGS


@dataclass(frozen=True)
class Line:
    """A line of the log.

    Attributes:
        who: a member's name while they are of the team, else as the log has it.
        opening: its title while it is there, else its id.
        thing, detail: as the log has them.
    """

    line: int
    time: datetime
    who: str
    action: str
    opening: str
    thing: str
    detail: str


class Log:
    """The log of who did what.

    Raises:
        Forbidden, StorageError: from every method.
    """

    def __init__(self, access: Access) -> None:
        self._access = access

    def newest(self, person: Person, count: int = 100) -> tuple[Line, ...]:
        """The last lines, the newest first."""
        with self._access.looking(person, "audit.see") as act:
            names = {r.id: r.name for r in act.connection.execute(
                sa.select(MEMBERS.c.id, MEMBERS.c.name))}
            titles = {r.id: r.title for r in act.connection.execute(
                sa.select(OPENINGS.c.id, OPENINGS.c.title))}
            rows = act.connection.execute(
                sa.select(AUDIT).order_by(AUDIT.c.line.desc()).limit(count)).all()
        return tuple(Line(r.line, datetime.fromisoformat(r.time), names.get(r.who, r.who),
                          r.action, titles.get(r.opening, r.opening), r.thing, r.detail)
                     for r in rows)

    def verify(self, person: Person, mark: str = "") -> audit.Verdict:
        """Whether the chain is whole, see ``audit.verify``."""
        with self._access.acting(person, "audit.see") as act:
            act.detail = {"verify": True}
        return audit.verify(self._access.database, mark)

    def export(self, person: Person) -> str:
        """All of it as CSV."""
        with self._access.acting(person, "audit.see") as act:
            act.detail = {"export": True}
        out = StringIO(newline="")
        audit.export(self._access.database, out)
        return out.getvalue()
