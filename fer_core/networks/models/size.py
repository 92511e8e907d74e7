"""What every network agrees on."""

from typing import Any

CROP = 48
"""Side of the crop, px: that of the training pictures."""


def own(kwargs: dict[str, Any]) -> dict[str, Any]:
    """Without what timm's factory adds for networks that it can download."""
    return {k: v for k, v in kwargs.items()
            if k not in ("pretrained_cfg", "pretrained_cfg_overlay", "cache_dir")}
