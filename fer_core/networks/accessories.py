"""Whether glasses or a mask are worn, from the same aligned crop as all that is read of a face."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import numpy as np
import torch
from numpy.typing import NDArray

from fer_core.faces.alignment import align, alignment, normalised
from fer_core.faces.pose import head_pose
from fer_core.networks.models.accessories import SIDE, AccessoryNet
from fer_core.networks.readying import loaded
from fer_core.networks.recogniser import Manifest
from fer_core.networks.weights import Checkpoint
from fer_core.records import FloatArray

TURNED = 30.0
"""Degrees of yaw from which on nothing is said of a covered mouth: of faces in the wild that nobody
masked, 1 % count as covered up to there and 3 % beyond, where the far cheek ends like a mask."""


@dataclass(frozen=True)
class Worn:
    """Probabilities, 0 to 1."""

    glasses: float
    mask: float


class Accessories:
    """The network, loaded once and safe to share between threads.

    Args:
        checkpoint: of the manifest.

    Raises:
        WeightsMissing: no checkpoint.
        WeightsCorrupt: another than the manifest's.
    """

    def __init__(self, checkpoint: Checkpoint) -> None:
        self._net = loaded(AccessoryNet(), checkpoint)
        self.sha256 = checkpoint.sha256

    @classmethod
    def of(cls, folder: Path) -> Self | None:
        """That of a weights folder; None where its manifest has none."""
        stanza = Manifest.read(folder).accessories
        if stanza is None:
            return None
        return cls(Checkpoint(folder / stanza.file, stanza.sha256))

    def read(self, image: NDArray[np.uint8], landmarks: Sequence[FloatArray]) -> list[Worn]:
        """What each face wears.

        Args:
            image: (H, W, 3) uint8 RGB.
            landmarks: (5, 2) px of it, of each face.
        """
        return self.told([_crop(image, marks) for marks in landmarks])

    @staticmethod
    def lower(image: NDArray[np.uint8], landmarks: FloatArray) -> NDArray[np.uint8] | None:
        """The crop that tells whether a face's lower half is covered; None where the head is
        turned too far for that.

        Args:
            image: (H, W, 3) uint8 RGB.
            landmarks: (5, 2) px of it.
        """
        return None if abs(head_pose(landmarks).yaw) > TURNED else _crop(image, landmarks)

    @torch.inference_mode()
    def told(self, crops: Sequence[NDArray[np.uint8]]) -> list[Worn]:
        """What is worn in aligned crops, (64, 64) uint8 each."""
        if not crops:
            return []
        return [Worn(*row) for row in self._net(normalised(np.stack(crops))).sigmoid().tolist()]


def _crop(image: NDArray[np.uint8], landmarks: FloatArray) -> NDArray[np.uint8]:
    return align(image, alignment(landmarks, SIDE), SIDE)
