"""What a camera shows, frame by frame."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from fer_core.records.arrays import FloatArray, frozen_array
from fer_core.records.columns import COLUMNS


@dataclass(frozen=True, eq=False)
class Frame:
    """One picture of a clip or the webcam.

    Attributes:
        time: s since the first picture, from the stream's own timestamps.
        image: (H, W, 3) uint8 RGB, upright.
    """

    time: float
    image: NDArray[np.uint8]

    def __post_init__(self) -> None:
        if self.image.ndim != 3 or self.image.shape[2] != 3 or self.image.dtype != np.uint8:
            raise ValueError(f"image: {self.image.dtype} {self.image.shape}, not (H, W, 3) uint8")


@dataclass(frozen=True, eq=False)
class Face:
    """A face in a picture.

    Attributes:
        box: (4,) x1, y1, x2, y2 px.
        landmarks: (5, 2) px: the person's right eye, left eye (left in the picture
            first), nose tip, mouth corners in the same order.
        confidence: the detector's, 0 to 1.
        track: the same number is the same person; -1 before tracking.
    """

    box: FloatArray
    landmarks: FloatArray
    confidence: float
    track: int = -1

    def __post_init__(self) -> None:
        object.__setattr__(self, "box", frozen_array(self.box, (4,), "box"))
        object.__setattr__(self, "landmarks", frozen_array(self.landmarks, (5, 2), "landmarks"))

    @property
    def centre(self) -> FloatArray:
        """(2,) centre of the box, px."""
        return (self.box[:2] + self.box[2:]) / 2

    @property
    def size(self) -> float:
        """Geometric mean of the box's sides, px."""
        return float(np.sqrt(np.prod(np.maximum(self.box[2:] - self.box[:2], 0))))

    @property
    def eye_distance(self) -> float:
        """Distance between the eyes, px."""
        return float(np.linalg.norm(self.landmarks[1] - self.landmarks[0]))


@dataclass(frozen=True)
class HeadPose:
    """Head rotation in degrees: yaw > 0 to the picture's right, pitch > 0 up,
    roll > 0 clockwise in the picture."""

    yaw: float
    pitch: float
    roll: float


@dataclass(frozen=True, eq=False)
class Reading:
    """What one analysed frame showed of the candidate.

    Attributes:
        time: s.
        face: the candidate, or None where nobody was seen.
        probabilities: (C,) summing to 1, or None without a face.
        pose: head pose, or None without a face.
        light: mean grey level of the face, 0 to 1, or None without a face.
        others: faces of other people; seen, never scored.
        picture: JPEG of the face, only of a person who agreed to keep pictures.
        members: name of each network -> (C,) what it alone said; empty where nobody tells.
        values: further columns of the timeline, name -> value of this frame; what is not
            there was not measured.

    Raises:
        ValueError: a face without probabilities or the reverse, or a column nobody declared.
    """

    time: float
    face: Face | None = None
    probabilities: FloatArray | None = None
    pose: HeadPose | None = None
    light: float | None = None
    others: tuple[Face, ...] = ()
    picture: bytes | None = None
    members: Mapping[str, FloatArray] = field(default_factory=dict)
    values: Mapping[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if (self.face is None) != (self.probabilities is None):
            raise ValueError("a reading has both a face and probabilities, or neither")
        if unknown := self.values.keys() - COLUMNS.keys():
            raise ValueError(f"not columns: {', '.join(sorted(unknown))}")
        if self.probabilities is not None:
            object.__setattr__(self, "probabilities",
                               frozen_array(self.probabilities, (None,), "probabilities"))

    @property
    def columns(self) -> dict[str, float]:
        """What this frame says of the timeline's columns, name -> value."""
        pose = {} if self.pose is None or self.face is None else vars(self.pose)
        return {"coverage": float(self.face is not None), **pose, **self.values}
