"""MTCNN's three stages over one picture (Zhang et al., arXiv:1604.02878), with facenet-pytorch's
networks: its own way from one to the next takes as long as they do, most of it for scaling.
"""

from typing import NamedTuple

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from torchvision.ops import nms

from fer_core.records import FloatArray

FACTOR = 0.709
"""From one size of the picture to the next: half the area."""
STRIDE, CELL = 2, 12
"""px from one answer of the first network to the next, and that each one sees."""


class Found(NamedTuple):
    """N faces: boxes (N, 4) x1, y1, x2, y2 px, scores (N,) 0 to 1, landmarks (N, 5, 2) px."""

    boxes: FloatArray
    scores: FloatArray
    landmarks: FloatArray


class Cascade:
    """The three networks, one after the other.

    Args:
        coarse: P-Net, in evaluation mode.
        finer: R-Net.
        last: O-Net, all three on one device.
        thresholds: from which score on each stage passes a box on.
        min_face: px, of the smallest face that is looked for.
    """

    def __init__(self, coarse: torch.nn.Module, finer: torch.nn.Module, last: torch.nn.Module,
                 thresholds: tuple[float, float, float], min_face: int) -> None:
        self.coarse, self.finer, self.last = coarse, finer, last
        self._thresholds, self._min_face = thresholds, min_face
        self._device = next(last.parameters()).device

    @torch.inference_mode()
    def find(self, image: NDArray[np.uint8]) -> Found:
        """All faces of a picture, (H, W, 3) uint8 RGB, in no order."""
        boxes = self._propose(image)
        if not len(boxes):
            return _NOBODY
        shift, score = (t.cpu().numpy().astype(float)
                        for t in self.finer(self._crops(image, boxes, 24)))
        boxes, kept = _passed(boxes, score[:, 1], self._thresholds[1])
        boxes = _squared(_shifted(boxes, shift[kept]))
        boxes = boxes[_inside(boxes, image)]
        if not len(boxes):
            return _NOBODY
        shift, points, score = (t.cpu().numpy().astype(float)
                                for t in self.last(self._crops(image, boxes, 48)))
        above = score[:, 1] > self._thresholds[2]
        boxes, shift, points, scores = boxes[above], shift[above], points[above], score[above, 1]
        sizes = (boxes[:, 2:] - boxes[:, :2] + 1)[:, None]
        landmarks = boxes[:, None, :2] - 1 + sizes * points.reshape(-1, 2, 5).swapaxes(1, 2)
        boxes = _shifted(boxes, shift)
        alone = _not_within(boxes, scores)
        return Found(boxes[alone], scores[alone], landmarks[alone])

    def _propose(self, image: NDArray[np.uint8]) -> FloatArray:
        """(N, 4) squares in which the first network suspects a face."""
        height, width = image.shape[:2]
        scale, small = CELL / self._min_face, image
        found, scores = [], []
        while min(height, width) * scale >= CELL:
            # Of the size before: a sixth of the time of the whole picture's.
            small = cv2.resize(small, (int(width * scale + 1), int(height * scale + 1)),
                               interpolation=cv2.INTER_AREA)
            shift, score = self.coarse(self._tensor(small[None]))
            likely = score[0, 1] >= self._thresholds[0]
            down, right = likely.nonzero(as_tuple=True)
            corner = STRIDE * torch.stack([right, down], 1).cpu().numpy() + 1
            boxes = np.floor(np.hstack([corner, corner + CELL - 1]) / scale)
            likelihood = score[0, 1][likely].cpu().numpy().astype(float)
            moved = np.hstack([boxes, shift[0][:, likely].T.cpu().numpy()])
            kept = _suppressed(boxes, likelihood, 0.5)
            found.append(moved[kept])
            scores.append(likelihood[kept])
            scale *= FACTOR
        if not found:
            return np.empty((0, 4))
        moved = np.vstack(found)
        moved = moved[_suppressed(moved[:, :4], np.concatenate(scores), 0.7)]
        sizes = moved[:, 2:4] - moved[:, :2]
        boxes = _squared(moved[:, :4] + moved[:, 4:] * np.hstack([sizes, sizes]))
        return boxes[_inside(boxes, image)]

    def _tensor(self, pictures: NDArray[np.uint8]) -> torch.Tensor:
        """(N, H, W, 3) -> (N, 3, H, W), -1 to 1."""
        x = torch.from_numpy(pictures).to(self._device).permute(0, 3, 1, 2).float()
        return (x - 127.5) * 0.0078125

    def _crops(self, image: NDArray[np.uint8], boxes: FloatArray, side: int) -> torch.Tensor:
        return self._tensor(np.stack([
            cv2.resize(image[y1 - 1:y2, x1 - 1:x2], (side, side), interpolation=cv2.INTER_AREA)
            for x1, y1, x2, y2 in _corners(boxes, image)]))


_NOBODY = Found(np.empty((0, 4)), np.empty(0), np.empty((0, 5, 2)))


def _corners(boxes: FloatArray, image: NDArray[np.uint8]) -> NDArray[np.int64]:
    """(N, 4) the boxes' whole pixels within the picture, counted from 1."""
    height, width = image.shape[:2]
    whole = np.trunc(boxes).astype(int)
    return np.hstack([np.maximum(whole[:, :2], 1), np.minimum(whole[:, 2:], (width, height))])


def _inside(boxes: FloatArray, image: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """Which boxes have a pixel of the picture."""
    corners = _corners(boxes, image)
    return np.all(corners[:, 2:] >= corners[:, :2], axis=1)  # type: ignore[no-any-return]


def _passed(boxes: FloatArray, scores: FloatArray, threshold: float
            ) -> tuple[FloatArray, NDArray[np.int64]]:
    """The boxes above a threshold, of several upon each other the surest; and which they are."""
    above = np.flatnonzero(scores > threshold)
    kept = above[_suppressed(boxes[above], scores[above], 0.7)]
    return boxes[kept], kept


def _suppressed(boxes: FloatArray, scores: FloatArray, most: float) -> NDArray[np.int64]:
    """Which boxes remain when none may share more than ``most`` with a surer one."""
    kept: NDArray[np.int64] = nms(torch.from_numpy(boxes.astype(np.float64)),
                                  torch.from_numpy(scores), most).numpy()
    return kept


def _not_within(boxes: FloatArray, scores: FloatArray, most: float = 0.7) -> NDArray[np.int64]:
    """The same, but shares are of the smaller box: none lies within a surer one."""
    kept: list[int] = []
    for index in np.argsort(-scores, kind="stable"):
        box, others = boxes[index], boxes[kept]
        sides = np.maximum(np.minimum(box[2:], others[:, 2:])
                           - np.maximum(box[:2], others[:, :2]) + 1, 0)
        smaller = np.minimum(np.prod(box[2:] - box[:2] + 1),
                             np.prod(others[:, 2:] - others[:, :2] + 1, axis=1))
        if (np.prod(sides, axis=1) <= most * smaller).all():
            kept.append(int(index))
    return np.array(kept, np.int64)


def _shifted(boxes: FloatArray, shift: FloatArray) -> FloatArray:
    """Boxes whose edges moved by shares of their sides."""
    sizes = boxes[:, 2:] - boxes[:, :2] + 1
    return boxes + shift * np.hstack([sizes, sizes])


def _squared(boxes: FloatArray) -> FloatArray:
    """Squares of the longer side around the same middles."""
    sizes = boxes[:, 2:] - boxes[:, :2]
    side = sizes.max(1, keepdims=True)
    corner = boxes[:, :2] + (sizes - side) / 2
    return np.hstack([corner, corner + side])
