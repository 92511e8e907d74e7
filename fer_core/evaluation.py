"""How right the networks are, and whether their probabilities mean something."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from fer_core.datasets import Samples
from fer_core.emotions import LabelSet, convert
from fer_core.recogniser import Recogniser
from fer_core.records import FloatArray
from fer_core.training import crops, matrices

BINS = 15
"""Confidence bins of the calibration error, as in Guo et al., arXiv:1706.04599."""


def evaluate(recogniser: Recogniser, samples: Samples, landmarks: FloatArray) -> dict[str, Any]:
    """Metrics of the ensemble on labelled pictures, with and without leaked ones.

    Where the samples' own annotators trained a head, that head answers; else Poise's own
    reading, without the classes that ``samples.labels`` lacks.

    Args:
        samples: pictures and labels.
        landmarks: (N, 5, 2) of the pictures, NaN where no face was found.

    Returns:
        ``metrics`` of all samples, ``without_leaks`` the same without pictures that are
        also in the training split, and ``aligned``, the share in which a face was found.
    """
    pictures = crops(samples, matrices(samples, landmarks, recogniser.crop), recogniser.crop)
    probabilities = read_as(recogniser, pictures, samples)
    keep = ~samples.leak
    return {**metrics(probabilities, samples.label, samples.labels),
            "without_leaks": metrics(probabilities[keep], samples.label[keep], samples.labels),
            "aligned": round(float(1 - np.isnan(landmarks[:, 0, 0]).mean()), 4)}


def read_as(recogniser: Recogniser, pictures: NDArray[np.uint8], samples: Samples) -> FloatArray:
    """(N, C) probabilities over ``samples.labels`` of aligned crops (N, S, S)."""
    if samples.native and samples.labels in recogniser.heads:
        return recogniser.read(pictures, samples.labels)
    return convert(recogniser.read(pictures), recogniser.labels, samples.labels)


def metrics(probabilities: FloatArray, label: NDArray[np.int64],
            labels: LabelSet) -> dict[str, Any]:
    """Accuracy, macro-F1, per class, confusion and calibration.

    Args:
        probabilities: (N, C).
        label: (N,) true class.

    Returns:
        ``n``, ``accuracy``, ``macro_f1`` (over the classes that occur), ``per_class`` {name:
        {n, precision, recall, f1}}, ``confusion`` (C, C) rows true and columns read,
        ``ece`` (expected calibration error, 0 to 1).
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
    return {
        "n": len(label),
        "accuracy": round(float((read == label).mean()), 4) if len(label) else None,
        "macro_f1": round(float(f1[present].mean()), 4) if present.any() else None,
        "per_class": {key: {"n": int(true[i]), "precision": round(float(precision[i]), 4),
                            "recall": round(float(recall[i]), 4), "f1": round(float(f1[i]), 4)}
                      for i, key in enumerate(labels.keys)},
        "confusion": confusion.tolist(),
        "ece": round(calibration_error(probabilities, label), 4) if len(label) else None,
    }


def calibration_error(probabilities: FloatArray, label: NDArray[np.int64]) -> float:
    """Expected calibration error: mean gap between confidence and accuracy over bins of
    confidence, weighted by their size (Guo et al., arXiv:1706.04599). 0 to 1."""
    confidence = probabilities.max(1)
    right = (probabilities.argmax(1) == label).astype(float)
    bins = np.minimum((confidence * BINS).astype(int), BINS - 1)
    gaps = np.bincount(bins, right - confidence, BINS)
    return float(np.abs(gaps).sum() / len(label))
