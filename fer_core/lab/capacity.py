"""What a batch of a size needs: its queue, event after event, on so many workers.

Clips come all at once or over time, of lengths spread about a mean (log-normal). Each worker
takes the longest that waits and computes for its length; its process dies now and then and takes
the clip with it, which waits again; a clip that crashes its process does so every time and is set
aside after two. Two things all workers share, one clip after the other: the store that the clips
are fetched from, and whoever leads and writes the reports. So it shows who waits for whom:
``python -m fer_core capacity`` prints for each number of workers how long it takes, how busy
workers, store and leader are, and how long a clip waits.
"""

import heapq
import itertools
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial

import numpy as np

from fer_core.records import FloatArray


@dataclass(frozen=True)
class Load:
    """What comes, and what it costs.

    Attributes:
        clips: how many; ``minutes`` of each in the mean; ``spread``: of the logarithm.
        an_hour: that come; 0: all are there at the beginning.
        core_s: core-seconds a clip-minute; ``each``: of a clip beside, such as looking into it.
        start: s that a worker's process takes to be ready.
        lived: hours of work from one death of a process to the next; 0: none dies.
        crashing: share of the clips that end their process.
        crashes, kills: so many of its processes that it crashed, or that were killed from
            outside, and a clip is set aside (``batch.hands``).
        megabytes: of a clip-minute; ``store``: MB a second that the store gives, 0: any.
        write: s that whoever leads spends on a clip's files.
    """

    clips: int = 1000
    minutes: float = 3.0
    spread: float = 0.5
    an_hour: float = 0.0
    core_s: float = 7.0
    each: float = 0.0
    start: float = 8.0
    lived: float = 24.0
    crashing: float = 0.001
    crashes: int = 2
    kills: int = 4
    megabytes: float = 7.0
    store: float = 0.0
    write: float = 0.036


@dataclass(frozen=True)
class Outcome:
    """How it went on so many workers.

    Attributes:
        hours: from the beginning to the last report.
        core_hours: paid for: all workers for all of it.
        busy: share of the workers' time that went into clips which got their report.
        store, leader: share of the time in which they had something to do.
        waits: hours from a clip's coming to its report, median and 95th percentile.
        deaths: of processes; set_aside: clips.
    """

    workers: int
    hours: float
    core_hours: float
    busy: float
    store: float
    leader: float
    waits: tuple[float, float]
    deaths: int
    set_aside: int


@dataclass
class _Shared:
    """What serves one after the other."""

    free: float = 0.0
    worked: float = 0.0

    def until(self, now: float, spent: float) -> float:
        """When it is done with somebody who comes now."""
        self.free = max(self.free, now) + spent
        self.worked += spent
        return self.free


class _Batch:
    """A batch under way: events in the order of their times."""

    def __init__(self, load: Load, workers: int, minutes: FloatArray, rng: np.random.Generator
                 ) -> None:
        self.load, self.minutes, self._rng = load, minutes, rng
        count = len(minutes)
        self.came = (np.cumsum(rng.exponential(3600 / load.an_hour, count)) if load.an_hour
                     else np.zeros(count))
        self.work = load.each + load.core_s * minutes
        self._crashing = rng.random(count) < load.crashing
        self.blame, self.ended = np.zeros(count), np.full(count, np.nan)
        self.deaths, self.store, self.leader = 0, _Shared(), _Shared()
        # (again, -s, clip): the longest first, whose worker died at the end.
        self._waiting: list[tuple[bool, float, int]] = []
        self._idle = [False] * workers
        """Of each worker that waits for a clip, whether its process runs."""
        self._events: list[tuple[float, int, Callable[[float], None]]] = []
        self._numbers = itertools.count()
        for clip in range(count):
            self._at(self.came[clip], partial(self._come, clip, False))

    def run(self) -> None:
        """To the last event."""
        while self._events:
            now = self._events[0][0]
            # All that happens now, before anybody takes the longest of what is there.
            while self._events and self._events[0][0] == now:
                heapq.heappop(self._events)[2](now)
            while self._idle and self._waiting:
                self._take(now, self._idle.pop(), heapq.heappop(self._waiting)[2])

    def _at(self, time: float, event: Callable[[float], None]) -> None:
        heapq.heappush(self._events, (time, next(self._numbers), event))

    def _come(self, clip: int, again: bool, now: float) -> None:
        heapq.heappush(self._waiting, (again, -self.work[clip], clip))

    def _take(self, now: float, runs: bool, clip: int) -> None:
        self._at(now + (0 if runs else self.load.start), partial(self._fetch, clip))

    def _fetch(self, clip: int, now: float) -> None:
        store = self.load.store
        spent = self.load.megabytes * self.minutes[clip] / store if store else 0
        self._at(self.store.until(now, spent) if store else now, partial(self._compute, clip))

    def _compute(self, clip: int, now: float) -> None:
        work, lived = self.work[clip], self.load.lived
        alive = self._rng.exponential(3600 * lived) if lived else np.inf
        dies = self._crashing[clip] or alive < work
        self._at(now + min(alive, work), partial(self._die if dies else self._write, clip))

    def _die(self, clip: int, now: float) -> None:
        self.deaths += 1
        self.blame[clip] += 1 / (self.load.crashes if self._crashing[clip] else self.load.kills)
        if self.blame[clip] < 1:
            self._come(clip, True, now)
        else:
            self.ended[clip] = now
        self._idle.append(False)

    def _write(self, clip: int, now: float) -> None:
        # It waits with its report until whoever leads has written it.
        self.ended[clip] = self.leader.until(now, self.load.write)
        self._at(self.ended[clip], lambda now: self._idle.append(True))


def lengths(load: Load, rng: np.random.Generator) -> FloatArray:
    """(N,) minutes of the clips."""
    return load.minutes * np.exp(  # type: ignore[no-any-return]
        load.spread * rng.standard_normal(load.clips) - load.spread**2 / 2)


def simulate(load: Load, workers: int, seed: int = 0, minutes: FloatArray | None = None
             ) -> Outcome:
    """One batch from its beginning to its end.

    Args:
        minutes: (N,) of the clips, where they are known.
    """
    rng = np.random.default_rng(seed)
    batch = _Batch(load, workers, lengths(load, rng) if minutes is None else minutes, rng)
    batch.run()
    last = float(batch.ended.max())
    done = batch.blame < 1
    middle, late = np.quantile(batch.ended - batch.came, (0.5, 0.95)) / 3600
    return Outcome(workers, last / 3600, workers * last / 3600,
                   float(batch.work[done].sum()) / (workers * last), batch.store.worked / last,
                   batch.leader.worked / last, (float(middle), float(late)), batch.deaths,
                   int((~done).sum()))


def table(load: Load, workers: Iterable[int], seed: int = 0) -> list[Outcome]:
    """An outcome for each number of workers, the same clips each time."""
    minutes = lengths(load, np.random.default_rng(seed))
    return [simulate(load, count, seed, minutes) for count in workers]


def describe(load: Load, outcomes: Iterable[Outcome], price: float) -> str:
    """The table, for a person.

    Args:
        price: of a core-hour, US dollars.
    """
    lines = [f"{load.clips} clips of {load.minutes:g} minutes, {load.core_s:g} core-seconds a "
             f"clip-minute, a process lives {load.lived:g} h, a core-hour costs ${price:g}",
             "workers    hours  core-hours   price $  busy  store  leader  "
             "wait h: median  95 %  deaths  set aside"]
    for o in outcomes:
        lines.append(f"{o.workers:7}  {o.hours:7.2f}  {o.core_hours:10.1f}  "
                     f"{price * o.core_hours:8.2f}  {o.busy:4.0%}  {o.store:5.0%}  {o.leader:6.0%}"
                     f"  {o.waits[0]:14.2f}  {o.waits[1]:4.2f}  {o.deaths:6}  {o.set_aside:9}")
    return "\n".join(lines)
