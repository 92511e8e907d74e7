"""A session second by second."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from fer_core.emotions import LabelSet
from fer_core.records.arrays import FloatArray, frozen_array
from fer_core.records.columns import COLUMNS


@dataclass(frozen=True, eq=False)
class Timeline:
    """One row per second; second i covers [start + i, start + i + 1) s.

    ``timeline["yaw"]`` is a column, (T,); NaN where it is not known, and all of it where this
    session was made without that column.

    Attributes:
        labels: the classes of ``probabilities``.
        probabilities: (T, C); a row sums to 1, or is NaN where nobody was seen.
        columns: name of a registered column -> (T,); see ``records.columns``.
        start: s of the first row.
        members: name of each network -> (T, C) what it alone said; empty where it was not kept.

    Raises:
        ValueError: shapes that do not fit, or a column nobody declared.
    """

    labels: LabelSet
    probabilities: FloatArray
    columns: Mapping[str, FloatArray]
    start: int = 0
    members: Mapping[str, FloatArray] = field(default_factory=dict)

    step = 1.0

    def __post_init__(self) -> None:
        if unknown := self.columns.keys() - COLUMNS.keys():
            raise ValueError(f"not columns: {', '.join(sorted(unknown))}")
        classes = len(self.labels.classes)
        probabilities = frozen_array(self.probabilities, (None, classes), "probabilities")
        object.__setattr__(self, "probabilities", probabilities)
        rows = len(probabilities)
        object.__setattr__(self, "columns", {
            name: frozen_array(values, (rows,), name) for name, values in self.columns.items()})
        object.__setattr__(self, "members", {
            name: frozen_array(p, (rows, classes), name) for name, p in self.members.items()})

    def __len__(self) -> int:
        return len(self.probabilities)

    def __getitem__(self, name: str) -> FloatArray:
        """(T,) a column.

        Raises:
            KeyError: nobody declared it.
        """
        values = self.columns.get(name)
        if values is None:
            return frozen_array(np.full(len(self), np.nan), (None,), COLUMNS[name].name)
        return values

    def having(self, **columns: FloatArray) -> "Timeline":
        """The same with these columns in place of its own."""
        return replace(self, columns={**self.columns, **columns})

    def each(self, change: Callable[[FloatArray], FloatArray]) -> "Timeline":
        """The same change, such as a cut, of the probabilities and every column."""
        return replace(
            self, probabilities=change(self.probabilities),
            columns={name: change(values) for name, values in self.columns.items()},
            members={name: change(values) for name, values in self.members.items()})

    @property
    def seconds(self) -> NDArray[np.int64]:
        """(T,) first second of each row, s."""
        return self.start + np.arange(len(self))

    @property
    def seen(self) -> NDArray[np.bool_]:
        """(T,) whether the candidate was seen at all in that second."""
        return np.asarray(~np.isnan(self.probabilities).any(axis=1))

    @property
    def analysed(self) -> NDArray[np.bool_]:
        """(T,) whether any frame of that second was read: none where the picture stood still,
        the clip ends before its container says, or a busy computer fell behind."""
        return ~np.isnan(self["coverage"])

    @property
    def mean_coverage(self) -> float:
        """Mean coverage of the seconds that were analysed, 0 to 1; 0 without any."""
        return float(self["coverage"][self.analysed].mean()) if self.analysed.any() else 0.0

    @property
    def seen_share(self) -> float:
        """Mean coverage of the session, a second that was not analysed counting 0; 0 to 1."""
        return float(np.nan_to_num(self["coverage"]).mean()) if len(self) else 0.0

    @property
    def valence(self) -> FloatArray:
        """(T,) expected valence, -1 to 1; NaN where nobody was seen."""
        return self.probabilities @ self.labels.valence
