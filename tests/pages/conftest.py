import pytest

from tests.browser import open_browser


@pytest.fixture(scope="module")
def browser():
    """Chromium; a module whose camera shows a film has one of its own."""
    library = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    with library.sync_playwright() as started:
        opened = open_browser(started)
        yield opened
        opened.close()
