"""How right the networks are, and whether their probabilities mean something."""

from dataclasses import asdict
from datetime import date
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from fer_core.emotions import LabelSet, convert
from fer_core.errors import DatasetError
from fer_core.lab.cropping import aligned
from fer_core.lab.datasets import Samples
from fer_core.lab.reliability import SUMMED, calibration_curve, calibration_error, of_event
from fer_core.networks.recogniser import Recogniser
from fer_core.records import FloatArray, ModelName

RESAMPLES = 2000
"""Of the paired bootstrap."""
BANDS = (13, 20, 30, 40, 50, 60)
"""Ages at which a new group begins."""


def evaluate(recogniser: Recogniser, samples: Samples, landmarks: FloatArray,
             against: Recogniser | None = None) -> dict[str, Any]:
    """Metrics of the ensemble on labelled pictures, with and without leaked ones.

    Where the samples' own annotators trained a head, that head answers; else Poise's own
    reading, without the classes that ``samples.labels`` lacks.

    Args:
        samples: pictures and labels.
        landmarks: (N, 5, 2) of the pictures, NaN where no face was found.
        against: other networks to compare with.

    Returns:
        What ``both`` says; ``aligned``, the share in which a face was found; ``members``,
        {name: what ``both`` says} of each network alone; ``over_best_member`` and, with
        ``against``, ``over_other``: what ``paired`` says; ``subgroups``, {attribute: {value:
        {n, accuracy, interval}}} where the data has any.
    """
    pictures = aligned(samples, landmarks, recogniser.crop)
    members = read_members(recogniser, pictures, samples)
    ensemble = recogniser.vote(members)
    right = _right(ensemble, samples)
    alone = {name.name: both(p, samples)
             for name, p in zip(recogniser.names, members, strict=True)}
    best = max(members, key=lambda p: _right(p, samples).mean())
    result = {**both(ensemble, samples), "members": alone,
              "aligned": round(float(1 - np.isnan(landmarks[:, 0, 0]).mean()), 4),
              "over_best_member": paired(right, _right(best, samples))}
    if against is not None:
        other = aligned(samples, landmarks, against.crop)
        theirs = against.vote(read_members(against, other, samples))
        result["over_other"] = paired(right, _right(theirs, samples))
    groups = subgroups(right, samples)
    return {**result, "subgroups": groups} if groups else result


def entries(result: dict[str, Any], recogniser: Recogniser, data: str, labels: str,
            command: str) -> list[dict[str, Any]]:
    """What ``evaluate`` found as entries of the results file: the vote, then each member."""
    vote = {k: v for k, v in result.items() if k != "members"}
    return [entry(recogniser, recogniser.names, data, labels, command,
                  {"kind": "evaluation", **vote}),
            *(entry(recogniser, (name,), data, labels, command,
                    {"kind": "evaluation", **result["members"][name.name]})
              for name in recogniser.names)]


def entry(recogniser: Recogniser, models: tuple[ModelName, ...], data: str, labels: str,
          command: str, figures: dict[str, Any]) -> dict[str, Any]:
    """Figures with what they were measured on, with which networks and by which command."""
    return {"data": data, "labels": labels, "models": [asdict(m) for m in models],
            "vote": recogniser.settings.vote, "flip": recogniser.settings.flip,
            "command": f"python -m fer_core {command}", "date": f"{date.today():%Y-%m-%d}",
            **figures}


def both(probabilities: FloatArray, samples: Samples) -> dict[str, Any]:
    """``metrics`` of all samples and, under ``without_leaks``, of those not trained on; where
    the annotators' votes are known, under ``majority`` also how right it is where more than
    half of them agree, {n, accuracy, interval, without_leaks {n, accuracy, interval}}."""
    keep = ~samples.leak
    out = {**metrics(probabilities, samples.label, samples.labels),
           "without_leaks": metrics(probabilities[keep], samples.label[keep], samples.labels)}
    if samples.attributes is not None and "majority" in samples.attributes:
        clear, right = samples.attributes["majority"].to_numpy(), _right(probabilities, samples)
        out["majority"] = {**share(right[clear]), "without_leaks": share(right[clear & keep])}
    return out


def read_members(recogniser: Recogniser, pictures: NDArray[np.uint8],
                 samples: Samples) -> FloatArray:
    """(M, N, C) probabilities over ``samples.labels`` of aligned crops (N, S, S).

    Raises:
        DatasetError: the samples carry no expression that the networks know.
    """
    if samples.native and samples.labels in recogniser.heads:
        return recogniser.members(pictures, samples.labels)
    if not set(samples.labels.keys) & set(recogniser.labels.keys):
        raise DatasetError("error.data.labels", path=samples.labels.name,
                           labels=recogniser.labels.name)
    return convert(recogniser.members(pictures), recogniser.labels, samples.labels)


def _right(probabilities: FloatArray, samples: Samples) -> NDArray[np.bool_]:
    return np.asarray(probabilities.argmax(1) == samples.label)


def paired(right: NDArray[np.bool_], other: NDArray[np.bool_]) -> dict[str, Any]:
    """How much more often one reading is right than another on the same pictures.

    Returns:
        ``points`` (percentage points) and ``interval``, 95 % by a paired bootstrap over the
        pictures (Efron & Tibshirani 1993).
    """
    difference = right.astype(float) - other
    rng = np.random.default_rng(0)
    # Only -1, 0 and 1 occur: resampling their counts resamples the pictures.
    counts = [int((difference == v).sum()) for v in (-1, 0, 1)]
    n = max(len(difference), 1)
    drawn = rng.multinomial(n, np.array(counts) / n, RESAMPLES) if len(difference) else None
    if drawn is None:
        return {"points": None, "interval": None}
    low, high = np.percentile((drawn[:, 2] - drawn[:, 0]) / n, [2.5, 97.5])
    return {"points": round(100 * float(difference.mean()), 2),
            "interval": [round(100 * float(low), 2), round(100 * float(high), 2)]}


def subgroups(right: NDArray[np.bool_], samples: Samples) -> dict[str, Any]:
    """Accuracy by sex, age band and whether East Asian search words found the picture, where the
    data tells them: to see whether the networks serve everybody alike. No score uses any.

    Returns:
        {attribute: {value: {n, accuracy, interval}}}
    """
    table = samples.attributes
    if table is None:
        return {}
    columns = {name: table[name] for name in ("gender", "east_asian") if name in table}
    if "age" in table:
        edges = [-np.inf, *BANDS, np.inf]
        names = [f"under {BANDS[0]}", *(f"{a} to {b - 1}" for a, b in pairwise(BANDS)),
                 f"{BANDS[-1]} and over"]
        columns["age"] = pd.cut(pd.to_numeric(table["age"], errors="coerce"), edges, right=False,
                                labels=names)
    out: dict[str, Any] = {}
    for name, column in columns.items():
        values = {str(v): right[(column == v).to_numpy()] for v in column.dropna().unique()}
        out[name] = {v: share(r) for v, r in sorted(values.items())}
    return {k: v for k, v in out.items() if v}


def share(right: NDArray[np.bool_]) -> dict[str, Any]:
    """{n, accuracy, interval} of pictures read right or wrong."""
    return {"n": len(right), "accuracy": round(float(right.mean()), 4) if len(right) else None,
            "interval": wilson(int(right.sum()), len(right)) if len(right) else None}


def wilson(hits: int, n: int) -> list[float]:
    """95 % interval of a share (Wilson 1927)."""
    z = 1.959964
    centre = (hits + z * z / 2) / (n + z * z)
    half = z / (n + z * z) * np.sqrt(hits * (n - hits) / n + z * z / 4)
    return [round(float(centre - half), 4), round(float(centre + half), 4)]


def metrics(probabilities: FloatArray, label: NDArray[np.int64],
            labels: LabelSet) -> dict[str, Any]:
    """Accuracy, macro-F1, per class, confusion and calibration.

    Args:
        probabilities: (N, C).
        label: (N,) true class.

    Returns:
        ``n``, ``accuracy`` with its 95 % ``interval``, ``macro_f1`` (over the classes that
        occur) and ``macro_f1_basic`` (the same without contempt), ``per_class`` {name:
        {n, precision, recall, f1}}, ``balanced_accuracy`` (mean recall of the classes that
        occur: what accuracy would be if all were equally common), ``confusion`` (C, C) rows
        true and columns read, ``ece`` (expected calibration error, 0 to 1) and its
        ``calibration`` curve, and the same of what the scores sum, ``roles`` {role: what
        ``reliability.of_event`` says}.
    """
    count = len(labels.classes)
    read = probabilities.argmax(1)
    confusion = np.zeros((count, count), int)
    np.add.at(confusion, (label, read), 1)
    hits, true, said = confusion.diagonal(), confusion.sum(1), confusion.sum(0)
    recall = hits / np.maximum(true, 1)
    precision = hits / np.maximum(said, 1)
    f1 = 2 * hits / np.maximum(true + said, 1)
    present = true > 0
    basic = present & np.array([key != "contempt" for key in labels.keys])
    return {
        "n": len(label),
        "accuracy": round(float((read == label).mean()), 4) if len(label) else None,
        "interval": wilson(int(hits.sum()), len(label)) if len(label) else None,
        "balanced_accuracy": round(float(recall[present].mean()), 4) if present.any() else None,
        "macro_f1": round(float(f1[present].mean()), 4) if present.any() else None,
        "macro_f1_basic": round(float(f1[basic].mean()), 4) if basic.any() else None,
        "per_class": {key: {"n": int(true[i]), "precision": round(float(precision[i]), 4),
                            "recall": round(float(recall[i]), 4), "f1": round(float(f1[i]), 4)}
                      for i, key in enumerate(labels.keys)},
        "confusion": confusion.tolist(),
        "ece": round(calibration_error(probabilities, label), 4) if len(label) else None,
        "calibration": calibration_curve(probabilities, label),
        "roles": {role: of_event(probabilities @ member, member[label] > 0)
                  for role in SUMMED for member in (labels.role(role),)
                  if len(label) and member.any()},
    }
