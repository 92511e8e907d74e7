"""The pictures of this visit: taken, read, dropped; what was read stays until it is cleared."""

from dataclasses import dataclass, field
from typing import BinaryIO

import pandas as pd
import streamlit as st

from fer_core import (
    Explained,
    PhotoRead,
    PhotoReader,
    PoiseError,
    explain,
    marked,
    photos_csv,
    photos_json,
    safe_name,
    say,
    small_jpeg,
)
from pages.parts import analysis, compat
from pages.parts.speech import Words, draw, drop_zone, language, notice

KINDS = ["jpg", "jpeg", "png", "webp", "heic", "heif", "avif", "gif", "bmp", "tif", "tiff"]
LIMIT = 60  # MB of a file
SHOWN, QUALITY = 1280, 85  # px and JPEG quality of the copy to look at
SEEN, ROUND, ERRORS = "poise.photos", "poise.photos_round", "poise.photos_errors"


@dataclass(eq=False)
class Seen:
    """A picture that was read: the numbers, and a marked copy to look at.

    Attributes:
        key: of its widgets, another one for each picture of a visit.
        marked: JPEG with frames and numbers, for as long as the page shows it.
        why: number of the face -> why it was read so, once somebody looked closer.
    """

    key: str
    photo: PhotoRead
    marked: bytes
    why: dict[int, Explained] = field(default_factory=dict)


def seen() -> list[Seen]:
    """The pictures of this visit, in the order given."""
    found: list[Seen] = st.session_state.get(SEEN, [])
    return found


def clear() -> None:
    """Forget every picture and all that was read."""
    for key in (SEEN, ERRORS):
        st.session_state.pop(key, None)


def reader() -> PhotoReader:
    """With the networks that this person lets vote.

    Raises:
        ModelError: they cannot be loaded.
    """
    return _reader(analysis.settings().model_dump_json())


@st.cache_resource(show_spinner=False, max_entries=4)
def _reader(key: str) -> PhotoReader:
    return PhotoReader(analysis.analyser().recogniser)


def take(t: Words) -> None:
    """Take pictures from files or the camera, read them at once, and drop them.

    Raises:
        ModelError: the networks cannot be loaded.
    """
    # New widgets after each taking: the old ones held the pictures.
    turn = st.session_state.get(ROUND, 0)
    given = handed(t, f"pictures_{turn}", several=True)
    if given:
        with st.spinner(t("looking")):
            _read(given, turn)
        st.session_state[ROUND] = turn + 1
        st.rerun()
    for error in st.session_state.get(ERRORS, []):
        notice(explain(error, language()), "bad")


def handed(t: Words, key: str, several: bool) -> list[tuple[str, BinaryIO]]:
    """The pictures that are given by file or camera, each with its name.

    Args:
        key: of the widgets, another one after each taking.
    """
    with drop_zone(t):
        files = st.file_uploader(t("upload"), KINDS, key=key, accept_multiple_files=several,
                                 max_upload_size=LIMIT)
    found = files if isinstance(files, list) else [files] if files is not None else []
    given: list[tuple[str, BinaryIO]] = [(safe_name(file.name), file) for file in found]
    if st.toggle(t("use_camera"), key="camera_on"):
        snapshot = st.camera_input(t("camera"), key=f"snapshot_{key}")
        given += [(t("snapshot"), snapshot)] if snapshot is not None else []
    return given


def _read(given: list[tuple[str, BinaryIO]], turn: int) -> None:
    read, found, errors = reader(), [], []
    for index, (name, file) in enumerate(given):
        data = file.read()
        compat.forget_upload(file)
        try:
            photo, picture = read.read(data, name)
        except PoiseError as error:
            errors.append(error)
            continue
        found.append(Seen(f"{turn}_{index}", photo,
                          small_jpeg(marked(photo, picture), SHOWN, QUALITY)))
    st.session_state[SEEN], st.session_state[ERRORS] = found, errors


def table(t: Words, photos: list[PhotoRead]) -> None:
    """Every face of every picture in a row, and the same to take away."""
    rows = []
    for photo in photos:
        for one in photo.faces:
            best = photo.labels.keys[int(one.vote.argmax())]
            notes = [t(f"note.{n}") for n in ("small", "turned") if getattr(one, n)]
            rows.append({t("column.file"): photo.name, t("column.face"): one.number,
                         t("column.expression"): say(f"emotion.{best}", language()),
                         t("column.sure"): f"{one.vote.max():.0%}",
                         t("column.note"): ", ".join(notes)})
    draw('<h2 class="p-h2">{title}</h2>', title=t("table"))
    if rows:
        shown = pd.DataFrame(rows)
        st.dataframe(shown if len(photos) > 1 else shown.drop(columns=t("column.file")),
                     hide_index=True, width="stretch")
    with st.container(key="downloads", horizontal=True):
        # The mark tells spreadsheets that it is UTF-8.
        st.download_button(t("save_csv"), photos_csv(photos).encode("utf-8-sig"), "photos.csv",
                           "text/csv", key="save_csv", icon=":material/table:",
                           on_click="ignore")
        st.download_button(t("save_json"), photos_json(photos), "photos.json",
                           "application/json", key="save_json", icon=":material/download:",
                           on_click="ignore")
