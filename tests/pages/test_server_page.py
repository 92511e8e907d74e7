"""An admin sees what of the server can be reached and what leaves it, and never a secret."""

import pytest

from fer_core import LANGUAGES, Desk, StorageSettings, say
from pages.parts import room
from pages.parts.desk.server import ADDRESSES, leaving
from pages.parts.routes import ROUTES
from tests.browser import LEFT_TO_GC
from tests.pages.desks import open_as, text_of

pytestmark = LEFT_TO_GC
SECRETS = {
    "POISE_DATABASE_URL": "postgresql://poise:planted-database@db.example.org/poise",
    "POISE_WEBRTC_TURN": '["turns:turn.example.org:5349?transport=tcp"]',
    "POISE_WEBRTC_TURN_SECRET": "planted-relay", "POISE_WEBRTC_TURN_PASSWORD": "planted-turn",
    "POISE_COACH_URL": "https://u:planted-coach@coach.example.org/v1",
    "POISE_COACH_KEY": "planted-key", "POISE_WHISPER": "large-v3"}


def t(key, language="en", **values):
    return say(f"page.desk.server.{key}", language, **values)


@pytest.fixture
def seen(tmp_path, monkeypatch):
    """What the page says, in a language."""
    monkeypatch.setenv("POISE_HOME", str(tmp_path))
    opened = Desk(StorageSettings(home=tmp_path, database_url=""))
    monkeypatch.setattr(room, "desk", lambda: opened)

    def read(language: str) -> str:
        app = open_as(monkeypatch, room.LOCAL, "desk", language)
        next(g for g in app.get("button_group") if g.key == "desk_room").set_value("server").run()
        assert not app.exception
        return text_of(app)

    yield read
    opened.close()


@pytest.mark.parametrize("language", LANGUAGES)
def test_on_ones_own_machine_nothing_leaves(seen, language, monkeypatch):
    for name in SECRETS:
        monkeypatch.delenv(name, raising=False)
    said = seen(language)
    assert t("nothing", language) in said
    assert t("camera", language) in said
    assert "localhost:8501" in said
    assert all(address in said for address in ADDRESSES if "auth" not in address)


def test_hosts_are_named_and_secrets_are_not(seen, monkeypatch):
    for name, value in SECRETS.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("POISE_WEBRTC_TURN_ONLY", "true")
    said = seen("en")
    for host in ("db.example.org", "turns:turn.example.org:5349", "coach.example.org", "large-v3"):
        assert host in said
    assert "planted" not in said
    assert t("camera_relay") in said
    assert t("nothing") not in said


def test_relay_only_is_nothing_without_a_relay(seen, monkeypatch):
    monkeypatch.delenv("POISE_WEBRTC_TURN", raising=False)
    monkeypatch.setenv("POISE_WEBRTC_TURN_ONLY", "true")
    said = seen("en")
    assert t("camera") in said
    assert t("camera_relay") not in said


def test_a_folder_of_a_model_is_no_connection(monkeypatch):
    monkeypatch.setenv("POISE_WHISPER", "/models/whisper-small")
    assert list(leaving()) == []


def test_every_route_is_told():
    told = [address for line in ADDRESSES for address in line.split(", ")]
    for route in ROUTES:
        assert any(route.path == a or (a != "/" and a.endswith("/") and route.path.startswith(a))
                   for a in told), route.path
