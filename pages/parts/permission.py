"""May this person's face be read? Whose it is, what for and where; then the gate's answer."""

import streamlit as st

from fer_core import EXPRESSIONS, Permission, features_allowed, places
from pages.parts.speech import Words, draw, fill, language, words

WHOSE = "poise.whose"
CONSENT = "poise.consent"
OTHERS = ("training", "recruitment")


def whose(t: Words) -> str:
    """Whose face it is: ``own`` or ``other``. What is asked is in the page's own words."""
    draw('<h2 class="p-h3">{title}</h2>', title=t("whose"))
    options = ("own", "other")
    chosen = st.radio(
        t("whose"), options, index=options.index(st.session_state.get(WHOSE, "own")),
        key="whose", format_func=t, captions=[t(f"{o}_caption") for o in options],
        horizontal=True, label_visibility="collapsed", width="stretch")
    st.session_state[WHOSE] = chosen
    return chosen


def granted(t: Words, whose: str) -> bool:
    """Whether it may be read at all. Of somebody else's the gate is asked, before anything is
    uploaded and before a network is loaded."""
    if whose == "own":
        draw('<p class="p-small">{text}</p>', text=t("own_said"))
        return True
    left, right = st.columns(2)
    d, named, u = words("desk"), words("place"), words("upload")
    purpose = left.selectbox(u("purpose"), OTHERS, key="purpose",
                             format_func=lambda p: d(f"purpose.{p}"))
    place = right.selectbox(u("place"), ("", *places()), key="place",
                            format_func=lambda p: named(p) if p else u("place_none"))
    if not place:
        draw('<p class="p-small">{text}</p>', text=u("place_first"))
        return False
    # In recruitment a consent counts only where the desk has it on record.
    open_to = purpose != "recruitment"
    answer = _read(purpose, place, open_to)
    st.html(fill('<div class="p-note {kind}" role="status"><b>{title}</b>'
                 '<p class="p-plain">{reason}</p><p class="p-small">{source}</p></div>',
                 kind="calm" if answer.allowed else "warn",
                 title=u("gate.consent" if answer.allowed else "gate.closed"),
                 reason=answer.reason[language()],
                 source=d("gate.source", source=answer.source[language()])))
    if purpose == "recruitment":
        draw('<p class="p-small">{text}</p>', text=u("gate.desk"))
        st.page_link("pages/desk.py", label=u("to_desk"), icon=":material/groups:")
    if not answer.allowed:
        return False
    draw('<p class="p-small">{text}</p>', text=u("law.rule"))
    agreed = st.checkbox(t("consent"), key="consent", value=st.session_state.get(CONSENT, False))
    st.session_state[CONSENT] = agreed
    if not agreed:
        draw('<p class="p-small">{text}</p>', text=t("consent_first"))
    return agreed and _read(purpose, place, agreed).allowed


def _read(purpose: str, place: str, consent: bool) -> Permission:
    """What the gate says of a report for whoever uploads: it has expressions and scores, so that
    the stricter answer of the two counts."""
    found = features_allowed(purpose, place, "reviewer", consent)
    return min((found[f] for f in (EXPRESSIONS, "scores")), key=lambda p: p.allowed)
