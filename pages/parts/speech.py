"""What a page says, and in which language; the one place where HTML is drawn."""

import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from html import escape
from typing import Protocol

import streamlit as st

from fer_core import LANGUAGES, Language, PoiseError, explain, say, unexpected

log = logging.getLogger("poise.pages")

# A widget's own key loses its value when the page changes; this one does not.
LANGUAGE = "poise.language"
COOKIE = "poise_language"


class Words(Protocol):
    """Sentences of one page: ``t("hero.title")`` is ``page.<page>.hero.title``."""

    def __call__(self, key: str, **values: object) -> str: ...


def language() -> Language:
    """The reader's language: the link's ``?lang=``, else as chosen before in this visit or, in
    this browser, in another; else Korean."""
    asked = st.query_params.get("lang")
    if asked in LANGUAGES:
        st.session_state[LANGUAGE] = asked
    if LANGUAGE not in st.session_state:
        before = st.context.cookies.get(COOKIE)
        st.session_state[LANGUAGE] = before if before in LANGUAGES else "ko"
    return st.session_state[LANGUAGE]


def words(page: str) -> Words:
    """The sentences under ``page.<page>`` in the reader's language."""
    spoken = language()
    return lambda key, **values: say(f"page.{page}.{key}", spoken, **values)


def fill(markup: str, **values: object) -> str:
    """Markup with its placeholders filled by escaped text: names are never markup."""
    return markup.format(**{k: escape(str(v)) for k, v in values.items()})


def draw(markup: str, **values: object) -> None:
    """Draw markup, its placeholders filled by escaped text."""
    st.html(fill(markup, **values))


@contextmanager
def drop_zone(t: Words) -> Iterator[None]:
    """Where a page takes files: its ``choose`` and ``limit`` stand instead of the English words
    that Streamlit builds into the widget."""
    rules = "".join(
        f".st-key-drop {part} {{ font-size: 0 !important; }} .st-key-drop {part}::after "
        f"{{ content: {json.dumps(t(key), ensure_ascii=False)}; font-size: 1rem; }}"
        for part, key in (
            ("section button p", "choose"),
            ('[data-testid="stFileUploaderDropzoneInstructions"] span', "limit")))
    with st.container(key="drop"):
        st.html(f"<style>{rules}</style>")
        yield


def notice(text: str, kind: str = "calm") -> None:
    """One sentence in a box; ``kind``: calm, good, warn or bad."""
    draw('<div class="p-note {kind}" role="{role}">{text}</div>', kind=kind,
         role="alert" if kind == "bad" else "status", text=text)


@contextmanager
def guarded() -> Iterator[None]:
    """Say what went wrong instead of showing a trace; the trace goes to the log."""
    try:
        yield
    except PoiseError as error:
        notice(explain(error, language()), "bad")
    except Exception as error:
        log.exception("a page failed")
        notice(explain(unexpected(error), language()), "bad")
