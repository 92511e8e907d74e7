"""Blind copies: no face is found in them, whatever happens in front of the camera. The whole
form, over 800 pictures of real people: ``python -m tests.desk.covered_faces``."""

import cv2
import numpy as np
import pytest
from facenet_pytorch import MTCNN

from fer_core.desk import cover
from fer_core.desk.cover import Detectors, blurred, covered, write_copy
from fer_core.errors import Cancelled
from fer_core.media import read_frames
from fer_core.records import Face, Frame
from tests.clips import even, person, portrait, write_clip
from tests.desk.covered_faces import pictures_with_faces

pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")


@pytest.fixture(scope="module")
def detectors() -> Detectors:
    return Detectors.load()


def test_no_face_is_found_in_a_covered_copy(tmp_path, astronaut, detectors):
    clip = write_clip(tmp_path / "clip.mp4", person(
        astronaut, even(3, 12), lambda s: not 1 < s < 1.5, height=360, width=480, scale=0.8))
    told = []
    assert write_copy(clip, tmp_path / "copy", lambda: detectors, tell=told.append) == 36
    judge = MTCNN(keep_all=True)
    assert pictures_with_faces(clip, judge, 60) == (36, 31)
    assert pictures_with_faces(tmp_path / "copy", judge, 60) == (36, 0)
    assert told[-1] == pytest.approx(1.0, abs=0.1)


def test_somebody_else_is_covered_as_well(astronaut, detectors):
    both = np.hstack([portrait(astronaut, 0.0, 300, 320, 0.6), portrait(
        astronaut[:, ::-1], 0.0, 300, 320, 0.35)])
    (found,) = covered([Frame(0.0, both)], detectors)
    judge = MTCNN(keep_all=True)
    assert len(judge.detect(both)[0]) == 2
    assert judge.detect(found.image)[0] is None
    assert np.array_equal(found.image[250:, 420:470], both[250:, 420:470])  # and nothing else


class Scripted:
    """Finds what it is told to."""

    def __init__(self, *faces):
        self.faces = list(faces)

    def detect(self, image):
        return self.faces.pop(0) if self.faces else []

    def refine(self, image, face):
        return None


def face(x: float = 60.0, size: float = 60.0) -> Face:
    marks = np.array([[0.3, 0.4], [0.7, 0.4], [0.5, 0.6], [0.35, 0.8], [0.65, 0.8]]) * size + x
    return Face(np.array([x, x, x + size, x + size]), marks, 0.99)


NOISE = np.random.default_rng(0).integers(0, 255, (240, 320, 3), np.uint8)


def sharpness(image) -> float:
    return float(cv2.Laplacian(image, cv2.CV_64F).var())


def test_a_picture_without_its_candidate_is_blurred_whole():
    frames = [Frame(t, NOISE.copy()) for t in (0.0, 0.1)]
    seen, lost = covered(frames, Detectors(Scripted([face()], []), Scripted(), Scripted()))
    assert sharpness(seen.image) > 1000
    assert sharpness(lost.image) < 1
    assert np.array_equal(lost.image, blurred(NOISE))


def test_a_face_that_cannot_be_covered_away_blurs_the_picture():
    always = Scripted(*[[face(150.0, 40.0)]] * 9)
    (found,) = covered([Frame(0.0, NOISE)], Detectors(Scripted([face()]), always, Scripted()))
    assert np.array_equal(found.image, blurred(NOISE))


@pytest.mark.parametrize(("found", "blur"), [(1, False), (99, True)])
def test_what_is_found_in_the_finished_file_is_covered_too_or_blurred(tmp_path, found, blur):
    clip = write_clip(tmp_path / "clip.mp4", [(t, NOISE) for t in even(4, 2)])
    always = Scripted(*[[face(150.0, 40.0)]] * found)
    following = Scripted(*[[face()]] * 99)
    write_copy(clip, tmp_path / "copy", lambda: Detectors(following, Scripted(), always))
    first, *_, last = read_frames(tmp_path / "copy", cover.FINISHED)
    assert (np.abs(first.image[170, 170].astype(int) - cover.CLOTH).max() < 24) or blur
    assert (sharpness(first.image) < 100) == blur
    assert blur or np.abs(last.image[170, 170].astype(int) - cover.CLOTH).max() > 24
    assert [f.name for f in tmp_path.iterdir() if "again" in f.name] == []


def test_who_was_found_beside_the_candidate_stays_covered_for_a_while():
    following = Scripted(*[[face()]] * 3)
    beside = face(170.0, 40.0)
    frames = [Frame(t, NOISE) for t in (0.0, 1.0, 1.0 + cover.LINGER)]
    found = list(covered(frames, Detectors(following, Scripted([beside], [], []), Scripted())))
    shown = [tuple(f.image[190, 190]) == cover.CLOTH for f in found]
    assert shown == [True, True, False]


def test_the_mouth_opens_with_the_mouth(astronaut):
    marks = np.array([[192.0, 112], [255, 109], [221, 147], [199, 173], [252, 170]])
    shut = astronaut.copy()
    wide = astronaut.copy()
    cv2.ellipse(wide, (226, 182), (17, 17), 0, 0, 360, (40, 10, 10), -1)
    mouth = cover._Mouth()
    closed = [mouth.openness(shut, marks) for _ in range(6)][-1]
    opened = [mouth.openness(wide, marks) for _ in range(6)][-1]
    assert closed < 0.1 < 0.3 < opened
    assert [mouth.openness(shut, marks) for _ in range(6)][-1] < 0.15


def test_covering_stops_when_asked(tmp_path, astronaut, detectors):
    clip = write_clip(tmp_path / "clip.mp4", person(astronaut, even(2, 6)))
    with pytest.raises(Cancelled):
        write_copy(clip, tmp_path / "copy", lambda: detectors, stopped=lambda: True)
