"""Faces cut out of pictures, small pictures of them, and pictures made smaller.

A small picture of a candidate is made only where the person agreed to keep pictures.
"""

import cv2
import numpy as np
from numpy.typing import NDArray

from fer_core.records import Face

SIDE = 192
"""px of the longer side; about 7 kB."""
ROOM = 0.35
"""Room on every side of the face, in its own sizes: a hand at the chin is part of the moment."""


def thumbnail(image: NDArray[np.uint8], face: Face) -> bytes | None:
    """The face and a little around it as a JPEG; None where its box lies outside the picture.

    Args:
        image: (H, W, 3) RGB.
        face: found in ``image``; its box may reach out of it.
    """
    cut = around(image, face, ROOM)
    return small_jpeg(cut, SIDE, 82) if cut.size else None


def around(image: NDArray[np.uint8], face: Face, room: float) -> NDArray[np.uint8]:
    """The square around a face, less what lies outside the picture.

    Args:
        image: (H, W, ...).
        room: on every side of the face, in its own sizes.

    Returns:
        a view of ``image``; empty where all of the square lies outside.
    """
    reach = face.size * (0.5 + room)
    corners = np.stack([face.centre - reach, face.centre + reach])
    (x1, y1), (x2, y2) = np.clip(corners, 0, image.shape[1::-1]).astype(int)
    return image[y1:y2, x1:x2]


def small_jpeg(picture: NDArray[np.uint8], side: int, quality: int = 95) -> bytes:
    """A picture as a JPEG.

    Args:
        picture: (H, W) grey or (H, W, 3) RGB.
        side: px of the longer side.
        quality: 0 to 100.
    """
    scale = side / max(picture.shape[:2])
    small = cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    bgr = small if small.ndim == 2 else small[..., ::-1]
    return cv2.imencode(".jpg", bgr, [cv2.IMWRITE_JPEG_QUALITY, quality])[1].tobytes()


def fit(image: NDArray[np.uint8], side: int) -> NDArray[np.uint8]:
    """Scaled down like a clip's pictures, where a camera gives more than was asked for.

    Args:
        image: (H, W, 3).
        side: px, at most, of the longer side.
    """
    scale = side / max(image.shape[:2])
    if scale >= 1:
        return image
    height, width = (max(1, round(scale * n)) for n in image.shape[:2])
    return cv2.resize(  # type: ignore[return-value]
        image, (width, height), interpolation=cv2.INTER_AREA)
