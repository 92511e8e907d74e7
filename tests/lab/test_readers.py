"""The formats that others publish, in small trees made here."""

import csv
import json
from itertools import product

import cv2
import numpy as np
import pandas as pd
import pytest

from fer_core.emotions import LABEL_SETS
from fer_core.errors import DatasetError
from fer_core.lab import datasets
from fer_core.lab.datasets import aihub, filenames

FER2013, FERPLUS, AIHUB = (LABEL_SETS[n] for n in ("fer2013", "ferplus", "aihub"))
VOTES = ("neutral", "happiness", "surprise", "sadness", "anger", "disgust", "fear", "contempt",
         "unknown", "NF")


@pytest.fixture
def official(tmp_path):
    """fer2013.csv and fer2013new.csv with four pictures; the last is a copy of the first."""
    rng = np.random.default_rng(0)
    images = rng.integers(0, 255, (4, 2304))
    images[3] = images[0]
    usage = ["Training", "Training", "PublicTest", "PrivateTest"]
    with (tmp_path / "fer2013.csv").open("w", newline="") as file:
        out = csv.writer(file)
        out.writerow(["emotion", "pixels", "Usage"])
        for emotion, image, part in zip([3, 2, 6, 0], images, usage, strict=True):
            out.writerow([emotion, " ".join(map(str, image)), part])
    with (tmp_path / "fer2013new.csv").open("w", newline="") as file:
        out = csv.writer(file)
        out.writerow(["Usage", "Image name", *VOTES])
        for i, winner in enumerate([1, 6, 8, 4]):
            out.writerow([usage[i], f"fer{i:07}.png", *(10 * (np.arange(10) == winner))])
    return tmp_path


def test_the_official_files(official):
    train = datasets.load(official, "train", FERPLUS)
    assert train.label.tolist() == [1, 6]
    assert train.pictures[0].shape == (48, 48)
    assert datasets.load(official / "fer2013.csv", "val", FER2013).label.tolist() == [6]
    test = datasets.load(official, "test", FERPLUS)
    assert (test.label.tolist(), test.leak.tolist(), test.native) == ([4], [True], True)
    with pytest.raises(DatasetError):  # the only picture is `unknown`
        datasets.load(official, "val", FERPLUS)


def test_official_files_that_do_not_fit(official):
    (official / "fer2013new.csv").unlink()
    with pytest.raises(DatasetError) as caught:
        datasets.load(official, "test", FERPLUS)
    assert caught.value.key == "error.data.missing"
    (official / "fer2013.csv").write_text("emotion,pixels,Usage\n3,1 2 3,Training\n")
    with pytest.raises(DatasetError) as caught:
        datasets.load(official, "train", FER2013)
    assert caught.value.key == "error.data.format"


def record(name, asked, seen, flat, age=30, gender="여"):
    box = {"minX": 100.0, "minY": 50.0, "maxX": 200.0, "maxY": 170.0}
    row = {"filename": name, "gender": gender, "age": age, "isProf": "일반인",
           "faceExp_uploader": asked, "bg_uploader": "실내"}
    for annotator, what in zip("ABC", seen, strict=True):
        if flat:
            row |= {f"annot_{annotator}.boxes {k}": v for k, v in box.items()}
            row[f"annot_{annotator}.faceExp"] = what
        else:
            row[f"annot_{annotator}"] = {"boxes": box, "faceExp": what, "bg": "실내"}
    return row


@pytest.fixture(params=list(product([True, False], ["utf-8", "cp949"])))
def korean(tmp_path, request, astronaut):
    """An AI-Hub tree: 40 people with two pictures each; one emotion a list."""
    flat, encoding = request.param
    lists = {"분노": [], "불안": []}
    for person in range(40):
        for emotion, rows in lists.items():
            name = f"{person:040x}_여_30_{emotion}_실내_{len(rows):03}.jpg"
            seen = ("분노",) * 3 if emotion == "분노" else ("불안", "불안", "당황")
            if person == 7:
                seen = ("기쁨", "기쁨", emotion)
            rows.append(record(name, emotion, seen, flat, age=20 + person % 30))
            folder = tmp_path / "원천데이터" / emotion
            folder.mkdir(parents=True, exist_ok=True)
            cv2.imencode(".jpg", astronaut[:300, :400])[1].tofile(folder / name)
    for emotion, rows in lists.items():
        (tmp_path / f"img_emotion_training_data({emotion}).json").write_bytes(
            json.dumps(rows, ensure_ascii=False).encode(encoding))
    return tmp_path


def test_aihub_faces_with_agreement_and_people_apart(korean):
    parts = {s: datasets.load(korean, s, AIHUB) for s in ("train", "val", "test")}
    people = {s: set(p.attributes["person"]) for s, p in parts.items()}
    assert sum(len(p) for p in parts.values()) == 78  # person 7 convinced nobody
    assert not people["train"] & (people["val"] | people["test"])
    assert not people["val"] & people["test"]
    assert len(people["train"]) > 25
    train = parts["train"]
    anxious = train.label == AIHUB.keys.index("anxiety")
    assert train.target[anxious][0].max() == pytest.approx(0.75)
    assert set(train.attributes["agreement"]) == {2, 3}
    assert train.pictures[0].shape[:2] == (180, 180)
    assert train.where("age >= 20 and age < 30").attributes["age"].max() < 30
    assert (datasets.load(korean, "train", LABEL_SETS["facelog"]).label == 0).all()


def test_aihub_ceiling_of_agreement(korean):
    """Whoever is asked once more agrees as often as the annotators did."""
    rows = aihub.rows(korean)
    assert len(rows) == 80
    assert np.mean([r.agreement for r in rows if r.asked == "불안"]) == pytest.approx(
        (39 * 2 + 1) / 40)


def test_a_listed_picture_that_is_missing_is_named(korean):
    for file in korean.rglob("*.jpg"):
        file.unlink()
    with pytest.raises(DatasetError) as caught:
        datasets.load(korean, "train", AIHUB)
    assert caught.value.key == "error.data.missing"


@pytest.mark.parametrize(("name", "meant"), [
    ("happy-smiling-man-260nw-1.jpg", {"happiness"}),
    ("stubborn-sad-upset-little-asian-260nw-554860681.jpg", {"sadness", "anger"}),
    ("unhappy-woman.jpg", {"anger"}), ("portrait-12.jpg", set()), ("CRY_baby.png", {"sadness"})])
def test_words_of_a_file_name(name, meant):
    assert filenames.emotions(name) == meant


def test_names_label_and_the_rest_is_for_review(tmp_path, astronaut):
    face, empty = astronaut[:300, 100:400], np.full((200, 200, 3), 90, np.uint8)
    both = np.hstack([face, face[:, ::-1]])
    for name, picture in (("happy-woman.jpg", face), ("sad-upset.jpg", face), ("angry.jpg", empty),
                          ("smiling-couple.jpg", both), ("woman.jpg", face)):
        cv2.imwrite(str(tmp_path / name), picture[..., ::-1])
    samples = datasets.load(tmp_path, "test", FERPLUS)
    assert samples.attributes["filename"].tolist() == ["happy-woman.jpg"]
    assert samples.label.tolist() == [1]
    filenames.review(tmp_path, tmp_path / "out")
    listed = pd.read_csv(tmp_path / "out" / "review.csv").set_index("file")["reason"].to_dict()
    assert listed == {"angry.jpg": "no face", "sad-upset.jpg": "several emotions",
                      "smiling-couple.jpg": "several faces", "woman.jpg": "no keyword"}
    assert cv2.imread(str(tmp_path / "out" / "review.jpg")).shape == (128, 1024, 3)
