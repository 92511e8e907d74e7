"""What of a stream belongs to the session: stretches of the stream's time, laid end to end.

A stream has one clock, in s since it was opened; pictures and presses are both marked on it.
The session's clock runs only within takes: what lies between them (reading a question,
thinking) is seen and shown but never scored. Each take begins on a whole second of the
session, so that no second holds two. What a take lasts beyond a whole second counts as a
second or is let go, whichever keeps the session nearest to the time that was answered: it is
never more than half a second off, however many takes there are.
"""

import math
from dataclasses import dataclass, field, replace


@dataclass(frozen=True)
class Take:
    """One stretch.

    Attributes:
        number: counts every take of the stream, those taken back too.
        began: the stream's time, s; None for one kept from an earlier stream.
        start, end: on the session's clock, s; while it runs, the end is the latest possible.
        lasted: s; None while it runs.
    """

    number: int
    began: float | None
    start: float
    end: float = math.inf
    lasted: float | None = None


@dataclass
class Takes:
    """The takes of a session, in order. Times in s; not locked: its stream does that.

    ``kept``: all but those taken back.
    """

    kept: list[Take] = field(default_factory=list)
    _counted: int = 0
    _next: float = 0.0
    _stands: float = 0.0

    def begin(self, at: float, longest: float = math.inf) -> float:
        """A take begins.

        Args:
            at: the stream's time.
            longest: after which the take ends by itself, however late ``end`` is called.

        Returns:
            the session's time, a whole second.
        """
        if self.running is None:
            self._counted += 1
            self.kept.append(Take(self._counted, at, self._next, self._next + longest))
        return self.kept[-1].start

    def end(self, at: float) -> float:
        """The take ends, at the latest where it had to; the session's time."""
        take = self.running
        if take is None or take.began is None:
            return self.clock(at)
        lasted = min(max(at - take.began, 0.0), take.end - take.start)
        answered = lasted + sum(t.lasted or 0.0 for t in self.kept)
        end = take.start + lasted
        nearest = min(max(math.floor(answered + 0.5), math.floor(end)), math.ceil(end))
        self._next, self._stands = float(nearest), min(end, float(nearest))
        self.kept[-1] = replace(take, lasted=lasted, end=self._stands)
        return self._stands

    def rewind(self, moment: float) -> None:
        """Take back every take from that time of the session on; its clock stands there."""
        # Of several that begin there the last is meant: those before it were let go whole.
        there = [take for take in self.kept if take.start == moment]
        self.kept = [take for take in self.kept if take.start < moment] + there[:-1]
        if self.kept and self.kept[-1].end > moment:
            take = self.kept[-1]
            self.kept[-1] = replace(take, end=moment, lasted=moment - take.start)
        self._stands = max(moment, 0.0)
        self._next = float(math.ceil(self._stands))

    @property
    def running(self) -> Take | None:
        """The take under way."""
        return self.kept[-1] if self.kept and self.kept[-1].lasted is None else None

    def clock(self, at: float) -> float:
        """The session's time at a time of the stream, now or later than all that is known."""
        take = self.running
        if take is None or take.began is None:
            return self._stands
        return min(take.start + max(at - take.began, 0.0), take.end)

    def find(self, moment: float) -> tuple[Take, float] | None:
        """The take that a time of the stream lies in, and the session's time there; None
        where it is not scored: between takes, or in one taken back."""
        for take in reversed(self.kept):
            if take.began is not None and take.began <= moment:
                time = take.start + moment - take.began
                return (take, time) if time < take.end else None
        return None

    def ended(self) -> "Takes":
        """Those that have, as this stream knows them."""
        return replace(self, kept=[take for take in self.kept if take.lasted is not None])

    def closed(self) -> "Takes":
        """The same takes for a stream that goes on elsewhere; one under way is not among them."""
        done = [replace(t, began=None) for t in self.kept if t.lasted is not None]
        stands = self._next if self.running is not None else self._stands
        return Takes(done, self._counted, self._next, stands)
