"""What is drawn on the mirrored picture."""

import numpy as np
import pytest

from fer_core.emoticons.traits import Traits
from fer_core.emotions import LABEL_SETS
from fer_core.live.overlay import Overlay, mirrored
from fer_core.records import Face, Reading

LABELS = LABEL_SETS["ferplus"]
FACE = Face(np.array([100, 120, 200, 240], float), np.zeros((5, 2)), 0.9, 0)


def picture() -> np.ndarray:
    return np.random.default_rng(0).integers(0, 255, (360, 480, 3)).astype(np.uint8)


def test_the_picture_is_mirrored_and_the_original_left_alone():
    image = picture()
    before = image.copy()
    shown = Overlay(LABELS, "ko")(image, None)
    assert (shown == image[:, ::-1]).all()
    assert (image == before).all()
    assert shown.flags.c_contiguous


@pytest.mark.parametrize("language", ["ko", "en"])
@pytest.mark.parametrize("index", range(8))
def test_the_frame_is_around_the_mirrored_face(language, index):
    image = picture()
    shown = Overlay(LABELS, language)(image, Reading(0, FACE, np.eye(8)[index]))
    rows, columns = np.nonzero((shown != image[:, ::-1]).any(2))
    x1, _, x2, y2 = mirrored(FACE, 480)
    assert columns.min() >= x1 - 3
    assert rows.max() <= y2 + 3
    assert columns.max() >= x2 - 3


def test_an_emoticon_hides_the_whole_face_even_at_the_edge():
    for box in ((100, 120, 200, 240), (-20, -30, 90, 100), (430, 300, 520, 400)):
        face = Face(np.array(box, float), np.zeros((5, 2)), 0.9, 0)
        image = picture()
        shown = Overlay(LABELS, "ko", "emoticon")(image, Reading(0, face, np.eye(8)[1]))
        x1, y1, x2, y2 = mirrored(face, 480)
        centre = (slice(max(int(y1) + 8, 0), int(y2) - 8), slice(max(int(x1) + 8, 0), int(x2) - 8))
        same = (shown == image[:, ::-1]).all(2)[centre]
        assert same.mean() < 0.01


def shown(style: str, index: int, **traits: str) -> np.ndarray:
    draw = Overlay(LABELS, "ko", style, Traits(**traits))
    return draw(picture(), Reading(0, FACE, np.eye(8)[index]))


@pytest.mark.parametrize("style", ["emoticon", "mirror"])
def test_the_emoticon_is_the_persons_own_and_follows_the_reading(style):
    assert len({shown(style, i).tobytes() for i in range(8)}) == 8
    assert (shown(style, 0) != shown(style, 0, glasses="glasses")).any()


def test_a_mirror_leaves_all_but_its_corner_alone():
    changed = (shown("mirror", 1) != picture()[:, ::-1]).any(2)
    rows, columns = np.nonzero(changed)
    assert rows.max() < 0.34 * 360
    assert columns.min() > 480 - 0.34 * 360
    assert changed.sum() > 0.5 * (0.3 * 360) ** 2


def test_no_style_draws_nothing():
    image = picture()
    shown = Overlay(LABELS, "ko", "none")(image, Reading(0, FACE, np.eye(8)[1]))
    assert (shown == image[:, ::-1]).all()


@pytest.mark.parametrize("style", ["box", "emoticon", "mirror"])
def test_a_covered_face_is_said_to_be_covered_and_has_no_expression(style):
    image = picture()
    draw = Overlay(LABELS, "ko", style)
    shown = {draw(image, Reading(0, FACE, np.eye(8)[i]), covered=True).tobytes()
             for i in range(8)}
    assert len(shown) == 1
    told = {draw(image, Reading(0, FACE, np.eye(8)[i])).tobytes() for i in range(8)}
    assert not shown & told
