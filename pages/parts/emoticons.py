"""A person's emoticons: read from a picture, corrected by clicks, drawn, taken away."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from html import escape
from typing import BinaryIO

import streamlit as st

from fer_core import (
    EIGHT,
    FACIAL_HAIR,
    GLASSES,
    HAIR,
    SKIN,
    STYLES,
    PictureError,
    Profile,
    Proportions,
    Session,
    Traits,
    TraitsRead,
    TraitsReader,
    animated,
    explain,
    pack,
    png,
    say,
    shown,
    svg,
)
from pages.parts import analysis, compat, faces, history, photos, profiles
from pages.parts.speech import Words, draw, fill, language, notice, words

READ, TRAITS, ERROR = "poise.emoticon_read", "poise.emoticon", "poise.emoticon_error"
ROUND, TAKEN = "poise.emoticon_round", "poise.emoticon_taken"
"""How often it was begun anew, and how often a file was handed over: each time widgets are new."""
EDITED = "poise.emoticon_edited"
"""The corrections, by picture and face."""


@dataclass(frozen=True)
class Seen:
    """A face of a picture.

    Attributes:
        traits: what was read, and how sure of what is worn.
        emotion, sure: what the networks agreed on, and its probability.
        doubtful: too small, or turned away.
    """

    traits: TraitsRead
    emotion: str
    sure: float
    doubtful: bool


@dataclass(frozen=True)
class Picture:
    """The faces of the picture that was read; ``key``: of its widgets; ``frames``: pictures in its
    file, of which it is the first."""

    key: str
    faces: tuple[Seen, ...]
    frames: int = 1


def seen() -> Picture | None:
    """The picture of this visit."""
    found: Picture | None = st.session_state.get(READ)
    return found


def own() -> Traits:
    """The emoticon of whoever is here: made in this visit, else kept in their profile, else
    nobody's."""
    made: Traits | None = st.session_state.get(TRAITS)
    return made or faces.own() or Traits()


def keep(t: Words, traits: Traits) -> None:
    """Keep it in the profile of whoever is here, where they want that.

    Raises:
        StorageError: the profile cannot be kept.
    """
    who = profiles.person()
    if who is None or not st.button(t("keep"), key="keep_emoticon", help=t("keep_help"),
                                    icon=":material/favorite:"):
        return
    store = history.store().profiles
    store.save(who, replace(store.load(who) or Profile(), emoticon=traits.model_dump()))
    notice(t("kept"), "good")


def clear() -> None:
    """Forget what was read and chosen."""
    for key in (READ, TRAITS, EDITED, ERROR):
        st.session_state.pop(key, None)
    st.session_state[ROUND] = st.session_state.get(ROUND, 0) + 1


@st.cache_resource(show_spinner=False, max_entries=4)
def _reader(key: str) -> TraitsReader:
    return TraitsReader.of(analysis.settings())


def take(t: Words) -> None:
    """Take a picture from a file or the camera, read it at once, and drop it.

    Raises:
        ModelError: the networks cannot be loaded.
    """
    # New widgets after each taking: the old ones held the picture.
    turn = st.session_state.get(TAKEN, 0)
    given = photos.handed(t, f"portrait_{turn}", several=False)
    if given:
        st.session_state[TAKEN] = turn + 1
        with st.spinner(t("looking")):
            _read(*given[0])
        st.rerun()
    error = st.session_state.get(ERROR)
    if error is not None:
        notice(explain(error, language()), "bad")


def _read(name: str, file: BinaryIO) -> None:
    data = file.read()
    compat.forget_upload(file)
    try:
        photo, picture = photos.reader().read(data, name)
    except PictureError as error:  # what was made of an earlier one stays
        st.session_state[ERROR] = error
        return
    traits = _reader(analysis.settings().model_dump_json()).read(
        picture, photo.in_pixels(picture))
    clear()
    st.session_state[READ] = Picture(str(st.session_state[ROUND]), tuple(
        Seen(of, photo.labels.keys[int(face.vote.argmax())], float(face.vote.max()),
             face.small or face.turned)
        for face, of in zip(photo.faces, traits, strict=True)), photo.frames)


def face_read(t: Words, found: Picture) -> Seen | None:
    """Which face it is about, and what was read from it; None where there is none."""
    if found.frames > 1:
        notice(words("photo")("moving", frames=found.frames))
    if not found.faces:
        notice(t("no_face"), "warn")
        return None
    number = 0
    if len(found.faces) > 1:
        number = st.selectbox(t("choose_face"), range(len(found.faces)),
                              key=f"portrait_face_{found.key}",
                              format_func=lambda i: t("face", number=i + 1))
    read = found.faces[number]
    traits, worn = read.traits.traits, read.traits.worn
    lines = [t("read_expression", emotion=say(f"emotion.{read.emotion}", language()),
               percent=f"{read.sure:.0%}"),
             t("read_skin_masked" if traits.mask else "read_skin", angle=round(traits.skin)),
             t("read_hair", hair=t(f"hair_tone.{traits.hair}"),
               style=t(f"styles.{traits.style}")),
             t("read_worn", glasses=f"{worn.glasses:.0%}", mask=f"{worn.mask:.0%}")]
    items = "".join(fill("<li>{line}</li>", line=line) for line in lines)
    note = fill('<p class="p-small">{text}</p>', text=t("read_not"))
    st.html(fill('<div class="p-note calm" role="status"><b>{title}</b>', title=t("read"))
            + f"<ul>{items}</ul>{note}</div>")
    if read.doubtful:
        notice(t("small"), "warn")
    return read


def editor(t: Words, read: Seen | None, mine: bool) -> Traits:
    """Every trait, as read and as corrected; what is chosen here is what is drawn.

    Args:
        mine: whether it is to be the emoticon of whoever is here.
    """
    found = seen()
    # Another picture or face has widgets of its own; so has a visit to another page.
    key = f"{st.session_state.get(ROUND, 0)}_{found.faces.index(read) if found and read else 0}"
    start = read.traits.traits if read else own() if mine else Traits()
    edited: dict[str, Traits] = st.session_state.setdefault(EDITED, {})
    kept = edited.get(key, start)
    draw('<h2 class="p-h3">{title}</h2>', title=t("traits"))

    def pick(name: str, options: Sequence[str], value: str, words: Callable[[str], str]) -> str:
        with st.container(key=f"trait_{name}"):
            return str(st.pills(t(name), options, default=value, required=True, wrap=True,
                                key=f"trait_{name}_{key}", format_func=words))

    tones = {str(i): angle for i, angle in enumerate(SKIN, 1)}
    nearest = min(tones, key=lambda i: abs(tones[i] - kept.skin))
    swatches(list(SKIN.values()), "trait_skin")
    swatches(list(HAIR.values()), "trait_hair")
    tone = pick("skin", list(tones), nearest, str)
    hair = pick("hair", list(HAIR), kept.hair, lambda v: t(f"hair_tone.{v}"))
    style = pick("style", STYLES, kept.style, lambda v: t(f"styles.{v}"))
    glasses = pick("glasses", GLASSES, kept.glasses, lambda v: t(f"worn.{v}"))
    beard = pick("facial_hair", FACIAL_HAIR, kept.facial_hair, lambda v: t(f"worn.{v}"))
    mask = st.toggle(t("mask"), value=kept.mask, key=f"trait_mask_{key}")
    with st.expander(t("face_shape")):
        shape = {part: st.slider(t(f"shape.{part}"), -1.0, 1.0, getattr(kept.face, part), 0.01,
                                 key=f"trait_{part}_{key}")
                 for part in Proportions.model_fields}
    made = Traits.model_validate({
        # The tone as read stays finer than its class, until another class is chosen.
        "skin": kept.skin if tone == nearest else tones[tone], "hair": hair, "style": style,
        "glasses": glasses, "facial_hair": beard, "mask": mask, "face": shape})
    edited[key] = made
    if mine:
        st.session_state[TRAITS] = made
    return made


def swatches(colours: Sequence[str], key: str) -> None:
    """A dot of its colour before each choice."""
    st.html("<style>" + "".join(
        f".st-key-{key} button:nth-of-type({i})::before {{ content: ''; width: 1rem; "
        f"height: 1rem; border-radius: 50%; margin-right: 0.4rem; background: {colour}; "
        "box-shadow: 0 0 0 1px rgba(120, 110, 100, 0.6); flex: none; }"
        for i, colour in enumerate(colours, 1)) + "</style>")


def image(traits: Traits, emotion: str) -> str:
    """An emoticon as an ``<img>`` that says its expression."""
    name = say("page.emoticon.alt", language(), emotion=say(f"emotion.{emotion}", language()))
    return f'<img alt="{escape(name)}" src="{faces.address(traits, emotion)}">'


def drawn(traits: Traits, emotions: Sequence[str], kind: str, named: bool = False) -> None:
    """Emoticons side by side, with their names below them where they are asked for."""
    st.html(f'<div class="{kind}">' + "".join(
        f"<figure>{image(traits, emotion)}"
        + (fill("<figcaption>{name}</figcaption>", name=say(f"emotion.{emotion}", language()))
           if named else "") + "</figure>" for emotion in emotions) + "</div>")


def saves(t: Words, traits: Traits, emotion: str) -> None:
    """The files, each made when its button is pressed."""
    draw('<h2 class="p-h2">{title}</h2><p class="p-small">{about}</p>', title=t("saves"),
         about=t("pack_about"))
    session: Session | None = st.session_state.get(analysis.SESSION)
    moving = [(key, 1.0) for key in EIGHT]
    told = [] if session is None else shown(session.timeline)
    if told and st.toggle(t("session"), key="emoticon_session"):
        moving = told
    drawing = svg(traits, emotion)
    files: dict[str, tuple[Callable[[], bytes | str], str, str]] = {
        "pack": (partial(pack, traits), "emoticons.zip", "application/zip"),
        "png": (partial(png, drawing), f"{emotion}.png", "image/png"),
        "svg": (lambda: drawing, f"{emotion}.svg", "image/svg+xml"),
        "webp": (partial(animated, traits, moving), "moving.webp", "image/webp"),
        "apng": (partial(animated, traits, moving, "apng"), "moving.png", "image/png")}
    with st.container(key="downloads", horizontal=True):
        for name, (make, file, media) in files.items():
            st.download_button(t(f"save_{name}"), make, file, media, key=f"save_{name}",
                               icon=":material/download:", on_click="ignore",
                               type="primary" if name == "pack" else "secondary")
