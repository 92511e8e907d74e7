"""What every page stands in: set-up, style, navigation and the language switch.

A page is a file with a ``body`` and two lines::

    with frame.page("home") as t:
        body(t)

Each page is complete on its own, so a cold deep link to any of them works.
"""

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import streamlit as st

from fer_core import LANGUAGES, Language, say
from pages.parts import analysis, browser, once, profiles, room
from pages.parts.speech import LANGUAGE, Words, draw, guarded, language, words

STYLE, ICON = (Path(__file__).with_name(n) for n in ("style.css", "icon.svg"))

NAVIGATION = {
    "home": ("app.py", ":material/home:"),
    "practice": ("pages/practice.py", ":material/videocam:"),
    "history": ("pages/history.py", ":material/calendar_month:"),
    "profile": ("pages/me.py", ":material/person:"),
    "upload": ("pages/upload.py", ":material/movie:"),
    "report": ("pages/report.py", ":material/description:"),
    "photo": ("pages/photo.py", ":material/photo_camera:"),
    "emoticon": ("pages/emoticon.py", ":material/add_reaction:"),
    "desk": ("pages/desk.py", ":material/groups:"),
    "review": ("pages/review.py", ":material/rate_review:"),
    "stage": ("pages/stage.py", ":material/present_to_all:"),
    "models": ("pages/models.py", ":material/neurology:"),
}
"""Page name -> its file and icon."""
SECTIONS = {
    "practice": ("practice", "history", "profile"),
    "clips": ("upload", "report", "photo", "emoticon"),
    "others": ("stage", "desk", "review"),
    "about": ("home", "models"),
}
"""The sidebar: headings and what stands under each. Practice comes first, because most come for
it; of a desk and of a stage there is one each."""
BY_LINK = ("review",)
"""Pages that the desk leads to: listed only for a team, and where one is on them."""
SHARED = ("history",)
"""Pages of what a server keeps for all who open it: closed where several people sign in."""


@contextmanager
def page(name: str, visitors: bool = False) -> Iterator[Words]:
    """Set a page up and draw what all pages share; the body runs guarded, and where a team signs
    in only for whoever is of it.

    Args:
        visitors: whoever has a link of their own may come; they see no other page.
    """
    if not visitors:
        profiles.greet()
    once.arrive(name)
    spoken = language()
    t = words("frame")
    st.set_page_config(page_title=f"{t(f'nav.{name}')} · Poise", page_icon=str(ICON),
                       layout="wide", initial_sidebar_state="auto")
    st.html(STYLE)
    browser.remember(spoken)
    _settle()
    analysis.collect()
    here = None
    with guarded():
        here = None if visitors else room.person()
    with guarded(), st.sidebar:
        _sidebar(name, t, spoken, () if here is None else tuple(
            n for n in NAVIGATION if n == name or n not in (
                SHARED if room.team() else BY_LINK)))
    if here is None and not visitors:
        with guarded():
            room.door()
        st.stop()
    with guarded():
        yield words(name)


@st.cache_resource(show_spinner=False)
def _settle() -> None:
    """Streamlit collects garbage after every run of a page or fragment. With the libraries'
    hundreds of thousands of objects that takes 0.4 s during which no picture of a camera moves;
    frozen, they are not looked at again."""
    gc.collect()
    gc.freeze()


def _sidebar(name: str, t: Words, spoken: Language, pages: tuple[str, ...]) -> None:
    draw('<div class="p-brand"><b>Poise</b><span>{slogan}</span></div>', slogan=t("slogan"))
    for section, targets in SECTIONS.items():
        shown = [target for target in targets if target in pages]
        if shown:
            draw('<h2 class="p-section">{title}</h2>', title=t(f"section.{section}"))
        for target in shown:
            file, icon = NAVIGATION[target]
            with st.container(key="nav_here" if target == name else None):
                st.page_link(file, label=t(f"nav.{target}"), icon=icon, width="stretch")
    if pages:
        analysis.sidebar_status(t, name)
    if pages and room.team():
        st.button(t("sign_out"), key="nav_sign_out", icon=":material/logout:", on_click=st.logout,
                  width="stretch")
    # A new widget for each language, so that it never holds on to an older choice than the link's.
    chosen = st.segmented_control(
        t("language"), LANGUAGES, key=f"language_{spoken}", required=True, default=spoken,
        format_func=lambda code: say(f"page.frame.language_{code}", spoken), width="stretch")
    draw('<p class="p-small">{text}</p>',
         text=t("local" if pages and not room.team() else "local_server"))
    if chosen != spoken:
        st.session_state[LANGUAGE] = st.query_params["lang"] = chosen
        st.rerun()
