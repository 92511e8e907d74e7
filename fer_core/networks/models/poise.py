"""The shipped pair, registered with timm: ``timm.create_model("poise_vit")``.

Both are their papers' encoders (ViT: arXiv:2010.11929; MLP-Mixer: arXiv:2105.01601) over a
convolutional patch embedding (Xiao et al., arXiv:2106.14881), which learns far more from
29,000 pictures than a linear one does and leaves 36 tokens, cheap on a CPU.
"""

from typing import Any

import torch
from timm.models import register_model
from timm.models.mlp_mixer import MlpMixer
from timm.models.vision_transformer import VisionTransformer
from torch import nn

from fer_core.networks.models.size import CROP, own


def _conv(inputs: int, outputs: int, stride: int = 1) -> nn.Sequential:
    return nn.Sequential(
        nn.Conv2d(inputs, outputs, 3, stride, 1, bias=False), nn.BatchNorm2d(outputs), nn.GELU())


class Residual(nn.Module):
    """Two 3x3 convolutions beside a shortcut (He et al., arXiv:1512.03385)."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.first = _conv(width, width)
        self.second = nn.Sequential(
            nn.Conv2d(width, width, 3, 1, 1, bias=False), nn.BatchNorm2d(width))
        self.act = nn.GELU()

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.act(x + self.second(self.first(x)))


class Widened(nn.Module):
    """x plus two 3x3 convolutions through twice the width; it begins as the identity, so that
    trained weights can be grown by it (Chen et al., arXiv:1511.05641)."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.first = _conv(width, 2 * width)
        norm = nn.BatchNorm2d(width)
        nn.init.zeros_(norm.weight)
        self.second = nn.Sequential(nn.Conv2d(2 * width, width, 3, 1, 1, bias=False), norm)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return x + self.second(self.first(x))


class ConvPatchEmbed(nn.Module):
    """(N, C, S, S) -> (N, (S/8)^2, D) tokens, in the place of timm's ``PatchEmbed``.

    The wide blocks stand apart from the others, so that weights that were trained without them
    fit by name and are grown by ``train --from``.

    ``patch_size`` and ``norm_layer`` are accepted because timm passes them; the patch is
    always 8 px.
    """

    def __init__(self, img_size: int = CROP, in_chans: int = 1, embed_dim: int = 256,
                 widths: tuple[int, int, int] = (32, 64, 128), blocks: tuple[int, int] = (1, 2),
                 wide: tuple[int, int, int] = (1, 2, 1),
                 patch_size: int = 8, norm_layer: Any = None, **_: Any) -> None:
        super().__init__()
        side = img_size // 8
        self.grid_size, self.num_patches, self.patch_size = (side, side), side * side, (8, 8)
        a, b, c = widths
        self.net = nn.Sequential(
            _conv(in_chans, a),
            _conv(a, b, 2), *(Residual(b) for _ in range(blocks[0])),
            _conv(b, c, 2), *(Residual(c) for _ in range(blocks[1])),
            nn.Conv2d(c, embed_dim, 2, 2))
        self.ends = 2 + blocks[0], 3 + sum(blocks), 4 + sum(blocks)
        self.wide = nn.ModuleList(nn.Sequential(*(Widened(width) for _ in range(count)))
                                  for width, count in zip((b, c, embed_dim), wide, strict=True))

    def feat_ratio(self) -> int:
        return 8

    def stages(self) -> list[nn.ModuleList]:
        """What works at each of the three resolutions, the finest first."""
        begins = 0, *self.ends[:-1]
        return [nn.ModuleList([self.net[begin:end], wide])
                for begin, end, wide in zip(begins, self.ends, self.wide, strict=True)]

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        begin = 0
        for end, wide in zip(self.ends, self.wide, strict=True):
            x, begin = wide(self.net[begin:end](x)), end
        return x.flatten(2).transpose(1, 2)


@register_model
def poise_vit(pretrained: bool = False, **kwargs: Any) -> VisionTransformer:
    """ViT: 4 blocks of width 256, 4 heads, mean of the tokens."""
    options = {"img_size": CROP, "in_chans": 1, "embed_dim": 256, "depth": 4, "num_heads": 4,
               "class_token": False, "global_pool": "avg", "num_classes": 8} | own(kwargs)
    return VisionTransformer(patch_size=8, embed_layer=ConvPatchEmbed, **options)


@register_model
def poise_mixer(pretrained: bool = False, **kwargs: Any) -> MlpMixer:
    """MLP-Mixer: 4 blocks of width 256."""
    options = {"img_size": CROP, "in_chans": 1, "embed_dim": 256, "num_blocks": 4,
               "num_classes": 8} | own(kwargs)
    model = MlpMixer(patch_size=8, **options)
    model.stem = ConvPatchEmbed(options["img_size"], options["in_chans"], options["embed_dim"])
    return model
