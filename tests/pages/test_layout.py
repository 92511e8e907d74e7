"""Nothing runs out of the window, no word is broken, and the words stand out, at the widths of a
laptop, a desk and a phone, in both languages, light and dark."""

from datetime import UTC, datetime, timedelta

import pytest
from pydantic import SecretStr

from fer_core import LANGUAGES, StorageSettings, Store
from tests.browser import IN_A_BROWSER, PATIENCE, lasting, served
from tests.planted import FULL, scored_again, session

playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
pytestmark = IN_A_BROWSER

PAGES = {
    "?": ".p-cards", "report?sample=1&": ".st-key-downloads button",
    "report?": "[data-testid=stFileUploaderDropzone]", "history?": ".st-key-trend .main-svg",
    "upload?": "[data-testid=stFileUploaderDropzone]", "stage?": ".p-stage-lead",
    "practice?": "[data-testid=stToggle], .stCheckbox", "models?": ".stExpander",
    "photo?": "[data-testid=stFileUploaderDropzone]", "emoticon?": ".p-emoticons img",
    "me?": ".p-plan",
}
"""Address -> what is there once the page is drawn."""
WIDTHS = (1280, 1440, 390)

FAULTS = """() => {
  const main = document.querySelector('.stMain'), faults = [];
  if (main.scrollWidth > main.clientWidth + 1)
    faults.push(`the page is ${main.scrollWidth} px wide in ${main.clientWidth}`);
  const walker = document.createTreeWalker(main, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const node = walker.currentNode, held = node.parentElement;
    if (held.closest('svg, style, script, .p-name, .p-row, [data-testid=stIconMaterial]')) continue;
    for (const word of node.textContent.matchAll(/[A-Za-z0-9]{2,14}|[가-힣]{2,6}/g)) {
      const range = document.createRange();
      range.setStart(node, word.index);
      range.setEnd(node, word.index + word[0].length);
      const lines = new Set([...range.getClientRects()].map(box => Math.round(box.top)));
      if (lines.size > 1) faults.push(`${word[0]} is broken: ${node.textContent.slice(0, 40)}`);
    }
  }
  return faults;
}"""
FAINT = """() => {
  const light = colour => {
    const [r, g, b] = colour.match(/[\\d.]+/g).map(v => v / 255).map(
      v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const clear = colour => colour === 'rgba(0, 0, 0, 0)' || /, 0(\\.\\d+)?\\)$/.test(colour);
  const ground = element => {
    for (let e = element; e; e = e.parentElement) {
      const style = getComputedStyle(e);
      if (style.backgroundImage !== 'none') return null;
      if (!clear(style.backgroundColor)) return style.backgroundColor;
    }
    return getComputedStyle(document.body).backgroundColor;
  };
  const faint = new Set(), words = 'h1, h2, h3, p, li, td, th, small, b, strong, dt, dd, text';
  for (const e of document.querySelectorAll(`.stMain :is(${words})`)) {
    const svg = e.tagName === 'text', style = getComputedStyle(e);
    if (!e.textContent.trim() || !e.getClientRects().length || e.closest('button:disabled')
        || e.closest('.stSlider')  // its number is drawn above the thumb that holds it
        || style.fontSize === '0px' || (svg && e.closest('.heatmaplayer, .hoverlayer'))) continue;
    const under = ground(svg ? e.closest('.js-plotly-plot') : e);
    if (!under) continue;
    const [low, high] = [light(svg ? style.fill : style.color), light(under)].sort((a, b) => a - b);
    const contrast = (high + 0.05) / (low + 0.05);
    if (contrast < 3) faint.add(`${e.textContent.trim().slice(0, 40)} ${contrast.toFixed(1)}`);
  }
  return [...faint];
}"""


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    """The app with a history of its own."""
    home = tmp_path_factory.mktemp("layout")
    store = Store(StorageSettings(home=home, database_url=SecretStr("")))
    for i in range(12):
        store.save(scored_again(
            session(40 + i, name=("면접 연습.mp4", "IMG_20261120_093000_final_version(2).mp4")[
                i % 2]), answers=FULL.answers if i % 2 else (),
            created=(datetime.now(UTC) - timedelta(days=i)).isoformat()), "ko")
    store.close()
    with served(home / "log") as found:
        yield found.address


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_page_fits_and_can_be_read(browser, address, language, scheme):
    context = browser.new_context(color_scheme=scheme)
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    found = []
    for path, drawn in PAGES.items():
        page.set_viewport_size({"width": WIDTHS[0], "height": 800})
        page.goto(f"{address}/{path}lang={language}")
        page.locator(drawn).first.wait_for()
        page.wait_for_timeout(800)  # what is drawn below comes a moment later
        if path.startswith("report?sample"):  # a table in a box of its own
            page.locator(".st-key-working summary").first.click()
            page.locator(".p-parts").first.wait_for()
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 800})
            page.wait_for_timeout(400)  # charts follow a new width when the computer finds the time
            found += [f"{path} {width}: {fault}" for fault in lasting(page, FAULTS)]
        found += [f"{path} faint: {fault}" for fault in lasting(page, FAINT)]
    ground = page.evaluate("getComputedStyle(document.body).backgroundColor")
    context.close()
    assert found == []
    assert ground == ("rgb(251, 247, 240)" if scheme == "light" else "rgb(23, 18, 15)")
