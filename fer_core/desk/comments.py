"""Comments pinned to a second of a clip; others' are sealed like their ratings."""

import math
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime

import sqlalchemy as sa

from fer_core.desk.access import Access, Target
from fer_core.desk.policy import Person, may
from fer_core.desk.tables import COMMENTS
from fer_core.errors import DeskError
from fer_core.history.database import aware


@dataclass(frozen=True)
class Comment:
    """Attributes:
        member: the id of who wrote it.
        second: of the clip, s.
    """

    id: str
    member: str
    second: float
    text: str
    written: datetime


class Comments:
    """The comments on clips.

    Raises:
        Forbidden, StorageError: from every method.
    """

    def __init__(self, access: Access) -> None:
        self._access = access

    def write(self, person: Person, clip: str, second: float, text: str) -> str:
        """A new comment; its id.

        Raises:
            DeskError: no text, or no second of a clip.
        """
        if not text.strip() or not math.isfinite(second) or second < 0:
            raise DeskError("error.desk.second")
        number = secrets.token_hex(16)
        with self._access.acting(person, "comment.write", Target(clip=clip)) as act:
            act.connection.execute(COMMENTS.insert().values(
                id=number, clip=clip, member=person.id, second=second, text=text.strip(),
                written=datetime.now(UTC)))
        return number

    def list(self, person: Person, clip: str) -> tuple[Comment, ...]:
        """One's own comments, and once one's own card is handed in everybody's, by second."""
        target = Target(clip=clip)
        with self._access.glancing(person, "comment.list", target) as act:
            everybodys = may(person, "comment.see", act.thing)
        # The log tells when somebody first saw what was sealed.
        with self._access.looking(person, "comment.see" if everybodys else "comment.list",
                                  target) as act:
            which = [COMMENTS.c.clip == clip]
            if not everybodys:
                which.append(COMMENTS.c.member == person.id)
            found = act.connection.execute(sa.select(COMMENTS).where(*which).order_by(
                COMMENTS.c.second, COMMENTS.c.written)).all()
        return tuple(Comment(r.id, r.member, r.second, r.text, aware(r.written)) for r in found)

    def delete(self, person: Person, number: str) -> None:
        """Take one's own comment back."""
        with self._access.acting(person, "comment.delete", Target(comment=number)) as act:
            act.connection.execute(sa.delete(COMMENTS).where(COMMENTS.c.id == number))
