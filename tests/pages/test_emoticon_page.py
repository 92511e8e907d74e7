"""The Emoticons page: read from a picture that is dropped, corrected by clicks, taken away."""

import numpy as np
import pytest

from fer_core import EMOTIONS, LANGUAGES, Traits, say
from pages.parts import compat, emoticons
from tests.browser import LEFT_TO_GC
from tests.pages.test_pages import asks_the_gate, open_page, text_of, weights_or_skip
from tests.photos.files import encoded

pytestmark = LEFT_TO_GC


def pick(app, name):
    """The pills of a trait."""
    return next(g for g in app.button_group if g.label == say(f"page.emoticon.{name}", "en"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_without_a_picture_it_is_put_together_by_clicks(language):
    app = open_page("emoticon", language)
    assert not app.exception
    said = text_of(app)
    assert say("page.emoticon.title", language) in said
    assert say("emotion.contempt", language) in said
    assert len(app.get("download_button")) == 5


def test_the_correction_wins():
    app = open_page("emoticon", "en")
    pick(app, "glasses").set_value("glasses").run()
    pick(app, "style").set_value("bun").run()
    app.toggle(key="trait_mask_0_0").set_value(True).run()
    assert not app.exception
    made = app.session_state[emoticons.TRAITS]
    assert made == Traits(glasses="glasses", style="bun", mask=True)
    app.button(key="clear").click().run()
    assert app.session_state[emoticons.TRAITS] == Traits()
    assert set(app.session_state[emoticons.EDITED].values()) == {Traits()}  # no old corrections


@pytest.mark.slow
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_picture_is_read_and_dropped(astronaut, language, monkeypatch):
    weights_or_skip()
    dropped = []
    monkeypatch.setattr(compat, "forget_upload", dropped.append)
    app = open_page("emoticon", language)
    app.file_uploader[0].set_value(("me.png", encoded(astronaut, "png"), "image/png")).run()
    assert not app.exception
    assert len(dropped) == 1
    assert app.file_uploader[0].value is None
    said = text_of(app)
    assert say("page.emoticon.read", language) in said
    assert say("emotion.happiness", language) in said
    (face,) = app.session_state[emoticons.READ].faces
    assert app.session_state[emoticons.TRAITS] == face.traits.traits
    assert face.emotion in EMOTIONS


@pytest.mark.slow
def test_no_face_and_no_picture_are_said():
    weights_or_skip()
    app = open_page("emoticon", "en")
    wall = encoded(np.full((200, 200, 3), 90, np.uint8), "png")
    app.file_uploader[0].set_value(("wall.png", wall, "image/png")).run()
    assert say("page.emoticon.no_face", "en") in text_of(app)
    pick(app, "glasses").set_value("glasses").run()
    app.file_uploader[0].set_value(("broken.jpg", b"nothing", "image/jpeg")).run()
    assert app.session_state[emoticons.TRAITS] == Traits(glasses="glasses"), "what was made stays"
    assert say("error.picture.unreadable", "en", name="broken.jpg") in text_of(app)
    assert not app.exception


def test_other_peoples_faces_ask_the_gate():
    asks_the_gate(open_page("emoticon", "en"), emoticons.READ)
