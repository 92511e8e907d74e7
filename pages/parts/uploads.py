"""Clips from a browser to the server's disk, and from there to whoever takes them in."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import streamlit as st

from fer_core import CLIP_SUFFIXES, MOST_BYTES, Inbox
from pages.parts.browser import HERE, given, script
from pages.parts.routes.clips import SENDING, Sending
from pages.parts.speech import words

TOLD = ("choose", "folder", "left_out", "away", "again", "sent", "resting", "broken", "over",
        "full", "too_big")
"""Sentences that the browser says."""

_sending = st.components.v2.component(
    "poise_sending", js=script("elements", "uploads"),
    css=(HERE / "uploads.css").read_text("utf-8"), isolate_styles=False)


@dataclass(frozen=True)
class Sent:
    """Uploads that are whole, on the disk.

    Attributes:
        files: of each what the inbox calls it, its name with its folders, and where it lies.
    """

    inbox: Inbox
    sender: str
    files: tuple[tuple[str, str, Path], ...]

    def __len__(self) -> int:
        return len(self.files)

    def opened(self) -> Iterator[tuple[str, IO[bytes]]]:
        """(name, opened file) of each in turn; gone once the next is asked for."""
        for name, path, file in self.files:
            with file.open("rb") as opened:
                yield path, opened
            self.inbox.drop(self.sender, name)


def sending(inbox: Inbox, key: str, label: str, sender: str, check: Callable[[], object],
            several: bool = False) -> Sent:
    """Room for files: chosen, dropped or recorded. They are sent at once.

    Args:
        inbox: where they go.
        key: a new one is an empty room.
        sender: what the inbox calls whoever sends, and for what.
        check: asked at every piece; raises Forbidden where they may not any more.
        several: many files, folders and ZIPs of them; else one clip.

    Returns:
        those that have come, once none is on its way.
    """
    t = words("sending")
    made = given(SENDING, sender, Sending(inbox, sender, check))
    most = f"{MOST_BYTES / 2**30:.0f}"
    found = _sending(
        key=key, default={"sent": []}, on_sent_change=_nothing, data={
            "address": f"/clips/in/{made}", "label": label, "several": several,
            "hint": t("hint_several" if several else "hint", most=most),
            "kinds": [*CLIP_SUFFIXES, *([".zip"] if several else [])],
            "texts": {name: t(name, most=most, count="{count}") for name in TOLD}}).sent
    lying = ((str(one["name"]), str(one["path"])) for one in _said(found))
    return Sent(inbox, sender, tuple((name, path, file) for name, path in lying if (
        file := inbox.find(sender, name)) is not None))


def _said(found: Any) -> list[dict[str, Any]]:
    """What the browser says of its files; what says nothing of one is left out."""
    return [one for one in found or () if isinstance(one, dict) and {"name", "path"} <= one.keys()]


def _nothing() -> None:
    """Streamlit keeps a component's value only for those that name a listener."""
