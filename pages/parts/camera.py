"""The webcam on a page: streamlit-webrtc on one side, a person's ``LiveAnalysis`` on the other."""

import logging

import streamlit as st
from streamlit_webrtc import WebRtcMode, create_audio_sink_track, webrtc_streamer

from fer_core import (
    LABEL_SETS,
    Kept,
    LiveAnalysis,
    LiveEngine,
    Manifest,
    Overlay,
    Settings,
    Snapshot,
    WebRtcSettings,
    explain,
)
from pages.parts import analysis, browser, compat, relay
from pages.parts.emoticons import own
from pages.parts.speech import Words, language, notice, words

LIVE = "poise.live"
NO_ANSWER = 10.0
"""s after which a connection that shows nothing has failed."""

# A closed tab is every day's business, not a warning.
logging.getLogger("aioice").setLevel(logging.ERROR)


def stream(name: str, kept: Kept | None = None) -> LiveAnalysis:
    """This person's stream; the networks begin to load with the first one.

    Args:
        name: of the session, where it is a new stream.
        kept: what another stream has scored; a new one goes on with it.

    Raises:
        ModelError: there are no networks.
    """
    settings = analysis.settings()
    live = st.session_state.get(LIVE)
    if kept is not None or live is None or live.closed or live.settings != settings:
        leave()
        live = st.session_state[LIVE] = engine(settings).open(name, overlay("box"), kept)
    return live


def labels() -> str:
    """The label set of the readings.

    Raises:
        ModelError: there are no networks.
    """
    settings = analysis.settings()
    stanzas = Manifest.read(settings.weights).choose(settings.recogniser.members)
    return stanzas[0].labels.split("+")[0]


def overlay(style: str) -> Overlay:
    """What is drawn on the picture, see ``Overlay.style``; with the emoticon of whoever is
    here."""
    return Overlay(LABEL_SETS[labels()], language(), style, own())


def leave() -> None:
    """Give the stream back."""
    live = st.session_state.pop(LIVE, None)
    if live is not None:
        live.close()


def engine(settings: Settings) -> LiveEngine:
    """The server's worker for these settings, shared by everybody."""
    return _engine(settings.model_dump_json(), settings)


@st.cache_resource(show_spinner=False)
def _engine(key: str, _settings: Settings) -> LiveEngine:
    return LiveEngine(_settings)


def show(live: LiveAnalysis, key: str) -> None:
    """The camera's picture, mirrored; it starts by itself and stops when it is not drawn. The
    microphone is opened only where the voice may be heard, and its sound is never sent back."""
    t = words("camera")
    settings = Settings().live
    hears = live.hearing.wanted
    # The browser's side starts anew at every redraw until its first start is through: two that
    # overlap get each other's answers and never connect. It is told to start when it is there
    # and nothing else is about to redraw it.
    context = webrtc_streamer(
        key, mode=WebRtcMode.SENDRECV, desired_playing_state=compat.camera_mounted(key),
        frontend_rtc_configuration=relay.browser_configuration(WebRtcSettings()),
        server_rtc_configuration=relay.server_configuration(WebRtcSettings()),
        media_stream_constraints={"audio": browser.SOUND if hears else False, "video": {
            "width": {"ideal": settings.width}, "height": {"ideal": settings.height},
            "frameRate": {"ideal": settings.camera_fps}}},
        video_frame_callback=live.callback, media_toggle_controls=False,
        sink_audio_track=create_audio_sink_track(live.hearing.callback, key) if hears else None,
        video_html_attrs={"autoPlay": True, "controls": False, "muted": True,
                          "playsInline": True, "style": {"width": "100%",
                                                         "borderRadius": "16px"}},
        translations={name: t(name) for name in (
            "start", "stop", "select_device", "media_api_not_available", "device_ask_permission",
            "device_not_available", "device_access_denied")})
    live.on_silence = compat.hang_up(context)


def state(live: LiveAnalysis, seen: Snapshot) -> bool:
    """Whether the analysis runs; if not, what happened in one sentence, and how to go on."""
    t = words("practice")
    if seen.status == "failed":
        notice(t("status.failed") if seen.error is None else explain(seen.error, language()),
               "bad")
        st.button(t("try_again"), key="retry", on_click=live.retry, icon=":material/refresh:")
    elif seen.status != "running":
        notice(t(f"status.{seen.status}"), "calm" if seen.status == "starting" else "warn")
    return seen.status == "running"


def details(t: Words, live: LiveAnalysis) -> None:
    """How fast it is, for those who ask."""
    seen = live.snapshot()
    if seen.old and seen.age is not None:
        st.caption(t("details_old", seconds=round(seen.age)))
        return
    age = "–" if seen.age is None else f"{1000 * seen.age:.0f}"
    st.caption(t("details", displayed=f"{seen.displayed:.0f}", analysed=f"{seen.analysed:.0f}",
                 age=age, size="–" if seen.size is None else f"{seen.size[0]}×{seen.size[1]}"))
