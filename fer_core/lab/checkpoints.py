"""What a training leaves on the way, to be gone on from."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from pickle import UnpicklingError
from typing import Any

import torch

from fer_core.errors import ModelError

NAME = "last.pt"


def keep(state: Mapping[str, Any], path: Path) -> None:
    """Write a checkpoint in place of the one before, whole or not at all."""
    partial = path.with_suffix(".partial")
    torch.save(state, partial)
    partial.replace(path)


@contextmanager
def kept(path: Path, device: str = "cpu") -> Iterator[dict[str, Any]]:
    """The state of a checkpoint, to be taken over within.

    Raises:
        ModelError: damaged, of another network, or left by a version that kept less: whether
            that shows here or within.
        PermissionError, torch.OutOfMemoryError: as they come; nothing is wrong with it.
    """
    try:
        yield torch.load(path, map_location=device, weights_only=True)
    except (PermissionError, torch.OutOfMemoryError):
        raise
    except (OSError, EOFError, UnpicklingError, RuntimeError, KeyError, ValueError) as error:
        raise ModelError("error.train.checkpoint", path=path) from error
