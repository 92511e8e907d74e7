"""The trained one-stage detector over one picture."""

from pathlib import Path

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.torch import load_file
from torchvision.ops import nms

from fer_core.errors import ModelError
from fer_core.lab.onestage.net import OneStage, to_input
from fer_core.networks.readying import readied
from fer_core.records import FloatArray

SURE = 0.4
"""Score from which a box is believed: it says how well the box will fit, 0 to 1."""
SHARED = 0.4
"""Intersection over union from which two boxes are one face."""


class OneStageDetector:
    """Finds faces with weights that ``training.train`` wrote.

    Args:
        weights: ``onestage.safetensors``.
        side: px; longer side of the picture that the network sees.
        least: score under which a box is not given.

    Raises:
        ModelError: no such file, or not this network.
    """

    def __init__(self, weights: Path, side: int, least: float = SURE) -> None:
        net = OneStage()
        try:
            net.load_state_dict(load_file(weights))
        except (OSError, RuntimeError, SafetensorError) as error:
            raise ModelError("error.model.detector", path=weights) from error
        self._net = readied(net.eval(), torch.float32)
        self._side, self._least = side, least

    @torch.inference_mode()
    def find(self, picture: NDArray[np.uint8]) -> tuple[FloatArray, FloatArray, FloatArray]:
        """Faces of a picture, (H, W, 3) uint8 RGB.

        Returns:
            (N, 4) xyxy px, (N,) scores 0 to 1, the surest first, and (N, 5, 2) landmarks px.
        """
        scale = min(1.0, self._side / max(picture.shape[:2]))
        small = picture if scale == 1 else np.asarray(cv2.resize(
            picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA), np.uint8)
        said = self._net(to_input(small[None]))
        scores = said.scores[0].sigmoid()
        likely = scores > self._least
        boxes, scores, marks = said.boxes[0][likely], scores[likely], said.marks[0][likely]
        kept = nms(boxes, scores, SHARED)
        boxes, scores, marks = (t[kept].double().numpy() for t in (boxes, scores, marks))
        return boxes / scale, scores, marks / scale
