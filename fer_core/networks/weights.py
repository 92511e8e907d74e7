"""A checkpoint beside the manifest, believed only if it is the one that the manifest names."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

from fer_core.errors import WeightsCorrupt, WeightsMissing


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
