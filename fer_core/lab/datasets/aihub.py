"""AI-Hub 한국인 감정인식을 위한 복합 영상: pictures of actors and laypeople, the emotion that was
asked for, and what three annotators saw (seeds 000 and 001).

A folder with one or more JSON lists, and the pictures anywhere below it. A row holds
``filename``, ``gender``, ``age``, ``isProf``, ``faceExp_uploader`` and, for each of
``annot_A``, ``annot_B`` and ``annot_C``, a box (``boxes``: ``minX``, ``minY``, ``maxX``,
``maxY``) and ``faceExp``; nested as published, or flat as pandas writes it.
"""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from fer_core.emotions import LabelSet
from fer_core.errors import DatasetError
from fer_core.lab.datasets.samples import Samples, Split, reader
from fer_core.media.decode import read_picture
from fer_core.records import FloatArray

AGREEING = 2
"""Of the three annotators must have seen what was asked for (seed 001); ``--where
"agreement == 3"`` keeps only what all saw."""
MARGIN = 0.25
"""Around the annotators' box, as a share of its side."""
_ANNOTATORS = ("annot_A", "annot_B", "annot_C")
_CORNERS = ("minX", "minY", "maxX", "maxY")


@dataclass(frozen=True, eq=False)
class Row:
    """One picture's labels. ``box`` (4,) xyxy px, the annotators' median, None where none drew
    one; ``seen`` what each annotator saw."""

    filename: str
    asked: str
    seen: tuple[str, ...]
    box: FloatArray | None
    gender: str
    age: float
    profession: str

    @property
    def agreement(self) -> int:
        """How many annotators saw what was asked for, 0 to 3."""
        return sum(s == self.asked for s in self.seen)

    @property
    def person(self) -> str:
        """AI-Hub's file names begin with a code of the person; without one, every picture
        counts as a person of its own."""
        return Path(self.filename).stem.split("_", 1)[0]


@reader("aihub")
def read(path: Path, split: Split, labels: LabelSet) -> Samples | None:
    """Faces cut out by the annotators' boxes, of pictures on which at least ``AGREEING``
    annotators saw the emotion that was asked for. 8:1:1 by person.

    Pictures whose emotion the label set lacks are left out. The soft labels are the shares of
    the four opinions. Attributes: age, gender, profession, person, agreement, filename.

    Raises:
        DatasetError: a listed picture that is missing or broken.
    """
    if not path.is_dir() or not any(listings(path)):
        return None
    files = {f.name: f for f in path.rglob("*") if f.is_file()}
    pictures, targets, kept = [], [], []
    for row in rows(path):
        index = labels.index(row.asked)
        if index is None or row.agreement < AGREEING or part(row.person) != split:
            continue
        if row.filename not in files:
            raise DatasetError("error.data.missing", path=path / row.filename)
        picture = read_picture(files[row.filename], longest=None)
        pictures.append(picture if row.box is None else _cut(picture, row.box))
        seen = [i for i in (labels.index(s) for s in (row.asked, *row.seen)) if i is not None]
        targets.append(np.bincount(seen, minlength=len(labels.classes)) / len(seen))
        kept.append((index, row))
    label = np.array([i for i, _ in kept], np.int64)
    return Samples(
        labels, pictures, np.array(targets).reshape(-1, len(labels.classes)), label,
        np.zeros(len(label), bool), native=labels.name == "aihub", attributes=pd.DataFrame(
            [{"age": r.age, "gender": r.gender, "profession": r.profession, "person": r.person,
              "agreement": r.agreement, "filename": r.filename} for _, r in kept]))


def part(person: str) -> Split:
    """train, val or test, 8:1:1: the same person always in the same one."""
    tenth = int(hashlib.sha256(person.encode()).hexdigest(), 16) % 10
    return "val" if tenth == 0 else "test" if tenth == 1 else "train"


def listings(path: Path) -> Iterator[tuple[Path, list[dict[str, Any]]]]:
    """The JSON lists of this format below a folder."""
    for file in sorted(path.rglob("*.json")):
        data = file.read_bytes()
        try:
            # Published partly as UTF-8, partly in the Korean Windows code page.
            text = data.decode("utf-8-sig")
        except UnicodeDecodeError:
            text = data.decode("cp949", errors="replace")
        try:
            found = json.loads(text)
        except ValueError:
            continue
        if isinstance(found, list) and found and isinstance(found[0], dict) \
                and "faceExp_uploader" in found[0]:
            yield file, found


def rows(path: Path) -> list[Row]:
    """Every row of every list, whatever its agreement.

    Raises:
        DatasetError: a row without a file name.
    """
    return [_row(record, file) for file, found in listings(path) for record in found]


def _row(record: dict[str, Any], file: Path) -> Row:
    flat = _flat(record)
    if "filename" not in flat:
        raise DatasetError("error.data.format", path=file)
    boxes = [[flat.get(f"{a}.boxes.{c}") for c in _CORNERS] for a in _ANNOTATORS]
    drawn = np.array([b for b in boxes if None not in b], float)
    return Row(Path(str(flat["filename"])).name, str(flat.get("faceExp_uploader", "")),
               tuple(str(flat[f"{a}.faceExp"]) for a in _ANNOTATORS if f"{a}.faceExp" in flat),
               np.median(drawn, axis=0) if len(drawn) else None, str(flat.get("gender", "")),
               float(flat.get("age") or np.nan), str(flat.get("isProf", "")))


def _flat(record: dict[str, Any], prefix: str = "") -> dict[str, Any]:
    """Nested keys joined by dots; pandas' flat form (``annot_A.boxes maxX``) likewise."""
    out: dict[str, Any] = {}
    for key, value in record.items():
        name = f"{prefix}{key.replace(' ', '.')}"
        out |= _flat(value, f"{name}.") if isinstance(value, dict) else {name: value}
    return out


def _cut(picture: NDArray[np.uint8], box: FloatArray) -> NDArray[np.uint8]:
    """The square around a box with its margin, within the picture."""
    side = (1 + 2 * MARGIN) * max(box[2:] - box[:2])
    x1, y1 = np.maximum((box[:2] + box[2:] - side) / 2, 0).astype(int)
    x2, y2 = ((box[:2] + box[2:] + side) / 2).astype(int)
    cut = picture[y1:max(y2, y1 + 1), x1:max(x2, x1 + 1)]
    return cut if cut.size else picture
