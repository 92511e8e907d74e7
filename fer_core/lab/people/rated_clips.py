"""Clips of people talking to their camera, rated by others (ChaLearn First Impressions V2)."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from fer_core.config import Settings
from fer_core.errors import DatasetError
from fer_core.lab.people.criteria import CLIP_RATINGS
from fer_core.lab.people.statistics import numbered
from fer_core.pipeline import Analyser
from fer_core.records import FloatArray, Session
from fer_core.reports.export import from_json, write

SOURCE = ("ChaLearn First Impressions V2: 15 s of people talking to their camera, first "
          "impressions by crowd workers (Ponce-López et al. 2016; Escalante et al. 2020; "
          "CC BY-NC 4.0), liveliness by other raters; research data")


@dataclass(frozen=True, eq=False)
class RatedClips:
    """What raters said, and where the clips lie.

    Attributes:
        files: N clips.
        people: (N,) the person of each clip: the clips of one video show one person.
        ratings: (N, len(CLIP_RATINGS)).
    """

    files: tuple[Path, ...]
    people: NDArray[np.int64]
    ratings: FloatArray


def read_clips(folder: Path) -> RatedClips | None:
    """Read ``ratings.csv`` of a folder; None where it holds other data.

    Raises:
        DatasetError: damaged.
    """
    path = folder / "ratings.csv"
    if not path.is_file():
        return None
    try:
        table = pd.read_csv(path)
        if not {"file", *CLIP_RATINGS} <= set(table.columns):
            return None
        ratings = table[list(CLIP_RATINGS)].to_numpy(float)
    except (OSError, ValueError) as error:
        raise DatasetError("error.data.format", path=path) from error
    names = table["file"].astype(str)
    return RatedClips(tuple(folder / name for name in names),
                      numbered([name.rsplit(".", 2)[0] for name in names]), ratings)


def sessions(clips: RatedClips, settings: Settings, tables: Path | None = None) -> list[Session]:
    """A session of every clip.

    Args:
        settings: of the analysis.
        tables: folder of exported ``<clip>.report.json``: what lies there is read, what does
            not is analysed and written there. None: everything is analysed, nothing kept.
    """
    analyser: Analyser | None = None
    found = []
    for clip in clips.files:
        kept = None if tables is None else tables / f"{clip.stem}.report.json"
        if kept is not None and kept.is_file():
            found.append(from_json(kept.read_text("utf-8")))
            continue
        analyser = analyser or Analyser(settings)
        found.append(analyser.analyse(clip))
        if kept is not None:
            write(found[-1], kept.parent, clip.stem, "en", ("json",))
    return found
