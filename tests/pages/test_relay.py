"""What browsers are told of STUN and TURN, and the passes that coturn checks."""

import base64
import hashlib
import hmac

import pytest
import streamlit as st

from fer_core.config import WebRtcSettings
from pages.parts import relay

SECRET = "planted-relay-secret"
OWN = WebRtcSettings(turn=("turns:t.example.org:5349",), turn_secret=SECRET,
                     stun=("stun:s.example.org",))


@pytest.fixture(autouse=True)
def visitor(monkeypatch):
    monkeypatch.setattr(st, "session_state", {})


def test_by_default_nobody_is_asked():
    assert relay.browser_configuration(WebRtcSettings()) == {"iceServers": []}
    assert relay.server_configuration(WebRtcSettings()) == {"iceServers": []}


def test_somebody_elses_relay_is_both_sides():
    settings = WebRtcSettings(turn=("turn:t.example.org",), turn_user="u", turn_password="p")
    found = relay.browser_configuration(settings)
    assert found == {"iceServers": [{"urls": ["turn:t.example.org"], "username": "u",
                                     "credential": "p"}]}
    assert relay.server_configuration(settings) == found


def test_a_pass_ends_and_only_the_secret_makes_it(monkeypatch):
    monkeypatch.setattr(relay.time, "time", lambda: 1_800_000_000.0)
    stun, turn = relay.browser_configuration(OWN)["iceServers"]
    assert stun == {"urls": ["stun:s.example.org"]}
    assert turn["username"] == f"{1_800_000_000 + 4 * 3600}:poise"
    mac = hmac.new(SECRET.encode(), turn["username"].encode(), hashlib.sha1).digest()
    assert base64.b64decode(turn["credential"]) == mac
    assert SECRET not in str(turn)
    assert relay.server_configuration(OWN) == {"iceServers": [stun]}


def test_a_visitor_keeps_the_pass_until_its_last_hour(monkeypatch):
    clock = [1_800_000_000.0]
    monkeypatch.setattr(relay.time, "time", lambda: clock[0])
    first = relay.visitor_pass(SECRET)
    clock[0] += 2.9 * 3600
    assert relay.visitor_pass(SECRET) == first
    clock[0] += 0.2 * 3600
    assert int(relay.visitor_pass(SECRET)[0].partition(":")[0]) == int(clock[0]) + 4 * 3600


def test_the_relay_alone_only_where_there_is_one():
    only = OWN.model_copy(update={"turn_only": True})
    assert relay.browser_configuration(only)["iceTransportPolicy"] == "relay"
    assert "iceTransportPolicy" not in relay.browser_configuration(WebRtcSettings(turn_only=True))
