"""Pictures with all but what matters taken away (seed 000)."""

from collections.abc import Callable
from dataclasses import replace

import cv2
import numpy as np
from numpy.typing import NDArray

from fer_core.errors import DatasetError
from fer_core.lab.datasets.samples import Samples

SKIN = ((0, 30, 60), (25, 180, 255)), ((165, 30, 60), (180, 180, 255))
"""HSV ranges (OpenCV: hue 0-180) of skin of every shade: shades differ in saturation and value,
hardly in hue (Kolkur et al., arXiv:1708.02694, widened over the red end)."""


def skin(picture: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Everything but skin black; small holes and specks are smoothed over.

    Args:
        picture: (H, W, 3) RGB.

    Raises:
        DatasetError: a grey picture, which has no hue.
    """
    if picture.ndim != 3 or np.ptp(picture.astype(np.int16), axis=2).max() < 8:
        raise DatasetError("error.data.grey")
    hsv = cv2.cvtColor(picture, cv2.COLOR_RGB2HSV)
    mask = sum(cv2.inRange(hsv, np.array(low), np.array(high)) for low, high in SKIN)
    side = max(3, min(picture.shape[:2]) // 24 | 1)
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (side, side))
    mask = cv2.morphologyEx(cv2.morphologyEx(mask, cv2.MORPH_OPEN, kernel), cv2.MORPH_CLOSE, kernel)
    return cv2.bitwise_and(picture, picture, mask=mask)  # type: ignore[return-value]


MASKS: dict[str, Callable[[NDArray[np.uint8]], NDArray[np.uint8]]] = {"skin": skin}


def masked(samples: Samples, name: str) -> Samples:
    """The same samples with every picture masked; all as they are for an empty name.

    Raises:
        DatasetError: no such mask, or a picture that it cannot mask.
    """
    if not name:
        return samples
    if name not in MASKS:
        raise DatasetError("error.data.mask", name=name, known=", ".join(MASKS))
    return replace(samples, pictures=[MASKS[name](p) for p in samples.pictures])
