"""A round lost in the middle, in a real browser: whatever cuts it short, the page offers to go
on, and the answers are there."""

import signal
import socket
import subprocess
import sys
import threading
import time
from contextlib import suppress

import pytest

from fer_core import Settings, say
from pages.parts.rehearsal import SAME_CLICK
from tests.browser import (
    ALLOW,
    LEFT_TO_GC,
    PATIENCE,
    PLAYED,
    ROOT,
    WEBRTC,
    at_home,
    chromium,
    free_port,
    open_browser,
    reach,
    until_up,
)

playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
pytestmark = [
    pytest.mark.browser, pytest.mark.slow,
    pytest.mark.skipif(chromium() is None, reason="Chromium is not installed"),
    pytest.mark.skipif(not (Settings().weights / "manifest.json").is_file(),
                       reason="no trained weights in weights/"),
    *LEFT_TO_GC,
]
PLUG = """
(() => {
  if (!navigator.mediaDevices) return;
  const find = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
  window.cameras = [];
  navigator.mediaDevices.getUserMedia = async (wanted) => {
    if (window.top.unplugged) throw new DOMException("no camera", "NotFoundError");
    const stream = await find(wanted);
    window.cameras.push(stream);
    return stream;
  };
})()
"""
"""A camera that can be pulled out, in every frame of a page."""
UNPLUG = """
for (const camera of window.cameras ?? []) for (const track of camera.getTracks()) {
  track.stop();
  track.dispatchEvent(new Event("ended"));
}
"""


class App:
    """The app, which can be killed and started again at the same address."""

    def __init__(self, folder):
        self.port = free_port()
        self.log = folder / "log"
        self.server = None

    def start(self):
        with self.log.open("ab") as out:
            self.server = subprocess.Popen(
                [sys.executable, "-m", "tests.light_app", str(self.port)], cwd=ROOT,
                env=at_home(self.log.parent), stdout=out, stderr=subprocess.STDOUT)
        until_up(f"http://localhost:{self.port}/_stcore/health", self.server, PATIENCE / 1000,
                 self.log)

    def kill(self):
        self.server.send_signal(signal.SIGKILL)
        self.server.wait()


class Network:
    """The way from the browser to the app, which can be cut."""

    def __init__(self, port):
        self.port, self.up, self.open = port, True, []
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.address = f"http://localhost:{self.listener.getsockname()[1]}"
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self):
        with suppress(OSError):
            while True:
                near, _ = self.listener.accept()
                try:
                    if not self.up:
                        raise OSError("cut")
                    far = socket.create_connection(("127.0.0.1", self.port))
                except OSError:
                    near.close()
                    continue
                self.open += [near, far]
                for a, b in ((near, far), (far, near)):
                    threading.Thread(target=self._carry, args=(a, b), daemon=True).start()

    def _carry(self, a, b):
        with suppress(OSError):
            while data := a.recv(1 << 16):
                b.sendall(data)
        for end in (a, b):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)

    def cut(self):
        self.up = False
        for end in self.open:
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()
        self.open.clear()

    def mend(self):
        self.up = True

    def close(self):
        self.cut()
        self.listener.close()


@pytest.fixture(scope="module")
def app(tmp_path_factory):
    app = App(tmp_path_factory.mktemp("app"))
    app.start()
    yield app
    app.kill()


@pytest.fixture
def network(app):
    network = Network(app.port)
    yield network
    network.close()


@pytest.fixture(scope="module")
def browser():
    with playwright.sync_playwright() as library:
        yield open_browser(library, ALLOW, f"{PLAYED}=fps=8", *WEBRTC)


@pytest.fixture
def page(browser, network):
    """A page of a person nobody has seen before; the language is English."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    context.add_init_script(PLUG)
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    page.goto(f"{network.address}/practice?lang=en")
    yield page
    context.close()


def t(key, **values):
    return say(f"page.practice.{key}", "en", **values)


def press(page, name):
    page.get_by_role("button", name=name, exact=False).first.click()


def sees(page, text):
    playwright.expect(page.get_by_text(text).first).to_be_visible(timeout=PATIENCE)


def answer(page, number, seconds=1.5):
    go_on = t("round.go_on", number=number)
    reach(page, f"Question number {number}?", go_on, t("reconnect"))
    page.wait_for_timeout(1000 * SAME_CLICK)  # no person is faster; so quick, it is one click
    reach(page, t("recording"), t("answer_now"), go_on, t("reconnect"))
    page.wait_for_timeout(1000 * seconds)


def begin(page, questions, answers):
    """Practise, and answer all but what is still to come: the next question is on the page."""
    page.locator(".st-key-set").get_by_role("combobox").click()
    page.get_by_role("option", name=t("sets.own")).click()
    page.locator(".st-key-own textarea").fill("\n".join(
        f"Question number {i}?" for i in range(1, questions + 1)))
    page.locator(".st-key-own textarea").press("Control+Enter")
    sees(page, t("own_count", count=questions))
    press(page, t("to_camera"))
    sees(page, t("camera_title"))
    # The questions stood on the page before, too, and still do until it is all drawn anew.
    page.locator(".st-key-own").wait_for(state="detached", timeout=PATIENCE)
    reach(page, "Question number 1?", t("start_without"), t("try_again"))
    for number in range(1, answers + 1):
        answer(page, number)
        reach(page, f"Question number {number + 1}?", t("next"))


def is_offered(page, questions, answers):
    """The offer of a page that has forgotten everything."""
    sees(page, t("round.title"))
    about = t("round.about", ago="@", total=questions, count=answers).split("@")[1]
    sees(page, about)


def go_on_from_the_offer(page, number):
    press(page, t("round.go_on", number=number))
    reach(page, f"Question number {number}?", t("start_without"), t("try_again"))


def ends_in_a_report(page, questions):
    """Answer the last question; every answer is in the report."""
    answer(page, questions)
    press(page, t("finish"))
    page.locator(".st-key-rate_skip button").click()
    sees(page, say("report.section.answers", "en"))
    answers = page.locator(".st-key-answers")
    if questions <= 6:
        playwright.expect(answers.get_by_role("tab")).to_have_count(questions, timeout=PATIENCE)
    else:
        options = page.get_by_role("option")
        until = time.monotonic() + PATIENCE / 1000
        while not options.count() and time.monotonic() < until:  # a redraw swallows a press
            answers.get_by_role("combobox").click()
            with suppress(playwright.Error):
                options.first.wait_for(timeout=5000)
        playwright.expect(options).to_have_count(questions)
    assert page.locator(".p-note.bad").count() == 0


def test_after_a_reload_eight_answers_are_there(page, browser, network):
    begin(page, questions=9, answers=8)
    page.reload()
    is_offered(page, questions=9, answers=8)
    other = browser.new_context().new_page()
    other.goto(f"{network.address}/practice?lang=en")
    sees(other, t("to_camera"))
    other.wait_for_timeout(2000)
    assert other.get_by_text(t("round.title")).count() == 0, "another browser is shown the round"
    other.context.close()
    go_on_from_the_offer(page, 9)
    ends_in_a_report(page, 9)
    page.goto(f"{network.address}/practice?lang=en")
    sees(page, t("to_camera"))
    page.wait_for_timeout(2000)
    assert page.get_by_text(t("round.title")).count() == 0, "what became a report is still offered"


def test_after_30_seconds_without_network_the_page_offers_to_go_on(page, network):
    begin(page, questions=3, answers=2)
    network.cut()
    page.wait_for_timeout(30_000)
    network.mend()
    sees(page, t("halted.away", count=2, number=3))
    reach(page, "Question number 3?", t("round.go_on", number=3), t("reconnect"))
    ends_in_a_report(page, 3)


def test_after_a_closed_lid_the_page_offers_to_go_on(page, network):
    begin(page, questions=3, answers=2)
    lid = page.context.new_cdp_session(page)
    lid.send("Page.setWebLifecycleState", {"state": "frozen"})
    network.cut()
    time.sleep(15)
    network.mend()
    lid.send("Page.setWebLifecycleState", {"state": "active"})
    sees(page, t("halted.away", count=2, number=3))
    reach(page, "Question number 3?", t("round.go_on", number=3), t("reconnect"))
    ends_in_a_report(page, 3)


def test_after_an_unplugged_camera_the_page_offers_to_go_on(page):
    begin(page, questions=3, answers=2)
    reach(page, t("recording"), t("answer_now"))
    page.evaluate("window.unplugged = true")
    for frame in page.frames:
        frame.evaluate(UNPLUG)
    sees(page, t("halted.camera", count=2, number=3))
    sees(page, t("halted.no_picture"))
    page.evaluate("window.unplugged = false")
    reach(page, "Question number 3?", t("round.go_on", number=3), t("reconnect"))
    ends_in_a_report(page, 3)


def test_after_a_killed_app_the_answers_are_there(page, app):
    begin(page, questions=3, answers=2)
    app.kill()
    page.wait_for_timeout(2000)
    app.start()
    is_offered(page, questions=3, answers=2)
    go_on_from_the_offer(page, 3)
    ends_in_a_report(page, 3)
