"""How well faces are found (seed 003's measure): average precision on marked pictures."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from fer_core.errors import DatasetError
from fer_core.lab.detectors import Found, corners
from fer_core.media.decode import read_picture
from fer_core.records import FloatArray

OVERLAPS = np.arange(0.5, 1.0, 0.05)
"""Intersections over union at which COCO averages (Lin et al., arXiv:1405.0312)."""


@dataclass(frozen=True, eq=False)
class Marked:
    """A picture with its faces: (N, 4) xyxy px; ``ignored`` (N,) may be found or not."""

    picture: NDArray[np.uint8]
    boxes: FloatArray
    ignored: NDArray[np.bool_]
    name: str = ""


def load(folder: Path, min_face: int) -> list[Marked]:
    """Pictures of a folder with ``annotations.json``: name of a file in ``images`` ->
    {``orig_wh``, ``boxes_xywh_416``, ``invalid``}, the pictures squeezed into 416 x 416 px.

    They are given back their proportions. Faces whose shorter side is under ``min_face`` px,
    and those marked invalid, are ignored: found or not, they do not count.

    Raises:
        DatasetError: no such folder, or not this format.
    """
    path = folder / "annotations.json"
    if not path.is_file():
        raise DatasetError("error.data.missing", path=path)
    marked = []
    try:
        for name, row in json.loads(path.read_text("utf-8")).items():
            picture = read_picture(folder / "images" / Path(name).name)
            size = np.array(row["orig_wh"]) * max(picture.shape[:2]) / max(row["orig_wh"])
            stretch = size / np.array(picture.shape[1::-1])
            picture = cv2.resize(picture, tuple(np.round(size).astype(int).tolist()),  # type: ignore[assignment]
                                 interpolation=cv2.INTER_AREA)
            xywh = np.array(row["boxes_xywh_416"], float).reshape(-1, 4) * np.tile(stretch, 2)
            invalid = np.array(row["invalid"], bool).reshape(-1)
            marked.append(Marked(picture, corners(xywh),
                                 invalid | (xywh[:, 2:].min(1, initial=np.inf) < min_face),
                                 name))
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise DatasetError("error.data.format", path=path) from error
    return marked


def figures(pictures: list[Marked], found: list[Found]) -> dict[str, Any]:
    """Average precision of what a detector found in each picture.

    Returns:
        ``faces`` that count, ``ap50`` and ``ap50_95`` (0 to 1; None without faces), and
        ``recall`` and ``precision`` at an overlap of 0.5 with everything that was found.
    """
    curves = [matches(pictures, found, overlap) for overlap in OVERLAPS]
    faces = int(sum((~m.ignored).sum() for m in pictures))
    values = [average_precision(hits, faces) for hits in curves]
    hits = curves[0]
    return {"faces": faces, "found": len(hits),
            "ap50": round(values[0], 4) if faces else None,
            "ap50_95": round(float(np.mean(values)), 4) if faces else None,
            "recall": round(float(hits.sum() / faces), 4) if faces else None,
            "precision": round(float(hits.mean()), 4) if len(hits) else None}


def matches(pictures: list[Marked], found: list[Found], overlap: float) -> NDArray[np.bool_]:
    """(D,) whether each detection, the surest first, is a face that no surer one has taken.
    Detections of ignored faces are left out."""
    rows: list[tuple[float, bool]] = []
    for marked, (boxes, confidences) in zip(pictures, found, strict=True):
        shared = iou(boxes, marked.boxes)
        taken = np.zeros(len(marked.boxes), bool)
        for i in np.argsort(-confidences, kind="stable"):
            free = np.where(taken | marked.ignored, 0.0, shared[i])
            if len(free) and free.max() >= overlap:
                taken[free.argmax()] = True
                rows.append((float(confidences[i]), True))
            elif not (marked.ignored & (shared[i] >= overlap)).any():
                rows.append((float(confidences[i]), False))
    rows.sort(key=lambda row: -row[0])
    return np.array([hit for _, hit in rows], bool)


def average_precision(hits: NDArray[np.bool_], faces: int) -> float:
    """Area under the precision-recall curve, precision made monotone from the right
    (Everingham et al. 2010). 0 to 1."""
    if not faces or not len(hits):
        return 0.0
    true = np.cumsum(hits)
    precision = true / np.arange(1, len(hits) + 1)
    envelope = np.maximum.accumulate(precision[::-1])[::-1]
    return float((envelope * hits).sum() / faces)


def iou(a: FloatArray, b: FloatArray) -> FloatArray:
    """(N, M) intersection over union of xyxy boxes."""
    low = np.maximum(a[:, None, :2], b[None, :, :2])
    high = np.minimum(a[:, None, 2:], b[None, :, 2:])
    inside = np.prod(np.maximum(high - low, 0), axis=2)
    areas = [np.prod(np.maximum(x[:, 2:] - x[:, :2], 0), axis=1) for x in (a, b)]
    return inside / np.maximum(areas[0][:, None] + areas[1][None] - inside, 1e-12)  # type: ignore[no-any-return]
