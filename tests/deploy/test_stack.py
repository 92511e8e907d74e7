"""A team's server as ``deploy/`` puts it together: what comes through its door, what does not,
and a camera that has no other way in than the relay."""

import ssl
import urllib.request
from urllib.error import HTTPError

import pytest

from fer_core import say
from pages.parts.frame import NAVIGATION
from tests.browser import CAMERA, IN_A_BROWSER, PATIENCE, WEBRTC, open_browser
from tests.deploy.stack import SECRET, missing, own_address, stack

playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
pytestmark = [*IN_A_BROWSER, pytest.mark.skipif(
    bool(missing()), reason=f"not installed: {', '.join(missing())}")]
NOTED = """
(() => {
  const Made = window.RTCPeerConnection;
  window.RTCPeerConnection = class extends Made {
    constructor(...asked) { super(...asked); (window.made ??= []).push(this); }
  };
})()
"""
PAIRS = """
async () => {
  const pairs = [];
  for (const connection of window.made ?? []) {
    const stats = await connection.getStats();
    for (const one of stats.values())
      if (one.type === "candidate-pair" && one.nominated)
        pairs.push({policy: connection.getConfiguration().iceTransportPolicy,
                    ...stats.get(one.localCandidateId)});
  }
  return pairs;
}
"""
"""What each connection of a frame goes through."""
KEY = "a-key-that-nobody-may-read"


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    try:
        own_address()
    except OSError:
        pytest.skip("no network interface: WebRTC connects nothing over loopback alone")
    with stack(tmp_path_factory.mktemp("stack")) as running:
        yield running


def fetch(address, claimed="203.0.113.1"):
    asked = urllib.request.Request(address, headers={"X-Forwarded-For": claimed}
                                   if address.startswith("https") else {})
    try:
        with urllib.request.urlopen(asked, context=ssl._create_unverified_context()) as answer:
            return answer.status, answer.headers
    except HTTPError as refused:
        return refused.code, refused.headers


@pytest.fixture
def browser():
    with playwright.sync_playwright() as library:
        yield open_browser(library, *CAMERA, *WEBRTC, "--ignore-certificate-errors")


def test_every_answer_has_its_headers(server):
    status, found = fetch(server.address)
    assert status == 200
    assert "default-src 'self'" in found["Content-Security-Policy"]
    assert found["Strict-Transport-Security"] == "max-age=31536000"
    assert found["X-Content-Type-Options"] == "nosniff"
    assert "camera=(self), microphone=(self)" in found["Permissions-Policy"]
    assert found["Referrer-Policy"] == "no-referrer"
    assert found["Server"] is None


@pytest.mark.parametrize("path", ["metrics", "_stcore/metrics", "_stcore/agent/openapi.json"])
def test_what_is_for_the_machine_alone_stays_there(server, path):
    assert fetch(f"{server.address}/{path}")[0] == 404
    assert fetch(f"{server.app}/metrics")[0] == 200
    assert fetch(f"{server.address}/healthz")[0] == 200


def test_a_visitor_who_tries_and_tries_cannot_say_to_be_another(server):
    """Through Caddy the app counts by the address that Caddy saw."""
    answers = [fetch(f"{server.address}/auth/login", f"203.0.113.{n}")[0] for n in range(6)]
    assert answers[-1] == 429
    assert 429 not in answers[:5]


def test_pages_are_drawn_under_the_policy(server, browser):
    page = browser.new_context(ignore_https_errors=True).new_page()
    refused = []
    page.on("console", lambda said: "Security Policy" in said.text and refused.append(said.text))
    for name in ("home", "report", "practice", "desk", "models"):
        file = NAVIGATION[name][0].removeprefix("pages/").removesuffix(".py")
        page.goto(f"{server.address}/{'' if name == 'home' else file}?sample=1&lang=en")
        page.locator("h1").first.wait_for(timeout=PATIENCE)
        if name == "report":
            page.locator(".js-plotly-plot .main-svg").first.wait_for(timeout=PATIENCE)
    assert refused == []


def test_a_camera_gets_in_through_the_relay_over_tls(server, browser):
    page = browser.new_context(ignore_https_errors=True).new_page()
    page.add_init_script(NOTED)
    page.set_default_timeout(PATIENCE)
    page.goto(f"{server.address}/stage?lang=en&invite={KEY}")
    page.locator(".st-key-stage_switch button").click()
    page.locator(".p-vote").first.wait_for()
    pairs = [pair for frame in page.frames for pair in frame.evaluate(PAIRS)]
    assert pairs
    for pair in pairs:
        assert (pair["policy"], pair["candidateType"]) == ("relay", "relay")
        assert pair["relayProtocol"] == "tls"
    assert page.get_by_text(say("page.practice.camera.no_connection", "en")).count() == 0


def test_logs_hold_no_key_and_no_secret(server):
    """After all that: what was written down names nobody and opens nothing."""
    fetch(f"{server.address}/consent?invite={KEY}")
    told = {name: file.read_text("utf-8", "replace") for name, file in server.logs.items()}
    assert "/consent" in told["caddy"]
    for said in told.values():
        assert KEY not in said
        assert SECRET not in said
    assert "Cookie" not in told["caddy"]
    assert "127.0.0.1" not in told["caddy"].split("handled request")[-1]


