"""The reviewers' room: an opening, its candidates, one of them watched and rated; then, once one's
own card is in, the others' cards, the consensus and the decision."""

from collections.abc import Callable

import streamlit as st

from fer_core import Candidate, Opening, Person, Thing, may
from pages.parts import frame, room
from pages.parts.review import card, compare, player, reading, results, sharing
from pages.parts.speech import Words, draw, guarded, notice

SHARE, NUMBERS = "share", "poise.review_numbers"


def body(t: Words) -> None:
    if SHARE in st.query_params:
        sharing.visit(t, st.query_params[SHARE])
        return
    person = room.person()
    if person is None:
        return
    room.stay()
    found = {one.id: one for one in room.desk().openings.list(person)
             if may(person, "scorecard.write", Thing(one.id))}
    number, candidate = (st.query_params.get(k, "") for k in ("opening", "candidate"))
    if not number:
        openings(t, tuple(found.values()))
    elif number not in found:
        back(t)
        room.closed(t("closed"))
    elif candidate:
        one(t, person, found[number], candidate)
    else:
        candidates(t, person, found[number])


def openings(t: Words, found: tuple[Opening, ...]) -> None:
    """Those in which the person reviews."""
    draw('<h1 class="p-h1">{title}</h1><p class="p-lead">{lead}</p>', title=t("title"),
         lead=t("lead"))
    if not found:
        draw('<div class="p-empty"><p class="p-lead">{text}</p></div>', text=t("empty"))
    for shown in found:
        with st.container(key=f"row_{shown.id}", border=True, horizontal=True,
                          vertical_alignment="center"):
            draw('<div class="p-row"><b>{title}</b><span>{about}</span></div>', title=shown.title,
                 about=t("opening", questions=len(shown.questions),
                         criteria=len(shown.criteria)))
            st.page_link("pages/review.py", label=t("open"), icon=":material/arrow_forward:",
                         query_params={"opening": shown.id})


def candidates(t: Words, person: Person, shown: Opening) -> None:
    """Who is to be reviewed, in the order in which they came."""
    desk = room.desk()
    back(t)
    draw('<h1 class="p-h1">{title}</h1><p class="p-lead">{lead}</p>', title=shown.title,
         lead=t("steps"))
    notice(t("blind" if shown.blind else "sighted"))
    people = desk.candidates.list(person, shown.id)
    clips = desk.clips.list(person, shown.id)
    if not people:
        draw('<div class="p-empty"><p class="p-lead">{text}</p></div>', text=t("nobody"))
    opened = {}
    for someone in people:
        theirs = [clip for clip in clips if clip.candidate == someone.id]
        own = desk.scorecards.own(person, someone.id)
        ready = any(clip.state == "done" for clip in theirs)
        state = ("done" if own and own.handed_in else "draft" if own else "ready" if ready else
                 "none" if not theirs else "failed" if all(
                     c.state in ("failed", "set_aside", "cancelled") for c in theirs)
                 else "waiting")
        if state == "done":
            opened[someone.id] = called(t, shown, someone)
        with st.container(key=f"row_{someone.id}", border=True, horizontal=True,
                          vertical_alignment="center"):
            draw('<div class="p-row"><b>{name}</b><span>{state}</span></div>',
                 name=called(t, shown, someone), state=t(f"state.{state}"))
            if ready or own:
                st.page_link("pages/review.py", label=t(f"go.{state}"),
                             icon=":material/arrow_forward:",
                             query_params={"opening": shown.id, "candidate": someone.id})
    if len(opened) > 1:
        compare.compare(t, person, shown, opened, reviewers(t, person, shown))
    if may(person, "summary.see", Thing(shown.id)):
        agreement(t, person, shown)
    if may(person, "share.make", Thing(shown.id)):
        at = {someone.id: called(t, shown, someone) for someone in people}
        sharing.sharing(t, person, shown, {
            clip.id: f"{at[clip.candidate]} · {t('clip', n=n)}" for candidate in at
            for n, clip in enumerate((c for c in clips if c.candidate == candidate
                                      and c.state == "done"), 1)})


def one(t: Words, person: Person, shown: Opening, candidate: str) -> None:
    """One candidate: the clip and the notes beside the scorecard, or beside what all said."""
    desk = room.desk()
    someone = desk.candidates.get(person, candidate)
    back(t, shown)
    draw('<h1 class="p-h1">{name}</h1><p class="p-small">{title}</p>',
         name=called(t, shown, someone), title=shown.title)
    own = desk.scorecards.own(person, candidate)
    handed = own is not None and own.handed_in is not None
    name = reviewers(t, person, shown)
    clips = [c.id for c in desk.clips.list(person, shown.id)
             if c.candidate == candidate and c.state == "done"]
    with st.container(key="review"):
        left, right = st.columns([2, 3] if handed else 2, gap="large")
        with left, st.container(key="watching"), guarded():
            watching(t, person, shown, clips, name)
            if handed and clips:
                reading.reading(t, person, shown, clips[0])
        with right:
            if handed:
                with guarded():
                    results.results(t, person, shown, candidate, name)
            else:
                card.card(t, person, shown, candidate)


@st.fragment
def watching(t: Words, person: Person, shown: Opening, clips: list[str],
             name: Callable[[str], str]) -> None:
    """The candidate's clips, one at a time."""
    if not clips:
        notice(t("no_clip"), "warn")
        return
    clip = clips[0] if len(clips) == 1 else st.segmented_control(
        t("clips"), clips, default=clips[0], required=True, key=f"clip_{clips[0]}",
        format_func=lambda c: t("clip", n=clips.index(c) + 1))
    with guarded():
        player.player(t, person, room.still(), shown.questions, clip, name)


def agreement(t: Words, person: Person, shown: Opening) -> None:
    """How far the reviewers agree, for the lead."""
    found = room.desk().scorecards.agreement(person, shown.id)
    draw('<h2 class="p-h2">{title}</h2><p class="p-lead">{value}</p><p class="p-small">{text}</p>',
         title=t("alpha.title"), text=t("alpha.text"), value=t("alpha.none") if found is None
         else t("alpha.value", value=f"{found:.2f}"))


def called(t: Words, shown: Opening, someone: Candidate) -> str:
    """How a candidate is called in this room: where it is blind by their number, to everybody."""
    number = t("candidate", n=someone.number)
    return number if shown.blind or not someone.name else f"{number} · {someone.name}"


def reviewers(t: Words, person: Person, shown: Opening) -> Callable[[str], str]:
    """How members are called: by name for leads, else by numbers that mean nothing."""
    names = {m.id: m.name for m in room.desk().openings.members(person)} if may(
        person, "member.see") else {}
    numbers = st.session_state.setdefault(NUMBERS, {}).setdefault(shown.id, {})

    def name(member: str) -> str:
        if member == person.id:
            return t("me")
        return names.get(member) or t("reviewer", n=numbers.setdefault(member, len(numbers) + 1))

    return name


def back(t: Words, shown: Opening | None = None) -> None:
    """The way one step up."""
    st.page_link("pages/review.py", label=t("back") if shown is None else shown.title,
                 icon=":material/arrow_back:",
                 query_params=None if shown is None else {"opening": shown.id})


with frame.page("review", visitors=SHARE in st.query_params) as t:
    body(t)
