"""The network that reads a face's muscles: two small convolutional branches.

One sees the whole face at 64 px. The other sees both eyes, cut out of the 128-px crop and laid
side by side, where the eyes of a webcam's face keep their own pixels; the second is mirrored, so
that one set of filters serves both. Plain convolutions with batch normalisation (Ioffe & Szegedy,
arXiv:1502.03167) and shortcuts (He et al., arXiv:1512.03385): half a millisecond a face.
"""

from typing import NamedTuple

import torch
from torch import nn

FACE = 64
"""Side of the face's input, px."""
SHARP = 2 * FACE
"""Side of the crop that both inputs are made of, px."""
EYE = (32, 40)
"""Height and width of an eye's window in that crop, px: 0.9 eye distances wide, twice an eye."""
MUSCLES = ("smile", "brow_lowered", "brow_raised", "jaw_open", "lip_press")
"""The face's outputs."""
POINTS = ("outer", "inner", "iris")
"""An eye's outputs beside how far it is closed: its corners, and its iris's middle."""


class MuscleOutputs(NamedTuple):
    """What the network says of N faces.

    Attributes:
        face: (N, 5) logits of ``MUSCLES``.
        closed: (N, 2) logits; the eye that is left in the picture first.
        points: (N, 2, 3, 2) x, y of ``POINTS``, from the middle of the eye's window in halves of
            its width; the second eye's as if mirrored.
    """

    face: torch.Tensor
    closed: torch.Tensor
    points: torch.Tensor


class Block(nn.Module):
    """relu(x + convolution), which may halve the size first."""

    def __init__(self, inputs: int, outputs: int, deeper: int) -> None:
        super().__init__()
        self.down = _conv(inputs, outputs, 2)
        self.deeper = nn.ModuleList(_conv(outputs, outputs, 1) for _ in range(deeper))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = torch.relu(self.down(x))
        for conv in self.deeper:
            x = torch.relu(x + conv(x))
        return x


class MuscleNet(nn.Module):
    """See the module. In training mode the last features are dropped out."""

    def __init__(self) -> None:
        super().__init__()
        self.face = nn.Sequential(
            Block(1, 16, 0), Block(16, 32, 0), Block(32, 48, 2), Block(48, 64, 1))
        self.face_out = outputs(64 * 4 * 4, len(MUSCLES))
        self.eyes = nn.Sequential(Block(1, 16, 0), Block(16, 32, 1), Block(32, 48, 2))
        self.eye_out = outputs(48 * 4 * 5, 1 + 2 * len(POINTS))

    def forward(self, face: torch.Tensor, eyes: torch.Tensor) -> MuscleOutputs:
        """Read N faces.

        Args:
            face: (N, 1, 64, 64).
            eyes: (N, 1, 32, 80), side by side, the second mirrored.
        """
        each = torch.stack(self.eyes(eyes).chunk(2, dim=3), 1)  # (N, 2, 48, 4, 5)
        read = self.eye_out(each.flatten(2))
        return MuscleOutputs(self.face_out(self.face(face).flatten(1)), read[..., 0],
                             read[..., 1:].unflatten(2, (len(POINTS), 2)))


def _conv(inputs: int, outputs: int, stride: int) -> nn.Sequential:
    return nn.Sequential(
        nn.Conv2d(inputs, outputs, 3, stride, 1, bias=False), nn.BatchNorm2d(outputs))


def outputs(inputs: int, wanted: int) -> nn.Sequential:
    """What a branch says of its last features."""
    return nn.Sequential(nn.Dropout(0.2), nn.Linear(inputs, 96), nn.ReLU(),
                         nn.Linear(96, wanted))
