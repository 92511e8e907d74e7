"""A plan up to the interview: which question set on which day, by what was practised already.

A proposal and nothing more: a day that was let go is never counted, the plan begins today."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

RHYTHM = ((7, 1), (28, 2))
"""Up to so many days before the interview, a round every so many days."""
CALM = 3
"""Days between rounds where the interview is further off, or has no date."""
MOST = 7
"""Rounds told ahead."""
LAST = "introduction"
"""The set of the day before: what is asked first, and nothing new any more."""


@dataclass(frozen=True)
class PracticePlan:
    """What to practise and when.

    Attributes:
        days: until the interview, 0 on its day; None where there is no date or it has passed.
        every: days between rounds now.
        rounds: day and question set, the next first, ``every`` days apart; none is left on the
            day itself.
        more: whether further ones follow these up to the day before the interview.
        practised: rounds in the last seven days, today's among them.
    """

    days: int | None
    every: int
    rounds: tuple[tuple[date, str], ...]
    more: bool
    practised: int


def practice_plan(sets: Sequence[str], done: Iterable[tuple[date, Sequence[str]]], today: date,
                  interview: date | None = None) -> PracticePlan:
    """Rounds up to the interview. The set that was practised least comes first, the most useful
    one first among equals; the last one is on the day before the interview, and calm.

    Args:
        sets: that fit the job, the most useful first.
        done: day and sets of every round so far.
        today: the person's.
    """
    rounds = list(done)
    counted = Counter(name for _, names in rounds for name in names)
    last = max((day for day, _ in rounds), default=None)
    left = None if interview is None or interview < today else (interview - today).days
    every = _every(left)
    eve = None if left is None or interview is None else interview - timedelta(days=1)
    day = today if last is None else max(today, last + timedelta(days=every))
    ahead: list[tuple[date, str]] = []
    while len(ahead) < MOST and sets and (eve is None or day <= eve):
        # Never the set of the round before, however often it was left out.
        choice = [name for name in sets if not ahead or name != ahead[-1][1]] or list(sets)
        name = (LAST if day == eve and LAST in sets
                else min(choice, key=lambda one: (counted[one], sets.index(one))))
        ahead.append((day, name))
        counted[name] += 1
        # The last gap grows rather than shrinks: no two rounds lie closer than ``every``.
        near = eve is not None and day < eve < day + timedelta(days=2 * every)
        day = eve if eve is not None and near else day + timedelta(days=every)
    week = today - timedelta(days=7)
    return PracticePlan(left, every, tuple(ahead),
                        bool(ahead) and eve is not None and ahead[-1][0] < eve,
                        sum(week < day <= today for day, _ in rounds))


def _every(days: int | None) -> int:
    """Days between rounds, so many before the interview."""
    return CALM if days is None else next((n for most, n in RHYTHM if days <= most), CALM)
