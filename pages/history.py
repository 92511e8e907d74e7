"""History: a calendar, a list, how the scores went, and what becomes of it all."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from io import BytesIO

import numpy as np
import streamlit as st
from numpy.typing import NDArray
from PIL import Image

from fer_core import (
    Change,
    Entry,
    Filter,
    Gap,
    Kind,
    Photo,
    PoiseError,
    Score,
    Store,
    change,
    explain,
    gap_change,
    look,
    safe_name,
    say,
    trend_figure,
)
from pages.parts import analysis, downloads, frame, history
from pages.parts.calendar import DAY, bounds, calendar, counts, local, shown_month
from pages.parts.speech import Words, draw, fill, language, notice

SHOWN, OPEN, COMPARED = "poise.history_shown", "poise.history_open", "poise.history_compared"
STEP = 10
KINDS: tuple[Kind | None, ...] = (None, "practice", "clip")
# Comments, because Streamlit shows a page's lone strings.
KEPT = (None, 7, 30, 90, 365)  # days; choices of the deletion age
THUMBNAIL = 320  # px; longer side of a kept photo


def body(t: Words) -> None:
    draw('<h1 class="p-h1">{title}</h1><p class="p-lead">{lead}</p>', title=t("title"),
         lead=t("lead"))
    history.complaint()
    store = history.store()
    everything = store.list()
    month = shown_month()
    since, until = bounds(month)
    photos = store.photos(month, until.date())
    left, right = st.columns([5, 4], gap="large")
    with left:
        calendar(t, [e for e in everything if since <= e.created < until], photos)
    with right:
        _day(t, store, photos)
    if not everything:
        empty(t)
    else:
        wanted = filters(t, everything)
        found = everything if wanted == Filter() else store.list(wanted)
        with right:
            counts(t, found)
        trend(t, found)
        sessions(t, store, found)
    keeping(t, store, bool(everything) or bool(photos))


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
    start = datetime.combine(day, time()).astimezone()
    draw('<p class="p-small">{text}</p>', text=t("only_day", date=day.isoformat()))
    return Filter(text, kind, tag, start,
                  datetime.combine(day + timedelta(days=1), time()).astimezone())


def trend(t: Words, entries: Sequence[Entry]) -> None:
    """Each score from session to session, and whether the last step is a real one."""
    if len(entries) < 2:
        return
    draw('<h2 class="p-h2">{title}</h2>', title=t("trend"))
    st.plotly_chart(trend_figure(entries, language()), key="trend",
                    config={"displayModeBar": False})
    lines = [line for name in entries[0].scores
             for line in (_step(t, entries[1], entries[0], name),) if line]
    lines += [line for name in ("confidence", "composure")
              for line in (_gap_step(t, entries, name),) if line]
    st.html("<ul class='p-facts'>" + "".join(fill("<li>{line}</li>", line=x) for x in lines)
            + "</ul>")


def _step(t: Words, before: Entry, after: Entry, name: str) -> str | None:
    """From one session to the next, in words."""
    if name not in before.scores:
        return None
    found = change(before.scores[name], after.scores[name])
    return None if found is None else _told(t, found, say(f"score.{name}.label", language()))


def _told(t: Words, found: Change, label: str) -> str:
    key = "same" if not found.real else "up" if found.delta > 0 else "down"
    return t(f"change.{key}", label=label, before=f"{found.before:.0f}",
             after=f"{found.after:.0f}", least=f"{found.least:.0f}")


def _gap_step(t: Words, entries: Sequence[Entry], name: str) -> str | None:
    """Whether the own rating comes closer to the measured score, first to last."""
    rated = [g for e in reversed(entries) for g in (_gap(e, name),) if g is not None]
    if len(rated) < 2:
        return None
    found = gap_change(rated[0], rated[-1])
    key = "same" if not found.real else "closing" if found.delta < 0 else "opening"
    return t(f"gap.{key}", label=say(f"score.{name}.label", language()),
             before=f"{abs(rated[0].value):.0f}", after=f"{abs(rated[-1].value):.0f}")


def _gap(entry: Entry, name: str) -> Gap | None:
    score, own = entry.scores.get(name), entry.own.get(name)
    if own is None or score is None or score.value is None or score.low is None \
            or score.high is None:
        return None
    return Gap(name, own, score.value, own - score.value, own - score.high, own - score.low)


def sessions(t: Words, store: Store, entries: Sequence[Entry]) -> None:
    """The list, newest first, ten at a time; one opened, two compared."""
    draw('<h2 class="p-h2">{title}</h2>', title=t("list", count=len(entries)))
    if not entries:
        notice(t("none_found"))
        return
    marked = [e for e in entries if st.session_state.get(f"mark_{e.id}")]
    if len(marked) == 2:
        compare(t, *sorted(marked, key=lambda e: e.created))
    elif marked:
        draw('<p class="p-small">{text}</p>', text=t("compare_hint"))
    shown = st.session_state.setdefault(SHOWN, STEP)
    for entry in entries[:shown]:
        row(t, store, entry)
    if shown < len(entries) and st.button(t("more", count=len(entries) - shown), key="more"):
        st.session_state[SHOWN] = shown + STEP
        st.rerun()


def row(t: Words, store: Store, entry: Entry) -> None:
    """One session."""
    with st.container(key=f"row_{entry.id}", border=True):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.checkbox(t("mark"), key=f"mark_{entry.id}", label_visibility="collapsed")
            scores = " · ".join(
                f"{say(f'score.{n}.label', language())} "
                + (f"{s.value:.0f} ({s.low:.0f}–{s.high:.0f})" if s.value is not None else "–")
                for n, s in entry.scores.items() if n in ("confidence", "composure"))
            tags = "".join(fill('<em class="p-tag">{tag}</em>', tag=tag) for tag in entry.tags)
            st.html(fill('<div class="p-row"><b>{name}</b><span>{when} · {kind} · {scores}</span>',
                         name=entry.name, when=local(entry.created).strftime("%Y-%m-%d %H:%M"),
                         kind=t(f"kind_{entry.kind}"), scores=scores) + tags
                    + (fill("<p>{note}</p>", note=entry.note) if entry.note else "") + "</div>")
            if st.button(t("open"), key=f"open_{entry.id}", icon=":material/description:"):
                st.session_state[analysis.SESSION] = store.load(entry.id)
                st.session_state[analysis.FRESH] = False
                st.switch_page("pages/report.py")
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
        if shown is not None and shown.created and local(entry.created) == local(
                datetime.fromisoformat(shown.created)):
            del st.session_state[analysis.SESSION]
        st.rerun()


def compare(t: Words, before: Entry, after: Entry) -> None:
    """Two sessions side by side, the earlier on the left."""
    rows = ""
    for name in before.scores:
        a, b = before.scores[name], after.scores.get(name)
        found = None if b is None else change(a, b)
        label = say(f"score.{name}.label", language())
        rows += fill("<tr><th>{label}</th><td>{a}</td><td>{b}</td><td>{text}</td></tr>",
                     label=label, a=_value(a), b=_value(b),
                     text=t("change.none") if found is None else _told(t, found, label))
    for kind in sorted({*before.emotions, *after.emotions}):
        shares = [e.emotions.get(kind, 0) / max(sum(e.emotions.values()), 1)
                  for e in (before, after)]
        rows += fill("<tr><th>{label}</th><td>{a}</td><td>{b}</td><td></td></tr>",
                     label=say(f"emotion.{kind}", language()), a=f"{shares[0]:.0%}",
                     b=f"{shares[1]:.0%}")
    st.html(fill('<div class="p-card"><h3>{title}</h3><table class="p-table"><thead><tr><th></th>'
                 "<th>{a}</th><th>{b}</th><th>{change}</th></tr></thead><tbody>",
                 title=t("compare"), a=before.name, b=after.name, change=t("change.title"))
            + rows + "</tbody></table></div>")


def _value(score: Score | None) -> str:
    if score is None or score.value is None:
        return "–"
    return f"{score.value:.0f} ({score.low:.0f}–{score.high:.0f})"


def _day(t: Words, store: Store, photos: Sequence[Photo]) -> None:
    """The photo of the day: today's to be taken, a chosen day's to be seen."""
    day = st.session_state.get(DAY) or date.today()
    photo = next((p for p in photos if p.day == day), None)
    draw('<h3 class="p-h3">{title}</h3>', title=t("photo", date=day.isoformat()))
    if photo is not None:
        left, right = st.columns([1, 2])
        left.image(photo.picture, width="stretch")
        best = max(photo.reading, key=photo.reading.__getitem__)
        right.markdown(f"**{say(f'emotion.{best}', language())}** {photo.reading[best]:.0%}")
        if photo.note:
            right.text(photo.note)
        if right.button(t("photo_delete"), key="photo_delete", type="tertiary"):
            store.delete_photo(day)
            st.rerun()
        return
    draw('<p class="p-small">{text}</p>', text=t("photo_about"))
    if not st.toggle(t("photo_take"), key="photo_on"):
        return
    given = st.file_uploader(t("photo_file"), ["jpg", "jpeg", "png", "webp"], key="photo_file")
    given = st.camera_input(t("photo_camera"), key="photo_camera") or given
    note = st.text_input(t("photo_note"), key="photo_note", max_chars=300)
    if given is None or not st.button(t("photo_keep"), key="photo_keep", type="primary"):
        return
    try:
        with st.spinner(t("photo_reading")):
            analyser = analysis.analyser()
            looks = look(analyser, given.getvalue(), safe_name(given.name))
    except PoiseError as error:
        notice(explain(error, language()), "bad")
        return
    if not looks:
        notice(t("photo_no_face"), "warn")
        return
    keys = analyser.recogniser.labels.keys
    store.keep_photo(Photo(day, _jpeg(looks[0].picture), {
        key: float(share) for key, share in zip(keys, looks[0].vote, strict=True)}, note))
    st.rerun()


def _jpeg(picture: NDArray[np.uint8]) -> bytes:
    """A face as a small JPEG, without whatever the camera wrote into the file."""
    image, out = Image.fromarray(picture).convert("RGB"), BytesIO()
    image.thumbnail((THUMBNAIL, THUMBNAIL))
    image.save(out, "JPEG", quality=88)
    return out.getvalue()


def keeping(t: Words, store: Store, anything: bool) -> None:
    """Whether sessions are kept, for how long, and the end of them all."""
    with st.expander(t("keeping")):
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
            st.rerun()


with frame.page("history") as t:
    body(t)
