"""A desk for the tests of its pages, and the pages opened as somebody."""

import io
import zipfile

from tests.desk.conftest import CRITERIA, rated
from tests.desk.rows import clip_row
from tests.pages.test_pages import ROOT, AppTest, text_of

__all__ = ["CRITERIA", "clip_row", "open_as", "rated", "text_of", "zipped"]


def open_as(monkeypatch, person, page: str, language: str = "en", **params: str) -> AppTest:
    """A page opened by a cold deep link, by somebody who has signed in."""
    monkeypatch.setattr("pages.parts.room.person", lambda: person)
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=120)
    app.switch_page(f"pages/{page}.py")
    for key, value in {**params, "lang": language}.items():
        app.query_params[key] = value
    return app.run()


def zipped(contents: dict[str, bytes]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, content in contents.items():
            archive.writestr(name, content)
    return file.getvalue()
