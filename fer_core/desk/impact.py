"""Adverse impact: how often people of one group are selected, against the group selected most.

The impact ratio of New York City's Local Law 144 (6 RCNY § 5-300, 5-301: by sex, by race or
ethnicity, by both together, with the number of those whose group is unknown), on decisions of
people. A small table means nothing, and says so.
"""

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

Group: TypeAlias = tuple[str, ...]
"""What somebody is of each category that is counted together."""
SHOWN = 5
"""People under which a group is not shown: its row would tell of single persons."""
ENOUGH = 30
"""People under whom, in either of two groups, their ratio is called too uncertain to mean
anything: of 30 and 30, with 12 and 15 selected, 0.80 still has the interval 0.45 to 1.41."""
_Z = 1.959964


@dataclass(frozen=True)
class Row:
    """A group.

    Attributes:
        rate: share selected, 0 to 1.
        ratio: of the rate to that of the group selected most, None where nobody was selected.
        low, high: its 95 % interval (Katz et al. 1978, on logarithms; half a person is added to
            each cell where one is empty). The group selected most has none: it is 1 by choice.
        enough: whether both groups are large enough for it to mean anything.
    """

    group: Group
    people: int
    selected: int
    rate: float
    ratio: float | None
    low: float | None
    high: float | None
    enough: bool


@dataclass(frozen=True)
class Impact:
    """Attributes:
        rows: by group name, never by rate.
        hidden: people of groups too small to be shown.
        unknown: people whose group is not known.
    """

    rows: tuple[Row, ...]
    hidden: int
    unknown: int


def impact(decided: Sequence[tuple[Group | None, bool]],
           alone: Sequence[Mapping[str, int]] = ()) -> Impact:
    """The table.

    Args:
        decided: for each person decided upon, their group, None where it is not known, and
            whether they were selected.
        alone: of each category that is counted together, how many people of each value the table
            of that category alone has: what the two leave between them is not shown either.
    """
    known = [(group, chosen) for group, chosen in decided if group is not None]
    unknown = len(decided) - len(known)
    people = Counter(group for group, _ in known)
    selected = Counter(group for group, chosen in known if chosen)
    shown = _apart(sorted(group for group, count in people.items() if count >= SHOWN),
                   people, alone)
    hidden = sum(count for group, count in people.items() if group not in shown)
    if not shown:
        return Impact((), hidden, unknown)
    most = max(shown, key=lambda group: (selected[group] / people[group], people[group]))
    return Impact(tuple(_row(group, most, people, selected) for group in shown), hidden, unknown)


def _apart(shown: list[Group], people: Counter[Group],
           alone: Sequence[Mapping[str, int]]) -> list[Group]:
    """The groups without the smallest ones, until none leaves fewer than ``SHOWN`` people of a
    category's group that a subtraction would tell of."""
    for place, values in enumerate(alone):
        for value, count in values.items():
            within = [group for group in shown if group[place] == value]
            if within and 0 < count - sum(people[group] for group in within) < SHOWN:
                least = min(within, key=lambda group: people[group])
                return _apart([group for group in shown if group != least], people, alone)
    return shown


def _row(group: Group, most: Group, people: Counter[Group], selected: Counter[Group]) -> Row:
    a, n, b, m = selected[group], people[group], selected[most], people[most]
    ratio = None if b == 0 else (a / n) / (b / m)
    low = high = None
    if ratio is not None and group != most:
        if 0 in (a, b):
            centre = ((a + 0.5) / (n + 1)) / ((b + 0.5) / (m + 1))
            spread = math.sqrt(1 / (a + 0.5) - 1 / (n + 1) + 1 / (b + 0.5) - 1 / (m + 1))
        else:
            centre, spread = ratio, math.sqrt(1 / a - 1 / n + 1 / b - 1 / m)
        low, high = (centre * math.exp(sign * _Z * spread) for sign in (-1, 1))
        low = min(low, ratio)
    return Row(group, n, a, a / n, ratio, low, high, min(n, m) >= ENOUGH)
