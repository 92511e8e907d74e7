"""The clips of an opening: many in, a row for each."""

from pathlib import Path
from typing import Any

import streamlit as st

from fer_core import ENDED, Clip, DeskSettings, Opening, Person, Taken, Thing, explain, may
from pages.parts import room, uploads
from pages.parts.speech import Words, draw, fill, guarded, language, words

ROUND, TAKEN = "poise.desk_round", "poise.desk_taken"
POLL = 2.0
"""s between looks at the queue."""
ICONS = {"queued": "·", "running": "▶", "done": "✓", "failed": "✕", "cancelled": "–",
         "set_aside": "!"}


def clips(t: Words, person: Person, shown: Opening) -> None:
    people = room.desk().candidates.list(person, shown.id)
    if may(person, "clip.add", Thing(shown.id)):
        taking(t, person, shown, {c.id: c.name or str(c.number) for c in people})
    queue(person, shown.id, {c.id: c.number for c in people})


def taking(t: Words, person: Person, shown: Opening, people: dict[str, str]) -> None:
    """Files, folders, ZIPs from this computer, or a folder of the server."""
    folders = DeskSettings().folders
    said(t, person, shown)
    with st.container(key="taking", border=True):
        ways = ("files", "server")
        way = st.segmented_control(t("take.way"), ways, key="take_way", required=True,
                                   default="files", format_func=lambda w: t(f"take.{w}")
                                   ) if folders else "files"
        if way == "server":
            within(t, person, shown, folders)
            return
        whose = st.selectbox(t("take.whose"), ("", *people), key="take_whose",
                             format_func=lambda n: people[n] if n else t("take.each"),
                             help=t("take.each_help")) if people else ""
        still, desk = room.still(), room.desk()
        turn = st.session_state.setdefault(ROUND, 0)
        sent = uploads.sending(
            desk.inbox, f"take_files_{turn}", t("take.files_label"), f"{person.id} {shown.id}",
            lambda: desk.clips.admits(room.surely(still()), shown.id), several=True)
        if st.button(t("take.go", count=len(sent)), key="take_go", type="primary",
                     disabled=not len(sent), icon=":material/playlist_add:"):
            with guarded():
                collect(t, person, shown, desk.batches.take_files(
                    person, shown.id, sent.opened(), whose))
                st.session_state[ROUND] = turn + 1
                st.rerun()


def within(t: Words, person: Person, shown: Opening, folders: tuple[Path, ...]) -> None:
    """A folder of the server, within those that whoever runs it has named."""
    left, right = st.columns([2, 3])
    home: Path = left.selectbox(t("take.home"), folders, key="take_home", format_func=str)
    inner = right.text_input(t("take.inner"), key="take_inner", help=t("take.inner_help"))
    if st.button(t("take.go_folder"), key="take_folder", type="primary",
                 icon=":material/playlist_add:"):
        with guarded():
            collect(t, person, shown, room.desk().batches.take_folder(
                person, shown.id, home / inner.strip().lstrip("/\\")))
            st.rerun()


def collect(t: Words, person: Person, shown: Opening, taken: Any) -> None:
    """Take a batch in, saying how far it is."""
    found: list[Taken] = []
    st.session_state[TAKEN] = shown.id, found
    with st.status(t("take.busy"), expanded=True) as status:
        for one in taken:
            found.append(one)
            status.update(label=t("take.so_far", count=len(found), name=one.name))


def said(t: Words, person: Person, shown: Opening) -> None:
    """What became of the last batch: how many came in, what was refused and why, and which were
    there already."""
    where, found = st.session_state.get(TAKEN, ("", []))
    if where != shown.id or not found:
        return
    new = [one for one in found if one.clip and not one.known]
    lines = [fill("<li><b>{name}</b> {text}</li>", name=one.name,
                  text=explain(one.error, language()))
             for one in found if one.error]
    rows = {clip.id: clip for clip in room.desk().clips.list(person, shown.id)}
    for one in found:
        if one.known and one.clip in rows:
            lines.append(fill("<li><b>{name}</b> {text}</li>", name=one.name, text=t(
                "take.known", state=t(f"state.{rows[one.clip].state}"),
                earlier=rows[one.clip].name or "")))
    st.html(fill('<div class="p-note {kind}" role="status"><b>{title}</b>',
                 kind="warn" if lines else "good", title=t("take.done", count=len(new)))
            + (f"<ul>{''.join(lines)}</ul>" if lines else "") + "</div>")


@st.fragment(run_every=POLL)
def queue(person: Person, opening: str, numbers: dict[str, int]) -> None:
    """A row for each clip, as far as it is. Looked at again and again without a line in the log:
    it tells nothing of anybody."""
    t = words("desk")
    with guarded():
        rows = room.desk().clips.list(person, opening)
        if any(clip.candidate not in numbers for clip in rows):
            st.rerun()
        draw('<h2 class="p-h2">{title}</h2>', title=t("queue.title", count=len(rows)))
        if not rows:
            draw('<div class="p-empty"><p class="p-lead">{text}</p></div>', text=t("queue.empty"))
            return
        states = [clip.state for clip in rows]
        open_ = sum(state not in ENDED for state in states)
        draw('<p class="p-small" role="status">{text}</p>', text=t(
            "queue.count", done=states.count("done"), open=open_,
            failed=len(states) - states.count("done") - open_))
        if "queued" in states and "running" not in states:
            draw('<p class="p-small">{text}</p>', text=t("queue.worker"))
        changes = may(person, "clip.change", Thing(opening))
        for clip in rows:
            row(t, person, clip, numbers[clip.candidate], changes)


def row(t: Words, person: Person, clip: Clip, number: int, changes: bool) -> None:
    """One clip."""
    with st.container(key=f"clip_{clip.id}", border=True, horizontal=True,
                      vertical_alignment="center"):
        st.html(markup(t, clip, number))
        if not changes:
            return
        if clip.state in ENDED:
            if st.button(t("queue.retry"), key=f"retry_{clip.id}", icon=":material/refresh:",
                         help=t("queue.retry_help") if clip.measured else None):
                room.desk().clips.retry(person, clip.id)
                st.rerun(scope="fragment")
        elif st.button(t("queue.cancel"), key=f"cancel_{clip.id}",
                       icon=":material/stop_circle:"):
            room.desk().clips.cancel(person, clip.id)
            st.rerun(scope="fragment")


def markup(t: Words, clip: Clip, number: int) -> str:
    """Whose, what, how far, and why not."""
    how = t(f"state.{clip.state}")
    if clip.state == "running" and clip.fraction is not None:
        how += f" · {clip.fraction:.0%}"
    if clip.state == "running" and clip.remaining is not None:
        how += " · " + words("upload")("left_seconds", count=max(1, round(clip.remaining)))
    bar = fill('<div class="p-bar" role="progressbar" aria-valuemin="0" aria-valuemax="100" '
               'aria-valuenow="{n}" aria-label="{label}"><i style="width:{n}%"></i></div>',
               n=round(100 * clip.fraction), label=t("queue.progress")) if (
        clip.state == "running" and clip.fraction is not None) else ""
    why = fill("<p>{text}</p>", text=explain(clip.failure, language())) if clip.failure else ""
    return fill('<div class="p-row p-clip {state}"><b>{who}</b><span>{icon} {how} · {name}{size}'
                "</span>", state=clip.state, who=t("candidate", n=number), icon=ICONS[clip.state],
                how=how, name=f"{clip.name} · " if clip.name else "",
                size=f"{clip.size / 1e6:.1f} MB") + bar + why + "</div>"


