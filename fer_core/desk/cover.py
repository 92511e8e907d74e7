"""A clip whose faces are covered: a plain mask follows the head and how far the mouth is open.

Closed where in doubt: a picture in which the candidate is not found is blurred whole, every
finished picture is searched once more, and so is every picture of the finished file, because
compressing draws anew; what is still found is covered too, or the picture is blurred. The
mouth is judged by the contrast of its pixels: no network reads the face, so that a clip may be
covered where the law forbids to read it.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from fer_core.config import FaceSettings, VideoSettings
from fer_core.faces.alignment import align, alignment
from fer_core.faces.detector import FaceDetector
from fer_core.faces.tracking import Follower
from fer_core.media import apart
from fer_core.media.writing import write_clip
from fer_core.records import Face, FloatArray, Frame

Picture = NDArray[np.uint8]


class Detectors(NamedTuple):
    """What follows the people, what searches the finished pictures, and what the finished file."""

    following: FaceDetector
    searching: FaceDetector
    checking: FaceDetector

    @classmethod
    def load(cls) -> "Detectors":
        """MTCNN, three times: 2 MB of weights that come with its package."""
        return cls(*(FaceDetector(at) for at in (FaceSettings(), LOOK, CHECK)))


COPY = VideoSettings(fps=12, max_side=640)
"""Of the copies that reviewers watch: speech and gestures can be followed, an hour has 150 MB."""
LOOK = FaceSettings(detect_side=640, min_face=20, thresholds=(0.4, 0.5, 0.4))
"""How a finished picture is searched: at the scales at which MTCNN searches by default, and
content with less."""
CHECK = FaceSettings(detect_side=640, min_face=20, thresholds=(0.6, 0.7, 0.7))
"""How the finished file is searched: as MTCNN searches by default. Content with less it would not
find all of that, because of two places that lie close the surer one stays."""
LINGER = 2.0
"""s for which the place of somebody beside the candidate stays covered after they were last
found."""
PITCH = 0.84
"""Times that a disguised voice is higher: three semitones lower."""
FINISHED = VideoSettings(fps=60, max_side=640)
"""Every picture of a finished copy."""
TRIES = 3
"""Searches of a finished picture, or file, after which pictures are blurred whole."""
CLOTH, CREASE, MOUTH = (226, 213, 194), (206, 190, 168), (176, 146, 116)
_WIDE, _HIGH, _UP = 0.92, 0.9, 0.12
"""Half axes of the mask and how far its middle is moved up, as shares of the face's box: hair
and ears are under it."""
_BLUR = 12
"""px to which the longer side of a blurred picture is brought down: no face has more than a
few."""


def write_copy(path: Path, out: Path, load: Callable[[], Detectors] | None, *,
               pitched: bool = False, tell: Callable[[float | None], None] = lambda _: None,
               stopped: Callable[[], bool] = lambda: False) -> int:
    """What reviewers watch of a clip, as a new file.

    Args:
        load: what finds faces; None: they are not covered.
        pitched: whether the voice is disguised.
        tell: how far it is, 0 to 1, None while unknown.
        stopped: asked for every picture.

    Returns:
        How many pictures it has.

    Raises:
        VideoError: the clip cannot be read.
        Cancelled: ``stopped`` said so.
        OSError: the copy cannot be written.
    """
    duration, raised = apart.probe(path).duration, PITCH if pitched else 1.0

    def read() -> Iterator[Frame]:
        for frame in apart.read_frames(path, COPY, stopped):
            yield frame
            tell(min(1.0, frame.time / duration) if duration > 0 else None)

    if load is None:
        return write_clip(out, read(), apart.read_sound(path, stopped), raised)
    detectors = load()
    count = write_clip(out, covered(read(), detectors), apart.read_sound(path, stopped), raised)
    for last in (*[False] * (TRIES - 1), True):
        missed = [(frame.time, face) for frame in apart.read_frames(out, FINISHED, stopped)
                  for face in detectors.checking.detect(frame.image)]
        if not missed:
            break
        again = out.with_name(f"{out.name}.again")
        try:
            write_clip(again, mended(apart.read_frames(out, FINISHED, stopped), missed, last),
                       apart.read_sound(path, stopped), raised)
            again.replace(out)
        finally:
            again.unlink(missing_ok=True)
    return count


def covered(frames: Iterable[Frame], detectors: Detectors) -> Iterator[Frame]:
    """The same frames of one stream with every face in them covered."""
    follower = Follower(detectors.following, FaceSettings())
    mouth = _Mouth()
    others: list[tuple[float, Face]] = []
    for frame in frames:
        face, beside = follower.update(frame)
        others = [(time, one) for time, one in others if frame.time - time <= LINGER]
        others += [(frame.time, one) for one in beside]
        if face is None:
            yield Frame(frame.time, blurred(frame.image))
            continue
        image = frame.image.copy()
        for _, one in others:
            _cloth(image, one, 1.15)
        _mask(image, face, mouth.openness(frame.image, face.landmarks))
        missed = _mend(image, detectors.searching)
        if missed is None:
            yield Frame(frame.time, blurred(frame.image))
            continue
        others += [(frame.time, one) for one in missed]
        yield Frame(frame.time, image)


def mended(frames: Iterable[Frame], missed: Sequence[tuple[float, Face]], blur: bool
           ) -> Iterator[Frame]:
    """The frames of a finished copy with what was still found in them covered, a second before
    and after as well: where something is taken for a face once, it is again a moment later.

    Args:
        missed: when and where.
        blur: blur the pictures whole instead.
    """
    for frame in frames:
        near = [face for time, face in missed if abs(time - frame.time) <= LINGER / 2]
        image = blurred(frame.image) if near and blur else frame.image.copy()
        for face in near:
            _cloth(image, face, 1.15)
        yield Frame(frame.time, image)


def blurred(image: Picture) -> Picture:
    """A picture of which only light and colour are left."""
    height, width = image.shape[:2]
    scale = _BLUR / max(height, width)
    tiny = cv2.resize(image, (max(1, round(width * scale)), max(1, round(height * scale))),
                      interpolation=cv2.INTER_AREA)
    return cv2.resize(tiny, (width, height), interpolation=cv2.INTER_LINEAR)  # type: ignore[return-value]


def _mend(image: Picture, detector: FaceDetector) -> list[Face] | None:
    """Cover whatever is still found in a finished picture; None where that does not end."""
    missed: list[Face] = []
    for _ in range(TRIES):
        found = detector.detect(image)
        if not found:
            return missed
        for face in found:
            _cloth(image, face, 1.15)
        missed += found
    return None if detector.detect(image) else missed


def _cloth(image: Picture, face: Face, grown: float = 1.0) -> tuple[FloatArray, float, float]:
    """Lay a cloth over a head; its middle, half its height and its angle in degrees."""
    x1, y1, x2, y2 = face.box
    # Of a turned head the box is narrow; hair and ears are not.
    width, height = max(x2 - x1, 0.75 * (y2 - y1)), y2 - y1
    eyes = face.landmarks[1] - face.landmarks[0]
    roll = float(np.degrees(np.arctan2(eyes[1], eyes[0])))
    middle = face.centre - (0, _UP * height)
    axes = (grown * _WIDE * width, grown * _HIGH * height)
    cv2.ellipse(image, _whole(middle), _whole(axes), roll, 0, 360, CLOTH, -1, cv2.LINE_AA)
    return middle, axes[1], roll


def _mask(image: Picture, face: Face, openness: float) -> None:
    """A cloth with a crease that turns with the head and a mouth that opens with the mouth."""
    middle, half, roll = _cloth(image, face)
    nose, corners = face.landmarks[2], face.landmarks[3:5]
    down = np.array([-np.sin(np.radians(roll)), np.cos(np.radians(roll))])
    thick = max(1, round(0.03 * half))
    cv2.line(image, _whole(middle - 0.7 * half * down), _whole(nose), CREASE, thick, cv2.LINE_AA)
    wide = 0.5 * max(float(np.linalg.norm(corners[1] - corners[0])), 0.25 * half)
    cv2.ellipse(image, _whole(corners.mean(0)), _whole((wide, max(1.0, 0.9 * wide * openness))),
                roll, 0, 360, MOUTH, -1, cv2.LINE_AA)


class _Mouth:
    """How far a mouth is open, against how it was while closed."""

    def __init__(self) -> None:
        self._shut: float | None = None
        self._before = 0.0

    def openness(self, image: Picture, landmarks: FloatArray) -> float:
        """0 closed to 1 wide open, a little smoothed.

        Args:
            image: (H, W, 3) RGB.
            landmarks: (5, 2) px of it.
        """
        contrast = mouth_contrast(image, landmarks)
        # Falls to a closed mouth at once, forgets it slowly: light and distance change.
        self._shut = contrast if self._shut is None else min(
            contrast, self._shut + 0.002)
        now = float(np.clip((contrast - self._shut) / 0.25, 0.05, 1))
        self._before = 0.5 * self._before + 0.5 * now
        return self._before


def mouth_contrast(image: Picture, landmarks: FloatArray) -> float:
    """How much light changes from the nose down to the chin, along the middle of the mouth, as a
    share of the skin's: lips, teeth and the dark between them.

    Args:
        image: (H, W, 3) RGB.
        landmarks: (5, 2) px of it.
    """
    size = 96
    matrix = alignment(landmarks, size)
    crop = align(image, matrix, size).astype(float)
    points = landmarks @ matrix[:, :2].T + matrix[:, 2]
    x, y = np.clip(points[3:5].mean(0).astype(int), (6, 9), (size - 7, size - 12))
    profile = crop[y - 9:y + 20, x - 6:x + 7].mean(1)
    skin = max(float(np.median(crop[size // 2:, size // 4:-size // 4])), 1.0)
    return float((profile.std() + 4 * np.abs(np.diff(profile)).mean()) / skin)


def _whole(point: Iterable[float]) -> tuple[int, int]:
    x, y = point
    return round(float(x)), round(float(y))
