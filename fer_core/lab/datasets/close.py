"""Landmarks of pictures that are close crops of one face, thirty times faster than a search."""

from collections.abc import Sequence

import cv2
import numpy as np
import torch
from numpy.typing import NDArray

from fer_core.faces.detector import picture_detector
from fer_core.records import FloatArray

MARGIN = 0.1
"""Cut from each side before the first look, as a share of it."""
SURE = 0.7
"""MTCNN's own threshold of its last stage."""


def close_landmarks(pictures: Sequence[NDArray[np.uint8]], chunk: int = 256) -> FloatArray:
    """Landmarks by MTCNN's last stage alone, which looks twice: at the picture, and at the box
    that it saw there.

    Against the full search it is 0.65 px of 48 away (median; 95 %: 2.7 px) on FER2013's
    validation pictures: good enough to train on, where every picture is shifted and turned by
    more; never for a measurement.

    Args:
        pictures: N square pictures, (S, S) uint8, that a face fills.

    Returns:
        (N, 5, 2) px in each picture; NaN where it is not sure of a face.
    """
    onet = picture_detector().last_stage
    out = []
    for i in range(0, len(pictures), chunk):
        part = pictures[i:i + chunk]
        side = np.array([len(p) for p in part], float)
        box = np.column_stack([np.full(len(part), MARGIN)] * 2 + [np.full(len(part), 1 - MARGIN)]
                              * 2) * side[:, None]
        for _ in range(2):
            marks, seen, score = _look(onet, part, box)
            centre = (seen[:, :2] + seen[:, 2:]) / 2
            half = (seen[:, 2:] - seen[:, :2]).max(1, keepdims=True) / 2
            box = np.concatenate([centre - half, centre + half], 1)
        marks[score < SURE] = np.nan
        out.append(marks)
    return np.concatenate(out)


@torch.inference_mode()
def _look(onet: torch.nn.Module, pictures: Sequence[NDArray[np.uint8]],
          box: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Landmarks, boxes and scores of what fills square boxes (N, 4) xyxy px."""
    span = np.maximum(box[:, 2:] - box[:, :2], 1e-6)
    crops = np.empty((len(pictures), 48, 48), np.float32)
    for i, (picture, corner, side) in enumerate(zip(pictures, box[:, :2], span, strict=True)):
        scale = 48 / side[0]
        shift = (0.5 - corner) * scale - 0.5
        crops[i] = cv2.warpAffine(picture, np.column_stack([scale * np.eye(2), shift]), (48, 48),
                                  flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    x = torch.from_numpy((crops - 127.5) * 0.0078125)[:, None].expand(-1, 3, -1, -1)
    moved, points, score = (t.numpy().astype(float) for t in onet(x))
    marks = box[:, None, :2] + span[:, None] * points.reshape(-1, 2, 5).transpose(0, 2, 1)
    return marks, box + moved * np.tile(span, 2), score[:, 1]
