"""The same pictures under the labels of several annotators: one network, a head for each."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fer_core.emotions import LabelSet
from fer_core.lab.datasets.samples import Samples, digest
from fer_core.records import FloatArray

UNLABELLED = -1
"""In ``Joint.label``."""


@dataclass(frozen=True, eq=False)
class Joint:
    """Pictures, each labelled by at least one of several label sets.

    Attributes:
        heads: H label sets.
        pictures: N pictures, grey or RGB uint8, of any size.
        landmarks: (N, 5, 2) px, NaN where no face was found.
        targets: H arrays (N, C_h) of soft labels; a row sums to 1, or is all 0 where that
            label set says nothing about the picture.
        label: (N, H) the class that counts as right, ``UNLABELLED`` where there is none.
    """

    heads: tuple[LabelSet, ...]
    pictures: Sequence[NDArray[np.uint8]]
    landmarks: FloatArray
    targets: tuple[FloatArray, ...]
    label: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.pictures)


def join(parts: Sequence[tuple[Samples, FloatArray]]) -> Joint:
    """Labelled pictures and their landmarks, a head for each part.

    A picture that several parts hold, pixel by pixel, and equally often before it, becomes
    one with all their labels.
    """
    places: dict[tuple[str, int], int] = {}
    rows: list[tuple[int, int]] = []
    found = [np.empty(len(samples), int) for samples, _ in parts]
    for part, (samples, _) in enumerate(parts):
        copies: dict[str, int] = {}
        for i, picture in enumerate(samples.pictures):
            pixels = digest(picture)
            copies[pixels] = copies.get(pixels, 0) + 1
            key = (pixels, copies[pixels])
            if key not in places:
                places[key] = len(rows)
                rows.append((part, i))
            found[part][i] = places[key]
    targets, label = [], np.full((len(rows), len(parts)), UNLABELLED)
    for part, (samples, _) in enumerate(parts):
        target = np.zeros((len(rows), len(samples.labels.classes)))
        target[found[part]] = samples.target
        label[found[part], part] = samples.label
        targets.append(target)
    return Joint(tuple(samples.labels for samples, _ in parts),
                 [parts[part][0].pictures[i] for part, i in rows],
                 np.stack([parts[part][1][i] for part, i in rows]), tuple(targets), label)
