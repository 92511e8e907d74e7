import cv2
import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from fer_core.emotions import LABEL_SETS
from fer_core.faces.alignment import (
    EYE_DISTANCE,
    NOSE,
    SHARPNESS,
    align,
    alignment,
    grey,
    sharpened,
    to_tensor,
    whole_picture,
)
from fer_core.faces.detector import picture_detector, picture_landmarks
from fer_core.lab import cropping, datasets, evaluation, training

FRONTAL = np.array([[-0.5, 0.0], [0.5, 0.0], [0.0, 0.6], [-0.4, 1.1], [0.4, 1.1]])
SIZE = 48


def apply(matrix, points):
    return points @ matrix[:, :2].T + matrix[:, 2]


@given(angle=st.floats(-180, 180), scale=st.floats(2, 400), x=st.floats(-500, 500),
       y=st.floats(-500, 500))
def test_any_frontal_face_lands_in_the_same_place(angle, scale, x, y):
    c, s = np.cos(np.radians(angle)), np.sin(np.radians(angle))
    marks = scale * FRONTAL @ np.array([[c, s], [-s, c]]) + [x, y]
    landed = apply(alignment(marks, SIZE), marks)
    assert landed[2] == pytest.approx(np.array(NOSE) * SIZE - 0.5, abs=1e-6)
    assert landed[1] - landed[0] == pytest.approx([EYE_DISTANCE * SIZE, 0], abs=1e-6)


def test_a_turned_head_is_not_zoomed_into():
    turned = FRONTAL * [0.4, 1.0] * 100
    eyes, mouth = apply(alignment(turned, SIZE), turned)[[0, 3]]
    assert 0 < eyes[1] < mouth[1] < SIZE


def test_the_fallback_is_the_centred_square():
    picture = np.zeros((60, 100, 3), np.uint8)
    picture[:, 20:80] = 200
    assert align(picture, whole_picture(picture, SIZE), SIZE).min() > 150
    small = np.random.default_rng(0).integers(0, 255, (SIZE, SIZE)).astype(np.uint8)
    np.testing.assert_array_equal(align(small, whole_picture(small, SIZE), SIZE), small)


def test_a_large_face_is_averaged_not_sampled():
    """A one-pixel checkerboard must become even grey, not a moiré pattern."""
    board = (np.indices((2000, 2000)).sum(0) % 2 * 255).astype(np.uint8)
    marks = FRONTAL * 400 + [1000, 900]
    crop = align(board, alignment(marks, SIZE), SIZE)
    assert crop.std() < 12


def test_brightness_and_contrast_do_not_reach_the_networks(astronaut):
    crop = cv2.resize(grey(astronaut[40:220, 140:320]), (SIZE, SIZE))
    darker = (crop * 0.5 + 20).astype(np.uint8)
    bright, dark = to_tensor(np.stack([crop, darker]))
    assert torch.abs(bright - dark).mean() < 0.03
    assert bright.mean().abs() < 1e-4
    assert bright.std() == pytest.approx(1, abs=1e-3)


def test_an_even_picture_stays_finite():
    assert torch.isfinite(to_tensor(np.full((1, SIZE, SIZE), 7, np.uint8))).all()


def test_training_and_inference_see_the_same_tensor(astronaut, tmp_path, settings):
    """One picture through the training reader and through the clips' path."""
    folder = tmp_path / "data" / "happy"
    folder.mkdir(parents=True)
    cv2.imwrite(str(folder / "face.png"), cv2.cvtColor(astronaut, cv2.COLOR_RGB2BGR))
    samples = datasets.load(tmp_path / "data", "train", LABEL_SETS["ferplus"])
    local = settings.model_copy(update={"cache": tmp_path / "cache"})
    found = datasets.landmarks(samples, local)
    trained = to_tensor(cropping.aligned(samples, found, SIZE))
    marks = picture_landmarks(astronaut, picture_detector())
    inferred = to_tensor(align(astronaut, alignment(marks, SIZE), SIZE)[None])
    assert torch.equal(trained, inferred)
    # Neither has a path of its own.
    assert evaluation.aligned is training.aligned is cropping.aligned


def test_landmarks_are_found_once(astronaut, tmp_path, settings, monkeypatch):
    folder = tmp_path / "data" / "AN"
    folder.mkdir(parents=True)
    cv2.imwrite(str(folder / "a.png"), astronaut)
    local = settings.model_copy(update={"cache": tmp_path / "cache"})
    samples = datasets.load(tmp_path / "data", "test", LABEL_SETS["fer2013"])
    first = datasets.landmarks(samples, local)
    monkeypatch.setattr("fer_core.lab.datasets.samples._find", None)
    np.testing.assert_array_equal(first, datasets.landmarks(samples, local))


def test_a_face_out_of_focus_is_sharpened_and_a_sharp_one_stays(astronaut):
    crop = cv2.resize(grey(astronaut[40:220, 140:320]), (SIZE, SIZE), interpolation=cv2.INTER_AREA)
    np.testing.assert_array_equal(sharpened(crop), crop)
    soft = cv2.GaussianBlur(crop, (0, 0), 1.44)
    mended = sharpened(soft)
    gap, left = (np.abs(x - crop.astype(float)).mean() for x in (soft, mended))
    assert left < 0.85 * gap
    detail = mended - cv2.GaussianBlur(mended, (0, 0), 1.0)
    assert detail.std() / mended.std() == pytest.approx(SHARPNESS, abs=0.003)
    # Half of the light, the same face.
    np.testing.assert_allclose(2 * sharpened(soft * 0.5), mended, atol=0.01)


def test_nothing_to_sharpen():
    assert (sharpened(np.full((SIZE, SIZE), 7, np.uint8)) == 7).all()
    ramp = np.add.outer(np.arange(SIZE), np.arange(SIZE)).astype(np.uint8)
    assert np.isfinite(sharpened(ramp)).all()
