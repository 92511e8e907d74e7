"""Clips in and out beside the pages: only with a pass, only by the browser that it was given to,
and only as long as the policy lets its person."""

import anyio
import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from fer_core import DeskError, Forbidden, Inbox
from pages.parts import compat
from pages.parts.passes import IDLE, Passes
from pages.parts.routes import clips
from tests.browser import LEFT_TO_GC

# Starlette's client leaves its event loop's sockets to the garbage collector.
pytestmark = LEFT_TO_GC
COOKIE = {"_streamlit_user": "signed"}


@pytest.fixture
def client():
    with TestClient(Starlette(routes=list(clips.ROUTES))) as opened:
        yield opened


@pytest.fixture
def inbox(tmp_path):
    return Inbox(tmp_path / "incoming", most=100)


def sending(inbox, check=lambda: None, browser="") -> str:
    return "/clips/in/" + clips.SENDING.issue(clips.Sending(inbox, "ann", check), browser)


def put(client, where, content, at=0, whole=None, name="a.mp4", **more):
    return client.put(where, content=content, params={
        "name": name, "at": at, "whole": len(content) if whole is None else whole}, **more)


def test_an_upload_comes_in_pieces_and_goes_on_where_it_broke_off(client, inbox):
    where = sending(inbox)
    assert client.get(where, params={"name": "a.mp4"}).json() == {"size": 0}
    assert put(client, where, b"hello", whole=10).json() == {"size": 5}
    assert put(client, where, b"hello", whole=10).status_code == 409
    assert client.get(where, params={"name": "a.mp4"}).json() == {"size": 5}
    assert put(client, where, b"world", at=5, whole=10).json() == {"size": 10}
    assert inbox.find("ann", "a.mp4").read_bytes() == b"helloworld"
    assert put(client, where, b"", name="empty.mp4").json() == {"size": 0}
    assert inbox.find("ann", "empty.mp4").read_bytes() == b""


@pytest.mark.parametrize("broken", [False, True])
def test_a_piece_is_written_while_it_comes_and_what_came_stays(inbox, monkeypatch, broken):
    monkeypatch.setattr(clips, "BLOCK", 4)
    parts = [{"type": "http.request", "body": body, "more_body": True}
             for body in (b"ab", b"cd", b"efgh", b"i")]
    parts.append({"type": "http.disconnect"} if broken else {"type": "http.request", "body": b""})
    held, answers = [], []

    async def receive():
        held.append(inbox.size("ann", "a"))
        return parts.pop(0)

    async def send(message):
        answers.append(message)

    anyio.run(Starlette(routes=list(clips.ROUTES)), {
        "type": "http", "method": "PUT", "path": sending(inbox), "headers": [],
        "query_string": b"name=a&at=0&whole=9"}, receive, send)
    assert held == [0, 0, 4, 8, 8]
    assert answers[0]["status"] == (400 if broken else 200)
    assert inbox.size("ann", "a") == (8 if broken else 9)


def test_what_is_wrong_has_its_answer(client, inbox):
    where = sending(inbox)
    answer = put(client, where, b"x", whole=101)
    assert (answer.status_code, answer.json()["key"]) == (413, "error.desk.too_big")
    for wrong in ({"at": "x", "whole": "1"}, {"whole": "1"}, {}):
        assert client.put(where, content=b"x", params={"name": "a", **wrong}).status_code == 400


def test_without_a_pass_and_without_the_right_nothing_comes_in_or_out(client, inbox, tmp_path):
    for where in ("/clips/in/x", "/clips/in/" + "0" * 22):
        assert client.get(where).status_code == put(client, where, b"x").status_code == 403
    let_out = []

    def check():
        if let_out:
            raise Forbidden("error.desk.forbidden")

    where = sending(inbox, check)
    assert put(client, where, b"x", whole=2).status_code == 200
    let_out.append(True)
    assert put(client, where, b"y", at=1, whole=2).status_code == 403
    assert inbox.size("ann", "a.mp4") == 1
    for kind in (Forbidden("error.desk.forbidden"), DeskError("error.desk.no_copy")):
        def closed(error=kind):
            raise error

        made = clips.WATCHING.issue(closed, "")
        assert client.get(f"/clips/out/{made}").status_code in (403, 413)
    made = clips.WATCHING.issue(lambda: tmp_path, "")
    assert client.get(f"/clips/in/{made}").status_code == 403  # a pass is for one thing


def test_another_browser_cannot_use_a_pass(client, inbox, tmp_path):
    own = compat.signed_in_as(COOKIE)
    where = sending(inbox, browser=own)
    assert put(client, where, b"x").status_code == 403
    client.cookies.set("_streamlit_user", "another's")
    assert put(client, where, b"x").status_code == 403
    client.cookies.set("_streamlit_user", "signed")
    assert put(client, where, b"x").status_code == 200


def test_a_copy_is_played_in_pieces_and_kept_nowhere(client, tmp_path):
    file = tmp_path / "copy"
    file.write_bytes(bytes(range(256)) * 100)
    where = "/clips/out/" + clips.WATCHING.issue(lambda: file, "")
    answer = client.get(where, headers={"range": "bytes=1000-1099"})
    assert answer.status_code == 206
    assert answer.headers["content-range"] == "bytes 1000-1099/25600"
    assert answer.content == file.read_bytes()[1000:1100]
    assert answer.headers["content-type"] == "video/mp4"
    assert "no-store" in answer.headers["cache-control"]
    assert "content-encoding" not in answer.headers


def test_a_pass_ends_when_nobody_uses_it_and_no_earlier():
    passes = Passes[str]()
    made = passes.issue("x", "", now=1.0)
    assert passes.use(made, "", now=IDLE - 1) == "x"
    assert passes.use(made, "", now=2 * IDLE - 3) == "x"
    with pytest.raises(Forbidden):
        passes.use(made, "", now=4 * IDLE)
    assert len({passes.issue("x", "") for _ in range(50)}) == 50


def test_a_cookie_in_pieces_is_whole_and_others_do_not_matter():
    whole = compat.signed_in_as({**COOKIE, "_streamlit_user_1": "more", "_streamlit_xsrf": "x"})
    assert whole == compat.signed_in_as({"_streamlit_user_1": "more", **COOKIE})
    assert whole != compat.signed_in_as(COOKIE) == compat.signed_in_as(
        {**COOKIE, "_streamlit_user_tokens": "t"})
    assert compat.signed_in_as({"_streamlit_xsrf": "x"}) == ""
