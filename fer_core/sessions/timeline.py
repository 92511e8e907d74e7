"""Readings to one row per second, and what can be asked of those rows.

Which rows there are: one for every second up to the last analysed frame, each from a
whole second on. The clip's duration adds rows only where its end reaches at least half
a second into a further second (a container often claims a few milliseconds more than
it shows). A last frame lying exactly on the clip's end, when that is a whole second,
closes the second before it and opens none.

Head motion does not depend on the frame rate. Landmarks tremble by about a pixel from
frame to frame; path length per second would multiply that tremble by the frames per
second. So positions are averaged over half seconds first:

    c_b, t_b, e_b   mean over the frames of half second b of the centre of eyes and nose
                    (px), the time (s) and the eye distance (px)
    speed_b         |c_b - c_(b-1)| / ((e_b + e_(b-1)) / 2) / max(t_b - t_(b-1), 0.25)
    motion_i        mean of speed_2i and speed_(2i+1), those that are known

in eye distances per second. The mouth is left out: it moves with every word.
"""

import math
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any, Self

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from fer_core.emotions import LabelSet
from fer_core.records import COLUMNS, FloatArray, Reading, Timeline

_BIN = 0.5  # s; long enough to average tremble away, short enough to see one nod
_SHORTEST = 0.25  # s; two lone frames either side of a bin's edge must not divide by ~0
_SAME_TIME = 1e-3  # s; timestamps are fractions that were rounded to floats

# Columns of the running sums of a half second.
_COUNT, _TIME, _X, _Y, _EYES = range(5)


class _Sums:
    """Running sums of one quantity, a row a second: how often it was known, and its total."""

    def __init__(self, width: int = 1) -> None:
        self.rows = np.zeros((64, 1 + width))

    def add(self, second: int, values: FloatArray | float) -> None:
        while second >= len(self.rows):
            self.rows = np.concatenate([self.rows, np.zeros_like(self.rows)])
        self.rows[second, 0] += 1
        self.rows[second, 1:] += values

    def used(self) -> FloatArray:
        """The rows up to the last in which anything was counted."""
        return self.rows[:int(np.flatnonzero(self.rows[:, 0]).max(initial=-1)) + 1]

    def take(self, rows: FloatArray) -> None:
        """Go on from such rows.

        Raises:
            ValueError: they are of another width.
        """
        self.rows = np.concatenate([rows, np.zeros_like(self.rows)])

    def seconds(self, rows: int, closing: bool, how: str = "mean") -> FloatArray:
        """(rows, width) mean or sum of each second, NaN where it was never known; ``closing``:
        what lies in the row after the last counts in the last."""
        sums = np.pad(self.rows, ((0, max(0, rows + 1 - len(self.rows))), (0, 0)))
        found = sums[:rows].copy()
        if closing:
            found[-1] += sums[rows]
        times, total = found[:, :1], found[:, 1:]
        return _divide(total, times if how == "mean" else np.sign(times))


class TimelineBuilder:
    """Readings as they come, a Timeline whenever one is wanted.

    Keeps sums per second, not readings: memory is about 0.5 kB per second of the session.
    """

    def __init__(self, labels: LabelSet) -> None:
        self._labels = labels
        self._vote = _Sums(len(labels.classes))
        self._members: dict[str, _Sums] = {}
        self._columns: dict[str, _Sums] = {}
        self._bins = np.zeros((128, 5))
        self._last = -1.0
        self._cuts: list[int] = []

    def add(self, reading: Reading) -> None:
        """Count one reading; the order does not matter.

        Raises:
            ValueError: the time is negative or not finite, or the number of
                probabilities is not that of the label set.
        """
        classes = len(self._labels.classes)
        for row in (reading.probabilities, *reading.members.values()):
            if row is not None and len(row) != classes:
                raise ValueError(f"{len(row)} probabilities, not {classes}")
        self.note(reading.time, **reading.columns)
        self._last = max(self._last, reading.time)
        if reading.face is None or reading.probabilities is None:
            return
        second, half = int(reading.time), int(reading.time / _BIN)
        self._vote.add(second, reading.probabilities)
        for name, row in reading.members.items():
            self._members.setdefault(name, _Sums(classes)).add(second, row)
        while half >= len(self._bins):
            self._bins = np.concatenate([self._bins, np.zeros_like(self._bins)])
        x, y = reading.face.landmarks[:3].mean(axis=0)
        self._bins[half] += (1, reading.time, x, y, reading.face.eye_distance)

    def note(self, time: float, **values: float) -> None:
        """Count values of columns, such as a voice's; it opens no row, only readings do.

        Args:
            time: s.
            values: name of a registered column -> value; NaN: not known.

        Raises:
            ValueError: the time is negative or not finite.
        """
        if not (math.isfinite(time) and time >= 0):
            raise ValueError(f"a reading at {time} s")
        for name, value in values.items():
            if not math.isnan(value):
                self._columns.setdefault(COLUMNS[name].name, _Sums()).add(int(time), value)

    def cut(self) -> None:
        """What comes next belongs to another take, from the next half second on: the head's
        way from here to there is not known."""
        self._cuts.append(int(self._last / _BIN))

    def rewind(self, second: int) -> None:
        """Take back everything from that second on, as if it had not been."""
        for sums in (self._vote, *self._members.values(), *self._columns.values()):
            sums.rows[second:] = 0
        self._bins[2 * second:] = 0
        self._last = min(self._last, second - 0.5)
        self._cuts = [cut for cut in self._cuts if cut < 2 * second]

    def state(self) -> dict[str, NDArray[Any]]:
        """All that was counted, as arrays by name; ``from_state`` goes on with it."""
        sums = {"vote": self._vote, **{f"member.{n}": s for n, s in self._members.items()},
                **{f"column.{n}": s for n, s in self._columns.items()}}
        return {**{f"sums.{name}": found.used() for name, found in sums.items()},
                "bins": self._bins[:2 * (math.floor(self._last) + 1)],
                "last": np.array(self._last), "cuts": np.array(self._cuts, np.int64)}

    @classmethod
    def from_state(cls, labels: LabelSet, state: Mapping[str, NDArray[Any]]) -> Self:
        """The builder whose ``state`` that was.

        Raises:
            KeyError, ValueError: it is of another kind.
        """
        builder = cls(labels)
        builder._vote.take(state["sums.vote"])
        for key, rows in state.items():
            of, _, name = key.rpartition(".")
            if of == "sums.member":
                builder._members.setdefault(name, _Sums(len(labels.classes))).take(rows)
            elif of == "sums.column":
                builder._columns.setdefault(COLUMNS[name].name, _Sums()).take(rows)
        bins = state["bins"]
        builder._bins = np.concatenate([bins, np.zeros_like(builder._bins)])
        builder._last, builder._cuts = float(state["last"]), [int(c) for c in state["cuts"]]
        return builder

    def forget(self, second: int = 0) -> None:
        """Take every face back that was counted from that second on; its frames stay, unseen."""
        faces = (sums for name, sums in self._columns.items() if COLUMNS[name].needs == "face")
        for sums in (self._vote, *self._members.values(), *faces):
            sums.rows[second:] = 0
        if "coverage" in self._columns:
            self._columns["coverage"].rows[second:, 1:] = 0
        self._bins[2 * second:] = 0

    def timeline(self, duration: float | None = None) -> Timeline:
        """All rows up to now.

        Args:
            duration: s, the clip's end where it is known.

        Raises:
            ValueError: the duration is negative or not finite.
        """
        if duration is not None and not (math.isfinite(duration) and duration >= 0):
            raise ValueError(f"a duration of {duration} s")
        read = math.floor(self._last) + 1
        closing = (duration is not None and read >= 2
                   and max(duration, self._last) <= read - 1 + _SAME_TIME)
        read -= closing
        rows = read if duration is None else max(read, math.floor(duration + 0.5))
        columns = {name: sums.seconds(rows, closing, COLUMNS[name].second)[:, 0]
                   for name, sums in self._columns.items()}
        columns["motion"] = np.append(self._motion(read), np.full(rows - read, np.nan))
        return Timeline(
            self._labels, self._vote.seconds(rows, closing), columns, members={
                name: sums.seconds(rows, closing) for name, sums in self._members.items()})

    def _motion(self, rows: int) -> FloatArray:
        """(rows,) eye distances per second; the formula is in the module's docstring."""
        bins = np.zeros((2 * rows, self._bins.shape[1]))
        bins[:len(self._bins)] = self._bins[:2 * rows]
        means = _divide(bins[:, _TIME:], bins[:, _COUNT, None])
        time, x, y, eyes = np.diff(means[:, 0]), *np.diff(means[:, 1:3], axis=0).T, means[:, 3]
        eye_distance = (eyes[1:] + eyes[:-1]) / 2
        speed = _divide(np.hypot(x, y), eye_distance * np.maximum(time, _SHORTEST))
        speed[[cut for cut in self._cuts if 0 <= cut < len(speed)]] = np.nan
        first = np.full(min(rows, 1), np.nan)
        return nan_mean(np.concatenate([first, speed]).reshape(rows, 2), axis=1)


def build(readings: Iterable[Reading], labels: LabelSet,
          duration: float | None = None) -> Timeline:
    """One row per second: the means over its frames.

    Everything is NaN in a second without an analysed frame.

    Args:
        readings: in any order; taken one at a time, none kept.
        labels: the classes of the readings' probabilities.
        duration: s, the clip's end where it is known.

    Raises:
        ValueError: see ``TimelineBuilder``.
    """
    builder = TimelineBuilder(labels)
    for reading in readings:
        builder.add(reading)
    return builder.timeline(duration)


def crop(timeline: Timeline, start: float, end: float) -> Timeline:
    """The rows whose middle lies in [start, end) s: neighbouring answers share none."""
    first = min(max(math.ceil(start - 0.5) - timeline.start, 0), len(timeline))
    last = min(max(math.ceil(end - 0.5) - timeline.start, first), len(timeline))
    rows = slice(first, last)
    return replace(timeline.each(lambda values: values[rows]), start=timeline.start + first)


def smooth(timeline: Timeline, seconds: float) -> Timeline:
    """The same rows, ``smooth_values`` of the probabilities and of every column that is
    declared to be smoothed."""
    even = timeline.each(lambda values: smooth_values(values, seconds))
    return even.having(**{name: values for name, values in timeline.columns.items()
                          if not COLUMNS[name].smoothed})


def smooth_values(values: FloatArray, seconds: float) -> FloatArray:
    """Centred moving average along time for the eye, never for the scores.

    Args:
        values: (T, ...) one row per second.
        seconds: the window; ``seconds // 2`` rows to either side.

    Returns:
        the same shape. A value is averaged over those known in its window; what was NaN
        stays NaN.

    Raises:
        ValueError: the window is under 1 s.
    """
    if seconds < 1:
        raise ValueError(f"a window of {seconds} s")
    if not len(values):
        return values
    side = int(seconds // 2)
    ends = [(side, side)] + [(0, 0)] * (values.ndim - 1)
    padded = np.pad(values, ends, constant_values=np.nan)
    means = nan_mean(sliding_window_view(padded, 2 * side + 1, axis=0), axis=-1)
    return np.where(np.isnan(values), np.nan, means)


def dominant(timeline: Timeline) -> list[str | None]:
    """(T,) key of each second's likeliest emotion; None where nobody was seen. Of equals,
    the first in the label set."""
    keys = timeline.labels.keys
    return [keys[int(np.argmax(row))] if seen else None
            for row, seen in zip(timeline.probabilities, timeline.seen, strict=True)]


def runs_of(rows: NDArray[np.bool_]) -> list[tuple[int, int]]:
    """[start, end) of every run of True in (T,) rows."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], rows, [False]]).astype(np.int8)))
    return [(int(a), int(b)) for a, b in edges.reshape(-1, 2)]


def nan_mean(values: FloatArray, axis: int) -> FloatArray:
    """``np.nanmean`` that answers NaN for an empty slice without a warning."""
    known = ~np.isnan(values)
    return _divide(np.where(known, values, 0.0).sum(axis), known.sum(axis).astype(np.float64))


def _divide(total: FloatArray, count: FloatArray) -> FloatArray:
    """``total / count``, NaN where ``count`` is 0 or NaN; shapes broadcast."""
    out: FloatArray = np.full(np.broadcast_shapes(total.shape, count.shape), np.nan)
    np.divide(total, count, out=out, where=count > 0)
    return out
