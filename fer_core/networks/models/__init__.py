"""Networks by name: our own, and all of timm's (ViT, Mixer, DeiT, EfficientNet, ResNet, VGG)."""

from pathlib import Path
from typing import Any

import timm
from safetensors.torch import load_file
from timm.models import is_model, model_entrypoint
from torch import nn

from fer_core.emotions import heads
from fer_core.errors import ModelError
from fer_core.networks.models import poise, residual
from fer_core.networks.models.size import CROP
from fer_core.networks.weights import read_told

__all__ = ["ACCESSORIES", "CROP", "MUSCLES", "create", "load", "poise", "residual"]

MUSCLES = "poise_muscles"
"""What a recipe calls the network that reads muscles, which does not vote."""
ACCESSORIES = "poise_accessories"
"""What it calls the one that sees glasses and masks, which does not vote either."""
_OF_TOKENS: dict[str, dict[str, Any]] = {
    "deit": {"img_size": CROP, "patch_size": 8}, "mlp_mixer": {"img_size": CROP},
    "vision_transformer": {"img_size": CROP, "patch_size": 8}}
"""timm's modules whose networks are built for one picture size, and how they fit ours."""


def create(architecture: str, classes: int, pretrained: bool = False, **kwargs: Any) -> nn.Module:
    """A network for 48-px grey crops.

    Args:
        architecture: a timm name, ours among them.
        classes: number of outputs.
        pretrained: begin with timm's ImageNet weights, fetched from the Hugging Face hub, the
            colour filters summed to grey ones; else with random weights.
        kwargs: timm's.

    Raises:
        ModelError: no such architecture, none of its weights to be had, or no network to
            fetch them.
    """
    if not is_model(architecture):
        raise ModelError("error.model.architecture", name=architecture)
    module = model_entrypoint(architecture).__module__
    fitting = _OF_TOKENS.get(module.removeprefix("timm.models."), {})
    try:
        return timm.create_model(architecture, pretrained=pretrained, num_classes=classes,
                                 **{"in_chans": 1, **fitting, **kwargs})
    except (OSError, RuntimeError) as error:
        if not pretrained:
            raise
        raise ModelError("error.model.pretrained", name=architecture,
                         detail=str(error).splitlines()[0][:120]) from error


def load(weights: Path) -> tuple[nn.Module, str]:
    """A network that ``train`` wrote, and the label sets of its heads.

    Raises:
        ModelError: no recipe beside the weights.
    """
    written = read_told(weights)
    tensors = load_file(weights)
    classes = sum(len(h.classes) for h in heads(written["labels"]))
    model = create(written["recipe"]["architecture"], classes)
    model.load_state_dict(tensors)
    return model.float().eval(), written["labels"]
