"""Links for outside reviewers: made, listed, ended; and what whoever comes by one sees."""

from datetime import UTC, datetime
from urllib.parse import urlsplit

import streamlit as st

from fer_core import MOST_DAYS, Opening, Person
from pages.parts import once, room
from pages.parts.clock import local
from pages.parts.review.player import player
from pages.parts.speech import Words, draw, guarded, notice

HERE = "poise.review_guest"


def sharing(t: Words, person: Person, shown: Opening, clips: dict[str, str]) -> None:
    """For leads.

    Args:
        clips: clip -> how it is called.
    """
    desk = room.desk()
    draw('<h2 class="p-h2">{title}</h2><p class="p-small">{text}</p>', title=t("share.title"),
         text=t("share.lead"))
    place = f"share_{shown.id}"
    token = once.told(place)
    if isinstance(token, str) and desk.shares.guest(token, again=True):  # not ended meanwhile
        notice(t("share.made"), "good")
        at = urlsplit(st.context.url or "")
        st.code(f"{at.scheme}://{at.netloc}{at.path}?share={token}", language=None,
                wrap_lines=True)
        once.close(place)
    with st.form("share", border=False, clear_on_submit=True), guarded():
        left, right = st.columns(2)
        label = left.text_input(t("share.label"), key="share_label", max_chars=80)
        days = right.number_input(t("share.days"), 1, MOST_DAYS, 7, key="share_days")
        clip = st.selectbox(t("share.what"), [None, *clips], key="share_clip",
                            format_func=lambda c: t("share.all") if c is None else clips[c])
        if st.form_submit_button(t("share.make"), key="share_make", icon=":material/link:"):
            once.tell(place, desk.shares.make(person, shown.id, label, int(days), clip))
            st.rerun()
    for one in desk.shares.list(person, shown.id):
        over = one.revoked is not None or one.expires <= datetime.now(UTC)
        with st.container(key=f"row_{one.id}", border=True, horizontal=True,
                          vertical_alignment="center"):
            state = "revoked" if one.revoked else "over" if over else "until"
            draw('<div class="p-row"><b>{label}</b><span>{what} · {state}</span></div>',
                 label=one.label, what=t("share.all") if one.clip is None
                 else clips.get(one.clip, t("share.one")),
                 state=t(f"share.{state}", day=local(one.expires).strftime("%Y-%m-%d %H:%M")))
            if not over and st.button(t("share.revoke"), key=f"revoke_{one.id}"):
                desk.shares.revoke(person, shown.id, one.id)
                st.rerun()


def visit(t: Words, token: str) -> None:
    """What a link opens: its clips and their questions, under a watermark; no name, no rating,
    no reading."""
    desk = room.desk()
    found = desk.shares.guest(token, again=st.session_state.get(HERE) == token)
    if found is None:
        room.closed(t("guest.over"), t("guest.over_title"))
        return
    st.session_state[HERE] = token
    guest, label = found
    title, questions = desk.shares.questions(guest)
    draw('<h1 class="p-h1">{title}</h1><p class="p-lead">{lead}</p>', title=title,
         lead=t("guest.lead", name=label))
    clips = desk.shares.clips(guest)
    if not clips:
        draw('<div class="p-empty"><p class="p-lead">{text}</p></div>', text=t("guest.none"))
        return
    clip = clips[0] if len(clips) == 1 else st.selectbox(
        t("guest.choose"), clips, key="guest_clip",
        format_func=lambda c: t("clip", n=clips.index(c) + 1))
    day = local(datetime.now(UTC)).strftime("%Y-%m-%d")
    player(t, guest, lambda: (desk.shares.guest(token, again=True) or (None,))[0], questions, clip,
           watermark=f"{label} · {day}")
