"""Labelled pictures as the networks see them: each aligned by its landmarks."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from fer_core.faces.alignment import align, alignment, whole_picture
from fer_core.lab.datasets import Joint, Samples
from fer_core.records import FloatArray


def aligned(samples: Samples | Joint, landmarks: FloatArray, size: int) -> NDArray[np.uint8]:
    """(N, size, size) grey crops of all pictures, not augmented.

    Args:
        landmarks: (N, 5, 2) px, NaN where no face was found: then the whole picture is taken.
        size: side of a crop, px.
    """
    return crops(samples.pictures, matrices(samples.pictures, landmarks, size), size)


def matrices(pictures: Sequence[NDArray[np.uint8]], landmarks: FloatArray,
             size: int) -> FloatArray:
    """(N, 2, 3) alignment of every picture; arguments as of ``aligned``."""
    return np.stack([
        whole_picture(picture, size) if np.isnan(marks).any() else alignment(marks, size)
        for picture, marks in zip(pictures, landmarks, strict=True)])


def crops(pictures: Sequence[NDArray[np.uint8]], alignments: FloatArray,
          size: int) -> NDArray[np.uint8]:
    """(N, size, size) grey crops by ``matrices``."""
    return np.stack([align(picture, matrix, size)
                     for picture, matrix in zip(pictures, alignments, strict=True)])
