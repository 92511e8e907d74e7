import pytest

from fer_core import StorageSettings, Store
from pages.parts import history
from tests.browser import open_browser


@pytest.fixture(scope="module")
def browser():
    """Chromium; a module whose camera shows a film has one of its own."""
    library = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    with library.sync_playwright() as started:
        opened = open_browser(started)
        yield opened
        opened.close()


@pytest.fixture
def store(tmp_path, monkeypatch):
    """The history that the pages see: an empty one."""
    monkeypatch.setenv("POISE_HOME", str(tmp_path))
    opened = Store(StorageSettings())
    yield opened
    opened.close()
    history._open.clear()
