"""Every face of a picture: where, which number, what was read; and its tables."""

import csv
import io
import json

import cv2
import numpy as np
import pytest

from fer_core.config import RecogniserSettings, Settings
from fer_core.emotions import LABEL_SETS
from fer_core.errors import PictureError
from fer_core.photos.explanation import Doubt
from fer_core.photos.marking import marked
from fer_core.photos.reading import FaceRead, PhotoRead, PhotoReader, in_rows
from fer_core.photos.tables import photos_csv, photos_json
from fer_core.records import Face, HeadPose
from tests.photos.files import encoded

PLUS = LABEL_SETS["ferplus"]
MARKS = np.array([[0.3, 0.4], [0.7, 0.4], [0.5, 0.6], [0.35, 0.8], [0.65, 0.8]])


def a_face(x: float, y: float, side: float = 40) -> Face:
    return Face(np.array([x, y, x + side, y + side]), MARKS * side + (x, y), 0.99)


def read_face(number: int, face: Face, happy: float = 0.9) -> FaceRead:
    vote = np.full(8, (1 - happy) / 7)
    vote[1] = happy
    return FaceRead(number, face, HeadPose(1, 2, 3), False, False, np.zeros((48, 48), np.uint8),
                    np.stack([vote, vote]), vote)


def photo_of(name: str, *faces: Face) -> PhotoRead:
    return PhotoRead(name, 200, 100, 1, PLUS, ("vit", "mixer"),
                     tuple(read_face(i, f) for i, f in enumerate(faces, 1)))


def test_faces_are_numbered_as_one_reads():
    # Two rows, the upper one uneven as heads are.
    upper = [a_face(10, 12), a_face(80, 5), a_face(150, 18)]
    lower = [a_face(30, 70), a_face(110, 66)]
    given = [lower[1], upper[2], upper[0], lower[0], upper[1]]
    assert in_rows(given) == [*upper, *lower]


@pytest.fixture(scope="module")
def reader():
    return PhotoReader.of(Settings(precision="float32",
                                   recogniser=RecogniserSettings(device="cpu")))


def test_every_face_in_the_files_own_pixels(reader, astronaut):
    """Two faces in a picture that is twice as large as what is searched."""
    face = astronaut[:300, 100:400]
    large = np.zeros((1200, 3200, 3), np.uint8)
    large[100:1000, 200:1100] = np.repeat(np.repeat(face, 3, 0), 3, 1)
    large[400:1000, 2000:2600] = np.repeat(np.repeat(face, 2, 0), 2, 1)
    photo, picture = reader.read(encoded(large, "png"), "two.png")
    assert (photo.width, photo.height) == (3200, 1200)
    assert max(picture.shape) == 1600
    first, second = photo.faces
    assert [first.number, second.number] == [1, 2]
    # The astronaut's face is about (220, 110) in the whole, (120, 110) in the part.
    np.testing.assert_allclose(first.face.centre, (560, 430), atol=60)
    np.testing.assert_allclose(second.face.centre, (2240, 620), atol=60)
    for seen in photo.faces:
        assert PLUS.keys[seen.vote.argmax()] == "happiness"
        np.testing.assert_allclose(seen.members.mean(0), seen.vote)
        assert not seen.small


def test_a_picture_without_a_face_is_data(reader):
    photo, _ = reader.read(encoded(np.full((200, 200, 3), 90, np.uint8), "png"), "wall.png")
    assert photo.faces == ()
    rows = list(csv.DictReader(io.StringIO(photos_csv([photo]))))
    assert [(r["file"], r["faces"], r["face"]) for r in rows] == [("wall.png", "0", None)]


def test_a_picture_of_a_few_pixels(reader):
    photo, picture = reader.read(encoded(np.zeros((1, 3, 3), np.uint8), "png"), "dot.png")
    assert photo.faces == ()
    assert marked(photo, picture).shape == (213, 640, 3)


def test_the_number_on_a_small_picture_is_legible(reader, astronaut):
    small = cv2.resize(astronaut[:240, 100:340], (128, 128), interpolation=cv2.INTER_AREA)
    photo, picture = reader.read(encoded(small, "png"), "small.png")
    (seen,) = photo.faces
    drawn = marked(photo, picture)
    assert drawn.shape == (640, 640, 3)
    x1, y1 = (5 * seen.face.box[:2]).astype(int)
    plate = drawn[y1 - 15:y1 - 5, x1 + 2:x1 + 12]
    assert len(np.unique(plate.reshape(-1, 3), axis=0)) > 2, "a digit on its plate"


def test_what_is_no_picture_is_an_error(reader):
    with pytest.raises(PictureError):
        reader.read(b"no picture", "a.jpg")


def test_the_table_has_a_row_for_each_face():
    photos = [photo_of("a.jpg", a_face(10, 10), a_face(100, 12)), photo_of("=b.jpg")]
    rows = list(csv.DictReader(io.StringIO(photos_csv(photos))))
    assert [(r["file"], r["faces"], r["face"]) for r in rows] == [
        ("a.jpg", "2", "1"), ("a.jpg", "2", "2"), ("'=b.jpg", "0", None)]
    assert rows[0]["expression"] == "happiness"
    assert rows[1]["x1"] == "100.0"
    assert float(rows[0]["happiness"]) == pytest.approx(0.9)
    assert float(rows[0]["mixer_happiness"]) == pytest.approx(0.9)
    assert sum(float(rows[0][key]) for key in PLUS.keys) == pytest.approx(1, abs=1e-3)


def test_json_says_the_same_and_what_would_change_it():
    other = np.eye(8)[0]
    (found,) = json.loads(photos_json([photo_of("a.jpg", a_face(10, 10))],
                                      {(0, 1): [Doubt("mouth", other, True, 0.9)]}))
    (face,) = found["faces"]
    assert (found["file"], found["networks"]) == ("a.jpg", ["vit", "mixer"])
    assert face["box"] == [10, 10, 50, 50]
    assert face["vote"] == face["members"]["vit"]
    assert face["doubts"] == [{"change": "mouth", "flips": True, "loss": 0.9,
                               "expression": "neutral", "probability": 1.0}]


def test_nobody_in_a_group_has_a_name():
    """A face is a number: nothing that is written of it could tell who it is."""
    (found,) = json.loads(photos_json([photo_of("a.jpg", a_face(10, 10), a_face(90, 10))]))
    assert {key for face in found["faces"] for key in face} == {
        "face", "box", "landmarks", "confidence", "pose", "small", "turned", "expression",
        "vote", "members"}
    assert [face["face"] for face in found["faces"]] == [1, 2]


def test_faces_are_framed_and_numbered_on_a_copy():
    picture = np.full((100, 200, 3), 128, np.uint8)
    photo = photo_of("a.jpg", a_face(60, 40))
    image = marked(photo, picture)
    assert (picture == 128).all()
    colour = tuple(int(PLUS.classes[1].colour[i:i + 2], 16) for i in (1, 3, 5))
    assert image.shape == (320, 640, 3)
    assert tuple(image[192, 192]) == colour  # the frame's left side
    assert (image[192:224, 224:288] == 128).all()  # the face itself stays free
    assert (image[100:126, 192:250] != 128).any()  # its number above
