"""How the queue is doing, in numbers that name nobody: for whoever watches a server."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import sqlalchemy as sa

from fer_core.desk.clips import ENDED, State
from fer_core.desk.tables import CLIPS
from fer_core.history.database import Database, aware

RECENT = timedelta(minutes=10)
"""Over which the pace is measured: long beside a clip, short beside a night."""


@dataclass(frozen=True)
class QueueState:
    """Attributes:
        states: how many clips there are of each state, 0 included.
        oldest: s for which the clip that has waited longest has waited; 0 where none waits.
        pace: clips a minute that ended, over ``RECENT``.
    """

    states: dict[State, int]
    oldest: float
    pace: float


def queue_state(database: Database, now: datetime | None = None) -> QueueState:
    """The queue as its table has it.

    Raises:
        StorageError: it cannot be read.
    """
    now = now or datetime.now(UTC)
    with database.reading() as connection:
        counted = connection.execute(
            sa.select(CLIPS.c.state, sa.func.count()).group_by(CLIPS.c.state)).all()
        since = connection.execute(sa.select(sa.func.min(CLIPS.c.turn)).where(
            CLIPS.c.state == "queued")).scalar()
        ended = connection.execute(sa.select(sa.func.count()).where(
            CLIPS.c.finished >= now - RECENT)).scalar_one()
    states: dict[State, int] = dict.fromkeys(("queued", "running", *ENDED), 0)
    states.update((state, count) for state, count in counted)
    return QueueState(states,
                      0.0 if since is None else max(0.0, (now - aware(since)).total_seconds()),
                      ended / (RECENT / timedelta(minutes=1)))
