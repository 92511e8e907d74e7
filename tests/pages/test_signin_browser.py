"""A team signs in, at a real provider's process; nobody else sees anything."""

import json
import subprocess
import sys
from contextlib import closing, contextmanager

import pytest

from fer_core import LOCAL, Desk, StorageSettings, example_sets, say
from tests.browser import IN_A_BROWSER, PATIENCE, ROOT, free_port, served, until_up

playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
pytestmark = IN_A_BROWSER
USERS = {"boss": {"email": "boss@example.org", "email_verified": True, "name": "Boss"},
         "ann": {"email": "ann@example.org", "email_verified": True, "name": "Ann"},
         "sly": {"email": "ann@example.org", "email_verified": False, "name": "Sly"}}


@contextmanager
def provider(folder):
    """The address of a provider who knows these users."""
    port = free_port()
    command = [sys.executable, "-m", "oidc_provider_mock", "--port", str(port)]
    for name, claims in USERS.items():
        command += ["--user-claims", json.dumps({"sub": name, **claims})]
    log = folder / "provider"
    with log.open("wb") as out:
        process = subprocess.Popen(command, stdout=out, stderr=subprocess.STDOUT, cwd=ROOT)
    try:
        address = f"http://localhost:{port}"
        until_up(f"{address}/.well-known/openid-configuration", process, 60, log)
        yield address
    finally:
        process.terminate()
        process.wait(20)


@pytest.fixture(scope="module")
def team(tmp_path_factory):
    """A served desk of a team: its address, two openings, a candidate's link."""
    folder = tmp_path_factory.mktemp("team")
    with closing(Desk(StorageSettings(home=folder, database_url=""))) as desk:
        mine, other = (desk.openings.create(LOCAL, title, "recruitment", "KR",
                                            example_sets()["office"][:1])
                       for title in ("Clerk", "Chef"))
        ann = desk.openings.add_member(LOCAL, "ann@example.org", "Ann", ["reviewer"])
        desk.openings.assign(LOCAL, mine, [ann])
        link = desk.candidates.invite(LOCAL, desk.candidates.add(LOCAL, mine, "Kim Jiwon"))
    with provider(folder) as issuer:
        secrets = folder / "secrets.toml"

        def options(port):
            secrets.write_text(
                f'[auth]\nredirect_uri = "http://localhost:{port}/oauth2callback"\n'
                'cookie_secret = "0123456789abcdef0123456789abcdef"\nclient_id = "poise"\n'
                'client_secret = "secret"\n'
                f'server_metadata_url = "{issuer}/.well-known/openid-configuration"\n', "utf-8")
            return ("--secrets.files", str(secrets))

        more = {"POISE_DESK": "team", "POISE_DESK_ADMINS": '["boss@example.org"]'}
        with served(folder / "log", more=more, options=options) as app:
            yield app.address, mine, other, link


@pytest.fixture
def page(browser):
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    opened = context.new_page()
    opened.set_default_timeout(PATIENCE)
    yield opened
    context.close()


def sees(page, key, **values):
    playwright.expect(page.get_by_text(say(key, "en", **values), exact=False).first
                      ).to_be_visible(timeout=PATIENCE)


def sign_in(page, address, name):
    page.goto(f"{address}/desk?lang=en")
    page.get_by_role("button", name=say("page.door.enter", "en")).click()
    page.get_by_role("button", name=name, exact=True).click()
    page.wait_for_url(f"{address}/**")


def test_nobody_who_has_not_signed_in_sees_a_page_but_the_candidate_by_their_link(team, page):
    address, mine, _, link = team
    for where in ("", f"desk?opening={mine}", "history", "report?sample=1", "stage"):
        page.goto(f"{address}/{where}{'&' if '?' in where else '?'}lang=en")
        sees(page, "page.door.title")
        assert page.locator("[data-testid=stPageLink]").count() == 0, where
        assert page.get_by_text("Clerk").count() == 0
    page.goto(f"{address}/consent?k={link}&lang=en")
    sees(page, "page.consent.choice.title")
    page.goto(f"{address}/consent?k={link[:-1]}&lang=en")
    sees(page, "page.consent.no_link.title")


def test_a_reviewer_sees_what_is_theirs_whatever_address_they_type(team, page):
    address, mine, other, _ = team
    sign_in(page, address, "ann")
    page.goto(f"{address}/desk?lang=en")
    page.get_by_text("Clerk").first.wait_for()
    assert page.get_by_text("Chef").count() == 0
    for part in ("rooms.team", "rooms.log", "make.title"):
        assert page.get_by_text(say(f"page.desk.{part}", "en"), exact=True).count() == 0
    page.goto(f"{address}/desk?opening={mine}&lang=en")
    sees(page, "page.desk.queue.empty")
    assert page.locator(".sending").count() == 0
    page.get_by_text(say("page.desk.parts.people", "en"), exact=True).click()
    sees(page, "page.desk.candidate", n=1)
    assert page.get_by_text("Kim Jiwon").count() == 0
    for wrong in (other, "0" * 32, "x"):
        page.goto(f"{address}/desk?opening={wrong}&lang=en")
        sees(page, "page.desk.closed")
    page.goto(f"{address}/history?lang=en")
    sees(page, "page.history.team")


def test_an_unverified_address_is_nobody_and_the_named_admin_is_the_first(team, page):
    address, *_ = team
    sign_in(page, address, "sly")
    page.goto(f"{address}/desk?lang=en")
    sees(page, "page.door.stranger.title")
    page.get_by_role("button", name=say("page.door.leave", "en")).click()
    page.get_by_role("button", name="End session").click()  # the provider asks as well
    page.wait_for_url(f"{address}/**")
    page.goto(f"{address}/desk?lang=en")
    sees(page, "page.door.title")
    sign_in(page, address, "boss")
    page.goto(f"{address}/desk?lang=en")
    page.get_by_text("Chef").first.wait_for()
    page.get_by_text(say("page.desk.rooms.team", "en"), exact=True).click()
    sees(page, "page.desk.team.title", count=2)
    page.get_by_text(say("page.desk.rooms.log", "en"), exact=True).click()
    page.get_by_role("button", name=say("page.desk.log.verify", "en")).click()
    page.get_by_text("lines of the log are intact").first.wait_for()
