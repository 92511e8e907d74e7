"""What a face's muscles do and where its eyes look, from a sharper crop than expressions need."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import cv2
import numpy as np
import torch
from numpy.typing import NDArray

from fer_core.faces.alignment import align, alignment, normalised
from fer_core.networks.models.muscles import EYE, FACE, MUSCLES, SHARP, MuscleNet
from fer_core.networks.readying import loaded
from fer_core.networks.recogniser import Manifest
from fer_core.networks.weights import Checkpoint
from fer_core.records import FloatArray

COLUMNS = {"smile": "smile", "brow_lowered": "brow_tension", "jaw_open": "mouth_open"}
"""Muscle -> the timeline's column."""
SHUT = 0.5
"""How far closed an eye may be for its iris to be seen."""
NARROW = 12.0
"""px of the picture from corner to corner of an eye; the iris of a smaller one has under 5 px."""
GLARE, GLARING = 215, 0.08
"""Grey level of a reflection, and the share of an eye's box from which on it hides the eye. Of
portraits without glasses and of frames of clips one in a hundred has as much, nearly all of them
overexposed; portraits with reflecting glasses have a tenth to a third."""


@dataclass(frozen=True, eq=False)
class SharpFace:
    """A face as this network takes it.

    Attributes:
        crop: (128, 128) uint8 grey, aligned.
        eyes: (2, 2) x, y of the eyes in it, px, the left in the picture first.
        scale: px of the crop for one of the picture.
    """

    crop: NDArray[np.uint8]
    eyes: FloatArray
    scale: float

    @classmethod
    def of(cls, image: NDArray[np.uint8], landmarks: FloatArray) -> Self:
        """The face in a picture.

        Args:
            image: (H, W, 3) uint8 RGB.
            landmarks: (5, 2) px of it.
        """
        matrix = alignment(landmarks, SHARP)
        return cls(align(image, matrix, SHARP), landmarks[:2] @ matrix[:, :2].T + matrix[:, 2],
                   float(np.hypot(matrix[0, 0], matrix[1, 0])))


def inputs(crops: NDArray[np.uint8], eyes: FloatArray) -> tuple[torch.Tensor, torch.Tensor]:
    """What the network sees.

    Args:
        crops: (N, 128, 128) uint8.
        eyes: (N, 2, 2) px in them.

    Returns:
        (N, 1, 64, 64) and (N, 1, 32, 80): face and eyes, each picture with zero mean and unit
        variance.
    """
    faces = np.stack([cv2.resize(c, (FACE, FACE), interpolation=cv2.INTER_AREA) for c in crops])
    height, width = EYE
    pairs = []
    for crop, ((x0, y0), (x1, y1)) in zip(crops, corners(eyes), strict=True):
        pairs.append(np.hstack([crop[y0:y0 + height, x0:x0 + width],
                                crop[y1:y1 + height, x1:x1 + width][:, ::-1]]))
    return normalised(faces), normalised(np.stack(pairs))


def corners(eyes: FloatArray) -> NDArray[np.int64]:
    """(N, 2, 2) x, y of the upper left pixel of each eye's window: the eye in its middle, where
    the crop has room."""
    height, width = EYE
    middle = np.array([width - 1, height - 1]) / 2
    return np.clip(np.rint(eyes - middle), 0, (SHARP - width, SHARP - height)).astype(int)


def gaze(points: torch.Tensor) -> torch.Tensor:
    """Where the iris is between the corners of its eye.

    Args:
        points: (..., 3, 2) x, y of ``POINTS``, y down.

    Returns:
        (..., 2): 0 in the middle, 1 at the inner corner, -1 at the outer; and above the line
        through the corners, in halves of the eye's width.
    """
    outer, inner, iris = points.unbind(-2)
    along = (inner - outer) / 2
    off = iris - (inner + outer) / 2
    length = (along * along).sum(-1).clamp_min(1e-3)
    inwards = (off * along).sum(-1) / length
    upwards = (off[..., 0] * along[..., 1] - off[..., 1] * along[..., 0]) / length
    return torch.stack([inwards, upwards], -1)


def across(looks: torch.Tensor) -> torch.Tensor:
    """(N, 2, 2) ``gaze`` of both eyes, the second mirrored -> (N, 2) their mean: to the
    picture's right, and up."""
    return (looks * looks.new_tensor([[1.0, 1.0], [-1.0, 1.0]])).mean(1)


class Muscles:
    """The network, loaded once and safe to share between threads.

    Args:
        checkpoint: of the manifest.
        device: where it runs.

    Raises:
        WeightsMissing: no checkpoint.
        WeightsCorrupt: another than the manifest's.
    """

    def __init__(self, checkpoint: Checkpoint, device: str) -> None:
        self._net = loaded(MuscleNet(), checkpoint).to(device)
        self._device = device
        self.sha256 = checkpoint.sha256

    @classmethod
    def of(cls, folder: Path, device: str) -> Self | None:
        """That of a weights folder; None where its manifest has none."""
        stanza = Manifest.read(folder).muscles
        if stanza is None:
            return None
        return cls(Checkpoint(folder / stanza.file, stanza.sha256), device)

    @torch.inference_mode()
    def read(self, faces: Sequence[SharpFace]) -> list[dict[str, float]]:
        """Columns of the timeline for each face: ``blink``, ``smile``, ``brow_tension`` and
        ``mouth_open``; ``gaze_x`` and ``gaze_y`` where both eyes are open, wide enough and
        without glare."""
        crops, eyes = np.stack([f.crop for f in faces]), np.stack([f.eyes for f in faces])
        out = self._net(*(x.to(self._device) for x in inputs(crops, eyes)))
        muscles, shut, looks, points = (
            t.cpu().numpy().astype(float) for t in
            (out.face.sigmoid(), out.closed.sigmoid(), across(gaze(out.points)), out.points))
        found = []
        for i, face in enumerate(faces):
            values = {COLUMNS[name]: float(value) for name, value
                      in zip(MUSCLES, muscles[i], strict=True) if name in COLUMNS}
            values["blink"] = float(shut[i].mean())
            if shut[i].max() < SHUT and clear(face, points[i]):
                values["gaze_x"], values["gaze_y"] = looks[i].clip(-1, 1).tolist()
            found.append(values)
        return found


def clear(face: SharpFace, points: FloatArray) -> bool:
    """Whether both eyes are wide enough in the picture and free of reflections.

    Args:
        points: (2, 3, 2) as the network tells them.
    """
    spans = np.linalg.norm(points[:, 1] - points[:, 0], axis=1) * EYE[1] / 2
    if spans.min() < NARROW * face.scale:
        return False
    for (x, y), span in zip(face.eyes, spans, strict=True):
        left, top = np.clip(np.rint((x - span / 2, y - span / 4)), 0, SHARP - 8).astype(int)
        box = face.crop[top:top + int(span / 2) + 1, left:left + int(span) + 1]
        if (box >= GLARE).mean() > GLARING:
            return False
    return True
