"""A face detector of one stage, anchor-free: every point of three grids says whether a face's
middle is near, where its edges are and where its eyes, nose and mouth.

Depthwise separable convolutions (Howard et al., arXiv:1704.04861), a feature pyramid (Lin et al.,
arXiv:1612.03144), distances to the edges (FCOS, Tian et al., arXiv:1904.01355), in the manner of
YuNet (Wu, Peng & Yu, Machine Intelligence Research 2023).
"""

from typing import NamedTuple

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import nn

STRIDES = (8, 16, 32)
"""px from one point of a grid to the next."""
_WIDTH = 64
"""Channels of the pyramid."""
_RARE = -4.0
"""Where scores start: a face is at few of the points."""


class Said(NamedTuple):
    """What the points of N pictures say, P of each.

    Attributes:
        scores: (N, P) logits.
        boxes: (N, P, 4) x1, y1, x2, y2 px.
        marks: (N, P, 5, 2) px: eyes, nose, corners of the mouth.
    """

    scores: torch.Tensor
    boxes: torch.Tensor
    marks: torch.Tensor


def _separable(seen: int, out: int, stride: int = 1) -> nn.Sequential:
    return nn.Sequential(
        nn.Conv2d(seen, seen, 3, stride, 1, groups=seen, bias=False), nn.BatchNorm2d(seen),
        nn.Conv2d(seen, out, 1, bias=False), nn.BatchNorm2d(out), nn.ReLU(inplace=True))


class OneStage(nn.Module):
    """(N, 3, H, W) from ``to_input``, H and W multiples of 32 -> ``Said``."""

    def __init__(self) -> None:
        super().__init__()
        self.stem = nn.Sequential(
            nn.Conv2d(3, 16, 3, 2, 1, bias=False), nn.BatchNorm2d(16), nn.ReLU(inplace=True),
            _separable(16, 32, 2), _separable(32, 32))
        self.stages = nn.ModuleList([
            nn.Sequential(_separable(32, 64, 2), _separable(64, 64), _separable(64, 64)),
            nn.Sequential(_separable(64, 128, 2), _separable(128, 128), _separable(128, 128)),
            nn.Sequential(_separable(128, 192, 2), _separable(192, 192))])
        self.lateral = nn.ModuleList(nn.Conv2d(c, _WIDTH, 1) for c in (64, 128, 192))
        self.heads = nn.ModuleList(nn.Sequential(
            _separable(_WIDTH, _WIDTH), _separable(_WIDTH, _WIDTH), nn.Conv2d(_WIDTH, 15, 1))
            for _ in STRIDES)
        for head in self.heads:
            last = head[-1]  # type: ignore[index]
            nn.init.normal_(last.weight, std=0.01)
            nn.init.zeros_(last.bias)
            nn.init.constant_(last.bias[:1], _RARE)

    def forward(self, x: torch.Tensor) -> Said:
        levels, x = [], self.stem(x)
        for stage in self.stages:
            x = stage(x)
            levels.append(x)
        above, parts = None, []
        for i in (2, 1, 0):
            own = self.lateral[i](levels[i])
            above = own if above is None else own + F.interpolate(above, scale_factor=2.0)
            parts.append(_placed(self.heads[i](above), STRIDES[i]))
        return Said(*(torch.cat(part, 1) for part in zip(*reversed(parts), strict=True)))


def _placed(answer: torch.Tensor, stride: int) -> Said:
    """One grid's answers (N, 15, h, w) in the picture's px."""
    flat = answer.flatten(2).transpose(1, 2).float()
    at = torch.from_numpy(grid(answer.shape[2], answer.shape[3], stride)).to(flat.device)
    far = flat[..., 1:5].clamp(-4, 4).exp() * stride
    marks = flat[..., 5:].unflatten(2, (5, 2)) * (2 * stride) + at[:, None]
    return Said(flat[..., 0], torch.cat([at - far[..., :2], at + far[..., 2:]], 2), marks)


def grid(rows: int, columns: int, stride: int) -> NDArray[np.float32]:
    """(rows * columns, 2) the points x, y px, row by row."""
    y, x = np.mgrid[:rows, :columns]
    return (np.stack([x, y], -1).reshape(-1, 2).astype(np.float32) + 0.5) * stride


def to_input(pictures: NDArray[np.uint8]) -> torch.Tensor:
    """(N, H, W, 3) RGB -> (N, 3, H', W') float32, H' and W' the next multiples of 32: each
    picture with zero mean and unit deviation, so that a dark room looks like a light one."""
    x = torch.from_numpy(pictures).permute(0, 3, 1, 2).float()
    deviation, mean = torch.std_mean(x, dim=(1, 2, 3), keepdim=True)
    x = (x - mean) / deviation.clamp_min(4.0)
    height, width = x.shape[2:]
    padded = F.pad(x, (0, -width % STRIDES[-1], 0, -height % STRIDES[-1]))
    return padded.contiguous(memory_format=torch.channels_last)
