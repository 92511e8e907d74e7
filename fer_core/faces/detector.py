"""Frame -> faces: MTCNN (Zhang et al., arXiv:1604.02878) through facenet-pytorch."""

import cv2
import numpy as np
import torch
from facenet_pytorch.models.mtcnn import ONet, PNet, RNet
from numpy.typing import NDArray

from fer_core.config import FaceSettings
from fer_core.faces.cascade import Cascade
from fer_core.records import Face, FloatArray

PICTURE_SIDE = 144
"""px to which a small picture is enlarged before detection: 48-px training faces are under
MTCNN's smallest scale."""
PICTURE_BORDER = 0.25
"""Replicated border around a picture, as a share of its side: a tightly cropped face touches
the edge, and MTCNN wants some surroundings (found on 92 % instead of 84 % of FER2013)."""
PICTURE_THRESHOLDS = (0.4, 0.5, 0.5)
"""Lenient: a picture given for training or evaluation is known to show a face (96.5 %)."""
PICTURE_TURNS = (0.0, 25.0, -25.0)
"""Degrees by which such a picture is turned until a face is found: where a face fills 48 px, MTCNN
finds a tilted one on 73 %. In a webcam's picture it finds all of them, up to 35 degrees."""
DIM = 60.0
"""Mean grey level up to which a dim picture is lightened for the search. Of webcam frames with 8 %
of their light MTCNN misses 72 %, lightened none."""
LIGHTEST = 16.0
"""Times, at most: beyond it there is only noise."""


class FaceDetector:
    """Finds faces in a whole picture, or again near a place where one was.

    Args:
        settings: sizes and thresholds.
        device: where MTCNN runs.
    """

    def __init__(self, settings: FaceSettings, device: str = "cpu") -> None:
        self._settings = settings
        self._device = torch.device(device)
        # Pooling one channel after another takes half of the time on a CPU.
        coarse, finer, last = (
            network().eval().to(self._device, memory_format=torch.channels_last)
            for network in (PNet, RNet, ONet))
        self._cascade = Cascade(coarse, finer, last, settings.thresholds, settings.min_face)

    @property
    def last_stage(self) -> torch.nn.Module:
        """MTCNN's ONet: (N, 3, 48, 48) -> shifts of the box, landmarks, scores."""
        return self._cascade.last

    def detect(self, image: NDArray[np.uint8]) -> list[Face]:
        """All faces in a picture, the largest first.

        Args:
            image: (H, W, 3) uint8 RGB. Scaled down to ``detect_side`` for the search.

        Returns:
            Faces in the picture's own pixels; empty where there is none.
        """
        scale = min(1.0, self._settings.detect_side / max(image.shape[:2]))
        small = image if scale == 1 else cv2.resize(
            image, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
        if min(small.shape[:2]) < self._settings.min_face:
            return []
        faces = [Face(box / scale, marks / scale, float(score))
                 for box, score, marks in zip(*self._cascade.find(lightened(small)), strict=True)]
        return sorted(faces, key=lambda face: -face.size)

    @torch.inference_mode()
    def refine(self, image: NDArray[np.uint8], face: Face) -> Face | None:
        """The same face a moment later: MTCNN's last stage alone around the old box, about
        a thirtieth of a full detection.

        Args:
            image: (H, W, 3) uint8 RGB.
            face: where it was.

        Returns:
            The face with its new box and landmarks, or None where it is lost.
        """
        height, width = image.shape[:2]
        side = max(face.box[2:] - face.box[:2])
        x1, y1 = np.floor(np.maximum(face.centre - side / 2, 0)).astype(int)
        x2, y2 = np.ceil(np.minimum(face.centre + side / 2, (width, height))).astype(int)
        if x2 - x1 < 8 or y2 - y1 < 8:
            return None
        crop = cv2.resize(image[y1:y2, x1:x2], (48, 48), interpolation=cv2.INTER_AREA)
        x = torch.from_numpy(lightened(crop)).to(self._device).permute(2, 0, 1)[None].float()
        shift, points, score = (t[0].cpu().numpy().astype(float)
                                for t in self._cascade.last((x - 127.5) * 0.0078125))
        if score[1] < self._settings.refine_confidence:
            return None
        size = np.array([x2 - x1, y2 - y1], float)
        origin = np.array([x1, y1], float)
        box = np.concatenate([origin, origin + size]) + shift * np.tile(size, 2)
        landmarks = origin + size * points.reshape(2, 5).T
        refined = Face(box, landmarks, float(score[1]), face.track)
        return refined if refined.size >= 8 and refined.eye_distance >= 2 else None


def lightened(image: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """A dim picture, (H, W, 3), as MTCNN's training pictures were lit; others as they are."""
    mean = np.mean(cv2.mean(image)[:3])
    if mean >= DIM:
        return image
    return cv2.convertScaleAbs(image, alpha=min(DIM / max(mean, 1.0), LIGHTEST))  # type: ignore[return-value]


def picture_detector(device: str = "cpu") -> FaceDetector:
    """The detector for pictures that are known to show one face, cropped or not."""
    settings = FaceSettings(detect_side=480, min_face=40, thresholds=PICTURE_THRESHOLDS)
    return FaceDetector(settings, device)


def picture_landmarks(image: NDArray[np.uint8], detector: FaceDetector) -> FloatArray | None:
    """Landmarks of the one face that a training or evaluation picture is about.

    The picture is enlarged if it is small, given a border, and turned where nothing is found; of
    several faces the largest wins, those near the centre first.

    Args:
        image: (H, W) or (H, W, 3) uint8, grey or RGB.
        detector: from ``picture_detector``.

    Returns:
        (5, 2) px in ``image``, or None: then ``alignment.whole_picture`` is the rule.
    """
    if image.ndim == 2:
        image = np.repeat(image[:, :, None], 3, axis=2)
    scale = max(1.0, PICTURE_SIDE / min(image.shape[:2]))
    large = image if scale == 1 else cv2.resize(
        image, None, fx=scale, fy=scale, interpolation=cv2.INTER_LINEAR)
    border = int(PICTURE_BORDER * min(large.shape[:2]))
    framed = cv2.copyMakeBorder(large, border, border, border, border, cv2.BORDER_REPLICATE)
    middle = np.array(framed.shape[1::-1]) / 2
    for angle in PICTURE_TURNS:
        turn = cv2.getRotationMatrix2D(middle - 0.5, angle, 1)
        faces = detector.detect(framed if angle == 0 else cv2.warpAffine(
            framed, turn, framed.shape[1::-1], borderMode=cv2.BORDER_REPLICATE))
        if faces:
            best = max(faces, key=lambda f: f.confidence * f.size
                       / (f.size + float(np.linalg.norm(f.centre - middle))))
            upright = cv2.transform(best.landmarks[None], cv2.invertAffineTransform(turn))[0]
            # cv2.resize maps pixel centres: (x + 0.5) * scale - 0.5.
            return (upright - border + 0.5) / scale - 0.5
    return None
