"""The diary of one's practice: how one felt before and after, and a line of one's own.

Nothing here is measured or scored, and no day that was let go is told."""

from collections.abc import Collection, Sequence
from datetime import date, timedelta

import streamlit as st

from fer_core import FEELINGS, Entry, Feeling, Filter, Photo, Session, Store, Traits, identity
from pages.parts import analysis, faces, history
from pages.parts.clock import local, today
from pages.parts.speech import Words, draw, fill, words

LONGEST = 300
"""Characters of the line."""
NEAR = 3
"""Days by which a year ago may be missed."""


def ask(label: str, key: str, traits: Traits | None, default: Feeling | None) -> Feeling | None:
    """Five faces to choose from; none need be chosen."""
    t = words("diary")
    named = {value: faces.labelled(mood, sign, traits) + " " + t(f"feeling.{value}")
             for value, (sign, mood) in faces.MOODS.items()}
    chosen: Feeling | None = st.segmented_control(
        label, FEELINGS, default=default, key=key, format_func=named.__getitem__, width="stretch",
        wrap=True)
    return chosen


def before() -> None:
    """Before a round; kept with the session that comes of it. Nothing where none is kept."""
    if history.keeping():
        st.session_state[history.FELT] = ask(words("diary")("before"), "felt_before", faces.own(),
                                             st.session_state.get(history.FELT))


def after(session: Session) -> None:
    """On the report: the line and the feelings of a session that is kept."""
    if not history.keeping():
        return
    t, number = words("diary"), identity(session)
    found = history.store().list(Filter(id=number))
    if not found:
        return
    entry, traits = found[0], faces.own()
    with st.container(key="diary"), st.form(f"diary_{number}", border=False):
        draw('<h3 class="p-h3">{title}</h3>', title=t("title"))
        felt = (ask(t("was_before"), f"before_{number}", traits, entry.before) if session.answers
                else None)
        feels = ask(t("after"), f"after_{number}", traits, entry.after)
        line = st.text_input(t("line"), entry.note, key=f"line_{number}", max_chars=LONGEST,
                             placeholder=t("line_hint"))
        if st.form_submit_button(t("keep"), icon=":material/edit_note:"):
            history.store().change(number, note=line, before=felt or 0, after=feels or 0)
            draw('<p class="p-small" role="status">{text}</p>', text=t("kept"))


def told(entry: Entry, traits: Traits | None) -> str:
    """How one felt, in a row of the list, by the faces of one's emoticon where there is one;
    empty where nothing was said."""
    t = words("diary")
    felt = " → ".join(faces.drawn(mood, sign, traits) for sign, mood in (
        faces.MOODS[one] for one in (entry.before, entry.after) if one))
    said = ", ".join(t(f"told_{when}", feeling=t(f"feeling.{value}")) for when, value in (
        ("before", entry.before), ("after", entry.after)) if value)
    return fill('<em class="p-felt" role="img" aria-label="{said}" title="{said}">',
                said=said) + f"{felt}</em>" if felt else ""


def tally(entries: Sequence[Entry]) -> None:
    """How often one practised: what was done, and a run of days only while it lasts."""
    days = {local(e.created).date() for e in entries}
    if not days:
        return
    t, month, run = words("diary"), today().replace(day=1), running(days, today())
    lines = [t("days", count=len(days), sessions=len(entries))]
    if here := len({day for day in days if day >= month}):
        lines.append(t("month", count=here))
    if run > 1:
        lines.append(t("run", count=run))
    draw('<p class="p-small">{text}</p>', text=" ".join(lines))


def running(days: Collection[date], now: date) -> int:
    """Days in a row up to today, or up to yesterday while today is not over."""
    day = now if now in days else now - timedelta(days=1)
    count = 0
    while day in days:
        count, day = count + 1, day - timedelta(days=1)
    return count


def year_ago(t: Words, store: Store, entries: Sequence[Entry], traits: Traits | None) -> None:
    """What one wrote a year ago, on the day or near it."""
    d, now = words("diary"), today()
    then = now.replace(year=now.year - 1, day=min(now.day, 28 if now.month == 2 else now.day))
    near = [e for e in entries if abs((local(e.created).date() - then).days) <= NEAR]
    photos = store.photos(then - timedelta(days=NEAR), then + timedelta(days=NEAR + 1))
    if not near and not photos:
        return
    with st.container(key="year_ago", horizontal=True, vertical_alignment="center"):
        if photos:
            photo: Photo = min(photos, key=lambda p: abs((p.day - then).days))
            st.image(photo.picture, width=96)
            draw('<div class="p-row"><b>{title}</b><span>{day}</span><p>{note}</p></div>',
                 title=d("year_ago"), day=photo.day.isoformat(), note=photo.note)
        if near:
            entry = min(near, key=lambda e: abs((local(e.created).date() - then).days))
            st.html(fill('<div class="p-row"><b>{title}</b><span>{day} · {name}</span>',
                         title=d("year_ago"), name=entry.name,
                         day=local(entry.created).date().isoformat()) + told(entry, traits)
                    + (fill("<p>{note}</p>", note=entry.note) if entry.note else "") + "</div>")
            if st.button(t("open"), key=f"ago_{entry.id}", icon=":material/description:"):
                analysis.reopen(store.load(entry.id))
