import cv2
import numpy as np
import pytest

from fer_core.config import RecogniserSettings, Settings
from fer_core.errors import DatasetError
from fer_core.lab import explanation
from fer_core.pipeline import Analyser

pytestmark = pytest.mark.slow  # each asks the networks hundreds of times


@pytest.fixture(scope="module")
def analyser():
    return Analyser(Settings(precision="float32", recogniser=RecogniserSettings(device="cpu")))


def file_of(picture):
    return cv2.imencode(".png", picture[..., ::-1])[1].tobytes()


def test_a_smile_is_read_and_what_it_rests_on_is_shown(analyser, astronaut):
    (seen,) = explanation.look(analyser, file_of(astronaut))
    labels = analyser.recogniser.labels
    assert labels.keys[seen.vote.argmax()] == "happiness"
    np.testing.assert_allclose(seen.members.mean(0), seen.vote)
    assert seen.occlusion.shape == (len(seen.names), 48, 48)
    assert set(seen.attention) == {"vit"}
    rollout = seen.attention["vit"]
    assert (rollout.min(), rollout.max()) == (0, 1)


def test_covering_costs_what_the_network_loses(analyser, astronaut):
    """The map's value at a pixel is the mean loss over the squares that cover it."""
    (seen,) = explanation.look(analyser, file_of(astronaut))
    index = int(seen.vote.argmax())
    covered = seen.crop.copy()
    covered[:12, :12] = np.uint8(seen.crop.mean())
    before, after = (analyser.recogniser.members(c[None])[:, 0, index]
                     for c in (seen.crop, covered))
    # Only the first square covers the corner pixel.
    np.testing.assert_allclose(seen.occlusion[:, 0, 0], before - after, atol=1e-5)


def test_every_face_the_largest_first_and_none_where_there_is_none(analyser, astronaut):
    face = astronaut[:300, 100:400]
    small = cv2.resize(face, (150, 150))
    both = np.zeros((300, 460, 3), np.uint8)
    both[75:225, :150], both[:, 160:] = small, face
    looks = explanation.look(analyser, file_of(both))
    assert len(looks) == 2
    assert looks[0].picture.shape[0] > looks[1].picture.shape[0]
    assert explanation.look(analyser, file_of(np.full((200, 200, 3), 90, np.uint8))) == ()


@pytest.mark.parametrize("data", [b"", b"not a picture"])
def test_broken_files_are_said(analyser, data):
    with pytest.raises(DatasetError):
        explanation.look(analyser, data)
