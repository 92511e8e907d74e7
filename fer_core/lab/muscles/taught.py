"""Sharp crops of faces with what a teacher saw in them, varied as webcams vary them."""

from dataclasses import dataclass, fields
from pathlib import Path
from typing import Self

import cv2
import numpy as np
import torch
from numpy.typing import NDArray

from fer_core.networks.models.muscles import EYE, SHARP
from fer_core.networks.muscles import corners, inputs
from fer_core.records import FloatArray

MARGIN = 16
"""px kept around the crop, so that a shifted one shows what was there."""
FULL = SHARP + 2 * MARGIN
PORTRAITS = "web"
"""The group of all that is no clip."""


@dataclass(frozen=True, eq=False)
class Taught:
    """N faces with what the teacher saw.

    Attributes:
        crops: (N, 160, 160) uint8, the sharp crop with its margin.
        eyes: (N, 2, 2) x, y px in it by our detector, the eye first that is left in it.
        points: (N, 2, 3, 2) px in it by the teacher: ``POINTS`` of both eyes.
        muscles: (N, 5) 0 to 1, ``MUSCLES``.
        closed: (N, 2) 0 to 1.
        group: (N,) the clip, or ``PORTRAITS``.
        frame: (N,) number of the frame or portrait.
        scale: (N,) px of the crop for one of the picture.
    """

    crops: NDArray[np.uint8]
    eyes: FloatArray
    points: FloatArray
    muscles: FloatArray
    closed: FloatArray
    group: NDArray[np.str_]
    frame: NDArray[np.int64]
    scale: FloatArray

    def __len__(self) -> int:
        return len(self.crops)

    def __getitem__(self, rows: NDArray[np.int64] | NDArray[np.bool_]) -> "Taught":
        return Taught(*(getattr(self, f.name)[rows] for f in fields(self)))

    def save(self, path: Path) -> None:
        """Keep them; ``load`` has them again."""
        np.savez(path, **{f.name: getattr(self, f.name) for f in fields(self)})

    @classmethod
    def load(cls, path: Path) -> Self:
        """Of a file that ``save`` wrote."""
        with np.load(path) as kept:
            return cls(**{f.name: kept[f.name] for f in fields(cls)})


@dataclass(frozen=True, eq=False)
class Batch:
    """What the network sees, and what it should say: tensors of ``MuscleOutputs``'s shapes, 0 to
    1 in place of logits."""

    seen: tuple[torch.Tensor, torch.Tensor]
    muscles: torch.Tensor
    closed: torch.Tensor
    points: torch.Tensor


def batch(taught: Taught, rows: NDArray[np.int64], rng: np.random.Generator | None) -> Batch:
    """Faces as the network sees them: varied where there is a source of chance."""
    seen = [_varied(taught, i, rng) for i in rows]
    crops, eyes, points, mirrored = (np.array(part) for part in zip(*seen, strict=True))
    height, width = EYE
    middle = corners(eyes) + np.array([width - 1, height - 1]) / 2
    points = (points - middle[:, :, None]) / (width / 2)
    points[:, 1, :, 0] *= -1
    closed = np.where(mirrored[:, None], taught.closed[rows][:, ::-1], taught.closed[rows])
    return Batch(inputs(crops, eyes), *(
        torch.from_numpy(np.ascontiguousarray(wanted)).float()
        for wanted in (taught.muscles[rows], closed, points)))


def _varied(taught: Taught, i: int, rng: np.random.Generator | None) -> tuple[
        NDArray[np.uint8], FloatArray, FloatArray, bool]:
    """Face ``i`` as another camera and detector might have given it.

    Returns:
        (128, 128) crop, (2, 2) its eyes, (2, 3, 2) its points, and whether it is mirrored.
    """
    crop, eyes, points = taught.crops[i], taught.eyes[i], taught.points[i]
    if rng is None:
        return crop[MARGIN:-MARGIN, MARGIN:-MARGIN], eyes - MARGIN, points - MARGIN, False
    angle, size = np.deg2rad(rng.normal(0, 4)), np.exp(rng.normal(0, 0.06))
    c, s = size * np.cos(angle), size * np.sin(angle)
    linear = np.array([[c, -s], [s, c]])
    mirrored = bool(rng.random() < 0.5)
    if mirrored:
        linear[:, 0] *= -1
        eyes, points = eyes[::-1], points[::-1]
    middle = np.full(2, (SHARP - 1) / 2)
    shift = middle + rng.normal(0, 2.5, 2) - linear @ (middle + MARGIN)
    moved = cv2.warpAffine(crop, np.column_stack([linear, shift]), (SHARP, SHARP),
                           flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    found = eyes @ linear.T + shift + rng.normal(0, 1.2, (2, 2))
    return _seen(moved.astype(np.uint8), rng), found, points @ linear.T + shift, mirrored


def _seen(crop: NDArray[np.uint8], rng: np.random.Generator) -> NDArray[np.uint8]:
    """Distance or focus, light, noise, compression, and something in the way."""
    chance = rng.random(5)
    if chance[0] < 0.35:
        small = int(rng.integers(48, SHARP))
        crop = _resized(_resized(crop, small, cv2.INTER_AREA), SHARP, cv2.INTER_LINEAR)
    elif chance[0] < 0.5:
        crop = cv2.GaussianBlur(crop, (0, 0), rng.uniform(0.5, 1.6)).astype(np.uint8)
    if chance[1] < 0.5:
        table = 255 * (np.arange(256) / 255) ** np.exp(rng.normal(0, 0.35))
        crop = (table * rng.uniform(0.35, 1.0)).astype(np.uint8)[crop]
    if chance[2] < 0.3:
        noise = rng.normal(0, rng.uniform(2, 10), crop.shape)
        crop = np.clip(crop + noise, 0, 255).astype(np.uint8)
    if chance[3] < 0.2:
        quality = [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(20, 80))]
        crop = np.asarray(cv2.imdecode(cv2.imencode(".jpg", crop, quality)[1],
                                       cv2.IMREAD_GRAYSCALE), np.uint8)
    if chance[4] < 0.15:
        height, width = rng.integers(8, 48, 2)
        top, left = rng.integers(0, SHARP - height), rng.integers(0, SHARP - width)
        crop = crop.copy()
        crop[top:top + height, left:left + width] = rng.integers(0, 256)
    return crop


def _resized(crop: NDArray[np.uint8], side: int, how: int) -> NDArray[np.uint8]:
    return cv2.resize(crop, (side, side), interpolation=how).astype(np.uint8)
