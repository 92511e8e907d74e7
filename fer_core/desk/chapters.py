"""Where in a clip each question of its opening begins: marked by whoever reviews it, for all."""

import math

import sqlalchemy as sa

from fer_core.desk.access import Access, Target
from fer_core.desk.policy import Person
from fer_core.desk.tables import CHAPTERS
from fer_core.errors import DeskError


class Chapters:
    """The chapters of clips.

    Raises:
        Forbidden, StorageError: from every method.
    """

    def __init__(self, access: Access) -> None:
        self._access = access

    def mark(self, person: Person, clip: str, question: int, second: float | None) -> None:
        """Say where a question begins.

        Args:
            question: its number in the opening, from 0 on.
            second: of the clip; None takes the mark away.

        Raises:
            DeskError: no such number or second.
        """
        if question < 0 or (second is not None and not (math.isfinite(second) and second >= 0)):
            raise DeskError("error.desk.chapter")
        with self._access.acting(person, "chapter.mark", Target(clip=clip)) as act:
            act.connection.execute(sa.delete(CHAPTERS).where(
                CHAPTERS.c.clip == clip, CHAPTERS.c.question == question))
            if second is not None:
                act.connection.execute(CHAPTERS.insert().values(
                    clip=clip, question=question, second=second))
            act.detail = {"question": question, "marked": second is not None}

    def list(self, person: Person, clip: str) -> dict[int, float]:
        """Number of the question -> its first second, s; those that are marked."""
        with self._access.glancing(person, "clip.watch", Target(clip=clip)) as act:
            rows = act.connection.execute(sa.select(CHAPTERS).where(
                CHAPTERS.c.clip == clip).order_by(CHAPTERS.c.second)).all()
        return {row.question: row.second for row in rows}
