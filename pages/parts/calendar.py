"""A month of sessions: how often, and which expression ruled each day."""

from calendar import Calendar
from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime, timedelta

import streamlit as st

from fer_core import EMOTIONS, Entry, Photo, Traits, say
from pages.parts import faces
from pages.parts.clock import begins, local, today
from pages.parts.speech import Words, draw, fill, language

MONTH, DAY, VIEW = "poise.month", "poise.day", "poise.calendar"
VIEWS = ("month", "year")
MOST = 3
"""Sessions of a day from which its square grows no darker."""


def bounds(month: date) -> tuple[datetime, datetime]:
    """[first, last) moments of a month, in the reader's time zone."""
    after = (month.replace(day=28) + timedelta(days=4)).replace(day=1)
    return begins(month.replace(day=1)), begins(after)


def shown_month() -> date:
    """The first day of the month that the person looks at."""
    return st.session_state.setdefault(MONTH, today().replace(day=1))


def calendar(t: Words, entries: Sequence[Entry], photos: Sequence[Photo],
             traits: Traits | None) -> None:
    """The month with its days; pressing one shows that day alone, pressing again all."""
    month = shown_month()
    with st.container(key="months", horizontal=True, vertical_alignment="center"):
        st.button(t("earlier"), key="earlier", icon=":material/chevron_left:", on_click=turn,
                  args=(-1,))
        draw('<h2 class="p-h2">{title}</h2>', title=t("month", year=month.year,
                                                      month=month.month))
        st.button(t("later"), key="later", icon=":material/chevron_right:", on_click=turn,
                  args=(1,))
    days: dict[date, list[Entry]] = {}
    for entry in entries:
        days.setdefault(local(entry.created).date(), []).append(entry)
    pictures = {photo.day: photo for photo in photos}
    chosen = st.session_state.get(DAY)
    with st.container(key="calendar"):
        for i in range(7):
            draw('<span class="p-weekday">{day}</span>', day=t(f"weekday.{i}"))
        for day in Calendar(6).itermonthdates(month.year, month.month):
            if day.month != month.month:
                draw('<span class="p-noday"></span>')
                continue
            here, photo = days.get(day, []), pictures.get(day)
            label = f"{day.day}"
            if here or photo:
                label += f" {_face(here, photo, traits)}"
                label += f" {len(here)}" if len(here) > 1 else ""
            mark = "today" if day == today() else "day"
            with st.container(key=f"{mark}_{day.isoformat()}"):
                st.button(label, key=f"pick_{day.isoformat()}", width="stretch",
                          disabled=not (here or photo), on_click=pick, args=(day,),
                          type="primary" if day == chosen else "secondary",
                          help=t("day_help", date=day.isoformat(), count=len(here))
                          if here else None)


def view(t: Words) -> str:
    """Whether a month is looked at or a year."""
    chosen = st.segmented_control(t("view"), VIEWS, default=st.session_state.get(VIEW, "month"),
                                  required=True, key="calendar_view",
                                  label_visibility="collapsed",
                                  format_func=lambda name: t(f"view_{name}"))
    st.session_state[VIEW] = chosen
    return str(chosen)


def year(t: Words, entries: Sequence[Entry]) -> None:
    """Twelve months at a glance; a month's button opens it. Days without practice are paper."""
    number = shown_month().year
    with st.container(key="months", horizontal=True, vertical_alignment="center"):
        st.button(t("year_before"), key="year_before", icon=":material/chevron_left:",
                  on_click=turn, args=(-12,))
        draw('<h2 class="p-h2">{title}</h2>', title=t("year", year=number))
        st.button(t("year_after"), key="year_after", icon=":material/chevron_right:",
                  on_click=turn, args=(12,))
    days = Counter(local(entry.created).date() for entry in entries)
    with st.container(key="year"):
        for month in range(1, 13):
            dates = list(Calendar(6).itermonthdates(number, month))
            here = [day for day in dates if day.month == month]
            practised = sum(day in days for day in here)
            with st.container(key=f"month_{month}"):
                st.button(t("year_month", month=month), key=f"open_month_{month}",
                          type="tertiary", on_click=_open, args=(date(number, month, 1),))
                squares = "".join(
                    '<i class="out"></i>' if day.month != month else fill(
                        '<i class="n{n}" title="{day}{count}"></i>', n=min(days[day], MOST),
                        day=day.isoformat(), count=f": {days[day]}" if days[day] else "")
                    for day in dates)
                st.html(fill('<div class="p-month" role="img" aria-label="{text}">',
                             text=t("year_days", month=month, count=practised))
                        + squares + "</div>")


def _open(month: date) -> None:
    st.session_state[MONTH], st.session_state[VIEW] = month, "month"
    st.session_state.pop("calendar_view", None)
    st.session_state.pop(DAY, None)


def turn(months: int) -> None:
    """Look at another month."""
    month = shown_month()
    number = month.year * 12 + month.month - 1 + months
    st.session_state[MONTH] = date(number // 12, number % 12 + 1, 1)
    st.session_state.pop(DAY, None)


def pick(day: date) -> None:
    st.session_state[DAY] = None if st.session_state.get(DAY) == day else day


def counts(t: Words, entries: Sequence[Entry], traits: Traits | None) -> None:
    """Seconds of each expression over the sessions shown."""
    total: Counter[str] = Counter()
    for entry in entries:
        total.update(entry.emotions)
    seconds = sum(total.values())
    if not seconds:
        return
    rows = "".join(
        f'<div class="p-share"><span>{faces.drawn(e, EMOTIONS[e].emoticon, traits)}' + fill(
            ' {name}</span><i><u style="width:{percent}%;background:{colour}"></u></i>'
            '<b>{percent}%</b></div>', name=say(f"emotion.{e}", language()),
            percent=f"{100 * n / seconds:.0f}", colour=EMOTIONS[e].colour)
        for e, n in total.most_common())
    st.html(fill('<h3 class="p-h3">{title}</h3>', title=t("counts", seconds=f"{seconds:,}"))
            + f'<div class="p-shares">{rows}</div>')


def _face(entries: Sequence[Entry], photo: Photo | None, traits: Traits | None) -> str:
    """The face of the expression that ruled a day; the photo speaks where there is one."""
    if photo is not None and photo.reading:
        return faces.of(max(photo.reading, key=photo.reading.__getitem__), traits)
    total: Counter[str] = Counter()
    for entry in entries:
        total.update(entry.emotions)
    return faces.of(total.most_common(1)[0][0], traits) if total else "·"
