"""138 mock interviews held at MIT and rated by nine judges (Naim et al. 2015, FG)."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from fer_core.errors import DatasetError
from fer_core.lab.people.statistics import numbered
from fer_core.records import FloatArray

SOURCE = ("MIT interview data set: mock interviews of students, each rated by nine judges "
          "(Naim et al. 2015, IEEE FG, arXiv:1504.03425); research data, given on request")


@dataclass(frozen=True, eq=False)
class Interviews:
    """What judges said.

    Attributes:
        people: (N,) the person of each interview; most gave two.
        ratings: name -> (N,) the panel's weighted mean, 1 to 7.
        judges: name -> (N, J) each judge's own, NaN where one is missing.
        names: N, of the interviews.
    """

    people: NDArray[np.int64]
    ratings: dict[str, FloatArray]
    judges: dict[str, FloatArray]
    names: tuple[str, ...] = ()


def read_interviews(folder: Path) -> Interviews | None:
    """Read ``ratings.csv`` and ``raters.csv`` of a folder; None where it holds other data.

    Raises:
        DatasetError: damaged.
    """
    if not ((folder / "ratings.csv").is_file() and (folder / "raters.csv").is_file()):
        return None
    try:
        means = pd.read_csv(folder / "ratings.csv").set_index("Participant")
        own = pd.read_csv(folder / "raters.csv")
        means.index = means.index.str.upper()
        names = [c for c in means.columns if c != "Total"]
        own = own[own["Worker"] != "AGGR"].assign(Participant=own["Participant"].str.upper())
        judges = {name: own.pivot(index="Participant", columns="Worker", values=name).reindex(
            means.index).to_numpy(float) for name in names}
        ratings = {name: means[name].to_numpy(float) for name in names}
    except (OSError, ValueError, KeyError, AttributeError) as error:
        raise DatasetError("error.data.format", path=folder) from error
    # PP1 is the second interview of P1.
    return Interviews(numbered([i.replace("PP", "P") for i in means.index]), ratings, judges,
                      tuple(means.index))
