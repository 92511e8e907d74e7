"""What the teacher saw, joined with the faces that our detector finds in the same pictures.

``face_muscles.npz`` and ``rated_clips/muscles.npz`` hold blendshapes and mesh points that a
published landmark network (MediaPipe Face Landmarker, Apache-2.0) saw in web portraits and in
frames of clips. A teacher, not the truth.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import av
import numpy as np
from numpy.typing import NDArray

from fer_core.config import FaceSettings
from fer_core.errors import DatasetError
from fer_core.faces.alignment import align, alignment
from fer_core.faces.detector import FaceDetector
from fer_core.faces.tracking import Follower
from fer_core.lab.muscles.taught import FULL, MARGIN, PORTRAITS, Taught
from fer_core.media.decode import decode
from fer_core.networks.models.muscles import MUSCLES, SHARP
from fer_core.records import Face, FloatArray, Frame

SHAPES = {"smile": ("mouthSmileLeft", "mouthSmileRight"),
          "brow_lowered": ("browDownLeft", "browDownRight"),
          "brow_raised": ("browInnerUp", "browOuterUpLeft", "browOuterUpRight"),
          "jaw_open": ("jawOpen",), "lip_press": ("mouthPressLeft", "mouthPressRight")}
"""Muscle -> the teacher's blendshapes whose mean it is."""
CLOSED = ("eyeBlinkRight", "eyeBlinkLeft")
"""The same of each eye; the one that is left in the picture is the person's right."""
MESH = ((33, 133, 468), (263, 362, 473))
"""Mesh points that are each eye's outer corner, inner corner and iris."""
SAME = 0.4
"""Eye distances by which the detector's eyes and the teacher's may differ: else they saw
different faces, or one of them erred."""
BORDER = 40
"""px put around a portrait, whose face often touches the edge."""


def gather(folder: Path) -> Taught:
    """Faces of ``web_expressions.npz``, ``clips/`` and ``rated_clips/`` of a data folder that
    both the teacher and our detector found.

    Raises:
        DatasetError: a file is missing.
    """
    own, rated = folder / "face_muscles.npz", folder / "rated_clips" / "muscles.npz"
    web = folder / "web_expressions.npz"
    for path in (own, rated, web):
        if not path.is_file():
            raise DatasetError("error.data.missing", path=path)
    with np.load(own) as z, np.load(rated) as y, np.load(web) as pictures:
        names, mesh = z["blendshape_names"].tolist(), z["landmark_indices"].tolist()
        rows = [*_portraits(z, pictures, mesh), *_clips(z, folder / "clips", mesh),
                *_clips(y, folder / "rated_clips", mesh)]
    shapes = np.stack([row.pop("shapes") for row in rows])
    mean = {m: shapes[:, [names.index(s) for s in of]].mean(1) for m, of in SHAPES.items()}
    columns = {name: np.stack([row[name] for row in rows]) for name in rows[0]}
    return Taught(**columns, muscles=np.stack([mean[m] for m in MUSCLES], 1),
                  closed=shapes[:, [names.index(s) for s in CLOSED]])


def _portraits(z: Any, pictures: Any, mesh: list[int]) -> Iterator[dict[str, Any]]:
    detector = FaceDetector(FaceSettings(refine_confidence=0.5))
    webp, offsets, points = pictures["webp"], pictures["offsets"], z["web_landmarks"]
    for i, shapes in enumerate(z["web_blendshapes"]):
        if np.isnan(shapes).any():
            continue
        picture = decode(webp[offsets[i]:offsets[i + 1]].tobytes(), str(i))
        image = np.pad(picture, ((BORDER, BORDER), (BORDER, BORDER), (0, 0)), mode="edge")
        seen = points[i].astype(float) + BORDER
        # The last stage alone, twice: where the face is, the teacher has said.
        face: Face | None = Face(np.r_[seen.min(0), seen.max(0)], np.zeros((5, 2)), 1.0)
        for _ in range(2):
            face = face and detector.refine(image, face)
        if face is not None:
            yield from _row(image, face, seen, mesh, shapes, PORTRAITS, i)


def _clips(z: Any, folder: Path, mesh: list[int]) -> Iterator[dict[str, Any]]:
    detector = FaceDetector(FaceSettings())
    clips, frames, shapes = z["clip"], z["clip_frame"], z["clip_blendshapes"]
    known, points = ~np.isnan(shapes).any(axis=1), z["clip_landmarks"]
    for clip in dict.fromkeys(clips[known].tolist()):
        rows = {int(frames[i]): i for i in np.flatnonzero(known & (clips == clip))}
        follower = Follower(detector, FaceSettings())
        with av.open(str(folder / clip)) as container:
            rate = float(container.streams.video[0].average_rate or 25)
            for number, picture in enumerate(container.decode(video=0)):
                if number not in rows:
                    continue
                i = rows[number]
                image = picture.to_ndarray(format="rgb24").astype(np.uint8, copy=False)
                face, _ = follower.update(Frame(number / rate, image))
                if face is not None:
                    yield from _row(image, face, points[i].astype(float), mesh, shapes[i], clip,
                                    number)


def _row(image: NDArray[np.uint8], face: Face, seen: FloatArray, mesh: list[int],
         shapes: FloatArray, group: str, number: int) -> Iterator[dict[str, Any]]:
    points = seen[[[mesh.index(p) for p in eye] for eye in MESH]]
    apart = np.abs(points[:, :2].mean(axis=1) - face.landmarks[:2]).max()
    if apart > SAME * max(face.eye_distance, 8):
        return
    matrix = alignment(face.landmarks, SHARP)
    matrix[:, 2] += MARGIN
    linear, shift = matrix[:, :2], matrix[:, 2]
    yield {"crops": align(image, matrix, FULL), "eyes": face.landmarks[:2] @ linear.T + shift,
           "points": points @ linear.T + shift, "shapes": shapes.astype(float),
           "group": f"{group:.30}", "frame": number, "scale": np.hypot(*linear[:, 0])}
