"""Temperatures that make the ensemble's probabilities mean what they say."""

from collections.abc import Callable

import numpy as np

from fer_core.config import Settings
from fer_core.datasets import Samples, landmarks
from fer_core.emotions import LabelSet
from fer_core.recogniser import Manifest, Recogniser, softmax
from fer_core.training import crops, matrices

RANGE = np.geomspace(0.25, 4.0, 161)
"""Temperatures tried: steps of under 2 %."""


def calibrate(settings: Settings, validation: Callable[[LabelSet], Samples]) -> dict[str, float]:
    """Find one temperature for each head and write it into the manifest.

    The ensemble is calibrated, not its members: the mean of two networks is less sure than
    either, so that members calibrated one by one would vote too timidly (Rahaman & Thiery,
    arXiv:2007.08792). The temperature, shared by the members, minimises the negative
    log-likelihood of the vote on the validation labels (Guo et al., arXiv:1706.04599).

    Args:
        settings: the manifest, its chosen members and their vote.
        validation: labelled pictures, never trained on, for a head's label set.

    Returns:
        label set -> temperature.
    """
    recogniser = Recogniser(settings)
    manifest = Manifest.read(settings.weights)
    found: dict[str, float] = {}
    start = 0
    for head in recogniser.heads:
        samples = validation(head)
        keep = ~samples.leak
        aligned = crops(samples, matrices(samples, landmarks(samples, settings),
                                          recogniser.crop), recogniser.crop)[keep]
        logits = recogniser.logits(aligned)[..., start:start + len(head.classes)]
        start += len(head.classes)
        losses = []
        for temperature in RANGE:
            vote = recogniser.vote(softmax(logits / temperature))
            right = vote[np.arange(len(vote)), samples.label[keep]]
            losses.append(-np.log(np.maximum(right, 1e-12)).mean())
        found[head.name] = round(float(RANGE[int(np.argmin(losses))]), 4)
    members = {name.name for name in recogniser.names}
    Manifest(models=tuple(
        m.model_copy(update={"temperatures": tuple(found.values())}) if m.name in members else m
        for m in manifest.models)).write(settings.weights)
    return found
