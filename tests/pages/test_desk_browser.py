"""The desk and the candidate's page in a real browser: with the keyboard alone, for people who
cannot see well, and at the width of a phone."""

import io
from contextlib import closing
from pathlib import Path

import pytest

from fer_core import LOCAL, Desk, StorageSettings, example_sets, say
from tests.browser import IN_A_BROWSER, PATIENCE, drawn, lasting, served

playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
axe = pytest.importorskip("axe_playwright_python", reason="axe is not installed")
pytestmark = IN_A_BROWSER
AXE = (Path(axe.__file__).parent / "axe.min.js").read_text("utf-8")
FAULTS = """() => axe.run({exclude: [['[data-stale=true]']]}, {resultTypes: ['violations'],
    runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa']}).then(found => found.violations
  .filter(v => ['serious', 'critical'].includes(v.impact))
  .flatMap(v => v.nodes.map(n => [v.id, n.html.slice(0, 160)])))"""
"""Of Streamlit's own widgets as well: on these pages it finds nothing in them either. What is about
to be drawn anew is pale for a moment; a list that looks by itself is now and then."""
WIDE = """() => { const m = document.querySelector('.stMain');
  return m.scrollWidth <= m.clientWidth + 1 ? [] : [m.scrollWidth, m.clientWidth]; }"""


@pytest.fixture(scope="module")
def app(tmp_path_factory):
    folder = tmp_path_factory.mktemp("desk")
    with closing(Desk(StorageSettings(home=folder, database_url=""))) as desk:
        opening = desk.openings.create(LOCAL, "Clerk", "recruitment", "KR",
                                       example_sets()["office"], ["Why?", "How?"])
        desk.openings.change(LOCAL, opening, grants_report=True)  # so there is what to choose of
        kim, lee = (desk.candidates.add(LOCAL, opening, n) for n in ("Kim Jiwon", "Lee Seojun"))
        desk.clips.add(LOCAL, kim, "kim.mp4", io.BytesIO(b"clip"))
        link = desk.candidates.invite(LOCAL, lee)
        desk.objections.submit(desk.candidates.known(link), lee, "objection", "Please look again.")
    with served(folder / "log", more={"POISE_DESK": "own"}) as found:
        yield found.address, opening, link


def open_page(browser, address, width=1280):
    context = browser.new_context(viewport={"width": width, "height": 900},
                                  accept_downloads=True)
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    page.goto(address)
    return page


def ready(page):
    page.locator(".stMain h1").first.wait_for()
    drawn(page)
    page.wait_for_timeout(400)


@pytest.mark.parametrize(("language", "width"), [("en", 1280), ("ko", 390)])
def test_axe_finds_no_serious_fault_of_ours_and_nothing_runs_out_of_the_window(
        app, browser, language, width):
    address, opening, link = app
    parts = [say(f"page.desk.parts.{p}", language) for p in ("people", "settings", "impact")]
    rooms = [say(f"page.desk.rooms.{r}", language) for r in ("team", "log", "server")]
    wide = [("desk?opening=0&", []), ("consent?", []), ("upload?", [])] if width > 1000 else []
    for where, inner in (("desk?", rooms), (f"desk?opening={opening}&", parts),
                         (f"consent?k={link}&", []), *wide):
        page = open_page(browser, f"{address}/{where}lang={language}", width)
        ready(page)
        page.evaluate(AXE)
        for name in (None, *inner):
            if name:
                page.locator(".stMain").get_by_text(name, exact=True).first.click()
                ready(page)
            for script in (WIDE, FAULTS):
                assert lasting(page, script) == [], (where, name)
        if where == "consent?":  # it does look: a picture without words is found
            page.evaluate("() => document.querySelector('.stHtml').innerHTML += '<img src=x>'")
            assert [name for name, _ in page.evaluate(FAULTS)] == ["image-alt"]
        page.context.close()


def test_clips_are_sent_to_the_disk_on_from_where_they_broke_off(app, browser, tmp_path):
    address, opening, _ = app
    for name, content in (("a.mp4", bytes(range(256)) * 50_000), ("b.mp4", b""),
                          ("c.txt", b"no clip")):
        (tmp_path / name).write_bytes(content)
    page = open_page(browser, f"{address}/desk?opening={opening}&lang=en")
    pieces = []

    def broken(route):  # the second piece of the first file is lost on its way, once
        pieces.append(route.request.url)
        if len(pieces) == 2:
            route.abort()
        else:
            route.continue_()

    page.route("**/clips/in/**", lambda route: broken(route) if route.request.method == "PUT"
               and "a.mp4" in route.request.url else route.continue_())
    page.locator(".sending input[type=file]").first.set_input_files(
        [tmp_path / name for name in ("a.mp4", "b.mp4", "c.txt")])
    page.get_by_text(say("page.sending.left_out", "en", count=1)).wait_for()
    playwright.expect(page.locator(".sending li[data-state=sent]")).to_have_count(
        2, timeout=PATIENCE)
    assert "at=8388608" in pieces[1]
    assert "at=8388608" in pieces[2]  # and not from the beginning
    page.get_by_role("button", name=say("page.desk.take.go", "en", count=2)).click()
    page.get_by_text(say("page.desk.take.done", "en", count=1)).wait_for()
    page.get_by_text(say("error.video.empty", "en")).first.wait_for()
    page.get_by_text("12.8 MB").first.wait_for()
    playwright.expect(page.locator(".sending li")).to_have_count(0, timeout=PATIENCE)
    page.reload()  # the address has kept the way
    page.get_by_text("12.8 MB").first.wait_for()
    page.context.close()


def tab_to(page, label):
    """Go on with the Tab key until a control is reached that says this."""
    for _ in range(80):
        page.keyboard.press("Tab")
        said = page.evaluate("""() => { const e = document.activeElement; return e.matches('main')
          ? '' : [e.ariaLabel, e.innerText, e.labels?.[0]?.innerText].join('\\n'); }""")
        if label in said.split("\n"):
            return
    raise AssertionError(f"the keyboard does not get to {label!r}")


def test_a_candidate_chooses_and_gets_the_receipt_by_keyboard_alone(app, browser):
    address, _, link = app
    page = open_page(browser, f"{address}/consent?k={link}&lang=en")
    ready(page)

    def t(key):
        return say(f"page.consent.{key}", "en")

    tab_to(page, t("choice.read"))
    page.keyboard.press("Space")
    tab_to(page, t("choice.refuse"))
    page.keyboard.press("Enter")
    page.get_by_text(t("clips.title"), exact=True).first.wait_for()
    ready(page)
    page.locator("h1").first.click()
    tab_to(page, t("chosen.receipt"))
    with page.expect_download() as download:
        page.keyboard.press("Enter")
    assert '"receipt"' in Path(download.value.path()).read_text("utf-8")
    page.context.close()


def test_a_lead_opens_an_opening_and_stops_a_clip_by_keyboard_alone(app, browser):
    address, _, _ = app
    page = open_page(browser, f"{address}/desk?lang=en")
    ready(page)

    def t(key, **values):
        return say(f"page.desk.{key}", "en", **values)

    tab_to(page, t("open"))
    page.keyboard.press("Enter")
    page.get_by_text(t("queue.title", count="")[:-1]).first.wait_for()  # however many were sent
    ready(page)
    tab_to(page, t("queue.cancel"))
    page.keyboard.press("Enter")
    page.get_by_text(t("state.cancelled")).first.wait_for()
    page.context.close()
