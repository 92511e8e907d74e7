"""The Photo page: pictures are read and dropped, every face has a number and nothing else."""

import numpy as np
import pytest
from streamlit.runtime.uploaded_file_manager import UploadedFile

from fer_core import EMOTIONS, LANGUAGES, say
from pages.parts import compat, photos
from tests.browser import LEFT_TO_GC
from tests.pages.test_pages import asks_the_gate, open_page, text_of, weights_or_skip
from tests.photos.files import encoded

pytestmark = [
    *LEFT_TO_GC,
    pytest.mark.slow,  # it asks the networks hundreds of times
]


@pytest.fixture(scope="module")
def two(astronaut) -> bytes:
    """Two people in one picture."""
    face = astronaut[:300, 100:400]
    return encoded(np.concatenate([face, face[:, ::-1]], axis=1), "webp", quality=90)


def given(app, *files):
    weights_or_skip()
    app.file_uploader[0].set_value(list(files)).run()
    assert not app.exception
    return app


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_face_is_read_and_one_looked_at_closer(language, two):
    app = given(open_page("photo", language), ("Kim and Lee.webp", two, "image/webp"))
    said = text_of(app)
    assert say("page.photo.faces", language, count=2) in said
    assert say("page.photo.face", language, number=1) in said
    happy = say("emotion.happiness", language)
    assert happy in said
    table = app.dataframe[0].value
    assert list(table.iloc[:, 0]) == [1, 2]
    assert set(table.iloc[:, 1]) <= {say(f"emotion.{key}", language) for key in EMOTIONS}
    app.button_group[0].set_value(2).run()
    assert not app.exception
    assert say("page.photo.face", language, number=2) in text_of(app)


def test_other_peoples_faces_ask_the_gate(two):
    app = given(open_page("photo", "en"), ("a.webp", two, "image/webp"))
    asks_the_gate(app, photos.SEEN)


def test_the_picture_is_dropped_as_soon_as_it_is_read(two, monkeypatch):
    dropped = []
    monkeypatch.setattr(compat, "forget_upload", dropped.append)
    app = given(open_page("photo", "en"), ("a.webp", two, "image/webp"))
    assert [type(file) for file in dropped] == [UploadedFile]
    assert app.file_uploader[0].value == []
    (seen,) = app.session_state[photos.SEEN]
    # What is kept: numbers, 48-px crops and the copy to look at.
    assert seen.marked[:2] == b"\xff\xd8"
    assert not any(isinstance(value, np.ndarray) for value in vars(seen.photo).values())
    app.button(key="clear").click().run()
    assert photos.SEEN not in app.session_state
    assert say("page.photo.faces", "en", count=2) not in text_of(app)


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_face_is_said_and_no_picture_is_said_beside_it(language):
    wall = encoded(np.full((200, 200, 3), 90, np.uint8), "png")
    app = given(open_page("photo", language), ("wall.png", wall, "image/png"),
                ("broken.jpg", b"nothing", "image/jpeg"))
    said = text_of(app)
    assert say("page.photo.no_face", language) in said
    assert say("error.picture.unreadable", language, name="broken.jpg") in said
