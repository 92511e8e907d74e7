"""report.html: whole, harmless, alone, and the same numbers as the other formats."""

import json
import re
import subprocess
import sys
import zipfile
from base64 import b64encode
from dataclasses import replace
from html.parser import HTMLParser
from io import BytesIO
from itertools import pairwise
from pathlib import Path

import pytest

from fer_core.records import Answer, Exchange, SelfRating
from fer_core.reports.export import WRITERS, from_json, sample_session, to_json
from fer_core.reports.report import build_report
from fer_core.sessions.interview import wording
from fer_core.texts import LANGUAGES, say
from tests.browser import QUIET, chromium
from tests.planted import ALL, FULL, PICTURE, PICTURED

EVIL = '<script>alert("x")</script></script><img src=x onerror=alert(1)>&amp;.mp4'
RATED = replace(FULL, self_rating=SelfRating(40.0, 75.0))


class Seen(HTMLParser):
    """The text a reader sees, and every tag with its attributes."""

    def __init__(self, page):
        super().__init__()
        self.tags, self.words, self.inside = [], [], ""
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        self.inside = tag

    def handle_endtag(self, tag):
        self.inside = ""

    def handle_data(self, data):
        if self.inside not in ("script", "style"):
            self.words.append(data)

    @property
    def text(self):
        return " ".join(" ".join(self.words).split())


def html(session, language="en"):
    return WRITERS["html"][1](session, language).decode()


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", ALL)
def test_everything_the_report_says_is_in_it(name, language):
    report = build_report(ALL[name], language)
    text = Seen(html(ALL[name], language)).text
    said = [*report.summary, *report.facts, *report.limits, *report.people,
            *(n.text for n in report.warnings), *(m.meaning for m in report.moments),
            *(line.text for a in report.coaching for line in a.lines),
            *(s.formula for s in report.worked), *(m.sha256 for m in report.models)]
    for sentence in said:
        assert " ".join(sentence.split()) in text
    assert report.title in text


def test_kept_pictures_are_inside():
    assert html(PICTURED).count(b64encode(PICTURE).decode()) == len(PICTURED.pictures)
    assert "data:image/jpeg" not in html(FULL)


def test_names_are_never_markup():
    session = replace(RATED, source=replace(FULL.source, name=EVIL),
                      answers=(Answer(EVIL, 0.0, 12.0),), typed=(Exchange("job.1", EVIL),))
    page = html(session)
    seen = Seen(page)
    assert EVIL in "".join(seen.words)
    scripts = [attrs for tag, attrs in seen.tags if tag == "script"]
    assert len(scripts) == len([1 for tag, _ in Seen(html(RATED)).tags if tag == "script"])
    assert not any("onerror" in attrs for _, attrs in seen.tags)


def test_what_was_typed_stands_under_its_question():
    typed = Exchange("followup.number_1", "회계 자료로")
    text = Seen(html(replace(FULL, typed=(typed,)), "ko")).text
    heading = say("report.section.typed", "ko")
    assert f"{heading} {wording(typed.question, 'ko')} {typed.text}" in text
    assert heading not in Seen(html(FULL, "ko")).text


def test_nothing_is_fetched():
    tags = Seen(html(RATED)).tags
    assert not [t for t, _ in tags if t in ("link", "iframe", "object", "embed", "base")]
    for _, attrs in tags:
        for name in ("src", "href"):
            assert attrs.get(name, "#").startswith(("#", "data:"))
    policy = next(a["content"] for t, a in tags if "http-equiv" in a)
    assert policy.startswith("default-src 'none'")


def test_headings_and_tables_are_told_to_screen_readers():
    seen = Seen(html(RATED, "ko"))
    tags = seen.tags
    assert ("html", {"lang": "ko"}) in tags
    levels = [int(t[1]) for t, _ in tags if re.fullmatch("h[1-6]", t)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(b - a <= 1 for a, b in pairwise(levels))
    assert all(a.get("scope") in ("row", "col") for t, a in tags if t == "th")
    assert all(a.get("aria-label") for _, a in tags if a.get("role") == "img")
    targets = {a.get("id") for _, a in tags}
    assert all(a["href"][1:] in targets for t, a in tags if t == "a")


@pytest.mark.parametrize("session", [RATED, sample_session()], ids=["planted", "sample"])
def test_numbers_are_those_of_the_other_formats(session):
    """From the files alone: what HTML shows is what JSON holds, rounded as it is shown."""
    page, data = html(session), json.loads(to_json(session, "en"))
    scores = page[page.index('<table class="scores">'):]
    rows = dict(re.findall(r'<th scope="row">([^<]+)</th>\s*(.*?)</tr>',
                           scores[:scores.index("</table>")], re.S))
    for name, score in data["scores"].items():
        cells = re.findall(r'<td class="n">([^<]+)</td>', rows[say(f"score.{name}.label", "en")])
        if score["value"] is None:
            assert score["reason"] in rows[say(f"score.{name}.label", "en")]
            continue
        assert cells == [f"{score['value']:.0f}", f"{score['low']:.0f}–{score['high']:.0f}",
                         str(score["seconds"])]
        for part in score["parts"]:
            if part["value"] is not None:
                assert f'<td class="n">{part["value"]:.2f}</td>' in page
    figure = json.loads(re.search(r'class="figure">(.*?)</script>', page)[1])
    assert len(figure["data"]) > len(data["labels"])


@pytest.mark.slow
def test_the_same_session_gives_the_same_bytes_also_after_a_round_trip():
    again = from_json(to_json(RATED, "ko"))
    for name, (_, writer) in WRITERS.items():
        assert writer(again, "ko") == writer(RATED, "ko"), name


@pytest.mark.slow
def test_the_archive_holds_every_other_format():
    with zipfile.ZipFile(BytesIO(WRITERS["zip"][1](RATED, "en"))) as archive:
        assert archive.testzip() is None
        assert set(archive.namelist()) == {
            suffix[1:] for name, (suffix, _) in WRITERS.items() if name != "zip"}
        assert archive.read("report.html") == WRITERS["html"][1](RATED, "en")
    undated = replace(RATED, created="")
    assert WRITERS["zip"][1](from_json(to_json(undated, "en")), "en")


@pytest.mark.slow
def test_writing_loads_no_network():
    code = ("import sys; from fer_core.reports.export import WRITERS, sample_session\n"
            "assert 'plotly' not in sys.modules, 'plotly before it is needed'\n"
            "for _, writer in WRITERS.values(): writer(sample_session(), 'ko')\n"
            "sys.exit(sorted({'torch', 'timm', 'streamlit'} & set(sys.modules)) or 0)")
    assert subprocess.run([sys.executable, "-c", code], cwd=Path(__file__).parents[2],
                          check=False).returncode == 0


@pytest.mark.browser
@pytest.mark.skipif(chromium() is None, reason="no chromium")
def test_it_opens_without_a_network_and_its_chart_answers(tmp_path):
    from playwright.sync_api import sync_playwright
    file = tmp_path / "report.html"
    file.write_text(html(RATED), "utf-8")
    asked, wrong = [], []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=list(QUIET))
        page = browser.new_context(offline=True, viewport={"width": 360, "height": 800}).new_page()
        page.on("request", lambda request: asked.append(request.url))
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on("console", lambda message: wrong.append(message.text))
        page.goto(file.as_uri())
        page.locator("#chart .main-svg").first.wait_for()
        area = page.locator("#chart .nsewdrag").first
        area.scroll_into_view_if_needed()
        box = area.bounding_box()
        page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
        page.locator("#chart .hovertext").first.wait_for()
        page.get_by_role("button", name=say("page.report.smoothing_smooth", "en")).click()
        smooth = page.locator(".switch button").last
        assert smooth.get_attribute("aria-pressed") == "true"
        assert page.evaluate("document.documentElement.scrollWidth") <= 360
        browser.close()
    assert asked == [file.as_uri()]
    assert not wrong
