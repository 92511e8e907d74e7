"""Faces in the dark, and tilted ones that fill a small picture."""

import cv2
import numpy as np
import pytest

from fer_core.config import FaceSettings
from fer_core.faces import detector as faces
from fer_core.faces.detector import (
    FaceDetector,
    lightened,
    picture_detector,
    picture_landmarks,
)


@pytest.mark.parametrize("light", [0.12, 0.08, 0.05])
def test_a_face_in_a_dark_room(astronaut, light):
    noise = np.random.default_rng(0).normal(0, 2, astronaut.shape)
    dark = np.clip(np.round(astronaut * light + noise), 0, 255).astype(np.uint8)
    detector = FaceDetector(FaceSettings())
    (bright,) = detector.detect(astronaut)
    (found,) = detector.detect(dark)
    again = detector.refine(dark, bright)
    for face in (found, again):
        assert np.abs(face.landmarks - bright.landmarks).max() < 0.15 * bright.eye_distance


def test_a_picture_with_light_stays_as_it_is(astronaut):
    assert lightened(astronaut) is astronaut
    assert lightened(np.zeros((8, 8, 3), np.uint8)).max() == 0
    barely = np.full((8, 8, 3), faces.DIM - 1, np.uint8)
    assert lightened(barely).mean() == pytest.approx(faces.DIM, abs=1)


@pytest.mark.parametrize("angle", [-25, 25])
def test_a_tilted_face_that_fills_a_small_picture(astronaut, monkeypatch, angle):
    """Not found as it is, it is found turned, and its landmarks are those of the tilted one."""
    detector = picture_detector()
    (face,) = detector.detect(astronaut)
    turn = cv2.getRotationMatrix2D(face.centre.tolist(), angle, 48 / (1.15 * face.size))
    turn[:, 2] += 24 - face.centre
    small = cv2.warpAffine(astronaut, turn, (48, 48), flags=cv2.INTER_AREA)
    search, turns = detector.detect, []

    def upright_only(picture):
        (found,) = search(picture)
        eyes = found.landmarks[1] - found.landmarks[0]
        turns.append(np.degrees(np.arctan2(eyes[1], eyes[0])))
        return [found] if abs(turns[-1]) < 10 else []

    monkeypatch.setattr(detector, "detect", upright_only)
    expected = cv2.transform(face.landmarks[None], turn)[0]
    assert np.abs(picture_landmarks(small, detector) - expected).max() < 2
    assert len(turns) > 1
