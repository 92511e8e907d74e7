"""Pictures whose file names say the emotion (seed 004): ``happy-man-smiling-260nw.jpg``."""

import re
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from fer_core.config import FaceSettings
from fer_core.emotions import LabelSet
from fer_core.faces import detector as faces
from fer_core.lab.datasets.samples import Samples, Split, reader
from fer_core.media.decode import SUFFIXES, read_picture

KEYWORDS = {
    "neutral": "neutral", "anger": "anger", "angry": "anger", "upset": "anger", "unhappy": "anger",
    "surprise": "surprise", "surprised": "surprise", "shocked": "surprise",
    "frightened": "surprise", "amazed": "surprise", "smile": "happiness", "happy": "happiness",
    "smiling": "happiness", "sad": "sadness", "cry": "sadness", "crying": "sadness"}
"""Word of a file name -> emotion. ``frightened`` as surprise is the seed's own choice."""
REASONS = ("no keyword", "several emotions", "no face", "several faces")


@dataclass(frozen=True)
class Verdict:
    """A picture's emotion, or why somebody has to look at it (``REASONS``)."""

    file: Path
    emotion: str | None
    reason: str | None


@reader("filenames")
def read(path: Path, split: Split, labels: LabelSet) -> Samples | None:
    """The pictures directly in a folder without subfolders that carry one emotion and show one
    face; the whole folder whatever the split. ``review`` lists the others.

    Raises:
        DatasetError: an unreadable picture.
    """
    if not path.is_dir() or not pictures(path):
        return None
    if any(p.is_dir() and p.name[0] not in "._" for p in path.iterdir()):
        return None
    found = [v for v in judge(path) if v.emotion in labels.keys]
    label = np.array([labels.keys.index(str(v.emotion)) for v in found], np.int64)
    target = np.eye(len(labels.classes))[label]
    return Samples(labels, [read_picture(v.file) for v in found], target, label,
                   np.zeros(len(label), bool),
                   attributes=pd.DataFrame({"filename": [v.file.name for v in found]}))


def pictures(path: Path) -> list[Path]:
    """The picture files directly in a folder."""
    return sorted(f for f in path.iterdir() if f.is_file() and f.suffix.lower() in SUFFIXES
                  and not f.name.startswith("."))


def emotions(name: str) -> set[str]:
    """The emotions that the words of a file name stand for."""
    words = re.split(r"[\W\d_]+", Path(name).stem.lower())
    return {KEYWORDS[w] for w in words if w in KEYWORDS}


def judge(path: Path) -> list[Verdict]:
    """Every picture of a folder: one emotion keyword and one face, or a reason to look."""
    # Strict, unlike picture_detector: here the question is whether there is one face or more.
    detector = faces.FaceDetector(FaceSettings())
    verdicts = []
    for file in pictures(path):
        named = emotions(file.name)
        reason = REASONS[0] if not named else REASONS[1] if len(named) > 1 else None
        if reason is None:
            seen = len(detector.detect(read_picture(file)))
            reason = REASONS[2] if seen == 0 else REASONS[3] if seen > 1 else None
        verdicts.append(Verdict(file, None if reason else named.pop(), reason))
    return verdicts


def review(path: Path, out: Path, side: int = 128, columns: int = 8) -> list[Verdict]:
    """Write ``review.csv`` and ``review.jpg`` (thumbnails in its order) of the pictures that
    somebody has to label by hand.

    Returns:
        the verdicts on them.
    """
    open_ = [v for v in judge(path) if v.reason]
    out.mkdir(parents=True, exist_ok=True)
    pd.DataFrame({"number": range(1, len(open_) + 1), "file": [v.file.name for v in open_],
                  "reason": [v.reason for v in open_],
                  "words": [" ".join(sorted(emotions(v.file.name))) for v in open_]},
                 ).to_csv(out / "review.csv", index=False)
    if open_:
        thumbnails = [_thumbnail(v.file, i + 1, side) for i, v in enumerate(open_)]
        thumbnails += [np.zeros_like(thumbnails[0])] * (-len(thumbnails) % columns)
        sheet = np.vstack([np.hstack(thumbnails[i:i + columns])
                           for i in range(0, len(thumbnails), columns)])
        cv2.imencode(".jpg", sheet[..., ::-1])[1].tofile(out / "review.jpg")
    return open_


def _thumbnail(file: Path, number: int, side: int) -> NDArray[np.uint8]:
    picture = read_picture(file)
    scale = side / max(picture.shape[:2])
    small = cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    small = small[:side, :side]
    framed = np.zeros((side, side, 3), np.uint8)
    framed[:small.shape[0], :small.shape[1]] = small
    cv2.putText(framed, str(number), (4, 18), cv2.FONT_HERSHEY_SIMPLEX, 0.6, (255, 220, 0), 2)
    return framed
