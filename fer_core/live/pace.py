"""How fast a person speaks just now, and for how long they have been silent."""

from dataclasses import dataclass

from fer_core.records import Voice
from fer_core.sessions.delivery import VOWELS_FOUND
from fer_core.texts import Language

SECONDS = 20.0
"""s that are looked back."""
SILENT = 3.0
"""s of silence from which a live page says that a pause is no harm."""
FAST: dict[Language, float] = {"en": 266.0, "ko": 306.0}
"""Syllables a minute from which on it says that there is time. English: 190 words. Korean has no
such figure: as many standard deviations above the mean as that, 1.3 of 41 above 253 syllables
(Journal of Speech Sciences 9(4), 2002, 93-103; the interviews: 151 words, 30)."""
SYLLABLES_A_WORD = 1.4
"""Of English."""
_SHORTEST = 5.0  # s from the first sound of speech to the last that a pace needs
STALE = 3.0
"""s without sound after which nothing is said of it."""


@dataclass(frozen=True)
class Pace:
    """A person speaking.

    Attributes:
        syllables: a minute, pauses included, over the last ``SECONDS``; None: too little speech.
        silence: s since the last sound of speech.
    """

    syllables: float | None
    silence: float

    @property
    def words(self) -> float | None:
        """English words a minute, as many as the syllables make."""
        return None if self.syllables is None else self.syllables / SYLLABLES_A_WORD

    def fast(self, language: Language) -> bool:
        """Whether that is faster than listeners of a language like."""
        return self.syllables is not None and self.syllables > FAST[language]


def pace(voice: Voice | None, seconds: float) -> Pace:
    """The pace in what was just heard.

    Args:
        voice: of the last seconds; None where nothing was heard in them.
        seconds: how many.
    """
    if voice is None or not voice.spoken:
        return Pace(None, seconds)
    spent = voice.spoken[-1].end - voice.spoken[0].start
    found = len(voice.syllables) / VOWELS_FOUND * 60 / spent if spent >= _SHORTEST else None
    return Pace(found, max(seconds - voice.spoken[-1].end, 0.0))
