"""A face as a small picture, made only where the person agreed to keep pictures."""

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
    reach = face.size * (0.5 + ROOM)
    height, width = image.shape[:2]
    x1, y1 = np.maximum(face.centre - reach, 0).astype(int)
    x2, y2 = np.minimum(face.centre + reach, (width, height)).astype(int)
    cut = image[y1:y2, x1:x2]
    if not cut.size:
        return None
    scale = SIDE / max(cut.shape[:2])
    small = cv2.resize(cut, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    data = cv2.imencode(".jpg", small[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, 82])[1]
    return data.tobytes()
