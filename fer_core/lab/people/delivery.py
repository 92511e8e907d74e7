"""The delivery score from judged interviews: its weights, and how far it agrees with the judges.

The recordings are not there, but what Praat and people with ears made of them: prosody per
question and typed transcripts. From these come the same four parts as Poise measures
(``sessions.delivery``), as near as they can be had:

    part        of the interviews
    pace        words a minute without fillers; the shape of ``PACE_WORDS``
    fillers     um, uh, ah, er, hm per 100 other words; the shape of ``FILLERS``
    pauses      share of time without a voice, times the mean pause, s; ``PRAAT_PAUSES``
    liveliness  standard deviation of intensity, dB; ``PRAAT_LOUDNESS``

None of them changes with the microphone's gain; loudness, pitch, jitter and shimmer themselves
are left out, though they foretell more. Praat measures pauses and loudness on another scale than
Poise: the two shapes here span the interviews as those there span talk.
"""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from fer_core.errors import DatasetError
from fer_core.lab.people.interviews import Interviews
from fer_core.lab.people.statistics import foretold, interval, pearson, weights
from fer_core.records import FloatArray
from fer_core.sessions.delivery import FILLERS, PACE_WORDS, Shape, shaped

PRAAT_PAUSES: Shape = ((0.10, 1.0), (0.59, 0.0))
"""s; of the interviews 95 % lie between .16 and .62."""
PRAAT_LOUDNESS: Shape = ((5.0, 0.0), (8.5, 1.0))
"""dB; 5th to 95th percentile."""
HESITATION = re.compile(r"\b(?:u+h*m+|u+h+|a+h+|e+r+m*|e+h+|hm+|mm+)\b")
WORD = re.compile(r"[A-Za-z0-9'’]+")
PARTS = ("pace", "pauses", "fillers", "liveliness")
TARGETS = ("Overall", "Excited")
"""What the score should go with: the fit is to both together, so that it is one score."""
FACE = ("EyeContact", "Smiled")
SEEDS = 5


@dataclass(frozen=True, eq=False)
class Spoken:
    """(N,) each, in the order of the interviews: words a minute, fillers per 100 words, pause
    and loudness as the module says, and their ``parts`` (N, 4), 0 to 1, as ``PARTS``."""

    words: FloatArray
    fillers: FloatArray
    pause: FloatArray
    loudness: FloatArray

    @property
    def parts(self) -> FloatArray:
        return np.stack([shaped(self.words, PACE_WORDS),
                         shaped(self.pause, PRAAT_PAUSES),
                         shaped(self.fillers, FILLERS),
                         shaped(self.loudness, PRAAT_LOUDNESS)], axis=1)


def read_spoken(folder: Path, judged: Interviews) -> Spoken | None:
    """What was measured of the interviews' sound; None where the folder does not say.

    Raises:
        DatasetError: damaged, or of other interviews.
    """
    prosody, transcripts = folder / "prosodic_features.csv", folder / "transcripts.csv"
    if not (prosody.is_file() and transcripts.is_file()):
        return None
    try:
        table = pd.read_csv(prosody, encoding="latin1")
        # Some names carry a note of how they were read, such as ":3".
        table.columns = [name.partition(":")[0] for name in table.columns]
        table["id"] = table.iloc[:, 0].str.upper().str.extract(r"^(P+\d+)Q")[0]
        said = _said(transcripts.read_text("cp1252", errors="replace"))
        by = table.groupby("id")
        seconds = by["duration"].sum()

        def mean(name: str) -> "pd.Series[float]":
            return (table[name] * table["duration"]).groupby(table["id"]).sum() / seconds

        found = pd.DataFrame({
            "seconds": seconds, "loudness": mean("intensitySD"),
            "pause": mean("PercentBreaks") * by["TotDurPause"].sum() / by["numPause"].sum(),
        }).join(pd.DataFrame(said, index=["hesitations", "words"]).T).loc[list(judged.names)]
    except (OSError, ValueError, KeyError, AttributeError) as error:
        raise DatasetError("error.data.format", path=folder) from error
    return Spoken((60 * found["words"] / found["seconds"]).to_numpy(float),
                  (100 * found["hesitations"] / found["words"]).to_numpy(float),
                  found["pause"].to_numpy(float), found["loudness"].to_numpy(float))


def agreement(judged: Interviews, heard: Spoken) -> dict[str, Any]:
    """Cross-validated agreement with the panel, ten folds by person, mean over ``SEEDS`` deals.

    Returns:
        ``delivery``: {overall, excited: {r, low, high}} of the one score, fitted to both ratings
        together; ``without_words``: of its pauses and liveliness alone; ``with_face``: of the
        four parts beside the judged eye contact and smiles, fitted to each rating; ``weights``:
        part -> weight of the one score fitted to everybody, summing to 1.
    """
    parts, ratings = heard.parts, judged.ratings
    face = np.stack([ratings[name] for name in FACE], axis=1)
    both = np.sum([_standard(ratings[name]) for name in TARGETS], axis=0)
    wordless = parts[:, [PARTS.index("pauses"), PARTS.index("liveliness")]]

    def of(x: FloatArray, target: FloatArray | None = None) -> dict[str, Any]:
        return {name.lower(): _held(x, ratings[name] if target is None else target,
                                    ratings[name], judged.people) for name in TARGETS}

    return {"delivery": of(parts, both), "without_words": of(wordless, both),
            "with_face": of(np.hstack([parts, face])), "weights": fitted(parts, both)}


def fitted(parts: FloatArray, target: FloatArray) -> dict[str, float]:
    """Part -> weight, none below 0, summing to 1, of parts (N, 4) on their own scale."""
    slopes = weights(parts, target) / parts.std(axis=0)
    return {name: round(float(share), 3)
            for name, share in zip(PARTS, slopes / slopes.sum(), strict=True)}


def _held(x: FloatArray, target: FloatArray, rating: FloatArray,
          people: NDArray[np.int64]) -> dict[str, float]:
    """r of what is foretold for ``target`` with a rating, its interval by a bootstrap of people."""
    said = np.stack([foretold(x, target, people, seed) for seed in range(SEEDS)], axis=1)

    def mean(rows: NDArray[np.int64]) -> FloatArray:
        return np.array([pearson(rating[rows], said[rows]).mean()])

    low, high = interval(mean, people)[:, 0]
    return {name: round(float(value), 3) for name, value in (
        ("r", mean(np.arange(len(rating)))[0]), ("low", low), ("high", high))}


def _standard(values: FloatArray) -> FloatArray:
    return (values - values.mean()) / values.std()


def _said(text: str) -> dict[str, tuple[int, int]]:
    """Interview -> (hesitations, other words) of the person who was interviewed; a line each,
    its turns apart by bars."""
    out = {}
    for line in text.splitlines():
        name, _, turns = line.partition(",")
        own = " ".join(turn.partition(":")[2] for turn in turns.split("|")
                       if turn.strip(' "').lower().startswith("interviewee")).lower()
        hesitations = len(HESITATION.findall(own))
        out[name.strip().upper()] = hesitations, len(WORD.findall(own)) - hesitations
    return out
