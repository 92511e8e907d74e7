"""Change within the face: a photograph shows none, however it is held; a living face does."""

import cv2
import numpy as np
import pytest

from fer_core.faces.alignment import align, alignment
from fer_core.faces.change import SIDE, FaceChange
from fer_core.sessions.stillness import FROZEN, STILL
from tests.photographs import held, jpeg, noisy, talking

LANDMARKS = np.array([[92.0, 104], [135, 102], [117, 127], [99, 148], [134, 146]])
"""In the portrait, px."""
FPS = 8.0


def changes(pictures, track: int = 0, seconds: float = 4, fps: float = FPS) -> np.ndarray:
    """The change in every frame of ``pictures(time) -> (picture, homography)``; the landmarks
    tremble by half a pixel, as a detector's do."""
    rng = np.random.default_rng(3)
    watch, found = FaceChange(), []
    for time in np.arange(0, seconds, 1 / fps):
        picture, homography = pictures(time)
        marks = cv2.perspectiveTransform(LANDMARKS[None], homography)[0]
        marks += rng.normal(0, 0.5, marks.shape)
        found.append(watch.update(time, track, align(picture, alignment(marks, SIDE), SIDE)))
    return np.array(found)


@pytest.fixture(scope="module")
def portrait(astronaut):
    return np.ascontiguousarray(astronaut[:240, 110:340])


ALL = {"shift": 12, "roll": 4, "zoom": 0.06, "tilt": 8, "exposure": 0.2, "gamma": 0.1}
HANDS = [({way: size}, "clean") for way, size in {
    "shift": 15, "roll": 6, "zoom": 0.1, "tilt": 12, "exposure": 0.25, "gamma": 0.2}.items()]


@pytest.mark.parametrize(("way", "camera"), [*HANDS, (ALL, "clean"), (ALL, "noise"), (ALL, "jpeg")],
                         ids=lambda value: value if isinstance(value, str) else "+".join(value))
def test_a_photograph_in_a_hand_has_no_change(portrait, way, camera):
    def picture(time):
        seen, homography = held(portrait, time, **way)
        seen = {"clean": lambda: seen, "noise": lambda: noisy(seen, 5, time),
                "jpeg": lambda: jpeg(noisy(seen, 2, time), 40)}[camera]()
        return seen, homography
    assert np.nanmedian(changes(picture)) < STILL


def test_a_picture_that_the_decoder_repeats_is_frozen_and_a_noisy_one_is_not(portrait):
    still = np.nanmax(changes(lambda time: (portrait, np.eye(3))))
    frozen = FaceChange()
    crop = align(portrait, alignment(LANDMARKS, SIDE), SIDE)
    repeated = [frozen.update(time, 0, crop) for time in np.arange(0, 2, 1 / FPS)]
    noise = changes(lambda time: (noisy(portrait, 8, time), np.eye(3)))
    assert np.nanmax(repeated) < FROZEN / 10
    assert still < STILL
    assert np.nanmedian(noise) < STILL
    assert np.nanmedian(noise) > 2 * np.nanmax(repeated)


def blinking(picture: np.ndarray, shut: bool) -> np.ndarray:
    """Eyelids over both eyes."""
    living = picture.copy()
    if shut:
        for x, y in LANDMARKS[:2].astype(int):
            lid = picture[y + 9:y + 15, x - 9:x + 10].mean((0, 1))
            cv2.ellipse(living, (int(x), int(y)), (10, 5), 0, 0, 360, lid.tolist(), -1)
    return cv2.GaussianBlur(living, (0, 0), 0.8)


@pytest.mark.parametrize("sigma", [0, 5])
@pytest.mark.parametrize("way", [{}, {"shift": 12, "roll": 4, "zoom": 0.05}],
                         ids=["still", "moving"])
def test_a_blink_and_a_word_are_change(portrait, way, sigma):
    def blink(time):
        seen, homography = held(blinking(portrait, 2 <= time < 2.3), time, **way)
        return noisy(seen, sigma, time), homography

    def word(time):
        open_by = 6 + 6 * np.sin(2 * np.pi * 1.7 * time)
        seen, homography = held(talking(portrait, LANDMARKS[3:], open_by), time, **way)
        return noisy(seen, sigma, time), homography
    shut = changes(blink)
    assert np.nanmax(shut[16:19]) > 2 * STILL  # 2 to 2.3 s
    assert np.nanmedian(shut[:16]) < STILL
    assert np.nanmedian(changes(word)) > 2 * STILL


def test_change_does_not_depend_on_the_frame_rate_or_the_mirror(portrait):
    def word(time):
        return talking(portrait, LANDMARKS[3:], 6 + 6 * np.sin(2 * np.pi * 1.3 * time)), np.eye(3)
    slow, fast = (np.nanmean(changes(word, fps=fps)) for fps in (8, 16))
    assert fast == pytest.approx(slow, rel=0.15)
    crops = [align(word(t)[0], alignment(LANDMARKS, SIDE), SIDE) for t in np.arange(0, 3, 0.125)]
    plain, mirrored = FaceChange(), FaceChange()
    both = np.array([(plain.update(i / 8, 0, c), mirrored.update(i / 8, 0, c[:, ::-1]))
                     for i, c in enumerate(crops)])
    assert np.nanmax(abs(both[:, 0] - both[:, 1])) < 0.02


def test_change_is_unknown_without_a_moment_before(portrait):
    crop = align(portrait, alignment(LANDMARKS, SIDE), SIDE)
    watch = FaceChange()
    first = [watch.update(time, 0, crop) for time in (0.0, 0.25)]
    assert np.isnan(first).all()
    assert not np.isnan(watch.update(0.5, 0, crop))
    assert np.isnan(watch.update(2.0, 0, crop)), "the face was gone"
    assert np.isnan([watch.update(2.5, 1, crop), watch.update(2.75, 1, crop)]).all(), "another one"
    white = np.full_like(crop, 255)
    assert np.isnan([watch.update(time, 1, white) for time in (3.0, 3.25, 3.5)]).all()
