"""The mean of the weights before and after fine-tuning (WiSE-FT: Wortsman et al.,
arXiv:2109.01903): it keeps more of what was known than the new weights and costs no time."""

import json
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file

from fer_core.errors import ModelError


def blend(before: Path, after: Path, share: float, out: Path) -> Path:
    """Write the weights between two of one architecture.

    Args:
        before: ``.safetensors``, such as the shipped ones.
        after: what ``train --from`` made of it, its recipe beside it.
        share: of ``after``, 0 to 1.
        out: folder; the file is named as ``after``.

    Returns:
        Path of the weights (fp16), the recipe beside it with what was blended.

    Raises:
        ModelError: no recipe, or weights that do not fit each other.
    """
    recipe = after.with_suffix(".json")
    if not (before.is_file() and after.is_file() and recipe.is_file()):
        raise ModelError("error.weights.recipe", path=recipe)
    old, new = load_file(before), load_file(after)
    if {k: v.shape for k, v in old.items()} != {k: v.shape for k, v in new.items()}:
        raise ModelError("error.weights.blend", path=before, other=after)
    out.mkdir(parents=True, exist_ok=True)
    weights = out / after.name
    save_file({k: torch.lerp(old[k].float(), v.float(), share).half()
               if v.is_floating_point() else v for k, v in new.items()}, weights)
    written = json.loads(recipe.read_text("utf-8"))
    written["blended"] = {"share": share, "before": before.name}
    weights.with_suffix(".json").write_text(json.dumps(written, indent=2) + "\n")
    return weights
