"""A receipt that a candidate can read, with the record within it, and harmless."""

import json
import re
from html import escape

import pytest

from fer_core.desk.consents import feature_name
from fer_core.desk.policy import LOCAL
from fer_core.desk.receipt import receipt_page
from fer_core.texts import LANGUAGES, say
from tests.desk.conftest import sqlite as settings
from tests.reports.test_export_html import Seen

__all__ = ["settings"]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("agrees", [True, False])
def test_it_says_what_was_read_and_agreed_to(desk, team, language, agrees):
    notice = desk.consents.notice(team.as_kim, team.kim, language)
    given = desk.consents.give(team.as_kim, team.kim, language, notice.features if agrees else ())
    page = receipt_page(given.receipt)
    seen = Seen(page)
    assert ("html", {"lang": language}) in seen.tags
    for title, text in notice.paragraphs:
        assert title in seen.text
        assert " ".join(text.split()) in seen.text
    assert notice.features
    for feature in notice.features:
        assert (f"<dd>{escape(feature_name(feature, language))}</dd>" in page) == agrees
    assert (say("desk.receipt.nothing", language) in seen.text) != agrees
    assert given.id in seen.text
    record = re.search(r'<script type="application/json" id="record">(.*)</script>', page, re.S)
    assert json.loads(record[1]) == json.loads(given.receipt)


def test_a_title_is_never_markup(desk, team):
    evil = '</script><img src=x onerror=alert(1)>'
    desk.openings.change(LOCAL, team.opening, title=evil)
    page = receipt_page(desk.consents.give(team.as_kim, team.kim, "en", []).receipt)
    assert "<img" not in page
    assert page.count("</script>") == 1
    assert evil in "".join(Seen(page).words)
