"""A clip's copy as reviewers watch it: questions as chapters, notes pinned to a second."""

from collections.abc import Callable, Sequence
from typing import Any

import streamlit as st

from fer_core import Person
from pages.parts import room
from pages.parts.browser import HERE, given, script
from pages.parts.routes.clips import WATCHING
from pages.parts.speech import Words, guarded, language

TOLD = ("player", "loading", "broken", "play", "pause", "back", "forth", "speed", "place", "keys",
        "questions", "mark", "unmark", "notes", "note", "pin", "delete", "said")
"""Sentences that the browser says."""
WRITING = ("player", "keys")
"""Those that tell of notes: a guest, who writes none, is told them without."""

_player = st.components.v2.component(
    "poise_player", js=script("elements", "review/player"),
    css=(HERE / "review" / "player.css").read_text("utf-8"))


def player(t: Words, person: Person, still: Callable[[], Person | None],
           questions: Sequence[str], clip: str, name: Callable[[str], str] = str,
           watermark: str = "") -> None:
    """The clip, and around it what belongs to its seconds.

    Args:
        still: who ``person`` is when a piece of the clip is asked for.
        questions: of the opening.
        name: member -> how they are called.
        watermark: written over the picture; of whoever came by a link, who writes nothing.
    """
    desk = room.desk()
    desk.clips.watch(person, clip)
    made = given(WATCHING, clip, lambda: desk.clips.watch(room.surely(still()), clip))
    writes = not watermark
    notes = desk.comments.list(person, clip) if writes else ()
    marked = desk.chapters.list(person, clip)
    said = desk.observations.transcript(person, clip) if writes else None  # a guest's has none
    key = f"player_{clip}"

    def heard() -> None:
        done: Any = st.session_state[key].said
        if done and writes:
            with guarded():
                _do(person, clip, done)

    _player(key=key, on_said_change=heard, data={
        "clip": f"{clip}:{language()}", "address": f"/clips/out/{made}",
        "watermark": watermark, "writes": writes,
        "questions": [{"number": n, "text": text, "second": marked.get(n)}
                      for n, text in enumerate(questions)],
        "words": [[w.start, w.end, w.text] for w in (said and said.words) or ()],
        "unsaid": "" if said is None or said.words else t(f"player.unsaid_{said.why}"),
        "notes": [{"id": one.id, "second": one.second, "text": one.text,
                   "who": name(one.member), "mine": one.member == person.id}
                  for one in notes],
        "texts": {name: t(f"player.{name}{'' if writes or name not in WRITING else '_of_guest'}")
                  for name in TOLD}})


def _do(person: Person, clip: str, said: dict[str, Any]) -> None:
    """What somebody did in the player."""
    desk = room.desk()
    if said["kind"] == "note":
        desk.comments.write(person, clip, float(said["second"]), str(said["text"]))
    elif said["kind"] == "delete":
        desk.comments.delete(person, str(said["id"]))
    elif said["kind"] in ("mark", "unmark"):
        second = float(said["second"]) if said["kind"] == "mark" else None
        desk.chapters.mark(person, clip, int(said["question"]), second)
