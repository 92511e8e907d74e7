"""Live practice as a person uses it: Chromium, with a real face as its webcam and somebody who
speaks as its microphone."""

import re
import time
from contextlib import suppress
from pathlib import Path

import cv2
import numpy as np
import pytest

from fer_core import Settings, say
from pages.parts.rehearsal import SAME_CLICK
from tests.browser import (
    ALLOW,
    CUT_OFF,
    LEFT_TO_GC,
    PATIENCE,
    PLAYED,
    WEBRTC,
    chromium,
    open_browser,
    reach,
    served,
)
from tests.clips import write_y4m
from tests.speech import ENGLISH, joined, speak, write_track

playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
pytestmark = [
    pytest.mark.skipif(chromium() is None, reason="Chromium is not installed"),
    pytest.mark.skipif(not (Settings().weights / "manifest.json").is_file(),
                       reason="no trained weights in weights/"),
    *LEFT_TO_GC,
]
DENY = "--deny-permission-prompts"


def t(key: str, language: str = "ko", **values: object) -> str:
    return say(f"page.practice.{key}", language, **values)


@pytest.fixture(scope="module")
def app(tmp_path_factory):
    with served(tmp_path_factory.mktemp("app") / "log") as found:
        yield found


@pytest.fixture(scope="module")
def films(astronaut, tmp_path_factory):
    """Webcams: a person who sways a little, and an empty wall."""
    folder = tmp_path_factory.mktemp("films")
    sway = [int(12 * np.sin(i / 5)) for i in range(60)]
    person = (cv2.resize(astronaut[:384, 30 + x:414 + x], (480, 480))[:, :, :] for x in sway)
    wall = np.full((480, 640, 3), 90, np.uint8)
    return {"person": write_y4m(folder / "person.y4m",
                                (np.pad(p, ((0, 0), (80, 80), (0, 0))) for p in person)),
            "wall": write_y4m(folder / "wall.y4m", [wall] * 30)}


@pytest.fixture(scope="module")
def talk(tmp_path_factory):
    """A microphone: short sentences, over and over."""
    sound, _ = joined([speak(text) for text in ENGLISH], 0.5, around=0.2)
    return write_track(tmp_path_factory.mktemp("talk") / "talk.wav", sound)


@pytest.fixture
def webcam(films, talk):
    """Opens a browser whose webcam shows a film; closes them all in the end."""
    with playwright.sync_playwright() as library:
        yield lambda film, *more: open_browser(
            library, PLAYED, *WEBRTC, f"--use-file-for-fake-video-capture={films[film]}",
            f"--use-file-for-fake-audio-capture={talk}", *(more or (ALLOW,)))


ASKED = """
(() => {
  if (!navigator.mediaDevices) return;
  const find = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
  navigator.mediaDevices.getUserMedia = (wanted) => {
    (window.top.asked ??= []).push(Boolean(wanted.audio));
    return find(wanted);
  };
})()
"""
"""Notes, for every frame of a page, whether a microphone was asked for."""


def visit(browser, address: str, language: str = "ko"):
    page = browser.new_context(viewport={"width": 1280, "height": 720}).new_page()
    page.add_init_script(ASKED)
    page.set_default_timeout(PATIENCE)
    page.goto(f"{address}/practice?lang={language}")
    return page


def press(page, name: str) -> None:
    page.get_by_role("button", name=name, exact=False).first.click()


def sees(page, text: str) -> None:
    playwright.expect(page.get_by_text(text).first).to_be_visible(timeout=PATIENCE)


def set_up(page, language: str = "ko", questions: int = 2) -> None:
    """Two questions of one's own, and on to the camera."""
    page.locator(".st-key-set").get_by_role("combobox").click()
    page.get_by_role("option", name=t("sets.own", language)).click()
    page.locator(".st-key-own textarea").fill("\n".join(
        f"Question number {i}?" for i in range(1, questions + 1)))
    page.locator(".st-key-own textarea").press("Control+Enter")
    sees(page, t("own_count", language, count=questions))
    press(page, t("to_camera", language))


def answer(page, language: str, number: int, seconds: float) -> None:
    """Answer the question at hand for so long; leaves the button to press next."""
    sees(page, f"Question number {number}?")
    page.wait_for_timeout(1000 * SAME_CLICK)  # no person is faster; so quick, it is one click
    press(page, t("answer_now", language))
    sees(page, t("recording", language))
    page.wait_for_timeout(1000 * seconds)


def test_a_whole_interview_ends_in_a_report_of_its_answers(app, webcam):
    page = visit(webcam("person"), app.address)
    set_up(page)
    page.locator(".p-checks .good", has_text=t("check.voice")).wait_for()
    press(page, t("neutral"))
    sees(page, t("neutral_done"))
    press(page, t("start"))
    answer(page, "ko", 1, 9)
    assert re.search(r"\d", page.locator(".p-live", has_text=t("pace")).inner_text())
    press(page, t("next"))
    answer(page, "ko", 2, 6)
    press(page, t("finish"))
    page.locator(".st-key-rate_skip button").click()
    sees(page, say("report.section.answers", "ko"))
    assert page.get_by_text("Question number 1?").count() > 0
    assert page.locator(".p-note.bad").count() == 0
    tabs = page.get_by_role("tab", name=re.compile("Q?2"))
    assert tabs.count() > 0
    assert page.locator(".st-key-score_delivery .p-value").is_visible(), "the voice was heard"
    assert all(page.evaluate("asked"))


def test_a_denied_camera_says_so_and_offers_the_upload(app, webcam):
    page = visit(webcam("person", DENY), app.address, "en")
    set_up(page, "en")
    sees(page, t("camera.denied", "en"))
    page.get_by_role("link", name=t("upload_instead", "en")).click()
    sees(page, say("page.upload.title", "en"))


def test_without_a_connection_the_browser_records_the_same_interview(app, webcam):
    page = visit(webcam("person", ALLOW, *CUT_OFF), app.address, "en")
    set_up(page, "en")
    sees(page, t("camera.no_connection", "en"))
    press(page, t("record_instead", "en"))
    answer(page, "en", 1, 8)
    press(page, t("next", "en"))
    answer(page, "en", 2, 6)
    press(page, t("finish", "en"))
    page.locator(".st-key-rate_skip button").click()
    sees(page, say("report.section.answers", "en"))
    assert page.get_by_text("Question number 1?").count() > 0
    assert page.locator(".p-note.bad").count() == 0
    assert page.locator(".st-key-score_delivery .p-value").is_visible(), "its sound was heard"


def sockets(process: int) -> int:
    """Sockets that a process holds: every stream has some of its own."""
    held = 0
    for handle in Path(f"/proc/{process}/fd").iterdir():
        with suppress(OSError):
            held += str(handle.readlink()).startswith("socket:")
    return held


@pytest.mark.skipif(not Path("/proc/self/fd").is_dir(), reason="counts sockets in /proc")
def test_a_tab_closed_in_the_middle_of_an_answer_frees_its_stream(app, webcam):
    page = visit(webcam("person"), app.address)
    page.locator(".st-key-sound label").click()
    sees(page, t("sound_off"))
    set_up(page)
    before = sockets(app.process)
    press(page, t("start_without"))
    sees(page, "Question number 1?")
    press(page, t("answer_now"))
    sees(page, t("recording"))
    assert not any(page.evaluate("asked")), "with the voice switched off no microphone is opened"
    during = sockets(app.process)
    page.close()
    deadline = time.monotonic() + PATIENCE / 1000
    while sockets(app.process) >= during:
        assert time.monotonic() < deadline, f"{before} sockets before, still {during}"
        time.sleep(0.5)


def test_two_people_at_once_get_reports_of_their_own(app, webcam):
    person, nobody = (visit(webcam(film), app.address, "en") for film in ("person", "wall"))
    for page in (person, nobody):
        set_up(page, "en", questions=1)
    reach(person, t("neutral_done", "en"), t("neutral", "en"))
    sees(nobody, t("fault.no_face", "en"))
    press(person, t("start", "en"))
    answer(person, "en", 1, 8)
    sees(nobody, t("fault.no_face", "en"))
    press(person, t("finish", "en"))
    person.locator(".st-key-rate_skip button").click()
    sees(person, say("report.section.answers", "en"))
    assert nobody.get_by_text("Question number 1?").count() == 0
    sees(nobody, t("camera_title", "en"))
