"""A clip -> the traits of whoever it shows, by several of its frames."""

from collections import Counter
from itertools import islice
from pathlib import Path
from typing import TypeVar

import numpy as np

from fer_core.config import VideoSettings
from fer_core.emoticons.reading import TraitsRead, TraitsReader
from fer_core.emoticons.traits import Proportions, Traits
from fer_core.faces.detector import FaceDetector
from fer_core.media import apart
from fer_core.networks.accessories import Worn

LOOKS, RATE = 7, 1.0
"""Frames that are looked at, the first with a face, and how many a second."""
T = TypeVar("T")


def of_clip(path: Path, reader: TraitsReader, detector: FaceDetector) -> TraitsRead | None:
    """The traits of the largest face; None where there is none.

    Raises:
        VideoError: the clip cannot be read.
    """
    with apart.reading(path, VideoSettings(fps=RATE)) as clip:
        found = (reader.read(frame.image, faces[:1])[0] for frame in clip.frames
                 if (faces := detector.detect(frame.image)))
        looks = list(islice(found, LOOKS))
    return agreed(looks) if looks else None


def agreed(looks: list[TraitsRead]) -> TraitsRead:
    """What several looks at one face agree on: medians, and what most of them say."""
    def usual(values: list[T]) -> T:
        return Counter(values).most_common(1)[0][0]

    def middle(values: list[float]) -> float:
        return round(float(np.median(values)), 2)

    of = [look.traits for look in looks]
    face = Proportions(**{part: middle([getattr(t.face, part) for t in of])
                          for part in Proportions.model_fields})
    traits = Traits(skin=middle([t.skin for t in of]), hair=usual([t.hair for t in of]),
                    style=usual([t.style for t in of]), glasses=usual([t.glasses for t in of]),
                    mask=usual([t.mask for t in of]), face=face)
    return TraitsRead(traits, Worn(middle([look.worn.glasses for look in looks]),
                                   middle([look.worn.mask for look in looks])))
