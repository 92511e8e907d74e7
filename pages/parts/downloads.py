"""Downloads of a report: a file is made when its button is pressed, not before."""

from functools import partial
from pathlib import PurePath

import streamlit as st

from fer_core import WRITERS, Language, Session, safe_name
from pages.parts.clock import zone
from pages.parts.speech import draw, words

LOOKS = {"html": ("text/html", "language"), "pdf": ("application/pdf", "picture_as_pdf"),
         "json": ("application/json", "download"), "csv": ("text/csv", "table"),
         "zip": ("application/zip", "folder_zip")}
"""Format -> media type and icon, in the order shown."""


def downloads(session: Session, language: Language) -> None:
    """A button for every format."""
    t = words("report")
    draw('<h2 class="p-h2">{title}</h2>', title=t("downloads"))
    stem = PurePath(safe_name(session.source.name)).stem
    with st.container(key="downloads", horizontal=True):
        for name, (media, icon) in LOOKS.items():
            if name in WRITERS:
                suffix, writer = WRITERS[name]
                st.download_button(t(f"save.{name}"), partial(writer, session, language, zone()),
                                   f"{stem}{suffix}", media, key=f"save_{name}",
                                   icon=f":material/{icon}:", on_click="ignore")
