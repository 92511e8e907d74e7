"""History: a calendar, a list, how the scores went, and what becomes of it all."""

from collections.abc import Sequence
from datetime import date, timedelta

import streamlit as st

from fer_core import (
    HEADLINE,
    Entry,
    Filter,
    Kind,
    Profile,
    Restored,
    StorageError,
    Store,
    Traits,
    explain,
    pack_history,
    restore_history,
    say,
)
from pages.parts import analysis, diary, downloads, faces, frame, history, profiles, room
from pages.parts.calendar import DAY, bounds, calendar, counts, shown_month, view, year
from pages.parts.cards import reading
from pages.parts.clock import begins, local, today
from pages.parts.day_photo import day_photo
from pages.parts.speech import Words, draw, drop_zone, fill, language, notice
from pages.parts.trends import compare, trend

SHOWN, OPEN, IMPORTED = "poise.history_shown", "poise.history_open", "poise.history_imported"
DELETED = "poise.history_deleted"
STEP = 10
KINDS: tuple[Kind | None, ...] = (None, "practice", "clip")
# Comments, because Streamlit shows a page's lone strings.
KEPT = (None, 7, 30, 90, 365)  # days; choices of the deletion age


def body(t: Words) -> None:
    if room.team():
        room.closed(t("team"), t("title"))
        return
    draw('<h1 class="p-h1">{title}</h1><p class="p-lead">{lead}</p>', title=t("title"),
         lead=t("lead"))
    history.complaint()
    store = history.store()
    brought: Restored | None = st.session_state.pop(IMPORTED, None)
    if brought is not None:
        came = [t("imported", sessions=brought.sessions, photos=brought.photos)] if (
            brought.sessions or brought.photos) else []
        came += [t("imported_profile")] if brought.profile else []
        notice(" ".join(came) or t("imported_nothing"), "good" if came else "calm")
    everything, traits = store.list(), faces.own()
    month = shown_month()
    since, until = bounds(month)
    photos = store.photos(month, until.date())
    diary.year_ago(t, store, everything, traits)
    left, right = st.columns([5, 4], gap="large")
    with left:
        if view(t) == "year":
            year(t, everything)
        else:
            calendar(t, [e for e in everything if since <= e.created < until], photos, traits)
        diary.tally(everything)
    with right:
        day_photo(t, store, photos)
    if not everything:
        empty(t)
    else:
        wanted = filters(t, everything)
        found = everything if wanted == Filter() else store.list(wanted)
        with right:
            counts(t, found, traits)
        trend(t, store, found)
        sessions(t, store, found, traits)
    take_along(t, store)
    keeping(t, store, bool(everything or photos) or profiles.mine() != Profile())


def empty(t: Words) -> None:
    """No session yet: where to get one."""
    draw('<div class="p-empty"><p class="p-lead">{text}</p></div>', text=t("empty"))
    with st.container(key="cta", horizontal=True):
        st.page_link("pages/practice.py", label=t("to_practice"), icon=":material/videocam:")
        st.page_link("pages/upload.py", label=t("to_upload"), icon=":material/movie:")


def filters(t: Words, entries: Sequence[Entry]) -> Filter:
    """What the person is looking for."""
    tags = sorted({tag for e in entries for tag in e.tags})
    one, two, three = st.columns([3, 2, 2])
    text = one.text_input(t("search"), key="search", placeholder=t("search_hint"))
    kind: Kind | None = two.selectbox(t("kind"), KINDS, key="kind",
                                      format_func=lambda k: t(f"kind_{k or 'all'}"))
    tag = three.selectbox(t("tag"), ("", *tags), key="tag", disabled=not tags,
                          format_func=lambda name: name or t("tag_all"))
    day: date | None = st.session_state.get(DAY)
    if day is None:
        return Filter(text, kind, tag)
    draw('<p class="p-small">{text}</p>', text=t("only_day", date=day.isoformat()))
    return Filter(text, kind, tag, begins(day), begins(day + timedelta(days=1)))


def sessions(t: Words, store: Store, entries: Sequence[Entry], traits: Traits | None) -> None:
    """The list, newest first, ten at a time; one opened, two compared."""
    draw('<h2 class="p-h2">{title}</h2>', title=t("list", count=len(entries)))
    if not entries:
        notice(t("none_found"))
        return
    marked = [e for e in entries if st.session_state.get(f"mark_{e.id}")]
    if len(marked) == 2:
        compare(t, store, entries, *sorted(marked, key=lambda e: e.created))
    elif marked:
        draw('<p class="p-small">{text}</p>', text=t("compare_hint"))
    shown = st.session_state.setdefault(SHOWN, STEP)
    for entry in entries[:shown]:
        row(t, store, entry, traits)
    if shown < len(entries) and st.button(t("more", count=len(entries) - shown), key="more"):
        st.session_state[SHOWN] = shown + STEP
        st.rerun()


def row(t: Words, store: Store, entry: Entry, traits: Traits | None) -> None:
    """One session."""
    with st.container(key=f"row_{entry.id}", border=True):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.checkbox(t("mark"), key=f"mark_{entry.id}", label_visibility="collapsed")
            scores = " · ".join(
                f"{say(f'score.{n}.label', language())} "
                + reading(s)
                for n, s in entry.scores.items() if n in HEADLINE)
            tags = "".join(fill('<em class="p-tag">{tag}</em>', tag=tag) for tag in entry.tags)
            st.html(fill('<div class="p-row"><b>{name}</b><span>{when} · {kind} · {scores}</span>',
                         name=entry.name, when=local(entry.created).strftime("%Y-%m-%d %H:%M"),
                         kind=t(f"kind_{entry.kind}"), scores=scores)
                    + diary.told(entry, traits) + tags
                    + (fill("<p>{note}</p>", note=entry.note) if entry.note else "") + "</div>")
            if st.button(t("open"), key=f"open_{entry.id}", icon=":material/description:"):
                analysis.reopen(store.load(entry.id))
            opened = st.session_state.get(OPEN) == entry.id
            if st.button(t("close" if opened else "manage"), key=f"manage_{entry.id}",
                         icon=":material/edit:"):
                st.session_state[OPEN] = None if opened else entry.id
                st.rerun()
        if st.session_state.get(OPEN) == entry.id:
            manage(t, store, entry)


def manage(t: Words, store: Store, entry: Entry) -> None:
    """Rename, note, tag, export, delete."""
    with st.form(f"edit_{entry.id}", border=False):
        name = st.text_input(t("name"), entry.name, key=f"name_{entry.id}", max_chars=200)
        note = st.text_area(t("note"), entry.note, key=f"note_{entry.id}", max_chars=5000)
        tags = st.text_input(t("tags"), ", ".join(entry.tags), key=f"tags_{entry.id}",
                             help=t("tags_help"))
        if st.form_submit_button(t("save"), type="primary", key=f"save_{entry.id}"):
            store.change(entry.id, name=name, note=note, tags=tags.split(","))
            st.session_state[OPEN] = None
            st.rerun()
    downloads.downloads(store.load(entry.id), language())
    sure = st.checkbox(t("delete_sure"), key=f"sure_{entry.id}")
    if st.button(t("delete"), key=f"delete_{entry.id}", disabled=not sure,
                 icon=":material/delete_forever:"):
        store.delete([entry.id])
        shown = st.session_state.get(analysis.SESSION)
        if shown is not None and shown.created and entry.created == local(shown.created):
            del st.session_state[analysis.SESSION]
        st.rerun()


def take_along(t: Words, store: Store) -> None:
    """Everything in one file, and back."""
    with st.expander(t("along"), key="along", on_change="rerun"):
        draw('<p class="p-small">{text}</p>', text=t("along_about"))
        who = profiles.person() or ""
        st.download_button(t("export"), lambda: pack_history(store, who), on_click="ignore",
                           file_name=f"poise-{today().isoformat()}.zip", mime="application/zip",
                           key="export", icon=":material/folder_zip:")
        with drop_zone(t):
            given = st.file_uploader(t("import_file"), "zip", key="import_file",
                                     max_upload_size=2000)
        if given is None or not st.button(t("import"), key="import", icon=":material/upload:"):
            return
        try:
            with st.spinner(t("importing")):
                found = restore_history(store, who, given)
        except StorageError as error:
            notice(explain(error, language()), "bad")
            return
        st.session_state[IMPORTED] = found
        st.rerun()


def keeping(t: Words, store: Store, anything: bool) -> None:
    """Whether sessions are kept, for how long, and the end of them all."""
    # The server knows whether it is open: a sentence that comes or goes above would close it.
    with st.expander(t("keeping"), key="keeping", on_change="rerun"):
        st.session_state[history.KEEP] = st.toggle(
            t("keep"), history.keeping(), key="keep", help=t("keep_help"))
        age = store.keep_days
        choices = KEPT if age in KEPT else (*KEPT, age)
        chosen = st.selectbox(t("age"), choices, choices.index(age), key="age", format_func=lambda
                              days: t("age_never") if days is None else t("age_days", days=days))
        if chosen != age:
            store.keep_days = chosen
            st.rerun()
        sure = st.checkbox(t("delete_all_sure"), key="sure_all", disabled=not anything)
        if st.button(t("delete_all"), key="delete_all", disabled=not (anything and sure),
                     icon=":material/delete_forever:"):
            store.delete_all()
            st.session_state.pop(analysis.SESSION, None)
            st.session_state[DELETED] = True
            st.rerun()
        if st.session_state.pop(DELETED, False):
            notice(t("deleted_all"), "good")


with frame.page("history") as t:
    body(t)
