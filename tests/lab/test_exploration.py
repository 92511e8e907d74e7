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
        cache=tmp_path, recogniser=RecogniserSettings(device="cpu")))
    text = re.sub(r"<script.*?</script>", "", page, flags=re.S)
    assert "4 pictures; a face was found on 75.0%" in text
    assert "happiness / sadness" in text
    assert "1 pictures; 1 exact copies, 1 also in the training split." in text
    for heading in ("By age", "By gender", "Agreement of the annotators", "Examples",
                    "Pictures that show nothing", "No face found"):
        assert heading in text
    assert "80.0%" in text  # mean agreement of the two happy ones
    assert not re.search(r"(src|href)=.https?:", text)
