"""The pages as a person uses them: Streamlit served, Chromium looking."""

from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from fer_core import WRITERS, Settings, sample_session, say, to_json
from tests.browser import LEFT_TO_GC, PATIENCE, chromium, served
from tests.clips import even, person, write_clip
from tests.planted import FULL, spoken

playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
pytestmark = [
    pytest.mark.skipif(chromium() is None, reason="Chromium is not installed"),
    *LEFT_TO_GC,
]


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    with served(tmp_path_factory.mktemp("app") / "log") as found:
        yield found.address


@pytest.fixture
def page(browser):
    """A fresh page whose every request is remembered; all must have gone to this machine."""
    context = browser.new_context(viewport={"width": 1280, "height": 720})
    opened = context.new_page()
    opened.set_default_timeout(PATIENCE)
    asked: list[str] = []
    opened.on("request", lambda request: asked.append(request.url))
    opened.on("websocket", lambda socket: asked.append(socket.url))
    yield opened
    context.close()
    hosts = {urlsplit(url).hostname for url in asked if not url.startswith(("data:", "blob:"))}
    assert hosts == {"localhost"}


@pytest.fixture
def clip(settings, astronaut, tmp_path):
    """A real person's clip where there is one, else a photograph whose mouth moves."""
    real = settings.data / "clips" / "woman2.mp4"
    if real.is_file():
        return real
    return write_clip(tmp_path / "astronaut.mp4", person(astronaut, even(12, 8)))


def switch(page, language: str) -> None:
    """Use the language switch of the sidebar, once the one before it is gone."""
    choice = page.get_by_test_id("stSidebar").get_by_text(
        say(f"page.frame.language_{language}", "ko"), exact=True)
    playwright.expect(choice).to_have_count(1, timeout=PATIENCE)
    choice.click()


def sees(page, key: str, language: str, **values: object) -> None:
    playwright.expect(page.get_by_text(say(key, language, **values)).first).to_be_visible(
        timeout=PATIENCE)


def no_trace(page) -> None:
    """Nothing of Streamlit's own error display."""
    assert page.locator(".stException").count() == 0


def test_upload_a_clip_and_read_its_report(page, address, clip):
    if not (Settings().weights / "manifest.json").is_file():
        pytest.skip("no trained weights in weights/")
    page.goto(f"{address}/upload?lang=ko")
    page.locator("input[type=file]").set_input_files(clip)
    page.locator(".st-key-analyse button").click()
    page.locator(".p-iron").wait_for()
    # How it felt comes before what was measured.
    sees(page, "page.report.rate.title", "ko")
    assert page.locator(".p-value").count() == 0
    for name, own in (("confidence", "70"), ("composure", "40")):
        page.locator(f".st-key-rate_{name}").get_by_text(own, exact=True).click()
    page.locator(".st-key-rate_done button").click()
    page.locator(".st-key-score_confidence .p-value b").wait_for()
    sees(page, "report.section.self_rating", "ko")
    for score in ("confidence", "composure", "engagement", "attentiveness"):
        value = page.locator(f".st-key-score_{score} .p-value b").inner_text()
        assert 0 <= int(value) <= 100
        sees(page, f"score.{score}.label", "ko")
    page.locator(".st-key-chart_session .main-svg").first.wait_for()
    no_trace(page)

    switch(page, "en")
    sees(page, "report.title", "en")
    sees(page, "score.confidence.label", "en")
    assert page.locator(".st-key-score_confidence .p-value b").is_visible()

    page.locator(".st-key-score_confidence summary").click()
    sees(page, "part.facing.label", "en")
    for name, (suffix, _) in WRITERS.items():  # made as it is pressed
        with page.expect_download() as download:
            page.get_by_text(say(f"page.report.save.{name}", "en")).click()
        assert download.value.suggested_filename == f"{clip.stem}{suffix}"
        assert Path(download.value.path()).stat().st_size > 1000
    no_trace(page)

    # It is in the history by itself: renamed, found under its new name, deleted.
    page.get_by_test_id("stSidebar").get_by_role(
        "link", name=say("page.frame.nav.history", "en")).click()
    row = page.locator('[class*="st-key-row_"]').filter(has_text=clip.name)
    row.get_by_role("button", name=say("page.history.manage", "en")).click()
    row.get_by_label(say("page.history.name", "en"), exact=True).fill("My first practice")
    row.get_by_role("button", name=say("page.history.save", "en"), exact=True).click()
    row = page.locator('[class*="st-key-row_"]').filter(has_text="My first practice")
    row.get_by_role("button", name=say("page.history.manage", "en")).click()
    row.get_by_text(say("page.history.delete_sure", "en")).click()
    row.get_by_role("button", name=say("page.history.delete", "en"), exact=True).click()
    sees(page, "page.history.empty", "en")
    no_trace(page)


def test_home_leads_to_the_sample_in_the_chosen_language(page, address):
    page.goto(address)
    sees(page, "page.home.hero.title", "ko")
    switch(page, "en")
    sees(page, "page.home.hero.title", "en")
    page.get_by_text(say("page.home.cta.sample", "en")).click()
    sees(page, "page.report.sample_banner", "en")
    moment = sample_session().moments[-1]
    page.locator(".st-key-moments button").last.click()
    second = int(moment.start)
    sees(page, "page.report.second", "en", clock=f"{second // 60}:{second % 60:02}")
    page.goto(address)  # another visit, as after signing in
    sees(page, "page.home.hero.title", "en")
    switch(page, "ko")
    sees(page, "page.home.hero.title", "ko")
    switch(page, "en")
    sees(page, "page.home.hero.title", "en")
    switch(page, "ko")
    page.wait_for_function("() => document.cookie.includes('poise_language=ko')")
    page.goto(address)
    sees(page, "page.home.hero.title", "ko")
    no_trace(page)


def test_the_chart_tells_and_shows_the_second_under_the_pointer(page, address):
    page.goto(f"{address}/report?sample=1&lang=en")
    chart = page.locator(".st-key-chart_session .js-plotly-plot").first
    chart.wait_for()
    playwright.expect(chart.locator(".main-svg").first).to_be_visible(timeout=PATIENCE)
    chart.scroll_into_view_if_needed()
    seen = set()
    for row in ("xy", "x2y2", "x3y3", "x4y4"):  # expressions, scores, head, coverage
        place = chart.locator(f".draglayer .{row} .nsewdrag")
        box = place.bounding_box()
        # All its seconds across: the middle of the 13th, then of the 14th ...
        second, across = 12 + len(seen), len(sample_session().timeline)
        x, y = box["x"] + box["width"] * (second + 0.5) / across, box["y"] + box["height"] / 2
        page.mouse.move(x, y)
        playwright.expect(chart.locator(".hoverlayer")).to_contain_text(
            f"0:{second}", timeout=PATIENCE)
        page.mouse.click(x, y)
        sees(page, "page.report.second", "en", clock=f"0:{second}")
        seen.add(second)
    no_trace(page)


def test_the_replay_moves_recording_timeline_and_transcript_together(page, address, tmp_path,
                                                                     astronaut):
    """A saved session, its recording opened in the browser: a word, a second, a moment, the
    keyboard and playing itself move all three, and the charts with them."""
    saved, clip = tmp_path / "session.json", tmp_path / "clip.mp4"
    saved.write_text(to_json(replace(FULL, voice=spoken()), "en"), "utf-8")
    write_clip(clip, ((t, astronaut[:192, int(2 * t):int(2 * t) + 192]) for t in even(40, 4)))
    page.goto(f"{address}/report?lang=en")
    page.locator("input[type=file]").first.set_input_files(saved)
    replayed = page.locator(".replay")
    shown = replayed.locator(".bar b")

    def at(clock, second):
        playwright.expect(shown).to_have_text(f"{clock} / 0:40")
        sees(page, "page.report.second", "en", clock=clock)
        if video.count():
            assert abs(video.evaluate("v => v.currentTime") - second) < 0.02

    video = replayed.locator("video")
    replayed.get_by_role("button", name="이끌었습니다.").click()
    at("0:09", 9.0)  # no recording yet: the rest moves all the same
    playwright.expect(replayed.locator("[aria-current]")).to_have_text("이끌었습니다.")
    replayed.locator("input[type=file]").set_input_files(clip)
    playwright.expect(video).to_be_visible()
    sees(page, "page.report.replay.other", "en")  # another file than the one analysed
    replayed.locator(".said .filler").last.click()
    at("0:12", 12.0)
    page.keyboard.press("ArrowRight")
    at("0:13", 13.0)
    page.keyboard.press("ArrowUp")
    at("0:12", 12.0)
    page.get_by_test_id("stMain").locator(".st-key-moments button").last.click()
    last = int(FULL.moments[-1].start)
    at(f"0:{last:02}", last)
    lane = replayed.locator(".scores")
    lane.click(position={"x": lane.bounding_box()["width"] * 5.5 / 40, "y": 30})
    playwright.expect(shown).to_have_text("0:05 / 0:40")
    playwright.expect(replayed.locator(".said .pause")).to_have_attribute("aria-current", "true")
    page.keyboard.press("Space")
    page.wait_for_function("v => !v.paused && v.currentTime > 6", arg=video.element_handle())
    page.keyboard.press("Space")
    playwright.expect(replayed.locator(".play")).to_have_text(
        say("page.report.replay.play", "en"))
    assert video.evaluate("v => v.paused")
    replayed.get_by_role("button", name=say("page.report.replay.correct", "en")).click()
    replayed.locator(".field.word", has_text="이끌었습니다.").fill("함께 이끌었습니다.")
    replayed.locator(".field.filler").first.fill("")
    page.keyboard.press("Control+Enter")
    playwright.expect(replayed.locator(".said .word", has_text="함께")).to_be_visible()
    playwright.expect(replayed.locator(".said .filler")).to_have_count(1)
    playwright.expect(video).to_be_visible()  # what was opened stays open
    sees(page, "said.length", "en", words=6, seconds=9)


def test_text_named_mp4_is_said_in_one_sentence(page, address):
    if not (Settings().weights / "manifest.json").is_file():
        pytest.skip("no trained weights in weights/")
    page.goto(f"{address}/upload?lang=en")
    page.locator("input[type=file]").set_input_files(
        {"name": "../<b>x</b>.mp4", "mimeType": "video/mp4", "buffer": b"no video"})
    page.locator(".st-key-analyse button").click()
    sees(page, "error.video.unreadable", "en")
    no_trace(page)
