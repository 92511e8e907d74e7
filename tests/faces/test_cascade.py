"""Against facenet-pytorch's own way through the same networks."""

import cv2
import numpy as np
import pytest
from facenet_pytorch import MTCNN

from fer_core.config import FaceSettings
from fer_core.faces.detector import FaceDetector


@pytest.fixture(scope="module")
def detector():
    return FaceDetector(FaceSettings())


def theirs(image):
    settings = FaceSettings()
    mtcnn = MTCNN(keep_all=True, min_face_size=settings.min_face, post_process=False,
                  thresholds=list(settings.thresholds))
    boxes, scores, landmarks = mtcnn.detect(image, landmarks=True)
    return [] if boxes is None else list(zip(boxes, scores, landmarks.astype(float), strict=True))


@pytest.mark.parametrize("side", [470, 220, 130])
def test_the_same_face_in_the_same_place(detector, astronaut, side):
    image = cv2.resize(astronaut, (side, side), interpolation=cv2.INTER_AREA)
    (face,), ((box, score, landmarks),) = detector.detect(image), theirs(image)
    assert np.abs(face.landmarks - landmarks).max() < 0.12 * face.eye_distance
    assert np.abs(face.box - box).max() < 0.12 * face.size
    assert face.confidence == pytest.approx(score, abs=0.02)


def test_all_faces_the_largest_first(detector, astronaut):
    scene = np.full((300, 480, 3), 90, np.uint8)
    for side, left in ((140, 10), (260, 200)):
        scene[20:20 + side, left:left + side] = cv2.resize(astronaut, (side, side))
    found = detector.detect(scene)
    assert len(found) == len(theirs(scene)) == 2
    assert found[0].size > 1.5 * found[1].size
    assert found[0].centre[0] > 200


def test_a_face_that_the_picture_cuts_off(detector, astronaut):
    image = np.ascontiguousarray(astronaut[60:300, 175:415])
    assert len(detector.detect(image)) == len(theirs(image)) == 1


@pytest.mark.parametrize("image", [
    np.zeros((90, 160, 3), np.uint8), np.full((40, 40, 3), 255, np.uint8),
    np.random.default_rng(0).integers(0, 255, (120, 160, 3), np.uint8)],
    ids=["black", "tiny", "noise"])
def test_nobody(detector, image):
    assert detector.detect(image) == []
