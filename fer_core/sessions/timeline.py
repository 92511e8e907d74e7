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
from collections.abc import Iterable
from dataclasses import replace

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from fer_core.emotions import LabelSet
from fer_core.records import FloatArray, Reading, Segment, Timeline

_BIN = 0.5  # s; long enough to average tremble away, short enough to see one nod
_SHORTEST = 0.25  # s; two lone frames either side of a bin's edge must not divide by ~0
_SAME_TIME = 1e-3  # s; timestamps are fractions that were rounded to floats

# Columns of the running sums: one row per second ...
_FRAMES, _SEEN, _POSED, _YAW, _PITCH, _ROLL, _CLASSES = range(7)
# ... and one per half second.
_COUNT, _TIME, _X, _Y, _EYES = range(5)


class TimelineBuilder:
    """Readings as they come, a Timeline whenever one is wanted.

    Keeps sums per second, not readings: memory is about 0.2 kB per second of the session.
    """

    def __init__(self, labels: LabelSet) -> None:
        self._labels = labels
        self._sums = np.zeros((64, _CLASSES + len(labels.classes)))
        self._bins = np.zeros((128, 5))
        self._last = -1.0
        self._cuts: list[int] = []

    def add(self, reading: Reading) -> None:
        """Count one reading; the order does not matter.

        Raises:
            ValueError: the time is negative or not finite, or the number of
                probabilities is not that of the label set.
        """
        if not (math.isfinite(reading.time) and reading.time >= 0):
            raise ValueError(f"a reading at {reading.time} s")
        second, half = int(reading.time), int(reading.time / _BIN)
        if reading.probabilities is not None:
            classes = len(self._labels.classes)
            if len(reading.probabilities) != classes:
                raise ValueError(f"{len(reading.probabilities)} probabilities, not {classes}")
        while second >= len(self._sums):
            self._sums = np.concatenate([self._sums, np.zeros_like(self._sums)])
            self._bins = np.concatenate([self._bins, np.zeros_like(self._bins)])
        self._last = max(self._last, reading.time)
        row = self._sums[second]
        row[_FRAMES] += 1
        if reading.face is None or reading.probabilities is None:
            return
        row[_SEEN] += 1
        row[_CLASSES:] += reading.probabilities
        x, y = reading.face.landmarks[:3].mean(axis=0)
        self._bins[half] += (1, reading.time, x, y, reading.face.eye_distance)
        if reading.pose is not None:
            row[_POSED:_CLASSES] += (1, reading.pose.yaw, reading.pose.pitch, reading.pose.roll)

    def cut(self) -> None:
        """What comes next belongs to another take, from the next half second on: the head's
        way from here to there is not known."""
        self._cuts.append(int(self._last / _BIN))

    def rewind(self, second: int) -> None:
        """Take back everything from that second on, as if it had not been."""
        self._sums[second:] = 0
        self._bins[2 * second:] = 0
        self._last = min(self._last, second - 0.5)
        self._cuts = [cut for cut in self._cuts if cut < 2 * second]

    def forget(self, second: int = 0) -> None:
        """Take every face back that was counted from that second on; its frames stay, unseen."""
        self._sums[second:, _SEEN:] = 0
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
        rows = math.floor(self._last) + 1
        sums = self._sums[:rows].copy()
        edge = rows - 1
        if (duration is not None and edge >= 1
                and max(duration, self._last) <= edge + _SAME_TIME):
            sums[edge - 1] += sums[edge]
            sums, rows = sums[:edge], edge
        missing = 0 if duration is None else max(0, math.floor(duration + 0.5) - rows)
        sums = np.concatenate([sums, np.zeros((missing, sums.shape[1]))])
        motion = np.concatenate([self._motion(rows), np.full(missing, np.nan)])
        pose = _divide(sums[:, _YAW:_CLASSES], sums[:, _POSED, None])
        return Timeline(
            self._labels,
            _divide(sums[:, _CLASSES:], sums[:, _SEEN, None]),
            _divide(sums[:, _SEEN], sums[:, _FRAMES]),
            pose[:, 0], pose[:, 1], pose[:, 2], motion)

    def _motion(self, rows: int) -> FloatArray:
        """(rows,) eye distances per second; the formula is in the module's docstring."""
        bins = self._bins[:2 * rows]
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
    return replace(
        timeline, probabilities=timeline.probabilities[rows], coverage=timeline.coverage[rows],
        yaw=timeline.yaw[rows], pitch=timeline.pitch[rows], roll=timeline.roll[rows],
        motion=timeline.motion[rows], start=timeline.start + first)


def smooth(timeline: Timeline, seconds: float) -> Timeline:
    """The same rows, ``smooth_values`` of every column; coverage is left as measured."""
    return replace(
        timeline, probabilities=smooth_values(timeline.probabilities, seconds),
        yaw=smooth_values(timeline.yaw, seconds), pitch=smooth_values(timeline.pitch, seconds),
        roll=smooth_values(timeline.roll, seconds), motion=smooth_values(timeline.motion, seconds))


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


def segments(timeline: Timeline) -> list[Segment]:
    """Runs of seconds with the same dominant emotion; unseen seconds end a run."""
    found: list[Segment] = []
    emotions = dominant(timeline)
    first = 0
    for i in range(1, len(emotions) + 1):
        if i < len(emotions) and emotions[i] == emotions[first]:
            continue
        emotion = emotions[first]
        if emotion is not None:
            column = timeline.probabilities[first:i, timeline.labels.keys.index(emotion)]
            found.append(Segment(float(timeline.start + first), float(timeline.start + i),
                                 emotion, float(column.mean())))
        first = i
    return found


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
