"""A first-time reviewer in a real browser, by keyboard alone: from the opening to a scorecard that
is handed in."""

import io
import re

import pytest

from fer_core import LANGUAGES, LOCAL, Desk, StorageSettings, say
from fer_core.desk.clips import copy_path
from fer_core.desk.criteria import example_sets
from fer_core.desk.tables import CLIPS
from tests.browser import IN_A_BROWSER, PATIENCE, drawn, lasting, served
from tests.clips import clock, even, write_clip
from tests.pages.test_desk_browser import AXE
from tests.pages.test_desk_browser import FAULTS as AXE_FAULTS
from tests.pages.test_layout import FAINT, FAULTS

playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
pytestmark = IN_A_BROWSER
CRITERIA = example_sets()["technical"][:2]
FOCUSED = """() => {
  let e = document.activeElement;
  while (e?.shadowRoot?.activeElement) e = e.shadowRoot.activeElement;
  const side = document.activeElement?.closest('[data-testid=stSidebar]') ? 'sidebar ' : '';
  return `${side}${e?.tagName} ${e?.type || ''} ${e?.getAttribute('aria-label') || e?.textContent}`;
}"""


@pytest.fixture(scope="module")
def room(tmp_path_factory):
    """The served app, and an opening with one candidate whose copy lies ready."""
    home = tmp_path_factory.mktemp("app")
    desk = Desk(StorageSettings(home=home, database_url=""))
    opening = desk.openings.create(LOCAL, "Engineer", "recruitment", "KR", CRITERIA, ["Why us?"])
    candidate = desk.candidates.add(LOCAL, opening, "Kim Jiwon")
    clip = desk.clips.add(LOCAL, candidate, "kim.mp4", io.BytesIO(b"original")).id
    copy = copy_path(desk.clips.folder, clip, "covered")
    copy.parent.mkdir()
    write_clip(copy, clock(even(8, 10)), format="mp4")
    with desk.database.writing() as connection:
        connection.execute(CLIPS.update().where(CLIPS.c.id == clip).values(state="done"))
    with served(home / "log") as found:
        yield found.address, desk, opening, candidate, clip
    desk.close()


def test_a_card_is_handed_in_by_keyboard_alone(browser, room):
    address, desk, opening, candidate, clip = room
    page = browser.new_page(viewport={"width": 1280, "height": 800})
    page.set_default_timeout(PATIENCE)
    page.goto(f"{address}/review?lang=en&opening={opening}")

    def focus(pattern: str) -> None:
        for _ in range(80):
            if re.match(pattern, page.evaluate(FOCUSED)):
                return
            page.keyboard.press("Tab")
        raise AssertionError(f"{pattern} is never reached")

    def sees(key: str, **values: object) -> None:
        playwright.expect(page.get_by_text(say(key, "en", **values)).first).to_be_visible(
            timeout=PATIENCE)

    sees("page.review.state.ready")
    focus("A .*Review")
    page.keyboard.press("Enter")
    video = page.locator(".watch video")
    playwright.expect(video).to_have_js_property("readyState", 4, timeout=PATIENCE)
    focus("DIV .*Interview clip")
    page.keyboard.press("ArrowRight")
    playwright.expect(page.locator(".watch .bar b")).to_have_text(re.compile("^0:05 /"))
    page.keyboard.press(" ")
    playwright.expect(page.locator(".watch .play")).to_have_text(say(
        "page.review.player.pause", "en"))
    page.keyboard.press(" ")
    page.keyboard.press("n")
    page.keyboard.type("told it plainly")
    page.keyboard.press("Enter")
    playwright.expect(page.locator(".watch .notes li")).to_have_count(1, timeout=PATIENCE)
    focus("BUTTON button Begins here")
    page.keyboard.press("Enter")
    playwright.expect(page.locator(".watch .chapters li[data-here]")).to_have_count(
        1, timeout=PATIENCE)
    for number, one in enumerate(CRITERIA, 1):
        focus("INPUT radio")
        page.keyboard.press(" ")
        for _ in range(number):
            page.keyboard.press("ArrowDown")
        focus("TEXTAREA")
        page.keyboard.type(f"evidence of {one.id}")
        page.keyboard.press("Tab")  # what is written is kept once it is left
        sees("page.review.card.kept", done=number, count=len(CRITERIA))
    focus("BUTTON .*Hand in")
    page.keyboard.press("Enter")
    sees("page.review.card.sure")
    focus("BUTTON .*Yes, hand in")
    page.keyboard.press("Enter")
    sees("page.review.results.title")
    own = desk.scorecards.own(LOCAL, candidate)
    assert own.handed_in is not None
    assert {n: (r.rating, r.evidence) for n, r in own.ratings.items()} == {
        one.id: (n + 1, f"evidence of {one.id}") for n, one in enumerate(CRITERIA, 1)}
    (note,) = desk.comments.list(LOCAL, clip)
    assert note.text == "told it plainly"
    assert desk.chapters.list(LOCAL, clip)[0] == pytest.approx(note.second, abs=1)
    page.reload()  # the way back is in the address
    sees("page.review.results.title")
    assert "Kim" not in page.content()
    page.close()


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_runs_out_of_a_phone(browser, room, language):
    address, _, opening, candidate, _ = room
    page = browser.new_page(viewport={"width": 390, "height": 800})
    page.set_default_timeout(PATIENCE)
    for query in ("", f"&opening={opening}", f"&opening={opening}&candidate={candidate}"):
        page.goto(f"{address}/review?lang={language}{query}")
        page.locator(".watch .play" if "candidate" in query else ".p-row").first.wait_for()
        drawn(page)
        page.evaluate(AXE)
        for script in (FAULTS, FAINT, AXE_FAULTS):
            assert lasting(page, script) == []
    page.close()
