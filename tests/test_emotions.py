import numpy as np
import pytest

from fer_core.emotions import EMOTIONS, LABEL_SETS, convert

FERPLUS, FER2013 = LABEL_SETS["ferplus"], LABEL_SETS["fer2013"]


def test_the_sets_have_the_stated_classes():
    assert {name: len(s.classes) for name, s in LABEL_SETS.items()} == {
        "fer2013": 7, "ferplus": 8, "aihub": 7, "facelog": 4, "interview3": 3}
    assert all(len(set(s.keys)) == len(s.keys) for s in LABEL_SETS.values())


@pytest.mark.parametrize(("name", "key"), [
    ("happy", "happiness"), ("Happiness", "happiness"), ("HA", "happiness"), ("AN", "anger"),
    ("03_fear", "fear"), ("기쁨", "happiness"), ("sad-faces", "sadness"), ("NE", "neutral"),
    ("Surprised", "surprise"), ("disgust", "disgust")])
def test_folder_names_are_understood(name, key):
    assert FER2013.keys[FER2013.index(name)] == key


@pytest.mark.parametrize("name", ["", "others", "happenstance", "12"])
def test_other_names_are_not_guessed(name):
    assert FER2013.index(name) is None


def test_aliases_mean_one_class_only():
    for labels in LABEL_SETS.values():
        names = [n for e in labels.classes for n in (e.key, *e.aliases)]
        assert len(names) == len(set(names)), labels.name


def test_conversion_drops_what_the_target_lacks():
    p = np.array([[0.1, 0.2, 0.1, 0.1, 0.1, 0.1, 0.1, 0.2]])
    q = convert(p, FERPLUS, FER2013)
    assert q.sum() == pytest.approx(1)
    assert q[0, FER2013.keys.index("happiness")] == pytest.approx(0.2 / 0.8)
    np.testing.assert_allclose(convert(p, FERPLUS, FERPLUS), p)


def test_every_emotion_has_what_the_pages_need():
    for e in EMOTIONS.values():
        assert -1 <= e.valence <= 1
        assert e.colour.startswith("#")
        assert e.emoticon
