"""What the networks read of a clip, cut down to what whoever asks may see of it."""

from dataclasses import dataclass, replace

import numpy as np
import sqlalchemy as sa

from fer_core.desk.access import Access, Target
from fer_core.desk.policy import Person, shown
from fer_core.desk.tables import READINGS
from fer_core.records import Session, Timeline
from fer_core.reports.export import from_json

ALWAYS = ("coverage",)
"""Columns that only say whether somebody was in the picture."""
FACING = ("yaw", "pitch", "roll")


@dataclass(frozen=True)
class Shown:
    """Attributes:
        features: of the gate, that may be seen.
        timeline: with those alone; the probabilities are NaN where expressions may not be seen.
        session: whole, with its scores: for the candidate, where scores may be seen.
    """

    features: frozenset[str]
    timeline: Timeline
    session: Session | None


class Readings:
    """The readings.

    Raises:
        Forbidden, StorageError: from every method.
    """

    def __init__(self, access: Access) -> None:
        self._access = access

    def features(self, person: Person, clip: str) -> frozenset[str]:
        """What of the gate's features they may see of a clip; nothing is looked at yet."""
        with self._access.glancing(person, "clip.watch", Target(clip=clip)) as act:
            return shown(person, act.thing)

    def see(self, person: Person, clip: str) -> Shown | None:
        """The reading of a clip; None where there is none.

        Sealed before one's own card is handed in, and closed where the gate is.
        """
        with self._access.looking(person, "reading.see", Target(clip=clip)) as act:
            features = shown(person, act.thing)
            report = act.connection.execute(sa.select(READINGS.c.report).where(
                READINGS.c.clip == clip)).scalar()
            act.detail = dict.fromkeys(sorted(features), True)
        return None if report is None else cut(from_json(report), features)


def cut(session: Session, features: frozenset[str]) -> Shown:
    """A session without what may not be seen of it."""
    whole = {"expressions", "scores"} <= features
    line = session.timeline
    columns = (*ALWAYS, *(FACING if "facing" in features else ()))
    timeline = replace(
        line, members={}, columns={n: v for n, v in line.columns.items() if n in columns},
        probabilities=line.probabilities if "expressions" in features
        else np.full_like(line.probabilities, np.nan))
    return Shown(features, timeline, session if whole else None)
