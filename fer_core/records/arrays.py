"""Arrays that nobody can change: read-only, their shapes checked once."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

FloatArray = NDArray[np.float64]


def frozen_array(values: ArrayLike, shape: tuple[int | None, ...], name: str) -> FloatArray:
    """A read-only float64 copy, its shape checked (None: any length).

    Raises:
        ValueError: the shape differs.
    """
    array = np.array(values, dtype=np.float64)
    if array.ndim != len(shape) or any(
            n not in (None, m) for n, m in zip(shape, array.shape, strict=True)):
        raise ValueError(f"{name}: shape {array.shape}, expected {shape}")
    array.setflags(write=False)
    return array
