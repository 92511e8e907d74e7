"""A folder per class, of pictures of any size, colour or grey, faces cropped or not."""

from pathlib import Path

import numpy as np

from fer_core.emotions import EVERY, LabelSet
from fer_core.errors import DatasetError
from fer_core.lab.datasets.samples import Samples, Split, reader
from fer_core.media.decode import SUFFIXES, read_picture

_SPLITS: dict[Split, tuple[str, ...]] = {
    "train": ("train", "training"), "val": ("val", "valid", "validation", "publictest"),
    "test": ("test", "testing", "privatetest")}


@reader("folders")
def read(path: Path, split: Split, labels: LabelSet) -> Samples | None:
    """Every picture below the class folders; folder names are matched to the label set,
    aliases included. If there are folders for the splits (``train``, ``validation``,
    ``PrivateTest``, ...), ``split`` picks one; else the whole folder is read whatever the
    split. Pictures of an emotion that the label set lacks are left out.

    Raises:
        DatasetError: a folder name that is no emotion, or an unreadable picture.
    """
    if not path.is_dir():
        return None
    named = {p.name.lower(): p for p in path.iterdir() if p.is_dir()}
    root = next((named[name] for name in _SPLITS[split] if name in named), path)
    pictures, indices = [], []
    for folder in sorted(p for p in root.iterdir() if p.is_dir() and p.name[0] not in "._"):
        index = labels.index(folder.name)
        if index is None and EVERY.index(folder.name) is not None:
            continue
        if index is None:
            raise DatasetError("error.data.class", path=folder, labels=labels.name)
        for file in sorted(p for p in folder.rglob("*") if p.suffix.lower() in SUFFIXES
                           and not p.name.startswith(".")):
            pictures.append(read_picture(file))
            indices.append(index)
    label = np.array(indices, dtype=np.int64)
    return Samples(labels, pictures, np.eye(len(labels.classes))[label], label,
                   np.zeros(len(label), dtype=bool))
