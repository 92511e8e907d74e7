"""Home: what Poise does and does not do, consent, and where to go."""

import streamlit as st

from fer_core import Settings
from pages.parts import art, frame, profiles, room
from pages.parts.speech import Words, draw, fill

ARRIVED = "poise.arrived"


def body(t: Words) -> None:
    if room.team() and not st.session_state.get(ARRIVED):
        st.session_state[ARRIVED] = True  # the sign-in comes back here; a team begins at the desk
        st.switch_page("pages/desk.py")
    hero(t)
    profiles.prepare()
    draw('<h2 class="p-h2">{title}</h2>', title=t("steps.title"))
    cards([fill('<div class="p-step">{n}</div><h3>{title}</h3><p>{text}</p>', n=n,
                title=t(f"steps.{n}.title"), text=t(f"steps.{n}.text")) for n in (1, 2, 3)])
    cards([bullets(t, "does", "good"), bullets(t, "doesnot", "warn")])
    draw('<h2 class="p-h2">{title}</h2>', title=t("trust.title"))
    needed = Settings().scoring
    cards([fill("<h3>{title}</h3><p>{text}</p>", title=t(f"{key}.title"), text=t(
        f"{key}.text", seconds=needed.min_seconds, percent=round(100 * needed.min_coverage)))
           for key in ("consent", "privacy", "honest")])


def hero(t: Words) -> None:
    """The promise, its picture and the ways in."""
    with st.container(key="hero"):
        st.html(art.creases(0.3, width=360))
        draw('<div class="p-hero"><span class="p-kicker">{kicker}</span><h1>{title}</h1>'
             "<p>{lead}</p></div>", kicker=t("hero.kicker"), title=t("hero.title"),
             lead=t("hero.lead"))
        with st.container(key="cta", horizontal=True, gap="small"):
            st.page_link("pages/practice.py", label=t("cta.practice"), icon=":material/videocam:")
            st.page_link("pages/upload.py", label=t("cta.analyse"), icon=":material/movie:")
            st.page_link("pages/report.py", label=t("cta.sample"),
                         icon=":material/description:", query_params={"sample": "1"})


def bullets(t: Words, key: str, kind: str) -> str:
    items = "".join(fill("<li>{text}</li>", text=t(f"{key}.{n}")) for n in (1, 2, 3))
    return fill('<h3>{title}</h3><ul class="p-list {kind}">', title=t(f"{key}.title"),
                kind=kind) + items + "</ul>"


def cards(contents: list[str]) -> None:
    """Cards of equal height side by side; below each other on a narrow screen."""
    st.html('<div class="p-cards">'
            + "".join(f'<div class="p-card">{c}</div>' for c in contents) + "</div>")


with frame.page("home") as t:
    body(t)
