import cv2
import numpy as np
import pytest

from fer_core.config import RecogniserSettings, Settings
from fer_core.emotions import LABEL_SETS
from fer_core.lab import robustness
from fer_core.lab.datasets import Samples
from fer_core.networks.recogniser import Recogniser

pytestmark = pytest.mark.slow  # each reads pictures spoilt in many ways

FERPLUS = LABEL_SETS["ferplus"]


@pytest.fixture
def face(astronaut):
    return cv2.resize(astronaut[20:230, 120:330], (96, 96), interpolation=cv2.INTER_AREA)


@pytest.mark.parametrize("name", robustness.DEGRADATIONS)
@pytest.mark.parametrize("grey", [False, True])
def test_each_way_spoils_and_keeps_the_shape(face, name, grey):
    picture = cv2.cvtColor(face, cv2.COLOR_RGB2GRAY) if grey else face
    before = picture.copy()
    spoilt = robustness.DEGRADATIONS[name](picture, np.random.default_rng(0))
    assert spoilt.shape == picture.shape
    assert spoilt.dtype == np.uint8
    assert np.abs(spoilt.astype(int) - picture).mean() > 0.5
    np.testing.assert_array_equal(picture, before)


def test_a_small_face_holds_24_pixels_of_detail(face):
    spoilt = robustness.small(face, np.random.default_rng(0))
    sharp = np.abs(np.diff(face.astype(int), axis=1)).mean()
    assert np.abs(np.diff(spoilt.astype(int), axis=1)).mean() < 0.7 * sharp
    tiny = face[:20, :20]
    assert robustness.small(tiny, np.random.default_rng(0)) is tiny


def test_the_table_of_the_shipped_networks(face, tmp_path):
    blank = np.full((48, 48), 90, np.uint8)
    samples = Samples(FERPLUS, [face, blank, face], np.eye(8)[[1, 0, 1]], np.array([1, 0, 1]),
                      np.zeros(3, bool))
    settings = Settings(cache=tmp_path, recogniser=RecogniserSettings(device="cpu"))
    table = robustness.measure(Recogniser(settings), samples, settings)
    assert list(table) == ["clean", *robustness.DEGRADATIONS]
    assert table["clean"]["drop"] == 0
    assert table["clean"]["aligned"] == pytest.approx(2 / 3, abs=1e-3)
    for row in table.values():
        assert row["n"] == 3
        assert row["drop"] == pytest.approx(
            100 * (table["clean"]["accuracy"] - row["accuracy"]), abs=0.1)
    few = robustness.measure(Recogniser(settings), samples, settings, limit=2)
    assert few["clean"]["n"] == 2
