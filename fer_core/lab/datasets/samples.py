"""What every reader returns, where readers register, and the landmarks of the pictures."""

import hashlib
import multiprocessing
import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

import numpy as np
import pandas as pd
import torch
from numpy.typing import NDArray

from fer_core.config import Settings
from fer_core.emotions import LabelSet
from fer_core.errors import DatasetError
from fer_core.faces import detector as faces
from fer_core.records import FloatArray

Split = Literal["train", "val", "test"]


@dataclass(frozen=True, eq=False)
class Samples:
    """Labelled pictures.

    Attributes:
        labels: the label set of ``target``.
        pictures: N pictures, (H, W) grey or (H, W, 3) RGB uint8, of any size.
        target: (N, C) soft labels, each row summing to 1.
        label: (N,) the class that evaluation counts as right.
        leak: (N,) whether the very same picture is in the training split.
        native: whether the annotators of that label set labelled these pictures: a network
            with a head for it then answers by that head, else by all it knows.
        attributes: a row a sample of what else the data tells (``age``, ``gender``, ``person``,
            ...), to choose training pictures by and to compare accuracy by; None: nothing.
    """

    labels: LabelSet
    pictures: Sequence[NDArray[np.uint8]]
    target: FloatArray
    label: NDArray[np.int64]
    leak: NDArray[np.bool_]
    native: bool = False
    attributes: pd.DataFrame | None = None

    def __len__(self) -> int:
        return len(self.label)

    def take(self, chosen: NDArray[np.int64]) -> "Samples":
        """Some of the samples, by number."""
        return replace(
            self, pictures=[self.pictures[int(i)] for i in chosen], target=self.target[chosen],
            label=self.label[chosen], leak=self.leak[chosen], attributes=None
            if self.attributes is None else self.attributes.iloc[chosen].reset_index(drop=True))

    def where(self, condition: str) -> "Samples":
        """The samples whose attributes fulfil a condition such as ``age >= 20 and age < 40``
        (``pandas.DataFrame.query``).

        Raises:
            DatasetError: no attributes, an unknown one, or nothing that can be understood.
        """
        if self.attributes is None:
            raise DatasetError("error.data.attributes", condition=condition)
        try:
            fulfilled = self.attributes.query(condition)
        except Exception as error:  # pandas raises a dozen kinds for what people type
            raise DatasetError("error.data.where", condition=condition, known=", ".join(
                map(str, self.attributes.columns))) from error
        return self.take(fulfilled.index.to_numpy())

    def some(self, limit: int | None, seed: int = 0) -> "Samples":
        """At most ``limit`` samples, drawn at random, in their order."""
        if limit is None or limit >= len(self):
            return self
        drawn = np.random.default_rng(seed).choice(len(self), limit, replace=False)
        return self.take(np.sort(drawn))


Reader = Callable[[Path, Split, LabelSet], Samples | None]
"""Reads one split of a file or folder, or returns None where the format is not its own."""
READERS: dict[str, Reader] = {}


def reader(name: str) -> Callable[[Reader], Reader]:
    """Register a reader under a name."""
    def register(function: Reader) -> Reader:
        READERS[name] = function
        return function
    return register


def load(path: Path, split: Split, labels: LabelSet) -> Samples:
    """Read labelled pictures with the first reader that knows the format.

    Raises:
        DatasetError: no such file, an unknown format, or nothing usable in it.
    """
    if not path.exists():
        raise DatasetError("error.data.missing", path=path)
    for read in READERS.values():
        samples = read(path, split, labels)
        if samples is not None:
            if len(samples) == 0:
                raise DatasetError("error.data.empty", path=path)
            return samples
    raise DatasetError("error.data.format", path=path)


def landmarks(samples: Samples, settings: Settings) -> FloatArray:
    """Landmarks of every picture, found once and kept in the cache folder.

    Returns:
        (N, 5, 2) px in each picture; NaN where no face is found.
    """
    kept = settings.cache / f"landmarks-{_recipe()}.npz"
    known = _kept(kept)
    names = [digest(picture) for picture in samples.pictures]
    missing = {name: picture for name, picture in zip(names, samples.pictures, strict=True)
               if name not in known}
    if missing:
        found = np.concatenate(list(_find_all(list(missing.values()))))
        # Another run may have written meanwhile.
        known = _kept(kept) | known | dict(zip(missing, found, strict=True))
        kept.parent.mkdir(parents=True, exist_ok=True)
        partial = kept.with_suffix(f".{os.getpid()}.npz")
        np.savez(partial, names=np.array(list(known)), marks=np.stack(list(known.values())))
        partial.replace(kept)
    return np.stack([known[name] for name in names])


def _recipe() -> str:
    """Short digest of all that decides where landmarks are found."""
    return hashlib.sha256(repr((faces.PICTURE_SIDE, faces.PICTURE_BORDER,
                                faces.PICTURE_THRESHOLDS, faces.PICTURE_TURNS, faces.DIM,
                                faces.LIGHTEST)).encode()).hexdigest()[:8]


def digest(picture: NDArray[np.uint8]) -> str:
    """The same for pictures that are equal pixel by pixel."""
    return hashlib.sha256(repr(picture.shape).encode() + picture.tobytes()).hexdigest()[:24]


def _kept(file: Path) -> dict[str, FloatArray]:
    if not file.exists():
        return {}
    with np.load(file) as data:
        return dict(zip(data["names"].tolist(), data["marks"], strict=True))


def _find_all(pictures: Sequence[NDArray[np.uint8]], chunk: int = 200) -> Iterator[FloatArray]:
    chunks = [pictures[i:i + chunk] for i in range(0, len(pictures), chunk)]
    if len(chunks) == 1:
        yield _find(chunks[0])
        return
    # One thread a process: MTCNN's small layers gain nothing from more.
    with ProcessPoolExecutor(mp_context=multiprocessing.get_context("spawn"),
                             max_workers=torch.get_num_threads(),
                             initializer=torch.set_num_threads, initargs=(1,)) as pool:
        yield from pool.map(_find, chunks)


def _find(pictures: Sequence[NDArray[np.uint8]]) -> FloatArray:
    detector = faces.picture_detector()
    out = np.full((len(pictures), 5, 2), np.nan)
    for i, picture in enumerate(pictures):
        marks = faces.picture_landmarks(picture, detector)
        if marks is not None:
            out[i] = marks
    return out
