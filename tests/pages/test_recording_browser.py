"""A candidate records an answer on their own page, before a camera that Chromium plays."""

from contextlib import closing

import pytest

from fer_core import LOCAL, Desk, StorageSettings, example_sets, say
from fer_core.media.video import probe
from tests.browser import CAMERA, IN_A_BROWSER, PATIENCE, open_browser, served

playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
pytestmark = IN_A_BROWSER


def test_an_answer_is_recorded_and_sent(tmp_path):
    settings = StorageSettings(home=tmp_path, database_url="")
    with closing(Desk(settings)) as desk:
        opening = desk.openings.create(LOCAL, "Clerk", "recruitment", "KR",
                                       example_sets()["office"][:1])
        kim = desk.candidates.add(LOCAL, opening, "Kim Jiwon")
        link = desk.candidates.invite(LOCAL, kim)
        desk.consents.give(desk.candidates.known(link), kim, "en", [])
        with served(tmp_path / "log") as app, playwright.sync_playwright() as library:
            browser = open_browser(library, *CAMERA)
            page = browser.new_context(permissions=["camera", "microphone"]).new_page()
            page.set_default_timeout(PATIENCE)
            page.goto(f"{app.address}/consent?k={link}&lang=en")
            page.get_by_text(say("page.consent.clips.camera", "en"), exact=True).click()
            for step in ("camera", "start"):
                page.get_by_role("button", name=say(f"page.consent.record.{step}", "en")).click()
            stop = page.get_by_role("button", name=say("page.consent.record.stop", "en"))
            stop.wait_for()
            page.wait_for_timeout(2500)
            stop.click()
            page.get_by_text(say("page.consent.clips.taken", "en")).wait_for()
            browser.close()
        (clip,) = desk.clips.of(LOCAL, kim)
        assert clip.size > 10_000
        assert probe(desk.clips.path(clip.id)).width > 0
        assert [f for f in desk.inbox.folder.rglob("*") if f.is_file()] == []
