"""NumPy archives of pictures."""

import zipfile
from collections.abc import Set
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fer_core.errors import DatasetError


def read_arrays(path: Path, names: Set[str]) -> dict[str, NDArray[Any]] | None:
    """The named arrays of an ``.npz`` file, or None where it is another kind of file or lacks
    one of them.

    Raises:
        DatasetError: damaged.
    """
    if path.suffix != ".npz":
        return None
    try:
        with path.open("rb") as file, np.load(file) as data:
            return {name: data[name] for name in names} if names <= set(data.files) else None
    except (OSError, ValueError, zipfile.BadZipFile) as error:
        raise DatasetError("error.data.format", path=path) from error
