"""Convolutional networks of the seeds, registered with timm.

Both start at full resolution (3x3, no pooling), because a face here has 48 px, not 224.
"""

from typing import Any

import torch
import torch.nn.functional as F
from timm.models import register_model
from timm.models.resnet import BasicBlock, ResNet
from torch import nn

from fer_core.networks.models.size import own


class Masking(nn.Module):
    """Where to look: a small U-Net (Ronneberger et al., arXiv:1505.04597) over a feature map.

    (N, C, H, W) -> (N, C, H, W) in 0..1; ``depth`` halvings down and up again.
    """

    def __init__(self, width: int, depth: int) -> None:
        super().__init__()
        self.down = nn.ModuleList(BasicBlock(width, width) for _ in range(depth))
        self.bottom = BasicBlock(width, width)
        self.merge = nn.ModuleList(nn.Conv2d(2 * width, width, 1) for _ in range(depth))
        self.up = nn.ModuleList(BasicBlock(width, width) for _ in range(depth))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        passed = []
        for block in self.down:
            x = block(x)
            passed.append(x)
            x = F.max_pool2d(x, 2)
        x = self.bottom(x)
        for merge, block, skip in zip(self.merge, self.up, reversed(passed), strict=True):
            x = F.interpolate(x, size=skip.shape[2:], mode="bilinear", align_corners=False)
            x = block(merge(torch.cat([x, skip], 1)))
        return torch.sigmoid(x)


class ResidualMasking(ResNet):  # type: ignore[misc]
    """Residual Masking Network (Pham, Vu & Tran, ICPR 2020; seed 004): a ResNet-34 whose four
    stages are each followed by ``x (1 + mask(x))``."""

    def __init__(self, **options: Any) -> None:
        super().__init__(BasicBlock, (3, 4, 6, 3), **options)
        widths = [stage[-1].conv2.out_channels
                  for stage in (self.layer1, self.layer2, self.layer3, self.layer4)]
        self.masks = nn.ModuleList(Masking(w, d) for w, d in zip(widths, (4, 3, 2, 1), strict=True))

    def forward_features(self, x: torch.Tensor) -> torch.Tensor:
        x = self.maxpool(self.act1(self.bn1(self.conv1(x))))
        for stage, mask in zip((self.layer1, self.layer2, self.layer3, self.layer4), self.masks,
                               strict=True):
            x = stage(x)
            x = x * (1 + mask(x))
        return x


def _small_input(model: ResNet) -> ResNet:
    channels = model.conv1.in_channels
    model.conv1 = nn.Conv2d(channels, model.conv1.out_channels, 3, 1, 1, bias=False)
    model.maxpool = nn.Identity()
    return model


@register_model
def residual_masking(pretrained: bool = False, **kwargs: Any) -> ResNet:
    """Residual Masking Network for 48-px faces."""
    return _small_input(ResidualMasking(**{"in_chans": 1} | own(kwargs)))


@register_model
def k_emotionnet(pretrained: bool = False, **kwargs: Any) -> ResNet:
    """K-EmotionNet (seed 003): a residual network of 54 layers, of basic blocks without a
    bottleneck: one convolution, 26 blocks of two, one classifier. The paper does not say how
    the blocks are spread over the four stages; 4, 6, 12 and 4 follow ResNet-34's shape."""
    return _small_input(ResNet(BasicBlock, (4, 6, 12, 4), **{"in_chans": 1} | own(kwargs)))
