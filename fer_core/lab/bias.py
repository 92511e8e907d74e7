"""Whether the networks serve everybody alike: the bias card.

What hurts people is a neutral face that is read as tense: the scores sum that. The card says it
for groups of people, with intervals, beside the recall of every class.
"""

from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fer_core.config import ScoringSettings, Settings
from fer_core.emotions import LABEL_SETS, LabelSet
from fer_core.lab import coverage
from fer_core.lab.cropping import aligned
from fer_core.lab.datasets import Samples, accessories, landmarks, load
from fer_core.lab.evaluation import RESAMPLES, wilson
from fer_core.lab.reliability import SUMMED
from fer_core.networks.accessories import Accessories
from fer_core.networks.models.accessories import SIDE
from fer_core.networks.recogniser import Recogniser
from fer_core.records import FloatArray
from fer_core.sessions.covering import COVERED
from fer_core.sessions.reference import USUAL
from fer_core.sessions.scoring import score_values

PLUS = LABEL_SETS["ferplus"]
LEAST = 20
"""Pictures of a class in a group under which nothing is said of it."""
SCORED = ("confidence", "composure")
MINUTES, DRAWS = 10, 200
"""Length of the simulated session that a difference is added to, and how often it is drawn."""


def card(recogniser: Recogniser, settings: Settings, limit: int | None = None,
         ) -> list[dict[str, Any]]:
    """The shipped reading of three pairs of groups in the shared data.

    East Asian search words against the others (ExpW: the pictures left out of every training
    against the source's own validation split, labels noisy), glasses against none (web portraits,
    both labels weak) and a mask against a bare face (no labels of expression: all faces count).

    Args:
        limit: at most that many pictures of a group, drawn at random.

    Returns:
        a row for each comparison: what ``compare`` says, and ``groups``, its name; of masks also
        ``scored``, what ``kept`` says of both sides, where the weights know masks.

    Raises:
        DatasetError: data is missing or damaged.
    """
    eastern, others = (load(settings.data / "expw.npz", split, PLUS).some(limit)
                       for split in ("test", "val"))  # type: ignore[arg-type]
    portraits = load(settings.data / "web_expressions.npz", "test", PLUS)
    wears = accessories.wears_glasses(settings.data / "accessories.npz",
                                      portraits.attributes["row"].to_numpy())  # type: ignore[index]
    glasses, none = (portraits.take(np.flatnonzero(wears == worn)).some(limit)
                     for worn in (1, 0))
    faces = load(settings.data / "accessories.npz", "test", PLUS)
    masked, bare = (faces.take(np.flatnonzero(faces.label == worn)).some(limit)
                    for worn in (1, 0))
    pairs = {"east_asian": (eastern, others), "glasses": (glasses, none), "mask": (masked, bare)}
    read = {name: [_read(recogniser, side, settings) for side in pair]
            for name, pair in pairs.items()}
    rows = [{"groups": name, **compare(read[name][0], read[name][1], _label(group),
                                       _label(against), recogniser.labels)}
            for name, (group, against) in pairs.items()]
    if worn := Accessories.of(settings.weights):
        rows[-1]["scored"] = {
            side: kept(said, _covered(worn, faces, settings), recogniser.labels)
            for side, said, faces in zip(("group", "others"), read["mask"], pairs["mask"],
                                         strict=True)}
    return rows


def kept(read: FloatArray, covered: NDArray[np.bool_], labels: LabelSet) -> dict[str, Any]:
    """What remains where covered faces are not scored.

    Args:
        read: (N, C) probabilities of faces that count as neutral.
        covered: (N,) which are seen to be covered.

    Returns:
        ``covered``, the share of them, and ``tense`` with its ``interval``: the share of all that
        are read as tense and scored.
    """
    tense = (labels.role("tension")[read.argmax(1)] > 0) & ~covered
    return {"n": len(read), "covered": round(float(covered.mean()), 4),
            "tense": round(float(tense.mean()), 4),
            "interval": wilson(int(tense.sum()), len(read))}


def compare(read: FloatArray, other: FloatArray, label: NDArray[np.int64],
            other_label: NDArray[np.int64], labels: LabelSet) -> dict[str, Any]:
    """What two groups of faces are read as.

    Args:
        read, other: (N, C), (M, C) probabilities of the group and of those it is held against.
        label, other_label: (N,), (M,) classes; all -1 where nothing is known of expressions:
            then every face counts as neutral.
        labels: of the probabilities.

    Returns:
        ``group`` and ``others``, each {n, recall {class: {n, share, interval}}, neutral {n, tense,
        interval, said {role: mean probability}}}: ``tense`` is the share of the neutral faces
        whose likeliest class is tense; and ``difference`` {role: {points, interval}} of the mean
        probabilities on neutral faces, 95 % by bootstrap over the pictures of each group; and
        ``scores`` {score: {points, interval}}, what that difference does to confidence and
        composure (see ``_scores``).
    """
    calm = [label < 0 if (label < 0).all() else labels.role("calm")[label] > 0
            for label in (label, other_label)]
    rng, difference = np.random.default_rng(0), {}
    for role in SUMMED:
        said = [p[c] @ labels.role(role) for p, c in zip((read, other), calm, strict=True)]
        drawn = [rng.choice(s, (RESAMPLES, len(s))).mean(1) for s in said if len(s)]
        if len(drawn) == 2:
            low, high = np.percentile(drawn[0] - drawn[1], [2.5, 97.5])
            difference[role] = {"points": round(100 * float(said[0].mean() - said[1].mean()), 1),
                                "interval": [round(100 * float(low), 1),
                                             round(100 * float(high), 1)]}
    return {"group": _group(read, label, calm[0], labels),
            "others": _group(other, other_label, calm[1], labels), "difference": difference,
            "scores": _scores(read[calm[0]], other[calm[1]], labels)}


def _scores(read: FloatArray, other: FloatArray, labels: LabelSet) -> dict[str, Any]:
    """What being read like one group instead of the other does to the scores of one session.

    The mean difference of the probabilities on neutral faces is added to every second of a
    simulated session (see ``coverage``) that is judged against what is usual for people: without
    a neutral take, which would take most of it out again.

    Returns:
        {score: {points, interval}}, 95 % by bootstrap over the pictures of each group; nothing
        where a group is empty or the labels are not the session's.
    """
    if not (len(read) and len(other)) or labels != coverage.LABELS:
        return {}
    settings, rng = ScoringSettings(), np.random.default_rng(0)
    session = coverage.simulated(rng, MINUTES * 60, 0.8)

    def scored(shift: FloatArray) -> FloatArray:
        said = np.maximum(session.probabilities + shift, 1e-4)
        values = score_values(replace(session, probabilities=said / said.sum(1, keepdims=True)),
                              settings, USUAL)
        return np.array([values[name] for name in SCORED])

    def drawn(rows: FloatArray) -> FloatArray:
        return rows[rng.integers(0, len(rows), len(rows))].mean(0)  # type: ignore[no-any-return]

    nobody = scored(np.zeros(read.shape[1]))
    change = scored(read.mean(0) - other.mean(0)) - nobody
    low, high = np.percentile([scored(drawn(read) - drawn(other)) - nobody for _ in range(DRAWS)],
                              [2.5, 97.5], axis=0)
    return {name: {"points": round(float(c), 1), "interval": [round(float(a), 1),
                                                              round(float(b), 1)]}
            for name, c, a, b in zip(SCORED, change, low, high, strict=True)}


def _group(read: FloatArray, label: NDArray[np.int64], calm: NDArray[np.bool_],
           labels: LabelSet) -> dict[str, Any]:
    best = read.argmax(1)
    recall = {}
    for c, key in enumerate(labels.keys):
        n, hits = int((label == c).sum()), int((best[label == c] == c).sum())
        if n >= LEAST:
            recall[key] = {"n": n, "share": round(hits / n, 4), "interval": wilson(hits, n)}
    tense, n = int((labels.role("tension")[best[calm]] > 0).sum()), int(calm.sum())
    return {"n": len(label), "recall": recall, "neutral": {
        "n": n, "tense": round(tense / n, 4) if n else None,
        "interval": wilson(tense, n) if n else None,
        "said": {role: round(float((read[calm] @ labels.role(role)).mean()), 4)
                 for role in SUMMED if n}}}


def _read(recogniser: Recogniser, samples: Samples, settings: Settings) -> FloatArray:
    return recogniser.read(aligned(samples, landmarks(samples, settings), recogniser.crop))


def _covered(worn: Accessories, samples: Samples, settings: Settings) -> NDArray[np.bool_]:
    """By one look at each; where no face was found, at the whole picture."""
    shown = aligned(samples, landmarks(samples, settings), SIDE)
    return np.array([one.mask > COVERED for one in worn.told(list(shown))])


def _label(samples: Samples) -> NDArray[np.int64]:
    return samples.label if samples.labels == PLUS else np.full(len(samples), -1)
