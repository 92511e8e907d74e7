"""Where the one-stage detector's faces come from, and which of them it never learns from.

WIDER pictures bring crowds and boxes drawn by people. Portraits and frames of clips bring
landmarks: MediaPipe's mesh points of ``face_muscles.npz`` and ``rated_clips/muscles.npz``. Crops
with masks bring a box alone. What is held out is chosen by name, so that it never changes.
"""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any
from zlib import crc32

import av
import cv2
import numpy as np
from numpy.typing import NDArray

from fer_core.errors import DatasetError
from fer_core.lab.datasets.accessories import WORN
from fer_core.lab.datasets.accessories import read as read_masks
from fer_core.lab.detection import Marked, load
from fer_core.media.decode import decode
from fer_core.records import FloatArray

HELD_OUT = {"wider": 4, "person": 2, "portrait": 10, "turned": 2}
"""One in so many is held out: of WIDER's pictures, of the people in clips, of the portraits,
of those who look aside (they are few)."""
TURNED = 35.0
"""Degrees of yaw from which a portrait looks aside; they reach 57, half of them 39 and more."""
OVAL = (10, 338, 297, 332, 284, 251, 389, 356, 454, 323, 361, 288, 397, 365, 379, 378, 400, 377,
        152, 148, 176, 149, 150, 136, 172, 58, 132, 93, 234, 127, 162, 21, 54, 103, 67, 109)
"""Mesh points around a face."""
MARKS = (468, 473, 1, 61, 291)
"""Mesh points that are ``Face.landmarks``: irises, tip of the nose, corners of the mouth."""
PERSON = 11
"""Leading characters of a rated clip's name that tell who it is of."""
SMALLEST = 8
"""px; smaller faces of WIDER are neither learnt nor punished."""
MASK_BOX = (0.54, 0.71)
"""Width and height of the face in a crop of ``accessories.npz``, as shares of its side: the
crop is 1.4 times the longer side of a detector's box."""


def held_out(kind: str, name: str) -> bool:
    """Whether a picture, person or portrait is for measuring only."""
    return crc32(name.encode()) % HELD_OUT[kind] == 0


@dataclass(frozen=True, eq=False)
class Shown:
    """A picture whose N faces are known by points.

    Attributes:
        picture: (H, W, 3) uint8 RGB.
        outline: (N, P, 2) px, points whose bounds are the box.
        marks: (N, 5, 2) px, NaN where unknown.
        ignored: (N,) too small to be learnt.
        of: whom a clip shows.
        yaw: degrees that a portrait's or clip's face looks aside.
    """

    picture: NDArray[np.uint8]
    outline: FloatArray
    marks: FloatArray
    ignored: NDArray[np.bool_]
    of: str = ""
    yaw: float = 0.0

    @cached_property
    def boxes(self) -> FloatArray:
        """(N, 4) xyxy px."""
        return np.hstack([self.outline.min(1), self.outline.max(1)])


def wider(folder: Path, *, held: bool) -> list[Marked]:
    """WIDER's pictures that are held out, or those that are not."""
    return [m for m in load(folder, SMALLEST) if held_out("wider", m.name) == held]


def marked(picture: Marked) -> Shown:
    """A picture with boxes: their corners are the outline."""
    x1, y1, x2, y2 = picture.boxes.T
    corners = np.stack([np.stack([x1, x2], 1), np.stack([y1, y2], 1)], 2)
    return Shown(picture.picture, corners, np.full((len(corners), 5, 2), np.nan),
                 picture.ignored)


def portraits(folder: Path, *, held: bool) -> list[Shown]:
    """Portraits of ``web_expressions.npz`` in which the mesh was found."""
    with _opened(folder / "face_muscles.npz") as z, _opened(folder / "web_expressions.npz") as w:
        mesh, points, pose = z["landmark_indices"].tolist(), z["web_landmarks"], z["web_pose"]
        webp, offsets = w["webp"], w["offsets"]
        rows = [i for i in np.flatnonzero(~np.isnan(pose).any(axis=1))
                if held_out("turned" if abs(pose[i, 0]) >= TURNED else "portrait",
                            str(i)) == held]
        return [_meshed(decode(webp[offsets[i]:offsets[i + 1]].tobytes(), str(i)),
                        points[i], mesh, yaw=float(pose[i, 0])) for i in rows]


def frames(folder: Path, *, held: bool, every: int, side: int) -> list[Shown]:
    """Frames of the rated clips of some people.

    Args:
        every: frames that the teacher saw are taken with that distance.
        side: px of the longer side to which larger ones are scaled.
    """
    with _opened(folder / "rated_clips" / "muscles.npz") as z, _opened(
            folder / "face_muscles.npz") as own:
        mesh = own["landmark_indices"].tolist()
        clips, numbers, points, pose = (z[k] for k in (
            "clip", "clip_frame", "clip_landmarks", "clip_pose"))
    found = []
    for clip in dict.fromkeys(clips.tolist()):
        if held_out("person", clip[:PERSON]) != held:
            continue
        rows = np.flatnonzero((clips == clip) & ~np.isnan(pose).any(axis=1))[::every]
        wanted = {int(numbers[i]): i for i in rows}
        with av.open(str(folder / "rated_clips" / clip)) as container:
            for number, picture in enumerate(container.decode(video=0)):
                if (i := wanted.get(number)) is None:
                    continue
                image = picture.to_ndarray(format="rgb24").astype(np.uint8, copy=False)
                scale = min(1.0, side / max(image.shape[:2]))
                small = image if scale == 1 else cv2.resize(
                    image, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
                found.append(_meshed(np.asarray(small, np.uint8), points[i] * scale, mesh,
                                     clip[:PERSON], float(pose[i, 0])))
    return found


def masks(folder: Path, *, held: bool) -> list[Shown]:
    """Crops of faces that wear a mask; with those that do not where they are for learning."""
    samples = read_masks(folder / "accessories.npz", "test" if held else "train", WORN)
    if samples is None:
        raise DatasetError("error.data.missing", path=folder / "accessories.npz")
    crops = [p for p, worn in zip(samples.pictures, samples.label, strict=True)
             if worn or not held]
    return [marked(Marked(p, _middle(p.shape[0]), np.zeros(1, bool))) for p in crops]


def _middle(side: int) -> FloatArray:
    half = np.array(MASK_BOX) * side / 2
    return np.hstack([side / 2 - half, side / 2 + half])[None]


def _meshed(picture: NDArray[np.uint8], points: FloatArray, mesh: list[int], of: str = "",
            yaw: float = 0.0) -> Shown:
    points = points.astype(float)
    return Shown(picture, points[[mesh.index(p) for p in OVAL]][None],
                 points[[mesh.index(p) for p in MARKS]][None], np.zeros(1, bool), of, yaw)


def _opened(path: Path) -> Any:
    if not path.is_file():
        raise DatasetError("error.data.missing", path=path)
    return np.load(path)
