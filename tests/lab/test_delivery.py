"""The delivery score's weights and agreement: on planted interviews, and on the real ones."""

import numpy as np
import pandas as pd
import pytest

from fer_core.errors import DatasetError
from fer_core.lab.people import delivery, interviews, tables
from fer_core.sessions.scoring import SCORES

PEOPLE = 30


def heard(rng, rows):
    """Measured values of so many interviews, each part about half of what is best."""
    return delivery.Spoken(words=rng.uniform(110, 165, rows), fillers=rng.uniform(0, 10, rows),
                           pause=rng.uniform(0.1, 0.59, rows), loudness=rng.uniform(5, 8.5, rows))


def judged(x, rng):
    """Two interviews a person; the judges weigh pauses three times pace, and nothing else."""
    liking = x[:, 0] + 3 * x[:, 1]
    ratings = {"Overall": liking, "Excited": 2 * liking + 1,
               **{name: rng.normal(size=len(x)) for name in delivery.FACE}}
    return interviews.Interviews(np.repeat(np.arange(len(x) // 2), 2), ratings, {})


def test_planted_weights_are_found_and_what_is_foretold_is_of_others():
    rng = np.random.default_rng(0)
    spoken = heard(rng, 2 * PEOPLE)
    x = spoken.parts
    assert ((x >= 0) & (x <= 1)).all()
    found = delivery.agreement(judged(x, rng), spoken)
    assert found["weights"] == pytest.approx(
        {"pace": 0.25, "pauses": 0.75, "fillers": 0, "liveliness": 0}, abs=0.01)
    for title in ("delivery", "with_face"):
        for rating in ("overall", "excited"):
            row = found[title][rating]
            assert 0.97 < row["low"] <= row["r"] <= row["high"] <= 1
    noise = interviews.Interviews(
        np.repeat(np.arange(PEOPLE), 2),
        {n: rng.normal(size=2 * PEOPLE) for n in (*delivery.TARGETS, *delivery.FACE)}, {})
    strangers = delivery.agreement(noise, spoken)["delivery"]["overall"]
    assert strangers["low"] < 0.1
    assert strangers["r"] < 0.3


def test_sound_and_transcripts_are_read(tmp_path):
    judges = interviews.Interviews(np.array([0, 1]), {}, {}, ("P1", "P2"))
    assert delivery.read_spoken(tmp_path, judges) is None
    pd.DataFrame({
        "participant&question": ["P1Q1", "P1Q2", "p2q1"], "duration": [20.0, 40.0, 30.0],
        "intensitySD": [6.0, 9.0, 7.0], "PercentBreaks": [0.5, 0.2, 0.4], "numPause": [10, 10, 4],
        "TotDurPause:3": [8.0, 4.0, 6.0]}).to_csv(tmp_path / "prosodic_features.csv", index=False)
    (tmp_path / "transcripts.csv").write_bytes(
        "p1,Interviewer: Hello um?|Interviewee: Uhm  I \x96 like it.|Interviewee: uh you know\n"
        "p2,Interviewee: One two three ahh four\n".encode("latin1"))
    found = delivery.read_spoken(tmp_path, judges)
    np.testing.assert_allclose(found.words, [5, 8])  # a minute, without hesitations
    np.testing.assert_allclose(found.fillers, [100 * 2 / 5, 100 / 4])
    np.testing.assert_allclose(found.loudness, [8, 7])  # by length
    np.testing.assert_allclose(found.pause, [0.3 * 12 / 20, 0.4 * 6 / 4])
    with pytest.raises(DatasetError):
        delivery.read_spoken(tmp_path, interviews.Interviews(np.array([0]), {}, {}, ("P3",)))


def test_the_shipped_weights_are_those_of_the_real_interviews(shared_data):
    folder = shared_data / "interview_ratings"
    if not folder.is_dir():
        pytest.skip("no interview_ratings in the shared data")
    real = interviews.read_interviews(folder)
    found = delivery.agreement(real, delivery.read_spoken(folder, real))
    assert found["weights"] == pytest.approx(SCORES["delivery"], abs=0.006)
    assert found["delivery"]["overall"]["r"] >= 0.57
    assert found["delivery"]["excited"]["r"] >= 0.60
    assert min(row["r"] for row in found["with_face"].values()) >= 0.75
    assert found["delivery"]["overall"]["low"] > 0.39, "one judge with the others"
    whole = {"kind": "judges", "data": "", "n": 138, "people": 69, "source": "", "ratings": {},
             "fits": [], "alone": [], "shares": [], **found}
    assert "weights of delivery: pace 0.20" in tables.describe(whole)
