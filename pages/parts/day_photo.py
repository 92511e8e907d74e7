"""The photo of the day: one face, kept small, with what was read in it and a line."""

from collections.abc import Sequence

import streamlit as st

from fer_core import Photo, PoiseError, Store, cut_out, explain, safe_name, say, small_jpeg
from pages.parts.calendar import DAY
from pages.parts.clock import today
from pages.parts.photos import reader
from pages.parts.speech import Words, draw, language, notice

THUMBNAIL = 320
"""px; longer side of a kept photo."""


def day_photo(t: Words, store: Store, photos: Sequence[Photo]) -> None:
    """The photo of the day: today's to be taken, a chosen day's to be seen."""
    day = st.session_state.get(DAY) or today()
    photo = next((p for p in photos if p.day == day), None)
    draw('<h3 class="p-h3">{title}</h3>', title=t("photo", date=day.isoformat()))
    if photo is not None:
        left, right = st.columns([1, 2])
        left.image(photo.picture, width="stretch")
        best = max(photo.reading, key=photo.reading.__getitem__)
        right.markdown(f"**{say(f'emotion.{best}', language())}** {photo.reading[best]:.0%}")
        if photo.note:
            right.text(photo.note)
        if right.button(t("photo_delete"), key="photo_delete", type="tertiary"):
            store.delete_photo(day)
            st.rerun()
        return
    draw('<p class="p-small">{text}</p>', text=t("photo_about"))
    if not st.toggle(t("photo_take"), key="photo_on"):
        return
    given = st.file_uploader(t("photo_file"), ["jpg", "jpeg", "png", "webp"], key="photo_file")
    given = st.camera_input(t("photo_camera"), key="photo_camera") or given
    note = st.text_input(t("photo_note"), key="photo_note", max_chars=300)
    if given is None or not st.button(t("photo_keep"), key="photo_keep", type="primary"):
        return
    try:
        with st.spinner(t("photo_reading")):
            read, whole = reader().read(given.getvalue(), safe_name(given.name))
    except PoiseError as error:
        notice(explain(error, language()), "bad")
        return
    if not read.faces:
        notice(t("photo_no_face"), "warn")
        return
    # Of several faces the largest; drawn anew, without what the camera wrote into the file.
    face = max(read.faces, key=lambda one: one.face.size)
    picture = cut_out(read, whole, face)
    small = small_jpeg(picture, min(THUMBNAIL, max(picture.shape[:2])), 88)
    store.keep_photo(Photo(day, small, {
        key: float(share) for key, share in zip(read.labels.keys, face.vote, strict=True)}, note))
    st.rerun()
