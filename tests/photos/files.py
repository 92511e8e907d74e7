"""Pictures as the bytes of files."""

import io

import numpy as np
from PIL import Image


def encoded(picture: np.ndarray | Image.Image, kind: str, **options) -> bytes:
    """A picture as a file of that kind (``png``, ``jpeg``, ``webp``, ``tiff``, ``heif``)."""
    out = io.BytesIO()
    image = picture if isinstance(picture, Image.Image) else Image.fromarray(picture)
    image.save(out, kind, **options)
    image.close()
    return out.getvalue()
