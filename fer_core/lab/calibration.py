"""Temperatures and biases that make the ensemble's probabilities mean what they say."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from fer_core.config import Settings
from fer_core.emotions import LabelSet
from fer_core.lab.cropping import aligned
from fer_core.lab.datasets import Samples, landmarks
from fer_core.lab.training import Recipe, class_weights
from fer_core.networks.recogniser import Manifest, Recogniser, softmax
from fer_core.records import FloatArray

EMPHASIS = {"fear": 1.3}
"""What a class's pictures count beside others where classes are only named. Cross-fitted on
validation it raises the recall of fear from 0.43 to 0.50 (FER2013) at the same accuracy, 69.3 %."""
TEMPERATURES = (0.25, 4.0)
"""Beyond these the pictures say nothing about it: too few, or all read right."""


class Calibration(NamedTuple):
    """One head's: logits are divided by ``temperature``, then the class's bias is added."""

    temperature: float
    biases: tuple[float, ...]


def calibrate(settings: Settings,
              validation: Callable[[LabelSet], Samples]) -> dict[str, Calibration]:
    """Find a temperature and a bias for each class, for each head, and write them into the
    manifest.

    Bias-corrected temperature scaling (Alexandari et al., arXiv:1901.06852; without the biases
    Guo et al., arXiv:1706.04599). The ensemble is calibrated, not its members: the mean of two
    networks is less sure than either, so that members calibrated one by one would vote too
    timidly (Rahaman & Thiery, arXiv:2007.08792). What is found is shared by the members and
    minimises the negative log-likelihood of the vote on the validation labels.

    Of the first head, the one that Poise speaks, every picture counts the same: its
    probabilities are summed into scores and must mean what they say, so that the biases undo the
    class weights of training. Other heads only name classes: theirs are weighed as in training
    and by ``EMPHASIS``, which finds more of the rare ones than their share.

    Args:
        settings: the manifest, its chosen members and their vote.
        validation: labelled pictures, never trained on, for a head's label set.

    Returns:
        label set -> what was found.
    """
    recogniser = Recogniser(settings)
    manifest = Manifest.read(settings.weights)
    found: dict[str, Calibration] = {}
    start = 0
    for head in recogniser.heads:
        samples = validation(head)
        keep = ~samples.leak
        shown = aligned(samples, landmarks(samples, settings), recogniser.crop)[keep]
        logits = recogniser.logits(shown)[..., start:start + len(head.classes)]
        start += len(head.classes)
        label = samples.label[keep]
        weights = np.ones(len(label)) if head == recogniser.labels else _tilt(label, head)
        found[head.name] = _fit(logits, label, weights, recogniser.vote)
    members = {name.name for name in recogniser.names}
    update = {"temperatures": tuple(c.temperature for c in found.values()),
              "biases": tuple(c.biases for c in found.values())}
    manifest.model_copy(update={"models": tuple(
        m.model_copy(update=update) if m.name in members else m
        for m in manifest.models)}).write(settings.weights)
    return found


def _tilt(label: NDArray[np.int64], head: LabelSet) -> FloatArray:
    """(N,) weights that lift rare and emphasised classes; their mean is 1."""
    return class_weights(np.eye(len(head.classes))[label], Recipe.balance,
                         [EMPHASIS.get(key, 1.0) for key in head.keys])[label]


def _fit(logits: FloatArray, label: NDArray[np.int64], weights: FloatArray,
         vote: Callable[[FloatArray], FloatArray]) -> Calibration:
    """The calibration of (M, N, C) logits for labels (N,) that count ``weights`` (N,)."""
    classes = logits.shape[2]

    def loss(values: FloatArray) -> float:
        said = vote(softmax(logits / np.exp(values[0]) + values[1:]))
        right = np.log(np.maximum(said[np.arange(len(said)), label], 1e-12))
        # A normal prior of spread 1: a class with few pictures, or none, keeps its place.
        return float((-(weights * right).sum() + (values[1:] ** 2).sum() / 2) / len(label))

    bounds = [tuple(np.log(TEMPERATURES)), *[(None, None)] * classes]
    values = minimize(loss, np.zeros(len(bounds)), method="L-BFGS-B", bounds=bounds).x
    return Calibration(round(float(np.exp(values[0])), 4),
                       tuple(round(float(b), 4) for b in values[1:]))
