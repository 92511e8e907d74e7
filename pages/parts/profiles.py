"""Who is here, as they told it themselves: their profile, and their plan up to the interview."""

import logging
from datetime import date

import streamlit as st

from fer_core import (
    Filter,
    PoiseError,
    PracticePlan,
    Profile,
    Tone,
    field_of,
    practice_plan,
    sets_for,
    suited,
)
from pages.parts import history, room
from pages.parts.clock import local, today
from pages.parts.speech import LANGUAGE, Words, draw, fill, language, words

log = logging.getLogger("poise.pages")

TONES: tuple[Tone, ...] = ("polite", "casual")
"""How somebody may be spoken to."""


def person() -> str | None:
    """The id under which the profile of whoever is here is kept; None where nobody signed in."""
    found = room.person()
    return None if found is None else found.id


def mine() -> Profile:
    """The profile of whoever is here; an empty one where there is none or it cannot be read: no
    page waits for it."""
    try:
        who = person()
        found = None if who is None else history.store().profiles.load(who)
    except PoiseError as error:
        log.warning("a profile could not be read: %r", error)
        return Profile()
    return found or Profile()


def greet() -> None:
    """Speak somebody's language from their first page on; a link's own comes before it."""
    if LANGUAGE not in st.session_state and (spoken := mine().language) is not None:
        st.session_state[LANGUAGE] = spoken


def field(profile: Profile) -> str:
    """The field of work: the one chosen, else by the job's words."""
    return profile.field or field_of(profile.job)


def sets(profile: Profile) -> tuple[str, ...]:
    """All question sets, those that fit the job first."""
    return sets_for(field(profile), profile.experience)


def plan(profile: Profile) -> PracticePlan:
    """What to practise next, by the rounds that are kept; none ahead where they cannot be read."""
    fitting = suited(field(profile), profile.experience)
    try:
        kept = () if room.team() else history.store().list(Filter(kind="practice"))
    except PoiseError as error:
        log.warning("no plan: %r", error)
        fitting, kept = (), ()
    return practice_plan(fitting, [(local(e.created).date(), e.sets) for e in kept], today(),
                         profile.interview)


def due(profile: Profile, found: PracticePlan) -> str:
    """The question set to practise next."""
    return found.rounds[0][1] if found.rounds else sets(profile)[0]


def reminder(profile: Profile, found: PracticePlan) -> None:
    """Before a round: how long it is to the interview, and which strengths wait to be told."""
    t = words("profile")
    lines = []
    if profile.interview is not None:
        lines.append(countdown(profile, found))
    if profile != Profile() and found.rounds:
        lines.append(t("next", name=words("practice")(f"sets.{found.rounds[0][1]}"),
                       day=_day(t, found.rounds[0][0], today())))
    if profile.strengths:
        lines.append(t("remember", strengths=" · ".join(profile.strengths)))
    if lines:
        draw('<p class="p-note p-remind">{text}</p>', text=" — ".join(lines))


def countdown(profile: Profile, found: PracticePlan) -> str:
    """How long it is to the interview, in a sentence; empty without a date."""
    t = words("profile")
    if profile.interview is None:
        return ""
    if found.days is None:
        return t("past")
    return (t("today") if found.days == 0 else t("tomorrow") if found.days == 1
            else t("days", count=found.days))


def address(profile: Profile) -> str:
    """The name with what belongs to it, to stand before a sentence; empty without one."""
    return words("profile")(f"address_{profile.tone}", name=profile.name) if profile.name else ""


def card(profile: Profile, found: PracticePlan) -> None:
    """The days that are left, the rounds ahead, what was done this week: never what was not."""
    t, now = words("profile"), today()
    left = countdown(profile, found)
    head = fill('<div class="p-count-down"><b>{sign}</b><span>{left}</span></div>', left=left,
                sign=t("sign", count=found.days) if found.days else t("sign_today")) if (
                    left and found.days is not None) else ""
    rows = "".join(fill('<li><b>{day}</b><span>{name}</span></li>', day=_day(t, day, now),
                        name=words("practice")(f"sets.{name}")) for day, name in found.rounds)
    if found.more:
        rows += fill("<li><b></b><span>{text}</span></li>", text=t("so_on"))
    title = address(profile) + t("plan") if profile.name else t("plan").capitalize()
    st.html(fill('<div class="p-card p-plan">') + head + fill(
        '<div><h2 class="p-h3">{title}</h2><p class="p-small">{text}</p>',
        title=title, text=" ".join(filter(None, (
            (left if not head else ""), t(f"every.{found.every}") if found.rounds else t("rest"),
            t("week", count=found.practised) if found.practised else ""))))
        + (f"<ol>{rows}</ol>" if rows else "") + "</div></div>")


def _day(t: Words, day: date, now: date) -> str:
    away = (day - now).days
    if away < 2:
        return t("row_tomorrow" if away else "row_today")
    return t("row_day", month=day.month if language() == "ko" else f"{day:%b}", day=day.day,
             weekday=words("history")(f"weekday.{(day.weekday() + 1) % 7}"))


def prepare() -> None:
    """On the first page: the plan of whoever has one, the way to it for everybody else."""
    t = words("profile")
    profile = mine()
    if profile == Profile():
        with st.container(key="to_profile", horizontal=True, vertical_alignment="center"):
            draw("<span>{text}</span>", text=t("invite"))
            st.page_link("pages/me.py", label=t("invite_link"), icon=":material/event:")
        return
    found = plan(profile)
    card(profile, found)
    if found.rounds:
        with st.container(key="plan_next", horizontal=True):
            st.page_link("pages/practice.py", icon=":material/play_arrow:", label=t(
                "practise", name=words("practice")(f"sets.{found.rounds[0][1]}")))
            st.page_link("pages/me.py", label=t("edit"), icon=":material/edit:")
