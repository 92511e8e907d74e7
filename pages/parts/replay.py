"""The session played again: the recording, its timeline and what was said move together."""

from collections.abc import Callable
from typing import Any

import streamlit as st

from fer_core import Edit, Report, Session, corrected, reheard, replay
from pages.parts import analysis, seconds
from pages.parts.browser import HERE, script
from pages.parts.speech import Words, draw

TYPES = {"webm": "video/webm", "mov": "video/quicktime"}
TOLD = ("choose", "other", "play", "pause_button", "keys", "no_words", "no_sound", "scores",
        "voice", "transcript", "marks_pause", "marks_filler", "correct", "correct_note", "save",
        "cancel")
"""Sentences that the browser says."""

_replay = st.components.v2.component(
    "poise_replay", js=script("elements", "replay"),
    css=(HERE / "replay.css").read_text("utf-8"))


def section(t: Words, report: Report, keep: Callable[[Session], None]) -> None:
    """The recording where there is one, the timeline beneath, the transcript beside it.

    A file of the person's own is opened by the browser and goes nowhere; an upload that they
    asked to keep is served from this machine's memory.

    Args:
        keep: takes the session with words that the person put right.
    """
    session = report.session
    if not (session.timeline.seen.any() or session.voice):
        return
    draw('<h2 class="p-h2">{title}</h2><p class="p-small">{note}</p>', title=t("replay.title"),
         note=t("replay.note"))
    recording = analysis.recording(session)
    if recording is not None:
        with st.container(key="replay_media"):
            kind = session.source.name.rpartition(".")[2]
            st.video(recording, format=TYPES.get(kind, "video/mp4"))
    looked = st.session_state.get(seconds.SECOND)

    def edited() -> None:
        edits = _edits(st.session_state["replay"].edits)
        if edits and session.voice is not None:
            keep(reheard(session, corrected(session.voice, edits)))

    _replay(key="replay", default={"second": -1}, on_second_change=_moved,
            on_edits_change=edited, data={
                **replay(report), "clip": f"{session.source.sha256}:{session.created}",
                "sha256": session.source.sha256, "looked": -1 if looked is None else looked,
                "texts": {name: t(f"replay.{name}") for name in TOLD}})


def _edits(found: Any) -> list[Edit]:
    """What the browser says was put right; what is no edit is left out."""
    try:
        return [Edit(float(e["start"]), float(e["end"]), str(e["text"])) for e in found or ()]
    except (TypeError, ValueError, KeyError):
        return []


def _moved() -> None:
    """A second was chosen in the replay: the charts show it too."""
    found: Any = st.session_state["replay"].second
    if found is not None and found >= 0:
        seconds.look(int(found))
