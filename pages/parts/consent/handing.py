"""A candidate's own clips: the questions, a file or a recording, how far each is; their report."""

import streamlit as st

from fer_core import Clip, DeskError, Notice, Person, build_report, explain, own_sender
from pages.parts import browser, cards, downloads, room, uploads
from pages.parts.speech import Words, draw, fill, guarded, language, notice, words

ROUND, RECORD, SEEN, TAKEN = (
    "poise.own_round", "poise.own_record", "poise.own_report", "poise.own_taken")
POLL = 3.0  # s between looks at the queue


def clips(t: Words, person: Person, told: Notice) -> None:
    """The questions, and the way to hand an answer in."""
    draw('<h2 class="p-h2">{title}</h2>', title=t("clips.title"))
    if told.questions:
        draw('<p class="p-small">{text}</p>', text=t("clips.questions"))
        st.html('<ol class="p-questions">' + "".join(
            fill("<li>{q}</li>", q=q) for q in told.questions) + "</ol>")
    taken = st.session_state.pop(TAKEN, None)
    if taken:
        notice(t(f"clips.{taken}"), "good" if taken == "taken" else "calm")
    own(person)
    way = st.segmented_control(t("clips.way"), ("file", "camera"), key="own_way", required=True,
                               default="file", format_func=lambda w: t(f"clips.{w}"))
    if way == "camera":
        record(t, person)
    else:
        upload(t, person)


def upload(t: Words, person: Person) -> None:
    sent = room_for_one(t, person, "own")
    if st.button(t("clips.send"), key="own_send", type="primary", disabled=not len(sent),
                 icon=":material/send:"):
        with guarded():
            take(person, sent)


def room_for_one(t: Words, person: Person, key: str) -> uploads.Sent:
    """Where a file is chosen, or the recorder puts its own."""
    desk, candidate, link = room.desk(), person.candidate or "", st.query_params.get("k", "")
    return uploads.sending(
        desk.own_inbox, f"{key}_{st.session_state.setdefault(ROUND, 0)}", t("clips.label"),
        own_sender(candidate), lambda: desk.clips.admits(
            room.surely(desk.candidates.known(link)), candidate=candidate))


def record(t: Words, person: Person) -> None:
    """Record here; the clip goes to the uploader below by itself, and from there to the desk."""
    state = st.session_state.get(RECORD, "off")
    if state == "off":
        draw('<p class="p-small">{text}</p>', text=t("record.text"))
        if st.button(t("record.camera"), key="record_camera", icon=":material/videocam:"):
            st.session_state[RECORD] = "ready"
            st.rerun()
        return
    said, _ = browser.recorder(f"own_recorder_{st.session_state.get(ROUND, 0)}",
                               int(state == "on"), state == "stop", "upload", "interview",
                               show=True)
    if said.startswith("error"):
        notice(words("practice")("record_failed"), "bad")
    elif state == "ready" and said == "ready":
        if st.button(t("record.start"), key="record_start", type="primary",
                     icon=":material/radio_button_checked:"):
            st.session_state[RECORD] = "on"
            st.rerun()
    elif state == "on":
        notice(t("record.on"), "warn")
        if st.button(t("record.stop"), key="record_stop", type="primary",
                     icon=":material/stop_circle:"):
            st.session_state[RECORD] = "stop"
            st.rerun()
    if st.button(t("record.leave"), key="record_leave"):
        away()
        st.rerun()
    with st.container(key="recorded"):
        sent = room_for_one(t, person, "recorded")
    if len(sent) and state == "stop":
        with guarded():
            take(person, sent)


def take(person: Person, sent: uploads.Sent) -> None:
    """Hand a clip in."""
    for name, clip in sent.opened():
        added = room.desk().clips.add(person, person.candidate or "", name, clip)
        st.session_state[TAKEN] = "known" if added.known else "taken"
    away()
    st.rerun()


def away() -> None:
    """Leave the recorder, and an empty uploader behind."""
    st.session_state[RECORD] = "off"
    st.session_state[ROUND] = st.session_state.get(ROUND, 0) + 1


@st.fragment(run_every=POLL)
def own(person: Person) -> None:
    """The candidate's clips, as far as they are: without scores, and without a line in the log."""
    t, d = words("consent"), words("desk")
    with guarded():
        found = room.desk().clips.of(person, person.candidate or "")
        if not found:
            draw('<p class="p-small">{text}</p>', text=t("clips.none"))
        for clip in found:
            st.html(line(d, clip))


def line(d: Words, clip: Clip) -> str:
    """A clip, and why it failed, if it did."""
    why = fill("<p>{text}</p>", text=explain(clip.failure, language())) if clip.failure else ""
    return fill('<div class="p-row p-clip {state}"><b>{name}</b><span>{how}</span>',
                state=clip.state, name=clip.name or "", how=d(f"state.{clip.state}")
                + f" · {clip.size / 1e6:.1f} MB") + why + "</div>"


def report(t: Words, person: Person) -> None:
    """Their own report of each clip that has one."""
    measured = [c for c in room.desk().clips.of(person, person.candidate or "") if c.measured]
    draw('<h2 class="p-h2">{title}</h2>', title=t("own.title"))
    if not measured:
        draw('<p class="p-small">{text}</p>', text=t("own.none"))
        return
    for clip in measured:
        if st.button(t("own.see", name=clip.name or ""), key=f"own_report_{clip.id}",
                     icon=":material/description:"):
            st.session_state[SEEN] = clip.id
    if st.session_state.get(SEEN) in [c.id for c in measured]:
        with guarded():
            see(t, person, st.session_state[SEEN])


def see(t: Words, person: Person, clip: str) -> None:
    """One's own scores, for one's own practice.

    Raises:
        Forbidden: the opening does not grant it, or the gate is closed.
    """
    shown = room.desk().readings.see(person, clip)
    if shown is None or shown.session is None:
        raise DeskError("page.consent.own.no_scores")
    made = build_report(shown.session, language())
    notice(t("own.alone"))
    if shown.session.basis.voice == "":
        draw('<p class="p-small">{text}</p>', text=t("own.sound"))
    cards.scores(words("report"), made)
    downloads.downloads(shown.session, language())
