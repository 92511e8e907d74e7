"""The network that sees whether glasses or a mask are worn: the muscles' face branch, narrower."""

import torch
from torch import nn

from fer_core.networks.models.muscles import FACE, Block, outputs

WORN = ("glasses", "mask")
"""Its outputs."""
SIDE = FACE
"""Side of its input, px."""


class AccessoryNet(nn.Module):
    """(N, 1, 64, 64) aligned faces -> (N, 2) logits of ``WORN``."""

    def __init__(self) -> None:
        super().__init__()
        self.face = nn.Sequential(
            Block(1, 16, 0), Block(16, 32, 1), Block(32, 48, 1), Block(48, 64, 1))
        self.out = outputs(64 * 4 * 4, len(WORN))

    def forward(self, face: torch.Tensor) -> torch.Tensor:
        return self.out(self.face(face).flatten(1))  # type: ignore[no-any-return]
