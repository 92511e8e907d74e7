import re

import cv2
import numpy as np
import pandas as pd

from fer_core.config import RecogniserSettings, Settings
from fer_core.emotions import LABEL_SETS
from fer_core.lab.datasets import Samples
from fer_core.lab.exploration import explore

FERPLUS = LABEL_SETS["ferplus"]


def test_the_page_counts_and_finds_what_is_wrong(tmp_path, astronaut):
    face = cv2.resize(astronaut[20:230, 120:330], (64, 64))
    empty = np.full((64, 64, 3), 128, np.uint8)
    pictures, label = [face, face, empty, face[:, ::-1].copy()], np.array([1, 3, 0, 1])
    samples = Samples(FERPLUS, pictures, np.eye(8)[label], label,
                      np.array([False, True, False, False]), attributes=pd.DataFrame({
                          "age": [20, 30, 40, 50], "gender": ["<b>f</b>", "m", "f", "m"],
                          "agreement": [0.9, 0.5, 1.0, 0.7]}))
    page = explore(tmp_path, samples, Settings(
        data=tmp_path, cache=tmp_path, recogniser=RecogniserSettings(device="cpu")))
    text = re.sub(r"<script.*?</script>", "", page, flags=re.S)
    assert "4 pictures; a face was found on 75.0%" in text
    assert "happiness / sadness" in text
    assert "1 pictures; 1 exact copies, 1 also in the training split." in text
    for heading in ("By age", "By gender", "Agreement of the annotators", "Examples",
                    "Pictures that show nothing", "No face found"):
        assert heading in text
    assert "80.0%" in text  # mean agreement of the two happy ones
    assert not re.search(r"(src|href)=.https?:", text)
    assert "two published networks" not in text  # nobody asked them about this folder


def test_labels_are_held_against_published_teachers_and_pictures_against_the_tests(
        tmp_path, astronaut):
    """Two portraits called happy: both teachers call the second angry, and the first is a test
    picture of FER2013."""
    face = cv2.cvtColor(cv2.resize(astronaut[20:230, 120:330], (48, 48)), cv2.COLOR_RGB2GRAY)
    other = face[::-1].copy()
    data = {f"web_{k}": v for k, v in {
        "raf": np.eye(7, dtype=np.float16)[[3, 0]], "affect": np.eye(5, dtype=np.float16)[[1, 4]],
        "found": np.ones(2, bool)}.items()}
    np.savez(tmp_path / "teachers.npz", **data)
    np.savez(tmp_path / "fer2013plus.npz", images=np.stack([face, np.zeros_like(face)]),
             fer_label=np.array([3, 3], np.int8), ferplus_votes=np.zeros((2, 10), np.uint8),
             split=np.array([1, 2], np.uint8), leaks_from_training=np.zeros(2, bool),
             blank=np.zeros(2, bool))
    label = np.array([1, 1])
    samples = Samples(FERPLUS, [face, other], np.eye(8)[label], label, np.zeros(2, bool),
                      attributes=pd.DataFrame({"row": [0, 1]}))
    page = explore(tmp_path / "web_expressions.npz", samples, Settings(
        data=tmp_path, cache=tmp_path, recogniser=RecogniserSettings(device="cpu")))
    text = re.sub(r"<script.*?</script>|<[^>]+>", " ", page, flags=re.S)
    assert re.search(r"happiness\s+2\s+50.0%\s+50.0%\s+50.0%", text)
    assert "1 pictures within 4 of 64 bits" in text
    assert "By row" not in text
