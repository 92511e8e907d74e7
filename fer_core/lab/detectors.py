"""The detectors that are compared: each finds boxes in a picture, or in a webcam's frame."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from fer_core.config import FaceSettings
from fer_core.errors import ModelError
from fer_core.faces.detector import FaceDetector
from fer_core.lab.onestage.finding import SURE as ONESTAGE_SURE
from fer_core.lab.onestage.finding import OneStageDetector
from fer_core.records import FloatArray

Found = tuple[FloatArray, FloatArray]
"""(N, 4) xyxy boxes px and their (N,) confidences."""
Detector = Callable[[NDArray[np.uint8]], Found]

WEBCAM = 480
"""px of the longer side of a webcam's frame, as Poise searches it."""
SMALLER = 320
"""The same for the detectors that need no more."""
FAINT = 0.02
"""Score from which a one-stage detector's boxes are looked at: average precision wants them all."""


@dataclass(frozen=True)
class Candidate:
    """A detector that is compared.

    Attributes:
        whole: of faces from so many px on in a picture of any size.
        webcam: of faces as large as Poise wants them, in a frame of at most ``WEBCAM`` px.
        sure: confidence from which it would be believed.
        learnt: whether it was trained here on all WIDER pictures but the held-out ones.
    """

    whole: Callable[[int], Detector]
    webcam: Callable[[], Detector]
    sure: float = -math.inf
    learnt: bool = False


def candidates(trained: Path | None = None, yunet_file: Path | None = None) -> dict[str, Candidate]:
    """Those that are present, by name.

    Args:
        trained: weights that ``detector`` wrote.
        yunet_file: YuNet as OpenCV publishes it (face_detection_yunet_2023mar.onnx).

    Raises:
        ModelError: one of the files is missing or something else.
    """
    poise = FaceSettings()
    found = {"mtcnn": Candidate(mtcnn, lambda: mtcnn(poise.min_face, poise.detect_side)),
             "haar": Candidate(haar, lambda: haar(poise.min_face))}
    if yunet_file is not None:
        file = yunet_file
        found["yunet"] = Candidate(lambda min_face: yunet(file), lambda: yunet(file, SMALLER), 0.6)
    if trained is not None:
        weights = trained
        found["onestage"] = Candidate(lambda min_face: onestage(weights),
                                      lambda: onestage(weights, SMALLER), ONESTAGE_SURE, True)
    return found


def mtcnn(min_face: int, side: int = 4096) -> Detector:
    """The product's detector, for faces of at least ``min_face`` px."""
    detector = FaceDetector(FaceSettings(min_face=min_face, detect_side=side))

    def find(picture: NDArray[np.uint8]) -> Found:
        faces = detector.detect(picture)
        return (np.array([f.box for f in faces]).reshape(-1, 4),
                np.array([f.confidence for f in faces]))
    return find


def corners(xywh: FloatArray) -> FloatArray:
    """(N, 4) x, y, width and height as two corners."""
    return np.hstack([xywh[:, :2], xywh[:, :2] + xywh[:, 2:]])


def haar(min_face: int) -> Detector:
    """OpenCV's frontal face cascade (Viola & Jones 2001), the classic alternative."""
    cascade = cv2.CascadeClassifier(
        str(Path(cv2.data.haarcascades) / "haarcascade_frontalface_default.xml"))  # type: ignore[attr-defined]

    def find(picture: NDArray[np.uint8]) -> Found:
        boxes, _, weights = cascade.detectMultiScale3(
            cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY), 1.1, 3, minSize=(min_face, min_face),
            outputRejectLevels=True)
        xywh = np.asarray(boxes, float).reshape(-1, 4)
        return corners(xywh), np.asarray(weights, float).ravel()
    return find


def yunet(file: Path, side: int = 4096) -> Detector:
    """YuNet (Wu, Peng & Yu, Machine Intelligence Research 2023) through OpenCV.

    Raises:
        ModelError: no such file, or not this network.
    """
    try:
        network = cv2.FaceDetectorYN.create(str(file), "", (SMALLER, SMALLER), FAINT)
    except cv2.error as error:
        raise ModelError("error.model.detector", path=file) from error

    def find(picture: NDArray[np.uint8]) -> Found:
        scale = min(1.0, side / max(picture.shape[:2]))
        small = cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
        network.setInputSize(small.shape[1::-1])
        rows = network.detect(cv2.cvtColor(small, cv2.COLOR_RGB2BGR))[1]
        rows = np.empty((0, 15)) if rows is None else np.asarray(rows, float)
        xywh = rows[:, :4] / scale
        return corners(xywh), rows[:, 14]
    return find


def onestage(weights: Path, side: int = 4096) -> Detector:
    """The one that ``detector`` trains."""
    detector = OneStageDetector(weights, side, FAINT)

    def find(picture: NDArray[np.uint8]) -> Found:
        boxes, scores, _ = detector.find(picture)
        return boxes, scores
    return find
