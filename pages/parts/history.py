"""The kept sessions on a page: the one store of a server, and what is saved into it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import streamlit as st

import fer_core
from fer_core import PoiseError, StorageSettings, explain
from pages.parts import room
from pages.parts.speech import language, notice

if TYPE_CHECKING:  # comes with a database's driver, which the home page does not wait for
    from fer_core import Feeling, Session, Store

KEEP, FAILED = "poise.keep", "poise.keep_failed"
FELT = "poise.felt"
"""Session state: how somebody said that they felt before the round to come."""
UNKEPT = "poise.words_unkept"
"""Session state: identities of the sessions whose words are for this visit alone."""


def store() -> Store:
    """The server's store.

    Raises:
        StorageError: it cannot be opened; tried again at the next call.
    """
    settings = StorageSettings()
    return _open(settings.model_dump_json(), settings)


@st.cache_resource(show_spinner=False)
def _open(key: str, _settings: StorageSettings) -> Store:
    return fer_core.Store(_settings)


def keeping() -> bool:
    """Whether sessions are kept; on until the person switches it off. Never where a team signs
    in: a server has one history, which all of them would see."""
    return not room.team() and st.session_state.get(KEEP, True)


def remember(session: Session, *, gone: bool = False, felt: Feeling | None = None) -> None:
    """Keep a session, unless the person does not want that. A failure is said on the next page
    that asks, and the session itself is not lost.

    Args:
        gone: what is kept of it up to now is deleted for good.
        felt: how the person felt before it.
    """
    if not keeping():
        return
    if not keeps_words(session):
        session = replace(session.without_words(), typed=session.typed)
    try:
        store().save(session, language(), gone=gone, before=felt)
        st.session_state.pop(FAILED, None)
    except PoiseError as error:
        st.session_state[FAILED] = error


def keeps_words(session: Session) -> bool:
    """Whether what was said in it is kept, as far as it is there."""
    unkept = st.session_state.get(UNKEPT)
    return not unkept or fer_core.identity(session) not in unkept


def keep_words(session: Session, wanted: bool = True) -> None:
    """Keep what was said in a session with it, or show it during this visit only."""
    unkept: set[str] = st.session_state.setdefault(UNKEPT, set())
    (unkept.discard if wanted else unkept.add)(fer_core.identity(session))


def forget_pictures(session: Session) -> bool:
    """Delete the pictures of a session from the store for good; whether that went well. A
    failure is said on the next page that asks."""
    try:
        store().delete_pictures(fer_core.identity(session))
    except PoiseError as error:
        st.session_state[FAILED] = error
        return False
    return True


def forget_words(session: Session) -> bool:
    """Delete what was said in a session from the store for good, as ``forget_pictures``."""
    try:
        store().delete_words(fer_core.identity(session))
    except PoiseError as error:
        st.session_state[FAILED] = error
        return False
    return True


def complaint() -> None:
    """Why the last session was not kept, if so."""
    error = st.session_state.get(FAILED)
    if error is not None:
        notice(explain(error, language()), "warn")
