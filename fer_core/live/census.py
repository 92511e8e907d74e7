"""How the live streams of this process are doing, for whoever watches a server."""

import weakref
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fer_core.live.engine import LiveEngine

ENGINES: "weakref.WeakSet[LiveEngine]" = weakref.WeakSet()
"""Every engine of this process."""


@dataclass(frozen=True)
class Census:
    """Attributes:
        streams: how many are open.
        age: s, median age of the reading on screen, of the stream where it is oldest; None
            where no stream has shown one yet.
    """

    streams: int
    age: float | None


def census() -> Census:
    """Count them; safe from any thread."""
    streams = [s for engine in tuple(ENGINES) for s in engine.open_streams]
    ages = [age for s in streams if (age := s.snapshot().age) is not None]
    return Census(len(streams), max(ages, default=None))
