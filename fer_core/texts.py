"""Every sentence that Poise says, Korean and English side by side in ``texts.toml``."""

import tomllib
from datetime import UTC, datetime, tzinfo
from functools import cache
from pathlib import Path
from typing import Any, Literal

from fer_core.errors import PoiseError

Language = Literal["ko", "en"]
LANGUAGES: tuple[Language, ...] = ("ko", "en")


@cache
def entries() -> dict[str, dict[str, str]]:
    """Dotted key -> language -> sentence; ``en_one`` where one thing is said another way."""
    found: dict[str, dict[str, str]] = {}

    def walk(table: dict[str, Any], prefix: str) -> None:
        for name, value in table.items():
            if isinstance(value, dict):
                walk(value, f"{prefix}.{name}" if prefix else name)
            else:
                found.setdefault(prefix, {})[name] = value

    walk(tomllib.loads(Path(__file__).with_suffix(".toml").read_text("utf-8")), "")
    return found


def say(key: str, language: Language, **values: object) -> str:
    """The sentence of a key in the reader's language, its placeholders filled; a ``count`` of 1
    has the singular where there is one.

    Raises:
        KeyError: no such sentence, or a placeholder without a value.
    """
    found = entries()[key]
    one = found.get(f"{language}_one") if values.get("count") == 1 else None
    return (one or found[language]).format(**values)


def explain(error: PoiseError, language: Language) -> str:
    """What an error means, for the person."""
    return say(error.key, language, **{
        name: explain(value, language) if isinstance(value, PoiseError) else value
        for name, value in error.values.items()})


def local(moment: datetime | str, zone: tzinfo | None = None) -> datetime:
    """A moment as the reader's clock shows it.

    Args:
        moment: an ISO text is read; without a time zone it is UTC, as everything is stored.
        zone: the reader's; None for the system's.

    Raises:
        ValueError: the text is no moment.
    """
    found = datetime.fromisoformat(moment) if isinstance(moment, str) else moment
    return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(zone)


def clock(seconds: float) -> str:
    """Seconds as m:ss, or h:mm:ss from an hour on."""
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def between(start: float, end: float) -> str:
    """[start, end) s as a reader writes it: 0:12–0:18, a single second as 0:12."""
    return clock(start) if end - start <= 1 else f"{clock(start)}–{clock(end)}"
