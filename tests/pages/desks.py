"""A desk for the tests of its pages, and the pages opened as somebody."""

import io
import zipfile
from types import SimpleNamespace

from pages.parts import uploads
from pages.parts.routes.clips import SENDING
from tests.desk.conftest import CRITERIA, rated
from tests.desk.rows import clip_row
from tests.pages.test_pages import ROOT, AppTest, text_of

__all__ = ["CRITERIA", "clip_row", "open_as", "rated", "send", "text_of", "zipped"]


def open_as(monkeypatch, person, page: str, language: str = "en", **params: str) -> AppTest:
    """A page opened by a cold deep link, by somebody who has signed in."""
    monkeypatch.setattr("pages.parts.room.person", lambda: person)
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=120)
    app.switch_page(f"pages/{page}.py")
    for key, value in {**params, "lang": language}.items():
        app.query_params[key] = value
    return app.run()


def send(monkeypatch, app, *files: tuple[str, bytes]) -> None:
    """Send files as a browser does, by the address that the page gives it; then go on without."""
    rooms = []

    def mounted(key, data, **_):
        rooms.append(key)
        if key != rooms[0]:
            return SimpleNamespace(sent=[])
        sending = SENDING.use(data["address"].rpartition("/")[2], "")
        sending.check()
        for path, content in files:
            if sending.inbox.find(sending.sender, path) is None:
                sending.inbox.append(sending.sender, path, 0, len(content), content)
        return SimpleNamespace(sent=[{"name": path, "path": path} for path, _ in files])

    monkeypatch.setattr(uploads, "_sending", mounted)
    app.run()


def zipped(contents: dict[str, bytes]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, content in contents.items():
            archive.writestr(name, content)
    return file.getvalue()


def components(app):
    """The browser's own parts of a page, but for what every page has."""
    return [part for part in app.get("bidi_component") if part.key != "remember"]
