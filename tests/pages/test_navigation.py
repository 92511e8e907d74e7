"""The sidebar: every page once, practice first, and nothing that is not theirs."""

import pytest

from fer_core import LANGUAGES, say
from pages.parts.frame import BY_LINK, NAVIGATION, SECTIONS
from tests.browser import LEFT_TO_GC
from tests.pages.test_pages import open_page

pytestmark = LEFT_TO_GC


def test_every_page_stands_under_one_heading():
    listed = [name for names in SECTIONS.values() for name in names]
    assert len(listed) == len(set(listed))
    assert set(NAVIGATION) <= set(listed)
    assert listed[0] == "practice"


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_job_seeker_finds_practice_first_and_no_room_of_reviewers(language):
    app = open_page("home", language)
    links = [link.proto.label for link in app.get("page_link")
             if link.proto.label in {say(f"page.frame.nav.{n}", language) for n in NAVIGATION}]
    assert links[0] == say("page.frame.nav.practice", language)
    assert say("page.frame.nav.desk", language) in links
    assert say("page.frame.nav.stage", language) in links
    assert not {say(f"page.frame.nav.{n}", language) for n in BY_LINK} & set(links)
