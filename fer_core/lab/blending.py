"""The mean of the weights before and after fine-tuning (WiSE-FT: Wortsman et al.,
arXiv:2109.01903): it keeps more of what was known than the new weights and costs no time."""

from pathlib import Path

import torch
from safetensors.torch import load_file

from fer_core.errors import ModelError, WeightsMissing
from fer_core.networks.weights import read_told, write


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
        WeightsMissing: nothing of ``before``.
    """
    told = read_told(after)
    if not before.is_file():
        raise WeightsMissing("error.model.missing", path=before)
    old, new = load_file(before), load_file(after)
    if {k: v.shape for k, v in old.items()} != {k: v.shape for k, v in new.items()}:
        raise ModelError("error.weights.blend", path=before, other=after)
    out.mkdir(parents=True, exist_ok=True)
    blended = {k: torch.lerp(old[k].float(), v.float(), share) if v.is_floating_point() else v
               for k, v in new.items()}
    return write(blended, out / after.name,
                 {**told, "blended": {"share": share, "before": before.name}})
