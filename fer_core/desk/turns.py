"""The workers' side of the queue: whose turn it is, who is at it, what became of it.

Fair: of the people whose clips wait, it is the turn of the one who was served longest ago, and
of theirs the one that has waited longest. What a killed worker was at waits again once its lease
is over; a clip that took its worker with it three times is set aside.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Literal, NamedTuple

import sqlalchemy as sa

from fer_core.desk.access import Target, find
from fer_core.desk.clips import clip_path, copy_path, told
from fer_core.desk.gate import EXPRESSIONS, open_to_some
from fer_core.desk.observed import Observed, to_text, wanted
from fer_core.desk.tables import CLIPS, OBSERVATIONS, OPENINGS, READINGS
from fer_core.errors import DeskError, PoiseError
from fer_core.history.database import Database
from fer_core.records import Session
from fer_core.reports.export import to_json

LEASE = 30.0
"""s for which a worker's word that it lives is good: six beats. Workers on several machines need
clocks that agree to a few seconds."""
CRASHES = 3
"""Deaths of a worker at one clip after which the clip is set aside."""


@dataclass(frozen=True)
class Turn:
    """A clip to be worked on.

    Attributes:
        networks: whether the opening, law and consent let the networks read it at all.
        blind: whether faces are covered in the copy that reviewers watch.
        pitched: whether the voice is disguised in it.
        copy: where to make that copy; None: none is wanted.
        observed: what may be observed without the networks.
    """

    id: str
    path: Path
    networks: bool
    blind: bool = True
    pitched: bool = False
    copy: Path | None = None
    observed: frozenset[str] = frozenset()


class Found(NamedTuple):
    """What a clip comes to.

    Attributes:
        session: None where the networks were not to read it.
        observed: None where nothing was to be observed.
    """

    session: Session | None = None
    observed: Observed | None = None


class Turns:
    """The queue as workers see it. Safe to use from any thread, and beside other processes.

    Args:
        worker: an id of its own for every worker.
        lease: s.

    Raises:
        StorageError: from every method.
    """

    def __init__(self, database: Database, folder: Path, worker: str,
                 lease: float = LEASE) -> None:
        self._database = database
        self._folder = folder
        self._worker = worker
        self._lease = timedelta(seconds=lease)

    def take(self, now: datetime | None = None) -> Turn | None:
        """The clip whose turn it is, from now on this worker's; None where none waits."""
        now = now or datetime.now(UTC)
        served = sa.select(CLIPS.c.added_by, sa.func.max(CLIPS.c.turn).label("last")).where(
            CLIPS.c.state != "queued").group_by(CLIPS.c.added_by).subquery()
        # Who was never served comes first, which NULL does in SQLite only.
        next_one = sa.select(CLIPS.c.id).outerjoin(
            served, served.c.added_by == CLIPS.c.added_by).where(
                CLIPS.c.state == "queued").order_by(
                    served.c.last.is_not(None), served.c.last, CLIPS.c.turn, CLIPS.c.id).limit(1)
        with self._database.writing() as connection:
            # Of two workers that see the same clip, the second finds it taken and looks again.
            while (number := connection.execute(next_one).scalar()) is not None:
                if connection.execute(sa.update(CLIPS).where(
                        CLIPS.c.id == number, CLIPS.c.state == "queued").values(
                            state="running", worker=self._worker, lease=now + self._lease,
                            turn=now, fraction=None, remaining=None, failure="")).rowcount:
                    act = find(connection, Target(clip=number))
                    assert act is not None
                    thing = act.thing
                    pitched, observed = connection.execute(
                        sa.select(OPENINGS.c.pitched, OPENINGS.c.observed).where(
                            OPENINGS.c.id == act.opening)).one()
                    return Turn(number, clip_path(self._folder, number),
                        thing.grants_report and open_to_some(
                            EXPRESSIONS, thing.purpose, thing.place,
                            EXPRESSIONS in thing.consented),
                        thing.blind, bool(pitched), self._copy(number, thing.blind),
                        wanted(observed.split(), thing.purpose, thing.place, thing.consented))
        return None

    def beat(self, number: str, fraction: float | None = None, remaining: float | None = None,
             now: datetime | None = None) -> Literal["go", "cancel", "lost"]:
        """Say that this worker lives and how far it is.

        Returns:
            cancel: somebody wants it stopped; lost: the clip is not this worker's any more.
        """
        with self._database.writing() as connection:
            mine = connection.execute(sa.update(CLIPS).where(*self._mine(number)).values(
                lease=(now or datetime.now(UTC)) + self._lease, fraction=fraction,
                remaining=remaining)).rowcount
            if not mine:
                return "lost"
            return "cancel" if connection.execute(sa.select(CLIPS.c.cancel).where(
                CLIPS.c.id == number)).scalar() else "go"

    def _copy(self, number: str, blind: bool) -> Path:
        """Of this worker's own, until the copy is whole: two may think that a clip is theirs."""
        for left in self._folder.parent.glob(f"copies/{number}.*.*"):  # by a worker that died
            left.unlink(missing_ok=True)
        whole = copy_path(self._folder, number, "covered" if blind else "plain")
        return whole.with_name(f"{whole.name}.{self._worker}")

    def finish(self, number: str, session: Session | None, observed: Observed | None = None
               ) -> bool:
        """Keep what was found and that it is done, together; whether the clip was still this
        worker's. Its arguments are those of ``Found``."""
        kept = [(READINGS, None if session is None else to_json(session, "ko")),
                (OBSERVATIONS, None if observed is None else to_text(observed))]
        with self._database.writing() as connection:
            if not connection.execute(sa.update(CLIPS).where(*self._mine(number)).values(
                    **self._ended("done"), fraction=1.0)).rowcount:
                return False
            for copy in self._folder.parent.glob(f"copies/{number}.*.{self._worker}"):
                copy.replace(copy.with_suffix(""))
            for table, report in kept:
                if report is not None:
                    connection.execute(table.insert().values(
                        clip=number, report=report, made=datetime.now(UTC)))
        return True

    def fail(self, number: str, error: PoiseError) -> None:
        """It cannot be analysed, and why."""
        self._end(number, **self._ended("failed"), failure=told(error))

    def stop(self, number: str) -> None:
        """Somebody cancelled it."""
        self._end(number, **self._ended("cancelled"))

    def give_back(self, number: str, waiting: PoiseError | None = None) -> None:
        """It waits again, through no fault of its own.

        Args:
            waiting: what for, such as room on the disk.
        """
        self._end(number, state="queued", worker=None, lease=None, fraction=None, remaining=None,
                  failure=told(waiting) if waiting else "")

    def mend(self, now: datetime | None = None) -> int:
        """Queue again what dead workers were at, or set it aside; how many clips wait."""
        lost = (CLIPS.c.state == "running",
                sa.or_(CLIPS.c.lease.is_(None), CLIPS.c.lease < (now or datetime.now(UTC))))
        crashed = told(DeskError("error.desk.crashed", times=CRASHES))
        with self._database.writing() as connection:
            connection.execute(sa.update(CLIPS).where(*lost).values(
                crashes=CLIPS.c.crashes + 1, worker=None, lease=None, fraction=None,
                remaining=None, state=sa.case(
                    (CLIPS.c.crashes + 1 >= CRASHES, "set_aside"),
                    (CLIPS.c.cancel, "cancelled"), else_="queued"),
                failure=sa.case((CLIPS.c.crashes + 1 >= CRASHES, crashed), else_="")))
            return int(connection.execute(sa.select(sa.func.count()).where(
                CLIPS.c.state == "queued")).scalar_one())

    def _mine(self, number: str) -> tuple[sa.ColumnElement[bool], ...]:
        return (CLIPS.c.id == number, CLIPS.c.state == "running", CLIPS.c.worker == self._worker)

    def _ended(self, state: str) -> dict[str, Any]:
        return {"state": state, "worker": None, "lease": None, "remaining": None,
                "finished": datetime.now(UTC)}

    def _end(self, number: str, **values: Any) -> None:
        with self._database.writing() as connection:
            connection.execute(sa.update(CLIPS).where(*self._mine(number)).values(**values))
