"""Training pictures varied as webcams vary them, through the one alignment.

The geometry is composed into the alignment matrix, so that a picture is resampled once.
"""

import cv2
import numpy as np
from numpy.typing import NDArray

from fer_core.faces.alignment import align, whole_picture
from fer_core.records import FloatArray

ROTATION = 12.0
"""Degrees either way: what is left of a tilt when landmarks are off."""
SCALE = 0.15
"""Share either way."""
SHIFT = 0.08
"""Share of the side either way."""
COVERED = 0.25
"""Share of the pictures whose lower part is hidden, as by a hand or a mask."""


def augment(picture: NDArray[np.uint8], matrix: FloatArray, size: int,
            rng: np.random.Generator) -> NDArray[np.uint8]:
    """One varied crop: covered lower face, geometry, mirror, gamma, low resolution, blur, noise,
    JPEG, erased rectangle (Zhong et al., arXiv:1708.04896).

    Args:
        picture: (H, W) or (H, W, 3) uint8.
        matrix: (2, 3) from ``transforms.alignment``.
        size: side of the crop, px.
        rng: where chance comes from.

    Returns:
        (size, size) uint8 grey.
    """
    if rng.random() < COVERED:
        picture = picture.copy()
        shade = picture.mean() if rng.random() < 0.7 else rng.integers(0, 256)
        picture[int(rng.uniform(0.5, 0.75) * len(picture)):] = np.uint8(shade)
        if rng.random() < 0.5:  # the detector often loses such a face
            matrix = whole_picture(picture, size)
    crop = align(picture, _jitter(size, rng) @ np.vstack([matrix, [0, 0, 1]]), size)
    values = (crop / 255.0) ** np.exp(rng.normal(0, 0.25))
    chance = rng.random()
    if chance < 0.15:
        small = int(rng.integers(size // 3, size))
        values = cv2.resize(cv2.resize(values, (small, small), interpolation=cv2.INTER_AREA),
                            (size, size), interpolation=cv2.INTER_LINEAR)
    elif chance < 0.2:
        values = cv2.GaussianBlur(values, (0, 0), rng.uniform(0.5, 1.5))
    if rng.random() < 0.06:  # a dark room
        values = values * rng.uniform(0.1, 0.5)
    if rng.random() < 0.15:
        values = values + rng.normal(0, rng.uniform(0.01, 0.06), values.shape)
    if rng.random() < 0.25:
        height, width = rng.integers(size // 8, size // 2, 2)
        top, left = rng.integers(0, size - height), rng.integers(0, size - width)
        values[top:top + height, left:left + width] = rng.random()
    out = (np.clip(values, 0, 1) * 255).astype(np.uint8)
    if rng.random() < 0.06:
        quality = int(rng.integers(20, 70))
        out = cv2.imdecode(cv2.imencode(".jpg", out, [cv2.IMWRITE_JPEG_QUALITY, quality])[1],
                           cv2.IMREAD_GRAYSCALE)
    return out


def _jitter(size: int, rng: np.random.Generator) -> FloatArray:
    """(2, 3) similarity about the crop's centre, mirrored half of the time."""
    angle = np.deg2rad(rng.uniform(-ROTATION, ROTATION))
    scale = np.exp(rng.uniform(-SCALE, SCALE))
    c, s = scale * np.cos(angle), scale * np.sin(angle)
    linear = np.array([[c, s], [-s, c]])
    if rng.random() < 0.5:
        linear[:, 0] *= -1
    centre = np.full(2, (size - 1) / 2)
    shift = rng.uniform(-SHIFT, SHIFT, 2) * size
    return np.column_stack([linear, centre + shift - linear @ centre])
