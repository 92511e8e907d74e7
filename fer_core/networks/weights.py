"""Files of weights: written in one way, and believed only if they are those of the manifest."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import save_file

from fer_core.errors import ModelError, WeightsCorrupt, WeightsMissing


@dataclass(frozen=True)
class Checkpoint:
    """A file and the SHA-256 that it must have."""

    path: Path
    sha256: str

    def read(self) -> bytes:
        """Its bytes.

        Raises:
            WeightsMissing: there is none.
            WeightsCorrupt: it is another.
        """
        if not self.path.is_file():
            raise WeightsMissing("error.model.missing", path=self.path)
        data = self.path.read_bytes()
        if hashlib.sha256(data).hexdigest() != self.sha256:
            raise WeightsCorrupt("error.model.corrupt", path=self.path)
        return data


def write(tensors: Mapping[str, torch.Tensor], weights: Path,
          told: Mapping[str, Any] | None = None) -> Path:
    """Write tensors to ``weights``, those of real numbers as fp16.

    Args:
        told: how they came to be, for a ``.json`` beside them; None: nothing is told.

    Returns:
        ``weights``.
    """
    save_file({name: (t.half() if t.is_floating_point() else t).detach().cpu().contiguous()
               for name, t in tensors.items()}, weights)
    if told is not None:
        weights.with_suffix(".json").write_text(json.dumps(told, indent=2) + "\n", "utf-8")
    return weights


def read_told(weights: Path) -> dict[str, Any]:
    """What ``write`` was told of weights.

    Raises:
        ModelError: there are no such weights, or nothing beside them.
    """
    beside = weights.with_suffix(".json")
    if not (weights.is_file() and beside.is_file()):
        raise ModelError("error.weights.recipe", path=beside)
    return json.loads(beside.read_text("utf-8"))  # type: ignore[no-any-return]
