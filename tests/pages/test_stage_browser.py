"""The presentation as a person uses it: Chromium, with a reader that needs no networks."""

import subprocess
import sys
import time

import numpy as np
import pytest

from fer_core import say
from tests.browser import (
    CAMERA,
    CUT_OFF,
    IN_A_BROWSER,
    PATIENCE,
    ROOT,
    WEBRTC,
    at_home,
    free_port,
    lasting,
    open_browser,
    until_up,
)
from tests.clips import write_y4m

playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
pytestmark = IN_A_BROWSER
CORD = """
(() => {
  const top = window.top, devices = navigator.mediaDevices;
  if (!devices) return;
  const find = devices.getUserMedia.bind(devices);
  (top.frames_ ??= []).push(devices);
  devices.getUserMedia = async (wanted) => {
    if (top.unplugged && wanted.video) throw new DOMException("none", "NotFoundError");
    const stream = await find(wanted);
    (top.tracks ??= []).push(...stream.getVideoTracks());
    return stream;
  };
  if (window !== top) return;  // a frame that is gone can call nothing
  top.plug = (there) => {
    top.unplugged = !there;
    for (const track of there ? [] : top.tracks) {
      track.stop();
      track.dispatchEvent(new Event("ended"));
    }
    for (const one of top.frames_) one.dispatchEvent(new Event("devicechange"));
  };
})()
"""
"""``plug(false)`` pulls the camera's cord, ``plug(true)`` puts it back."""
OUTSIDE = """() => {
  const width = document.documentElement.scrollWidth;
  const votes = [...document.querySelectorAll('.p-vote')];
  const edges = votes.map((one) => one.getBoundingClientRect().right);
  return [...(votes.length ? [] : ['no votes']), ...(width > innerWidth ? [`${width} px`] : []),
          ...edges.filter((edge) => edge > innerWidth - 16)];
}"""


@pytest.fixture(scope="module")
def app(tmp_path_factory):
    """Its reader sees two people side by side in every picture."""
    home = tmp_path_factory.mktemp("app")
    port = free_port()
    with (home / "log").open("wb") as out:
        server = subprocess.Popen(
            [sys.executable, "-m", "tests.light_app", str(port)], cwd=ROOT, stdout=out,
            stderr=subprocess.STDOUT, env={**at_home(home), "LIGHT_TWO": "1"})
    try:
        until_up(f"http://localhost:{port}/_stcore/health", server, 120, home / "log")
        yield f"http://localhost:{port}"
    finally:
        server.terminate()
        server.wait(20)


@pytest.fixture
def present(app, tmp_path):
    """A presentation, started by the space bar, in a browser with these switches."""
    film = write_y4m(tmp_path / "film.y4m",
                     [np.full((120, 160, 3), shade, np.uint8) for shade in range(60, 160, 10)])

    def start(*switches):
        page = open_browser(library, *CAMERA, *switches,
                            f"--use-file-for-fake-video-capture={film}").new_context(
            viewport={"width": 1920, "height": 1080}).new_page()
        page.set_default_timeout(PATIENCE)
        page.add_init_script(CORD)
        page.goto(f"{app}/stage?lang=en")
        page.locator(".st-key-stage_switch button").wait_for()
        # Streamlit listens to a button's shortcut a moment after it has drawn the button.
        page.wait_for_timeout(1000)
        page.keyboard.press("Space")
        page.locator(".p-vote").nth(2).wait_for()  # ViT, Mixer, both
        return page

    with playwright.sync_playwright() as library:
        yield start


def t(key: str) -> str:
    return say(f"page.stage.{key}", "en")


def test_it_starts_fits_survives_its_cord_and_stops(present):
    page = present(*WEBRTC)
    page.locator(".p-live", has_text=say("score.delivery.label", "en")).wait_for()
    playwright.expect(page.locator(".p-live")).to_have_count(4, timeout=PATIENCE)
    for width, height in ((1920, 1080), (1024, 768)):
        page.set_viewport_size({"width": width, "height": height})
        page.wait_for_timeout(500)
        assert lasting(page, OUTSIDE) == []
    page.evaluate("plug(false)")
    page.get_by_text(t("unplugged")).wait_for()
    playwright.expect(page.locator(".p-vote")).to_have_count(0, timeout=PATIENCE)
    page.evaluate("plug(true)")
    page.locator(".p-vote").nth(2).wait_for()
    page.keyboard.press("Space")
    page.get_by_text(t("waiting")).first.wait_for()


def test_without_a_connection_it_goes_on_and_follows_whom_one_presses(present):
    page = present(*CUT_OFF)
    page.get_by_text(t("through_page")).wait_for()
    other = page.get_by_role("button", name=t("several")).first
    before = other.bounding_box()["x"]
    deadline, again = time.monotonic() + PATIENCE / 1000, 0.0
    # It comes and goes with the faces: it may be gone before its place is asked for, and on a busy
    # computer whom one pressed may have been lost and found as somebody new. One presses again.
    while (box := other.bounding_box(timeout=PATIENCE)) is None or abs(box["x"] - before) < 50:
        assert time.monotonic() < deadline, "the other is not followed"
        if box is not None and time.monotonic() > again:
            other.click()
            again = time.monotonic() + 15
        page.wait_for_timeout(200)
