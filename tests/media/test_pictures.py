"""A face as a small picture."""

import cv2
import numpy as np
import pytest

from fer_core.media.pictures import SIDE, thumbnail
from fer_core.records import Face


def face(x1: float, y1: float, x2: float, y2: float) -> Face:
    return Face(np.array([x1, y1, x2, y2]), np.zeros((5, 2)), 1.0)


@pytest.mark.parametrize(("box", "share"), [
    ((200, 100, 260, 170), 0.35), ((-20, -30, 60, 60), 0.45), ((600, 420, 700, 520), 0.37),
    ((0, 0, 640, 480), 1), ((300, 200, 304, 205), 0.3)])
def test_the_face_is_in_it_and_it_is_small(box, share):
    image = np.full((480, 640, 3), 30, np.uint8)
    x1, y1, x2, y2 = np.clip(box, 0, (640, 480, 640, 480))
    image[y1:y2, x1:x2] = 200, 20, 20
    data = thumbnail(image, face(*box))
    shown = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR_RGB)
    assert max(shown.shape[:2]) == SIDE
    assert len(data) < 60_000
    red = shown[..., 0] > 120
    # Red stays red, and the face has its room around it.
    assert shown[red].mean(0)[2] < 80
    assert 0.2 < red.mean() <= 1
    assert red.mean() == pytest.approx(share, abs=0.08)


@pytest.mark.parametrize("box", [(300, 300, 350, 350), (-90, 20, -50, 60), (20, -90, 60, -50)])
def test_a_face_outside_the_picture_has_none(box):
    assert thumbnail(np.zeros((100, 100, 3), np.uint8), face(*box)) is None
