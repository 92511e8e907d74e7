"""What is told once, after a press: a link that nobody keeps, the receipt of a deletion. It stands
until the person closes it or leaves the page, in the session's memory alone."""

import streamlit as st

from pages.parts.speech import words

PAGE, TOLD = "poise.once_page", "poise.once_told"


def arrive(page: str) -> None:
    """The page that is drawn: what another one told is over."""
    if st.session_state.get(PAGE) != page:
        st.session_state[PAGE] = page
        st.session_state.pop(TOLD, None)


def tell(place: str, what: object) -> None:
    """Have something stand at a place of the page, instead of what was told there before."""
    st.session_state.setdefault(TOLD, {})[place] = what


def told(place: str) -> object | None:
    """What stands there; None: nothing."""
    return st.session_state.get(TOLD, {}).get(place)


def close(place: str) -> None:
    """The button that ends it."""
    st.button(words("frame")("close"), key=f"close_{place}", icon=":material/close:",
              on_click=_drop, args=(place,))


def _drop(place: str) -> None:
    st.session_state.get(TOLD, {}).pop(place, None)
