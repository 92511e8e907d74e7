"""A table of seconds, such as ``timeline_csv`` writes, becomes a timeline again."""

import csv
from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np

from fer_core.emotions import LABEL_SETS, LabelSet
from fer_core.errors import FileError, TableError
from fer_core.records import COLUMNS, FloatArray, Timeline

REQUIRED = ("second", "coverage", "yaw", "pitch", "roll", "motion")
OPTIONAL = ("analysed", "question")
MOST = 86_400
"""Seconds of a table: a day."""
SUM = 0.02
"""By which a row of probabilities may miss 1: they were rounded."""


def read_table(path: Path) -> Timeline:
    """The timeline of a table: a row a second, ``REQUIRED`` columns and the classes of one label
    set; ``analysed`` (0 or 1), ``question`` and every registered column where the table has them.
    An empty cell is unknown, a missing second was not analysed, any other column is ignored.
    Where a table numbers its questions, nothing is heard outside the answers.

    Raises:
        TableError: what is wrong, with row and column.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as lines:
            return _timeline(csv.reader(lines))
    except OSError as error:
        raise TableError("error.table.unreadable", detail=FileError.of(error)) from None
    except (UnicodeDecodeError, csv.Error):
        raise TableError("error.table.no_text") from None


def _timeline(lines: Iterator[list[str]]) -> Timeline:
    header = [name.strip() for name in next(lines, [])]
    if not any(header):
        raise TableError("error.table.empty")
    labels = _labels(header)
    names = [*REQUIRED, *(name for name in (*OPTIONAL, *COLUMNS) if name in header),
             *labels.keys]
    names = list(dict.fromkeys(names))
    for name in names:
        if header.count(name) != 1:
            raise TableError("error.table.twice" if name in header else "error.table.column",
                             column=name)
    cells = _cells(lines, names, [header.index(name) for name in names], len(header))
    columns = dict(zip(names, cells.T, strict=True))
    return _filled(labels, columns)


def _labels(header: list[str]) -> LabelSet:
    """The largest label set all of whose classes are there."""
    whole = [s for s in LABEL_SETS.values() if set(s.keys) <= set(header)]
    if not whole:
        raise TableError("error.table.classes", classes=", ".join(LABEL_SETS["ferplus"].keys))
    return max(whole, key=lambda s: len(s.classes))


def _cells(lines: Iterable[list[str]], names: list[str], places: list[int],
           width: int) -> FloatArray:
    """(rows, names) numbers, each in its column's range; NaN for an empty cell."""
    ranges = [_range(name) for name in names]
    rows: list[list[float]] = []
    last = -1.0
    for number, line in enumerate(lines, 2):
        if not line:
            continue
        if len(line) != width:
            raise TableError("error.table.width", row=number, cells=len(line), wanted=width)
        row = [_number(line[place], name, number, *limits)
               for place, name, limits in zip(places, names, ranges, strict=True)]
        second = row[0]
        if second % 1 or np.isnan(second):
            raise TableError("error.table.number", row=number, column="second",
                             value=line[places[0]])
        if second <= last:
            raise TableError("error.table.again" if second == last else "error.table.order",
                             row=number, column="second", second=int(second))
        last = second
        rows.append(row)
        if len(rows) > MOST or second - rows[0][0] >= MOST:
            raise TableError("error.table.long", row=number, column="second", most=MOST)
        shares = row[-_classes(names):]
        unknown = sum(np.isnan(shares))
        if unknown not in (0, len(shares)) or (not unknown and abs(sum(shares) - 1) > SUM):
            raise TableError("error.table.sum", row=number, column=names[-_classes(names)],
                             last=names[-1], sum=f"{np.nansum(shares):.3g}")
    if not rows:
        raise TableError("error.table.empty")
    return np.array(rows)


def _classes(names: list[str]) -> int:
    return sum(name not in COLUMNS and name not in (*REQUIRED, *OPTIONAL) for name in names)


def _range(name: str) -> tuple[float, float]:
    if name == "second":
        return 0, 1e9
    if name == "question":
        return 1, MOST
    column = COLUMNS.get(name)
    return (0, 1) if column is None else (column.low, column.high)


def _number(text: str, name: str, row: int, low: float, high: float) -> float:
    text = text.strip()
    if not text or text.lower() in ("nan", "na"):
        return np.nan
    try:
        value = float(text)
    except ValueError:
        raise TableError("error.table.number", row=row, column=name, value=text[:40]) from None
    if not (low <= value <= high and np.isfinite(value)):
        raise TableError("error.table.range", row=row, column=name, value=text[:40],
                         low=f"{low:g}", high=f"{high:g}")
    return value


def _filled(labels: LabelSet, columns: dict[str, FloatArray]) -> Timeline:
    """A row for every second from the first to the last, those without one not analysed."""
    seconds = columns.pop("second").astype(int)
    start, rows = int(seconds[0]), int(seconds[-1] - seconds[0]) + 1
    read = columns.pop("analysed", np.ones(len(seconds))) != 0
    at = seconds[read] - start
    asked = ~np.isnan(columns.pop("question", np.full(len(seconds), np.nan)))
    if asked.any() and "speech" in columns:
        columns["speech"] = np.where(asked, columns["speech"], np.nan)

    def spread(values: FloatArray) -> FloatArray:
        out = np.full((rows, *values.shape[1:]), np.nan)
        out[at] = values[read]
        return out

    p = np.stack([columns.pop(key) for key in labels.keys], axis=1)
    p /= p.sum(axis=1, keepdims=True)
    return Timeline(labels, spread(p), {n: spread(v) for n, v in columns.items()}, start)
