"""What only the browser can do: ask for the camera, record, speak. One small script each."""

import re
from base64 import b64decode
from pathlib import Path
from typing import Any, TypeVar

import streamlit as st

from fer_core import Face, Language, Settings
from pages.parts import compat
from pages.parts.passes import Passes
from pages.parts.speech import COOKIE, language

T = TypeVar("T")
HERE = Path(__file__).parent
OWNER, CHANGED, GIVEN = "poise.owner", "poise.language_changed", "poise.given"
SOUND = {"echoCancellation": True, "noiseSuppression": False, "autoGainControl": False}
"""What is asked of the microphone: a question read aloud is nobody's answer; and how loud somebody
speaks is theirs, not to be evened out."""
VOICES = {"ko": "ko-KR", "en": "en-US"}


def script(*names: str) -> str:
    """Scripts of this folder as one: a component has one module and cannot import another."""
    return "\n".join((HERE / f"{name}.js").read_text("utf-8") for name in names)


_VIDEO = "<video autoplay muted playsinline></video>"
_MIRRORED = ("video { width: 100%; border-radius: 16px; transform: scaleX(-1); "
             "background: #1d1916; }")
_probe = st.components.v2.component("poise_probe", js=script("probe"))
_remember = st.components.v2.component("poise_remember", js=script("remember"))
_speaker = st.components.v2.component("poise_speaker", js=script("speaker"))
_owner = st.components.v2.component("poise_owner", js=script("owner"))
_follow = st.components.v2.component("poise_follow", js=script("follow"))
_point = st.components.v2.component(
    "poise_point", js=script("point"), html="<div class='sheet'><span></span></div>",
    css=".sheet { position: relative; width: 100%; pointer-events: none; }"
        "span { position: absolute; bottom: 0.8rem; width: 100%; text-align: center; color: #fff; "
        "text-shadow: 0 0 4px #000, 0 0 8px #000; font-size: 1.2rem; }"
        "button { position: absolute; pointer-events: auto; cursor: pointer; background: none; "
        "border: 2px dashed #fffc; border-radius: 12px; }"
        "button:hover, button:focus-visible { background: #fff3; outline: 0; border-style: solid; }"
    )
_pictures = st.components.v2.component(
    "poise_pictures", js=script("pictures"), html=_VIDEO, css=_MIRRORED)
_recorder = st.components.v2.component(
    "poise_recorder", js=script("recorder"), html=_VIDEO, css=_MIRRORED)


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


def camera_answer(attempt: int, sound: bool, patient: bool = False) -> str | None:
    """What the browser says when asked for the camera: ``ok``; ``silent``, the camera but no
    microphone; or the name of its error (``NotAllowedError``, ...); None until it answers.

    Args:
        attempt: a new number asks again.
        sound: whether the microphone is asked for too.
        patient: where there is no camera, ask again until one is plugged in.
    """
    said = _probe(key="probe", data={"attempt": attempt, "audio": SOUND if sound else False,
                                     "patient": patient},
                  default={"answer": ""}, on_answer_change=_nothing).answer
    number, _, answer = said.partition(":")
    return answer if number == str(attempt) else None


def remember(spoken: Language) -> None:
    """Keep the language for the next visit, once it is another than the browser knew."""
    if st.context.cookies.get(COOKIE, "ko") != spoken:
        st.session_state[CHANGED] = True
    if CHANGED in st.session_state:
        _remember(key="remember", data={"name": COOKIE, "language": spoken})


def given(passes: Passes[T], key: str, what: T) -> str:
    """The pass that this browser has for something, the same at every run.

    Args:
        key: what tells it from the session's other passes, of any kind.
    """
    kept: dict[str, str] = st.session_state.setdefault(GIVEN, {})
    if key not in kept:
        kept[key] = passes.issue(what, compat.signed_in_as(st.context.cookies))
    return kept[key]


def follow(container: str) -> None:
    """Follow the link in a container, as if it had been clicked."""
    _follow(key="follow", data={"container": container})


def picture(key: str) -> bytes | None:
    """The camera's newest picture as a JPEG, where no stream connects; None where there is no new
    one since the last call."""
    # What has arrived is known before the browser's side is drawn, so that it hears of it now.
    state, taken = st.session_state.get(key), f"{key}_taken"
    number, _, data = ("" if state is None else state.picture).partition(":")
    arrived = int(number or 0)
    _pictures(key=key, data={"arrived": arrived, "width": Settings().live.width},
              default={"picture": ""}, on_picture_change=_nothing)
    if arrived <= st.session_state.get(taken, 0):
        return None
    st.session_state[taken] = arrived
    return b64decode(data)


def pointed(key: str, size: tuple[int, int], faces: tuple[Face, ...], label: str) -> int | None:
    """The track of the face in the camera's mirrored picture that was pressed just now.

    Args:
        size: width and height of the picture, px.
        faces: that can be pressed.
        label: what a press does, in words.
    """
    width, height = size

    def place(face: Face) -> list[float]:
        """Left, top, width and height as shares of the picture's."""
        x1, y1, x2, y2 = face.box.tolist()
        return [1 - x2 / width, y1 / height, (x2 - x1) / width, (y2 - y1) / height]

    track = _point(key=key, data={
        "aspect": width / height, "label": label,
        "faces": [{"track": f.track, "place": place(f)} for f in faces]},
        on_track_change=_nothing).track
    return None if track is None else int(track)


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
