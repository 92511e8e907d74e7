"""Too many uploads or sign-ins from one address are turned away, and nobody else is."""

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from fer_core.config import LimitSettings
from pages.parts.routes.limits import Limits

PLACES = {"upload": ("PUT", "/_stcore/upload_file/session/file"),
          "sign_in": ("GET", "/oauth2callback")}


@pytest.fixture
def app():
    def answer(_):
        return PlainTextResponse("here")

    return Starlette(
        routes=[Route("/{rest:path}", answer, methods=["GET", "PUT", "POST", "DELETE"])],
        middleware=[Middleware(Limits, settings=LimitSettings(uploads=3, sign_ins=3))])


def client(app, address):
    return TestClient(app, client=(address, 50000))


@pytest.mark.parametrize("kind", PLACES)
def test_one_address_is_turned_away_and_another_is_not(app, kind):
    method, path = PLACES[kind]
    with client(app, "192.0.2.1") as one, client(app, "192.0.2.2") as other:
        assert [one.request(method, path).status_code for _ in range(5)] == [200] * 3 + [429] * 2
        refused = one.request(method, path)
        assert 1 <= int(refused.headers["retry-after"]) <= 601
        assert other.request(method, path).status_code == 200


def test_uploads_and_sign_ins_are_counted_apart(app):
    with client(app, "192.0.2.1") as one:
        for _ in range(3):
            one.put(PLACES["upload"][1])
        assert one.get("/auth/login").status_code == 200


def test_of_an_upload_in_parts_the_first_is_counted(app):
    with client(app, "192.0.2.1") as one:
        for _ in range(3):
            assert one.put("/clips/in/pass?at=0&whole=9").status_code == 200
            for at in range(1, 9):
                assert one.put(f"/clips/in/pass?at={at}&whole=9").status_code == 200
        assert one.put("/clips/in/pass?at=0&whole=9").status_code == 429


def test_looking_and_deleting_are_free(app):
    with client(app, "192.0.2.1") as one:
        for _ in range(9):
            assert one.delete(PLACES["upload"][1]).status_code == 200
            assert one.get("/").status_code == 200
