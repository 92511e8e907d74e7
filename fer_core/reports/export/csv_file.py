"""A session as a table that a calculator can follow."""

import csv
import io
from collections.abc import Iterable
from typing import Any

import numpy as np

from fer_core.config import ScoringSettings
from fer_core.records import Session
from fer_core.sessions.scoring import part_series
from fer_core.sessions.signals import scored


def timeline_csv(session: Session) -> str:
    """One row a second: what was read, then every part 0 to 100 as the scores use it, then
    the weights, the same in every row. Cells are empty where nothing was measured.

        score = sum over its parts of weight_<score>_<part> * mean of part_<part>

    the mean over the cells that are not empty: of all rows for the session, of the rows whose
    ``question`` is the one asked about for an answer. ``question`` is the number of the answer
    that the middle of the second lies in; ``scored`` 1 marks the seconds that count.
    """
    timeline = session.timeline
    settings = ScoringSettings(**session.settings["scoring"])
    question = np.full(len(timeline), np.nan)
    for number, answer in enumerate(session.answers, 1):
        middle = timeline.seconds + 0.5
        question[(middle >= answer.start) & (middle < answer.end)] = number
    columns: dict[str, Iterable[Any]] = {
        "second": timeline.seconds, "question": question, "coverage": timeline.coverage,
        "scored": scored(timeline, settings).astype(int),
        **{key: timeline.probabilities[:, i] for i, key in enumerate(timeline.labels.keys)},
        "valence": timeline.valence, "yaw": timeline.yaw, "pitch": timeline.pitch,
        "roll": timeline.roll, "motion": timeline.motion}
    for name, series in part_series(timeline, settings).items():
        columns[f"part_{name}"] = series
    for score in session.scores:
        for part in score.parts:
            columns[f"weight_{score.name}_{part.name}"] = np.full(len(timeline), part.weight)
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(columns)
    for row in zip(*columns.values(), strict=True):
        writer.writerow(["" if np.isnan(v) else f"{v:.10g}" for v in row])
    return out.getvalue()
