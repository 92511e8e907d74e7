"""A session as a table that a calculator can follow."""

import csv
import io
from collections.abc import Iterable
from typing import Any

import numpy as np

from fer_core.records import COLUMNS, Session


def timeline_csv(session: Session) -> str:
    """One row a second: what was read, column by column and by each network alone
    (``<network>_<expression>``), then every part 0 to 100 as the scores use it, then the
    weights and what each network alone would score (``alone_<score>_<network>``, 0 to 100), the
    same in every row. Cells are empty where nothing was measured.

        score = sum over its parts of weight_<score>_<part> * mean of part_<part>

    the mean over the cells that are not empty: of all rows for the session, of the rows whose
    ``question`` is the one asked about for an answer. ``question`` is the number of the answer
    that the middle of the second lies in; ``scored`` 1 marks the seconds that count.
    """
    timeline = session.timeline
    question = np.full(len(timeline), np.nan)
    for number, answer in enumerate(session.answers, 1):
        middle = timeline.seconds + 0.5
        question[(middle >= answer.start) & (middle < answer.end)] = number
    keys = timeline.labels.keys
    columns: dict[str, Iterable[Any]] = {
        "second": timeline.seconds, "question": question, "coverage": timeline["coverage"],
        "scored": session.scored.rows.astype(int)}
    columns |= zip(keys, timeline.probabilities.T, strict=True)
    columns["valence"] = timeline.valence
    columns |= {name: timeline[name] for name in COLUMNS if name != "coverage"}
    columns |= {f"{name}_{key}": series for name, p in timeline.members.items()
                for key, series in zip(keys, p.T, strict=True)}
    columns |= {f"part_{name}": series for name, series in session.scored.parts.items()}
    for score in session.scores:
        for part in score.parts:
            columns[f"weight_{score.name}_{part.name}"] = np.full(len(timeline), part.weight)
        columns |= {f"alone_{score.name}_{name}": np.full(len(timeline), value)
                    for name, value in session.scored.by_network(score.name).items()}
    digits = [COLUMNS[name].digits if name in COLUMNS else 10 for name in columns]
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(columns)
    for row in zip(*columns.values(), strict=True):
        writer.writerow(["" if np.isnan(v) else f"{v:.{n}g}"
                         for v, n in zip(row, digits, strict=True)])
    return out.getvalue()
