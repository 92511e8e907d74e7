"""How a camera's stream finds its way: STUN and TURN servers, and a pass to the relay for each
visitor where the app knows the relay's secret."""

import base64
import hmac
import time
from typing import Any

import streamlit as st

from fer_core import WebRtcSettings

PASS = "poise.relay_pass"
HOURS = 4
"""A pass is good for: longer than any practice, too short to be worth passing on."""


def browser_configuration(settings: WebRtcSettings) -> dict[str, Any]:
    """As browsers want it; no servers by default."""
    servers = _stun(settings)
    if settings.turn:
        secret = settings.turn_secret.get_secret_value()
        user, password = visitor_pass(secret) if secret else (
            settings.turn_user, settings.turn_password.get_secret_value())
        servers.append({"urls": list(settings.turn), "username": user, "credential": password})
    return {"iceServers": servers,
            **({"iceTransportPolicy": "relay"} if settings.turn and settings.turn_only else {})}


def server_configuration(settings: WebRtcSettings) -> dict[str, Any]:
    """The server's own side: a relay whose secret it knows stands beside it and reaches it by
    itself; through somebody else's it goes as the browsers do."""
    return {"iceServers": _stun(settings)} if settings.turn_secret.get_secret_value() else \
        browser_configuration(settings)


def visitor_pass(secret: str) -> tuple[str, str]:
    """The user name and password of whoever is here, the same until it has an hour left: a
    camera whose servers change starts anew."""
    made: tuple[str, str] | None = st.session_state.get(PASS)
    now = time.time()
    if made is None or int(made[0].partition(":")[0]) - now < 3600:
        made = st.session_state[PASS] = turn_pass(secret, now + HOURS * 3600)
    return made


def turn_pass(secret: str, until: float) -> tuple[str, str]:
    """A user name that says when it ends, and the password that only the secret makes, as
    coturn's ``use-auth-secret`` checks them (draft-uberti-behave-turn-rest-00).

    Args:
        until: s since 1970.
    """
    user = f"{int(until)}:poise"
    return user, base64.b64encode(hmac.digest(secret.encode(), user.encode(), "sha1")).decode()


def _stun(settings: WebRtcSettings) -> list[dict[str, Any]]:
    return [{"urls": list(settings.stun)}] if settings.stun else []
