"""What of this server can be reached, what leaves it, and where things are kept. For an admin."""

from collections.abc import Iterator
from urllib.parse import urlsplit

import streamlit as st

from fer_core import (
    CoachSettings,
    LimitSettings,
    SpeechSettings,
    StorageSettings,
    WebRtcSettings,
)
from pages.parts import room
from pages.parts.speech import Words, draw, fill

ADDRESSES = {
    "/": "pages", "/_stcore/stream": "stream", "/_stcore/upload_file/, /media/": "uploads",
    "/clips/": "clips", "/auth/login, /oauth2callback": "sign_in", "/healthz": "health",
    "/metrics": "metrics"}
"""Address -> what is said of it; a test looks whether every route is here."""
LOCAL = ("localhost", "127.0.0.1", "::1")


def server(t: Words) -> None:
    draw('<h2 class="p-h2">{title}</h2><p class="p-small">{text}</p>', title=t("server.title"),
         text=t("server.text"))
    webrtc = WebRtcSettings()
    part(t("server.door"), [door(t), t("server.camera_relay" if webrtc.turn and webrtc.turn_only
                                       else "server.camera")])
    limits = LimitSettings()
    part(t("server.addresses"), [
        f"{address} · " + t(f"server.address.{key}", uploads=limits.uploads,
                            sign_ins=limits.sign_ins)
        for address, key in ADDRESSES.items() if key != "sign_in" or room.team()])
    part(t("server.leaves"), [f"{where} · {t(f'server.leave.{key}')}" for key, where in leaving()]
         or [t("server.nothing")])
    part(t("server.kept"), [t("server.kept_text", home=StorageSettings().home)])


def part(title: str, lines: list[str]) -> None:
    st.html(fill('<h3 class="p-h3">{title}</h3><ul class="p-list">', title=title)
            + "".join(fill("<li>{line}</li>", line=line) for line in lines) + "</ul>")


def door(t: Words) -> str:
    """Who can knock, by the address that is listened on."""
    address = st.get_option("server.address") or ""
    return t("server.door_own" if address in LOCAL else "server.door_open",
             address=f"{address or '*'}:{st.get_option('server.port')}")


def leaving() -> Iterator[tuple[str, str]]:
    """What is said of a connection, and the host that it goes to: never the whole address, which
    may hold a password."""
    database = StorageSettings().database_url.get_secret_value()
    if database:
        yield "database", urlsplit(database).hostname or "localhost"
    if room.team() and "is_logged_in" in st.user.to_dict():  # a provider is set
        yield "sign_in", urlsplit(st.secrets["auth"].get("server_metadata_url", "")).hostname or "?"
    webrtc = WebRtcSettings()
    for address in (*webrtc.stun, *webrtc.turn):
        yield "relay", address.partition("?")[0]
    coach = urlsplit(CoachSettings().url).hostname or "?"
    if coach not in LOCAL:
        yield "coach", coach
    words = SpeechSettings().whisper
    if words and not words.startswith(("/", ".")) and ":" not in words:
        yield "words", words
