"""What a batch has done: a record a clip, written once, and the manifest made of them."""

import hashlib
import json
import os
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Literal

import pandas as pd

from fer_core.batch.sources import Clip, digest
from fer_core.errors import unwritten
from fer_core.media.names import safe_stem

Status = Literal["done", "failed", "set_aside"]


@dataclass(frozen=True)
class Row:
    """A clip of the manifest.

    Attributes:
        clip: where it lies; in recruitment its SHA-256.
        sha256: of its bytes; empty where it could not be read.
        status: ``done``; ``failed``: there is a sentence why; ``set_aside``: it ended its
            process again and again.
        seconds: of the clip; took: s of work.
        scores: name -> value, None where it abstained; empty in recruitment.
        error: key of the sentence; ``message`` the sentence.
        report: first file of its report, seen from the manifest.
    """

    clip: str
    sha256: str = ""
    status: Status = "done"
    seconds: float = 0.0
    took: float = 0.0
    scores: Mapping[str, float | None] = field(default_factory=dict)
    error: str = ""
    message: str = ""
    report: str = ""


class Ledger:
    """The folder of a batch: ``reports/``, ``records/`` and ``manifest.parquet`` and ``.csv``.

    Args:
        folder: made when absent.
        basis: all but the clip that its report depends on: networks, settings, versions.
        hidden: clips are named by their hash only.

    Raises:
        StorageError: it cannot be written; so do its methods.
    """

    def __init__(self, folder: Path, basis: Any, hidden: bool = False) -> None:
        self.folder, self.hidden = folder, hidden
        self._basis = json.dumps(basis, sort_keys=True)
        self._records = folder / "records"
        for place in (self._records, self.reports):
            try:
                place.mkdir(parents=True, exist_ok=True)
            except OSError as error:
                raise unwritten(error) from error
            # Whatever was being written when a batch was killed.
            for left in place.glob(".*.partial"):
                left.unlink(missing_ok=True)
        records = (json.loads(path.read_text("utf-8"))
                   for path in sorted(self._records.glob("*.json")))
        self._seen: dict[str, str] = {record["place"]: record["sha256"] for record in records}

    @property
    def reports(self) -> Path:
        """Where reports lie."""
        return self.folder / "reports"

    def key(self, clip: Clip, sha256: str) -> str:
        """What a report is filed under: of the clip's bytes, its name where it is shown, and
        the basis."""
        name = "" if self.hidden else clip.name
        return hashlib.sha256(f"{sha256}\0{name}\0{self._basis}".encode()).hexdigest()[:32]

    def done(self, clip: Clip) -> Row | None:
        """The record of a clip, if there is one and its report is whole."""
        if not self._seen:
            return None
        sha256 = self._seen.get(self._place(clip)) or digest(clip.uri)
        record = self._records / f"{self.key(clip, sha256)}.json"
        if not record.is_file():
            return None
        found = json.loads(record.read_text("utf-8"))
        if not all((self.reports / name).is_file() for name in found["files"]):
            return None
        return Row(**{**found["row"], "clip": self._shown(clip, sha256)})

    def keep(self, clip: Clip, row: Row, files: Mapping[str, bytes]) -> Row:
        """Write a report, then its record: a record stands for a whole report.

        Args:
            files: suffix -> bytes.
        """
        key = self.key(clip, row.sha256)
        stem = row.sha256[:16] if self.hidden else safe_stem(clip.name)
        names = []
        for suffix, data in files.items():
            names.append(f"{stem}-{key[:8]}{suffix}")
            _write(self.reports / names[-1], data)
        row = Row(**{**asdict(row), "clip": self._shown(clip, row.sha256),
                     "scores": {} if self.hidden else dict(row.scores),
                     "report": f"reports/{names[0]}" if names else ""})
        record = {"place": self._place(clip), "sha256": row.sha256, "files": names,
                  "row": asdict(row)}
        _write(self._records / f"{key}.json", json.dumps(record, ensure_ascii=False).encode())
        return row

    def failed(self, clip: Clip, row: Row) -> Row:
        """The row of a clip without a report: not recorded, and so tried again next time."""
        return Row(**{**asdict(row), "clip": self._shown(clip, row.sha256)})

    def manifest(self, rows: Iterable[Row]) -> Path:
        """Write the manifest of all clips, in order; ``pandas.read_parquet`` opens it.

        Returns:
            the Parquet file.
        """
        table = pd.DataFrame([_flat(row, self.hidden) for row in rows])
        _write(self.folder / "manifest.csv", table.to_csv(index=False).encode("utf-8-sig"))
        path = self.folder / "manifest.parquet"
        _write(path, table.to_parquet(index=False))
        return path

    def _place(self, clip: Clip) -> str:
        """Where a clip lies and how it is, without opening it; no name."""
        told = f"{clip.uri}\0{clip.size}\0{clip.changed}"
        return hashlib.sha256(told.encode()).hexdigest()

    def _shown(self, clip: Clip, sha256: str) -> str:
        if not self.hidden:
            return clip.uri
        # Where its bytes are not known either, at least not its name.
        return sha256 or hashlib.sha256(clip.uri.encode()).hexdigest()


def _flat(row: Row, hidden: bool) -> dict[str, Any]:
    values = asdict(row)
    scores = values.pop("scores")
    if hidden:
        # A sentence may name the file.
        values.pop("message")
    return values | {f"score_{name}": value for name, value in scores.items()}


def _write(path: Path, data: bytes) -> None:
    """Whole or not at all.

    Raises:
        StorageError: it cannot be.
    """
    partial = path.parent / f".{secrets.token_hex(8)}.partial"
    try:
        with partial.open("xb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.replace(partial, path)
    except OSError as error:
        raise unwritten(error) from error
    finally:
        partial.unlink(missing_ok=True)
