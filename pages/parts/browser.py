"""What only the browser can do: ask for the camera, record, speak. One small script each."""

import re
from pathlib import Path
from typing import Any

import streamlit as st

from fer_core import Settings
from pages.parts.speech import language

HERE = Path(__file__).parent
OWNER = "poise.owner"
SOUND = {"echoCancellation": True, "noiseSuppression": False, "autoGainControl": False}
"""What is asked of the microphone: a question read aloud is nobody's answer; and how loud somebody
speaks is theirs, not to be evened out."""
VOICES = {"ko": "ko-KR", "en": "en-US"}


def script(*names: str) -> str:
    """Scripts of this folder as one: a component has one module and cannot import another."""
    return "\n".join((HERE / f"{name}.js").read_text("utf-8") for name in names)


_probe = st.components.v2.component("poise_probe", js=script("probe"))
_speaker = st.components.v2.component("poise_speaker", js=script("speaker"))
_owner = st.components.v2.component("poise_owner", js=script("owner"))
_follow = st.components.v2.component("poise_follow", js=script("follow"))
_recorder = st.components.v2.component(
    "poise_recorder", js=script("recorder"), html="<video autoplay muted playsinline></video>",
    css="video { width: 100%; border-radius: 16px; transform: scaleX(-1); background: #1d1916; }")


def ask_owner() -> str | None:
    """The random name that this browser keeps for itself, 32 hexadecimal digits; None until it
    has said it."""
    said = _owner(key="owner", data={"owner": st.session_state.get(OWNER, "")},
                  default={"owner": ""}, on_owner_change=_nothing).owner
    if re.fullmatch("[0-9a-f]{32}", said):
        st.session_state[OWNER] = said
    return owner()


def owner() -> str | None:
    """The same, as it was said before; asks nothing."""
    found: str | None = st.session_state.get(OWNER)
    return found


def camera_answer(attempt: int, sound: bool) -> str | None:
    """What the browser says when asked for the camera: ``ok``; ``silent``, the camera but no
    microphone; or the name of its error (``NotAllowedError``, ...); None until it answers.

    Args:
        attempt: a new number asks again.
        sound: whether the microphone is asked for too.
    """
    said = _probe(key="probe", data={"attempt": attempt, "audio": SOUND if sound else False},
                  default={"answer": ""}, on_answer_change=_nothing).answer
    number, _, answer = said.partition(":")
    return answer if number == str(attempt) else None


def follow(container: str) -> None:
    """Follow the link in a container, as if it had been clicked."""
    _follow(key="follow", data={"container": container})


def speak(turn: int, text: str) -> None:
    """Read a text aloud, once for each ``turn``; an empty one is silence."""
    _speaker(key="speaker", data={"turn": turn, "text": text, "language": VOICES[language()]})


def recorder(key: str, take: int, stop: bool, deliver: str, name: str,
             show: bool, sound: bool = True) -> tuple[str, list[dict[str, Any]]]:
    """Record in the browser.

    Args:
        take: the number of the take under way; 0 for none.
        stop: whether all is said; then the clip is delivered.
        deliver: ``upload``, into the uploader in the container ``recorded``, or ``download``.
        name: of the file, without its suffix.
        show: whether the mirrored picture is shown here.
        sound: whether the microphone is recorded too, where there is one.

    Returns:
        ``""``, ``ready``, ``saved``, ``empty`` or ``error:<name>``; and, once saved, the takes:
        ``take``, ``start`` and ``end`` in s of the clip.
    """
    live = Settings().live
    found = _recorder(
        key=key, data={"take": take, "stop": stop, "deliver": deliver, "name": name, "show": show,
                       "audio": SOUND if sound else False, "width": live.width,
                       "height": live.height},
        default={"state": "", "takes": []}, on_state_change=_nothing, on_takes_change=_nothing)
    return found.state, found.takes


def _nothing() -> None:
    """Streamlit keeps a component's value only for those that name a listener."""
