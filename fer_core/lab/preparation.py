"""Seed 003's ways to get from a picture to what a network sees, compared with the product's."""

import time
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fer_core.faces.alignment import align, alignment, whole_picture
from fer_core.faces.detector import FaceDetector, picture_detector, picture_landmarks
from fer_core.lab.datasets import Samples
from fer_core.lab.detectors import haar
from fer_core.lab.evaluation import metrics, read_members
from fer_core.networks.recogniser import Recogniser
from fer_core.records import FloatArray

Preparation = Callable[[NDArray[np.uint8], int], FloatArray | None]
"""Picture and side of the crop -> (2, 3) matrix into the crop, None where no face was found."""
MARGIN = 0.15
"""Around a detector's box, as a share of its side."""


def resize_only() -> Preparation:
    """The whole picture."""
    return whole_picture


def cascade() -> Preparation:
    """The largest box of OpenCV's frontal face cascade, with a margin."""
    find = haar(24)

    def prepare(picture: NDArray[np.uint8], size: int) -> FloatArray | None:
        boxes, _ = find(_colour(picture))
        return _box(max(boxes, key=_area), size) if len(boxes) else None
    return prepare


def mtcnn_margin() -> Preparation:
    """The largest box of MTCNN, with a margin."""
    detector = picture_detector()

    def prepare(picture: NDArray[np.uint8], size: int) -> FloatArray | None:
        faces = detector.detect(_colour(picture))
        return _box(max((f.box for f in faces), key=_area), size) if faces else None
    return prepare


def mtcnn_aligned() -> Preparation:
    """The product's: MTCNN's landmarks brought to fixed places."""
    detector: FaceDetector = picture_detector()

    def prepare(picture: NDArray[np.uint8], size: int) -> FloatArray | None:
        marks = picture_landmarks(picture, detector)
        return None if marks is None else alignment(marks, size)
    return prepare


PREPARATIONS: dict[str, Callable[[], Preparation]] = {
    "resize_only": resize_only, "cascade": cascade, "mtcnn_margin": mtcnn_margin,
    "mtcnn_aligned": mtcnn_aligned}


def compare(recogniser: Recogniser, samples: Samples) -> list[dict[str, Any]]:
    """The same networks behind every preparation.

    Returns:
        rows: preparation, ``found`` (share of the pictures with a face; the others are taken
        whole), ``accuracy``, ``macro_f1``, and ``time``, as a multiple of the product's.
    """
    rows = []
    for name, make in PREPARATIONS.items():
        prepare = make()
        began = time.perf_counter()
        matrices = [prepare(p, recogniser.crop) for p in samples.pictures]
        seconds = time.perf_counter() - began
        crops = np.stack([
            align(p, whole_picture(p, recogniser.crop) if m is None else m, recogniser.crop)
            for p, m in zip(samples.pictures, matrices, strict=True)])
        vote = recogniser.vote(read_members(recogniser, crops, samples))
        figures = metrics(vote, samples.label, samples.labels)
        rows.append({"preparation": name, "seconds": seconds,
                     "found": round(float(np.mean([m is not None for m in matrices])), 4),
                     "accuracy": figures["accuracy"], "macro_f1": figures["macro_f1"]})
    product = rows[-1]["seconds"]
    return [{k: v for k, v in row.items() if k != "seconds"}
            | {"time": round(row["seconds"] / max(product, 1e-9), 3)} for row in rows]


def _colour(picture: NDArray[np.uint8]) -> NDArray[np.uint8]:
    return np.repeat(picture[:, :, None], 3, axis=2) if picture.ndim == 2 else picture


def _area(box: FloatArray) -> float:
    return float(np.prod(box[2:] - box[:2]))


def _box(box: FloatArray, size: int) -> FloatArray:
    """(2, 3) matrix of the square around a box, with its margin."""
    side = (1 + 2 * MARGIN) * float(max(box[2:] - box[:2]))
    scale = size / side
    corner = (box[:2] + box[2:]) / 2 - side / 2
    return np.column_stack([scale * np.eye(2), (0.5 - corner) * scale - 0.5])
