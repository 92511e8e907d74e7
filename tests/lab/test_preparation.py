import cv2
import numpy as np
import pytest

from fer_core.config import RecogniserSettings, Settings
from fer_core.emotions import LABEL_SETS
from fer_core.faces.alignment import align
from fer_core.lab import preparation
from fer_core.lab.datasets import Samples
from fer_core.networks.recogniser import Recogniser


@pytest.mark.parametrize("name", ["cascade", "mtcnn_margin", "mtcnn_aligned"])
def test_the_face_fills_the_crop_wherever_it_was(astronaut, name):
    prepare = preparation.PREPARATIONS[name]()
    picture = cv2.copyMakeBorder(astronaut[:300, 100:400], 0, 80, 120, 0, cv2.BORDER_REPLICATE)
    one, other = (align(p, prepare(p, 48), 48).astype(float)
                  for p in (astronaut[:300, 100:400], picture))
    assert np.corrcoef(one.ravel(), other.ravel())[0, 1] > 0.8


def test_no_face_is_none_and_the_whole_picture_has_no_such_case():
    blank = np.full((64, 64), 120, np.uint8)
    assert [make()(blank, 48) is None for make in preparation.PREPARATIONS.values()] == [
        False, True, True, True]


def test_the_table(astronaut):
    face = cv2.resize(astronaut[20:230, 120:330], (96, 96))
    samples = Samples(LABEL_SETS["ferplus"], [face, face], np.eye(8)[[1, 1]], np.array([1, 1]),
                      np.zeros(2, bool))
    rows = preparation.compare(Recogniser(Settings(recogniser=RecogniserSettings(device="cpu"))),
                               samples)
    assert [r["preparation"] for r in rows] == list(preparation.PREPARATIONS)
    assert rows[-1]["time"] == 1
    assert rows[0]["found"] == rows[-1]["found"] == 1
