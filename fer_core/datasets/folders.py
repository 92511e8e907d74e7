"""A folder per class, of pictures of any size, colour or grey, faces cropped or not."""

from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from fer_core.datasets.samples import Samples, Split, reader
from fer_core.emotions import LabelSet
from fer_core.errors import DatasetError

_SUFFIXES = {".png", ".jpg", ".jpeg", ".bmp", ".webp", ".tif", ".tiff", ".pgm", ".ppm"}
_LONGEST = 640
"""px: larger pictures are scaled down, because a face fills 48 px in the end."""


@reader("folders")
def read(path: Path, split: Split, labels: LabelSet) -> Samples | None:
    """Every picture below the class folders; folder names are matched to the label set,
    aliases included. If there are folders named train, val and test, ``split`` picks one;
    else the whole folder is read whatever the split.

    Raises:
        DatasetError: a folder name that no class answers to, or an unreadable picture.
    """
    if not path.is_dir():
        return None
    root = path / split if (path / split).is_dir() else path
    pictures, indices = [], []
    for folder in sorted(p for p in root.iterdir() if p.is_dir()):
        index = labels.index(folder.name)
        if index is None:
            raise DatasetError("error.data.class", path=folder, labels=labels.name)
        for file in sorted(p for p in folder.rglob("*") if p.suffix.lower() in _SUFFIXES):
            pictures.append(read_picture(file))
            indices.append(index)
    label = np.array(indices, dtype=np.int64)
    return Samples(labels, pictures, np.eye(len(labels.classes))[label], label,
                   np.zeros(len(label), dtype=bool))


def read_picture(file: Path) -> NDArray[np.uint8]:
    """(H, W, 3) RGB, upright, its longer side at most 640 px.

    Raises:
        DatasetError: not a picture.
    """
    # imdecode on bytes, because imread cannot open every Unicode path.
    data = np.frombuffer(file.read_bytes(), np.uint8)
    image = cv2.imdecode(data, cv2.IMREAD_COLOR_RGB) if len(data) else None
    if image is None:
        raise DatasetError("error.data.picture", path=file)
    scale = _LONGEST / max(image.shape[:2])
    if scale < 1:
        image = cv2.resize(image, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    return image
