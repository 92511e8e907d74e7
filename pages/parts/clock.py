"""The reader's clock: what the browser says of its time zone, else the computer's."""

from datetime import date, datetime, time, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo

import streamlit as st

from fer_core import local as _local


def zone() -> tzinfo | None:
    """The reader's time zone; None for the computer's, where the browser says nothing."""
    try:
        if st.context.timezone:
            return ZoneInfo(st.context.timezone)
    except (KeyError, ValueError):  # a name that this computer does not know
        offset = st.context.timezone_offset  # min that UTC is ahead
        if offset is not None:
            return timezone(timedelta(minutes=-offset))
    return None


def local(moment: datetime | str) -> datetime:
    """A moment in the reader's time zone."""
    return _local(moment, zone())


def now() -> datetime:
    return datetime.now(zone())


def today() -> date:
    """The reader's day."""
    return now().date()


def begins(day: date) -> datetime:
    """When a day of the reader begins; it may last 23 or 25 hours."""
    found = datetime.combine(day, time(), zone())
    return found if found.tzinfo else found.astimezone()
