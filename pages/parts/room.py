"""Who is here, and the one desk of a server; the sign-in where a team has one."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import streamlit as st

import fer_core
from fer_core import LOCAL, DeskSettings, Forbidden, Person, StorageSettings
from pages.parts.speech import draw, language, notice, words

if TYPE_CHECKING:  # comes with a database's driver, which the home page does not wait for
    from fer_core import Desk

GUIDE = "https://docs.streamlit.io/develop/tutorials/authentication"


def desk() -> Desk:
    """The server's desk.

    Raises:
        StorageError: it cannot be opened; tried again at the next call.
    """
    settings = StorageSettings()
    return _open(settings.model_dump_json(), settings)


@st.cache_resource(show_spinner=False)
def _open(key: str, _settings: StorageSettings) -> Desk:
    return fer_core.Desk(_settings)


def team() -> bool:
    """Whether this server is for several people who sign in."""
    return DeskSettings().mode == "team"


def person() -> Person | None:
    """Who is here; None who has not signed in or is of no team. As the table has them now, at
    every run: whoever was let out a moment ago is out.

    Raises:
        StorageError: the table cannot be read.
    """
    if not team():
        return LOCAL
    claims = st.user.to_dict()
    return fer_core.signed_in(claims if claims.get("is_logged_in") else None, desk().openings)


def still() -> Callable[[], Person | None]:
    """Asks ``person`` again where there is no page: for what is let in and out beside one."""
    if not team():
        return lambda: LOCAL
    claims, opened = st.user.to_dict(), desk()
    return lambda: fer_core.signed_in(claims, opened.openings)


def stay() -> None:
    """Write where we are into the address. A link within a page changes what Streamlit asks for,
    not the address: a reload, or a redrawing after a fragment's, would lose the way."""
    st.query_params.from_dict({**st.query_params.to_dict(), "lang": language()})


def surely(found: Person | None) -> Person:
    """Whoever it is.

    Raises:
        Forbidden: nobody.
    """
    if found is None:
        raise Forbidden("error.desk.forbidden")
    return found


def door() -> None:
    """What whoever is not of the team sees instead of a page."""
    t = words("door")
    claims = st.user.to_dict()
    if claims.get("is_logged_in"):
        draw('<div class="p-empty"><h1 class="p-h1">{title}</h1><p class="p-lead">{text}</p></div>',
             title=t("stranger.title"), text=t("stranger.text", name=claims.get("email")
                                              or claims.get("name") or claims.get("sub")))
        st.button(t("leave"), key="sign_out", icon=":material/logout:", on_click=st.logout)
        return
    draw('<div class="p-empty"><h1 class="p-h1">{title}</h1><p class="p-lead">{text}</p></div>',
         title=t("title"), text=t("text"))
    if "is_logged_in" not in claims:
        notice(t("unset"), "warn")
        return
    st.button(t("enter"), key="sign_in", type="primary", icon=":material/login:",
              on_click=st.login)


def closed(text: str, title: str | None = None) -> None:
    """That something is not theirs to see, or not there: which of the two is not said."""
    draw('<div class="p-empty" role="status"><h1 class="p-h1">{title}</h1>'
         '<p class="p-lead">{text}</p></div>', title=title or words("door")("closed"), text=text)
