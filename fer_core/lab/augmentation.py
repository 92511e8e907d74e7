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
LOST = 0.08
"""Share of the pictures shown whole and tilted by up to ``TILT``: as where no face was found."""
TILT = 28.0
"""Degrees either way."""


def augment(picture: NDArray[np.uint8], matrix: FloatArray, size: int,
            rng: np.random.Generator, covered: float = COVERED) -> NDArray[np.uint8]:
    """One varied crop: covered lower face, geometry, mirror, gamma, low resolution, blur, noise,
    JPEG, erased rectangle (Zhong et al., arXiv:1708.04896).

    Args:
        picture: (H, W) or (H, W, 3) uint8.
        matrix: (2, 3) from ``faces.alignment.alignment``.
        size: side of the crop, px.
        rng: where chance comes from.
        covered: share of the pictures whose lower face is hidden, half of them by a flat
            rectangle over the picture, half by a shaded mask from the nose down.

    Returns:
        (size, size) uint8 grey.
    """
    hidden, tilt = rng.random(), ROTATION
    if hidden < covered / 2:
        picture = picture.copy()
        shade = picture.mean() if rng.random() < 0.7 else rng.integers(0, 256)
        picture[int(rng.uniform(0.5, 0.75) * len(picture)):] = np.uint8(shade)
        if rng.random() < 0.5:  # the detector often loses such a face
            matrix = whole_picture(picture, size)
    elif rng.random() < LOST:
        matrix, tilt = whole_picture(picture, size), TILT
    turn = _jitter(size, rng, tilt)
    crop = align(picture, turn @ np.vstack([matrix, [0, 0, 1]]), size)
    if covered / 2 <= hidden < covered:
        crop = _masked(crop, turn, rng)
    values = (crop / 255.0) ** np.exp(rng.normal(0, 0.25))
    chance = rng.random()
    if chance < 0.15:
        small = int(rng.integers(size // 3, size))
        values = cv2.resize(cv2.resize(values, (small, small), interpolation=cv2.INTER_AREA),
                            (size, size), interpolation=cv2.INTER_LINEAR)
    elif chance < 0.22:
        values = cv2.GaussianBlur(values, (0, 0), rng.uniform(0.5, 1.5))
    if rng.random() < 0.08:  # a dark room: little light, and the camera's noise in it
        values = values * rng.uniform(0.1, 0.5) + rng.normal(0, 0.016, values.shape)
    if rng.random() < 0.15:
        values = values + rng.normal(0, rng.uniform(0.01, 0.06), values.shape)
    if rng.random() < 0.25:
        height, width = rng.integers(size // 8, size // 2, 2)
        top, left = rng.integers(0, size - height), rng.integers(0, size - width)
        values[top:top + height, left:left + width] = rng.random()
    out = (np.clip(values, 0, 1) * 255).astype(np.uint8)
    if rng.random() < 0.1:
        quality = int(rng.integers(20, 70))
        out = cv2.imdecode(cv2.imencode(".jpg", out, [cv2.IMWRITE_JPEG_QUALITY, quality])[1],
                           cv2.IMREAD_GRAYSCALE)
    return out


def _masked(crop: NDArray[np.uint8], turn: FloatArray,
            rng: np.random.Generator) -> NDArray[np.uint8]:
    """A crop whose face wears a mask: from the bridge of the nose to the chin, shaded from top
    to bottom, drawn where the face lies after ``turn`` (2, 3)."""
    size = len(crop)
    top, side = rng.uniform(0.46, 0.62), rng.uniform(0.08, 0.2)
    outline = size * np.array([(side, top + 0.06), (0.5, top), (1 - side, top + 0.06),
                               (1 - side - 0.05, 0.9), (0.5, 1.02), (side + 0.05, 0.9)])
    mask = np.zeros((size, size), np.uint8)
    corners = outline @ turn[:, :2].T + turn[:, 2]
    cv2.fillPoly(mask, [np.round(corners).astype(np.int32)], 255)
    shade = rng.uniform(40, 255) + np.linspace(0, rng.uniform(-60, 60), size)[:, None]
    cloth = np.clip(shade + rng.normal(0, rng.uniform(0, 6), crop.shape), 0, 255)
    return np.where(mask > 0, cloth, crop).astype(np.uint8)


def _jitter(size: int, rng: np.random.Generator, tilt: float = ROTATION) -> FloatArray:
    """(2, 3) similarity about the crop's centre, mirrored half of the time."""
    angle = np.deg2rad(rng.uniform(-tilt, tilt))
    scale = np.exp(rng.uniform(-SCALE, SCALE))
    c, s = scale * np.cos(angle), scale * np.sin(angle)
    linear = np.array([[c, s], [-s, c]])
    if rng.random() < 0.5:
        linear[:, 0] *= -1
    centre = np.full(2, (size - 1) / 2)
    shift = rng.uniform(-SHIFT, SHIFT, 2) * size
    return np.column_stack([linear, centre + shift - linear @ centre])
