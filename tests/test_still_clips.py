"""A photograph, a living face and a frozen picture as clips, all the way from the file."""

from types import SimpleNamespace

import cv2
import numpy as np
import pytest

from fer_core.emotions import LABEL_SETS
from fer_core.faces.detector import FaceDetector
from fer_core.media import video
from fer_core.pipeline import Analyser
from fer_core.records import ModelName
from fer_core.sessions.stillness import frozen, still_picture
from fer_core.voice.listening import Listener
from tests.clips import write_clip
from tests.photographs import held, jpeg, noisy

LABELS = LABEL_SETS["ferplus"]
FROM, SECONDS = 5.0, 12.0
"""The stretch of the clip that is used, s: the stillest of all shared clips."""


@pytest.fixture(scope="module")
def analyser(settings):
    """With the real detector; what the networks say does not matter here."""
    analyser = Analyser.__new__(Analyser)
    analyser.settings, analyser.detector = settings, FaceDetector(settings.faces)
    analyser.muscles = analyser.accessories = None
    analyser.listener = Listener(settings)
    analyser.recogniser = SimpleNamespace(
        labels=LABELS, crop=48, names=(ModelName("script", "0" * 64),),
        vote=lambda members: members.mean(0),
        members=lambda crops: np.full((1, len(crops), 8), 1 / 8))
    return analyser


@pytest.fixture(scope="module")
def living(shared_data, settings):
    """[(s, picture)] of a woman who listens and hardly moves, 8 a second."""
    frames = video.read_frames(shared_data / "clips" / "webcam_interview.mp4", settings.video)
    return [(f.time - FROM, f.image) for f in frames if FROM <= f.time < FROM + SECONDS]


def of_the_face(session):
    """All scores but the voice's: these clips are silent."""
    return [s for s in session.scores if s.name != "delivery"]


def test_a_living_face_that_sits_still_is_no_still_picture(analyser, living, tmp_path):
    session = analyser.analyse(write_clip(tmp_path / "living.mp4", living))
    assert not still_picture(session.timeline)
    assert not frozen(session.timeline).any()
    assert all(s.value is not None for s in of_the_face(session))


@pytest.mark.parametrize("way", [
    {}, {"shift": 10, "roll": 3, "tilt": 6, "zoom": 0.05, "exposure": 0.15}], ids=["still", "held"])
def test_its_photograph_has_no_score(analyser, living, tmp_path, way):
    picture = cv2.resize(living[10][1], (480, 360), interpolation=cv2.INTER_AREA)
    frames = [(t, jpeg(noisy(held(picture, t, **way)[0], 3, t), 50)) for t, _ in living]
    session = analyser.analyse(write_clip(tmp_path / "photograph.mp4", frames))
    assert {s.reason for s in of_the_face(session)} == {"abstain.still"}


@pytest.mark.parametrize("crf", ["18", "34"])
def test_a_picture_that_freezes_is_found_within_a_second(analyser, living, tmp_path, crf):
    start, end = 3.4, 3.4 + 0.35 * SECONDS
    stuck = next(image for t, image in living if t >= start)
    frames = [(t, stuck if start <= t < end else image) for t, image in living]
    timeline = analyser.analyse(write_clip(
        tmp_path / "frozen.mp4", frames, coding={"crf": crf})).timeline
    seconds = np.flatnonzero(frozen(timeline))
    assert abs(seconds[0] - start) <= 1
    assert abs(seconds[-1] + 1 - end) <= 1
    assert np.array_equal(seconds, np.arange(seconds[0], seconds[-1] + 1))
    assert not still_picture(timeline)
