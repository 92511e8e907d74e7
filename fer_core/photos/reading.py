"""The bytes of a picture file -> every face in it, and what the networks read from each."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fer_core.config import FaceSettings, Settings
from fer_core.emotions import LabelSet
from fer_core.faces.alignment import align, alignment
from fer_core.faces.detector import FaceDetector
from fer_core.faces.pose import head_pose
from fer_core.media.stills import read_still
from fer_core.networks.recogniser import Recogniser
from fer_core.records import Face, FloatArray, HeadPose

LONGEST = 1600
"""px of the longer side of what is searched."""
DETECTION = FaceSettings(detect_side=LONGEST, min_face=20)
"""A crowd is searched on more pixels than a clip's frame, for smaller faces: it is one picture."""
SMALL = 12.0
"""px between the eyes under which the crop is enlarged by more than 1.4 times: the reading is
said to be unsure."""
TURNED = 45.0
"""Degrees of yaw from which on a face shows too little of itself."""
ROW = 0.6
"""Faces whose centres differ in height by less than so many face sizes stand in one row."""


@dataclass(frozen=True, eq=False)
class FaceRead:
    """One face of a picture.

    Attributes:
        number: from 1, by rows from the top, in each from the left.
        face: where it is, px of the file's picture, upright.
        pose: of the head.
        small, turned: too few pixels, or too far to the side, to be sure of.
        crop: (S, S) uint8, what the networks saw.
        members: (M, C) what each network read; ``vote`` (C,) what they agreed on.
    """

    number: int
    face: Face
    pose: HeadPose
    small: bool
    turned: bool
    crop: NDArray[np.uint8]
    members: FloatArray
    vote: FloatArray


@dataclass(frozen=True, eq=False)
class PhotoRead:
    """What was read in a picture. The picture itself is not in it.

    Attributes:
        name: the file's, to be shown; nobody in it has one.
        width, height: px of the file's picture, upright; boxes and landmarks are on it.
        frames: pictures in the file: more than one is an animation, of which the first was read.
        labels: classes of the readings.
        names: the M networks.
        faces: by number; empty where there is none.
    """

    name: str
    width: int
    height: int
    frames: int
    labels: LabelSet
    names: tuple[str, ...]
    faces: tuple[FaceRead, ...]

    def in_pixels(self, picture: NDArray[np.uint8]) -> list[Face]:
        """The faces where they are in a copy of the picture that was scaled, as
        ``PhotoReader.read`` gives it: (H, W, 3)."""
        scale = picture.shape[1] / self.width
        return [Face(one.face.box * scale, one.face.landmarks * scale, one.face.confidence)
                for one in self.faces]


class PhotoReader:
    """Reads pictures with the networks that vote, and a detector that finds a crowd.

    Args:
        recogniser: loaded, shared with whoever else reads.
    """

    def __init__(self, recogniser: Recogniser) -> None:
        self.recogniser = recogniser
        self._detector = FaceDetector(DETECTION, recogniser.device)

    @classmethod
    def of(cls, settings: Settings) -> "PhotoReader":
        """A reader with networks of its own.

        Raises:
            ModelError: they cannot be loaded.
        """
        return cls(Recogniser(settings))

    def read(self, data: bytes, name: str) -> tuple[PhotoRead, NDArray[np.uint8]]:
        """Every face of a picture file. One without any is data, not an error.

        Returns:
            what was read, and the picture it was read from, (H, W, 3) uint8 RGB, upright, the
            longer side at most ``LONGEST`` px: to be drawn on, and let go.

        Raises:
            PictureError: the bytes are no picture, or too large a one.
        """
        still = read_still(data, name, LONGEST)
        scale = still.width / still.image.shape[1]
        found = in_rows(self._detector.detect(still.image))
        size = self.recogniser.crop
        crops = np.array([align(still.image, alignment(f.landmarks, size), size) for f in found],
                         np.uint8).reshape(-1, size, size)
        members = self.recogniser.members(crops)
        votes = self.recogniser.vote(members)
        faces = []
        for i, face in enumerate(found):
            pose = head_pose(face.landmarks)
            faces.append(FaceRead(
                i + 1, Face(face.box * scale, face.landmarks * scale, face.confidence), pose,
                face.eye_distance < SMALL, abs(pose.yaw) > TURNED, crops[i], members[:, i],
                votes[i]))
        return PhotoRead(name, still.width, still.height, still.frames, self.recogniser.labels,
                     tuple(n.name for n in self.recogniser.names), tuple(faces)), still.image


def in_rows(faces: list[Face]) -> list[Face]:
    """Faces as one reads: rows from the top, in each from the left."""
    rows: list[list[Face]] = []
    for face in sorted(faces, key=lambda f: f.centre[1]):
        last = rows[-1] if rows else []
        if last and face.centre[1] - np.mean([f.centre[1] for f in last]) < ROW * face.size:
            last.append(face)
        else:
            rows.append([face])
    return [face for row in rows for face in sorted(row, key=lambda f: f.centre[0])]
