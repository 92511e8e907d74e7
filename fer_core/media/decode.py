"""Picture files, of whatever kind people have."""

from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from fer_core.errors import DatasetError

SUFFIXES = {".png", ".jpg", ".jpeg", ".bmp", ".webp", ".tif", ".tiff", ".pgm", ".ppm"}
LONGEST = 640
"""px: larger pictures are scaled down, because a face fills 48 px in the end."""


def read_picture(file: Path, longest: int | None = LONGEST) -> NDArray[np.uint8]:
    """(H, W, 3) RGB, upright, scaled down to a longer side of ``longest`` px, if any.

    Raises:
        DatasetError: not a picture.
    """
    # Bytes, because imread cannot open every Unicode path.
    return decode(file.read_bytes(), str(file), longest)


def decode(data: bytes, name: str = "", longest: int | None = 1600) -> NDArray[np.uint8]:
    """The picture in the bytes of a file, as ``read_picture`` gives it.

    Raises:
        DatasetError: not a picture.
    """
    buffer = np.frombuffer(data, np.uint8)
    try:
        image = cv2.imdecode(buffer, cv2.IMREAD_COLOR_RGB) if len(buffer) else None
    except cv2.error:  # larger than OpenCV is willing to decode
        image = None
    if image is None:
        raise DatasetError("error.data.picture", path=name)
    scale = 1.0 if longest is None else longest / max(image.shape[:2])
    if scale < 1:
        image = cv2.resize(image, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    return image
