"""A face as a small picture."""

import cv2
import numpy as np
import pytest

from fer_core.records import Face
from fer_core.thumbnail import SIDE, thumbnail


def face(x1: float, y1: float, x2: float, y2: float) -> Face:
    return Face(np.array([x1, y1, x2, y2]), np.zeros((5, 2)), 1.0)


@pytest.mark.parametrize("box", [(200, 100, 260, 170), (-20, -30, 60, 60), (600, 420, 700, 520),
                                 (0, 0, 640, 480), (300, 200, 304, 205)])
def test_the_face_is_in_it_and_it_is_small(box):
    image = np.full((480, 640, 3), 30, np.uint8)
    x1, y1, x2, y2 = np.clip(box, 0, (640, 480, 640, 480))
    image[y1:y2, x1:x2] = 200, 20, 20
    data = thumbnail(image, face(*box))
    shown = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR_RGB)
    assert max(shown.shape[:2]) == SIDE
    assert len(data) < 60_000
    red = shown[..., 0] > 120
    # Red stays red, and all of the face is there with some room around it.
    assert shown[red].mean(0)[2] < 80
    assert 0.2 < red.mean() <= 1


def test_a_face_outside_the_picture_has_none():
    assert thumbnail(np.zeros((100, 100, 3), np.uint8), face(300, 300, 350, 350)) is None
