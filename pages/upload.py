"""Upload: whose clip, what for and where, the clip, its analysis; then the report."""

from pathlib import PurePath

import streamlit as st

from fer_core import (
    EXPRESSIONS,
    Cancelled,
    ModelError,
    Permission,
    explain,
    features_allowed,
    places,
    safe_name,
)
from pages.parts import analysis, frame
from pages.parts.speech import Words, draw, fill, language, notice, relabel, words

OWNER = "poise.owner"
CONSENT = "poise.consent"
OTHERS = ("training", "recruitment")
PLAYABLE = ("mp4", "mov", "webm")
PREVIEW_LIMIT = 300  # MB; a preview is a second copy in memory


def body(t: Words) -> None:
    if st.session_state.get(analysis.FRESH):
        analysis.onward()
        return
    if analysis.running() is not None:
        draw('<h1 class="p-h1">{title}</h1><p class="p-lead">{lead}</p>',
             title=t("progress_title"), lead=t("progress_lead"))
        analysis.panel()
        return
    draw('<h1 class="p-h1">{title}</h1><p class="p-lead">{lead}</p>', title=t("title"),
         lead=t("lead"))
    failure = analysis.failure()
    if failure is not None:
        notice(explain(failure, language()), "calm" if isinstance(failure, Cancelled) else "bad")
    left, right = st.columns([5, 3], gap="large")
    with right:
        tips(t)
    with left:
        whose = owner(t)
        if permitted(t, whose):
            clip(t, networks(t), whose)


def networks(t: Words) -> bool:
    """Whether the networks are there; if not, what exactly is missing."""
    try:
        with st.spinner(t("loading")):
            analysis.analyser()
    except ModelError as error:
        notice(explain(error, language()), "bad")
        notice(t("disabled"))
        return False
    return True


def owner(t: Words) -> str:
    """Whose clip it is: ``own`` or ``other``."""
    draw('<h2 class="p-h3">{title}</h2>', title=t("whose"))
    options = ("own", "other")
    chosen = st.radio(
        t("whose"), options, index=options.index(st.session_state.get(OWNER, "own")),
        key="owner", format_func=t, captions=[t(f"{o}_caption") for o in options],
        horizontal=True, label_visibility="collapsed", width="stretch")
    st.session_state[OWNER] = chosen
    return chosen


def permitted(t: Words, whose: str) -> bool:
    """Whether the clip may be read at all. Of somebody else's the gate is asked, before anything
    is uploaded and before a network is loaded."""
    if whose == "own":
        draw('<p class="p-small">{text}</p>', text=t("own_said"))
        return True
    left, right = st.columns(2)
    d, named = words("desk"), words("place")
    purpose = left.selectbox(t("purpose"), OTHERS, key="purpose",
                             format_func=lambda p: d(f"purpose.{p}"))
    place = right.selectbox(t("place"), ("", *places()), key="place",
                            format_func=lambda p: named(p) if p else t("place_none"))
    if not place:
        draw('<p class="p-small">{text}</p>', text=t("place_first"))
        return False
    # In recruitment a consent counts only where the desk has it on record.
    open_to = purpose != "recruitment"
    answer = read(purpose, place, open_to)
    st.html(fill('<div class="p-note {kind}" role="status"><b>{title}</b>'
                 '<p class="p-plain">{reason}</p><p class="p-small">{source}</p></div>',
                 kind="calm" if answer.allowed else "warn",
                 title=t("gate.consent" if answer.allowed else "gate.closed"),
                 reason=answer.reason[language()],
                 source=d("gate.source", source=answer.source)))
    if purpose == "recruitment":
        draw('<p class="p-small">{text}</p>', text=t("gate.desk"))
        st.page_link("pages/desk.py", label=t("to_desk"), icon=":material/groups:")
    if not answer.allowed:
        return False
    draw('<p class="p-small">{text}</p>', text=t("law.rule"))
    agreed = st.checkbox(t("consent"), key="consent", value=st.session_state.get(CONSENT, False))
    st.session_state[CONSENT] = agreed
    if not agreed:
        draw('<p class="p-small">{text}</p>', text=t("consent_first"))
    return agreed and read(purpose, place, agreed).allowed


def read(purpose: str, place: str, consent: bool) -> Permission:
    """What the gate says of a report for whoever uploads: it has expressions and scores, so that
    the stricter answer of the two counts."""
    found = features_allowed(purpose, place, "reviewer", consent)
    return min((found[f] for f in (EXPRESSIONS, "scores")), key=lambda p: p.allowed)


def clip(t: Words, ready: bool, whose: str) -> None:
    """Take one clip, show it, and start its analysis."""
    with st.container(key="drop"):
        relabel({".st-key-drop section button p": t("choose"),
                 '.st-key-drop [data-testid="stFileUploaderDropzoneInstructions"] span':
                 t("limit")})
        uploaded = st.file_uploader(t("clip"), analysis.KINDS, key="clip", disabled=not ready,
                                    on_change=analysis.forget_failure)
    if uploaded is None:
        return
    size, name = uploaded.size / 1e6, safe_name(uploaded.name)
    pictures = st.checkbox(t(f"pictures_{whose}"), key=f"pictures_{whose}",
                           help=words("practice")("pictures_help"))
    keep = size < PREVIEW_LIMIT and st.checkbox(
        t("keep_recording"), key="keep_recording", help=t("keep_recording_help"))
    sound = st.checkbox(t("sound"), whose == "own", key="sound" if whose == "own"
                        else "sound_other", help=t("sound_help"))
    said = sound and analysis.writes_words() and st.checkbox(
        t(f"words_{whose}"), key=f"words_{whose}", help=t("words_help"))
    st.button(t("analyse"), type="primary", key="analyse", icon=":material/iron:",
              disabled=not ready, on_click=analysis.start, args=(uploaded, name),
              kwargs={"pictures": pictures, "sound": sound, "words": said, "keep": keep})
    draw('<p class="p-small">{text}</p>', text=t("keep_recording_help" if keep else "deleted"))
    if PurePath(name).suffix.lower().lstrip(".") in PLAYABLE and size < PREVIEW_LIMIT:
        st.video(uploaded)
    draw('<p class="p-small">{text}</p>', text=t("no_preview"))


def tips(t: Words) -> None:
    items = "".join(fill("<li>{text}</li>", text=t(f"tips.{n}")) for n in (1, 2, 3, 4))
    st.html('<div class="p-card">' + fill("<h3>{title}</h3>", title=t("tips.title"))
            + f'<ul class="p-list good">{items}</ul></div>')


with frame.page("upload") as t:
    body(t)
