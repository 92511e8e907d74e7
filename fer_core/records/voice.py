"""What was heard of a person: when they spoke, how, and what they said.

``Voice`` is the whole recording, made once; a timeline's columns (``speech``, ``loudness``,
``voice_pitch``, ``syllables``, ``words``, ``fillers``) and ``Speaking``, the sums of an answer,
follow from it by pure functions.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from itertools import pairwise

import numpy as np

from fer_core.records.advice import Stretch
from fer_core.records.arrays import FloatArray, frozen_array

STEP = 0.1
"""s between two values of a voice's loudness and pitch: a syllable takes two."""
SHORTEST_PAUSE = 0.3
"""s: a shorter silence is a stop consonant or a breath (de Jong & Wempe 2009)."""
FEWEST_WORDS = 30
"""From which on fillers per 100 words are told to somebody: one of five words is no habit."""


@dataclass(frozen=True)
class Word:
    """A word as it was recognised: [start, end) s, its probability 0 to 1. ``text`` is empty
    where the person did not want it kept."""

    start: float
    end: float
    text: str
    probability: float


@dataclass(frozen=True)
class Pause:
    """A silence between two stretches of speech: [start, end) s."""

    start: float
    end: float

    @property
    def seconds(self) -> float:
        return self.end - self.start


@dataclass(frozen=True)
class Filler:
    """A filler: [start, end) s; ``text`` as in the list of its language, or empty where a hum
    was heard that no word covers."""

    start: float
    end: float
    text: str


@dataclass(frozen=True, eq=False)
class Voice:
    """What was heard in a recording.

    Attributes:
        heard: stretches with sound, in order; outside them nothing is known, which is not silence.
        spoken: stretches of speech, in order, apart from each other.
        loudness: (N,) dB above the person's own median while speaking, one every ``STEP`` s from
            0 s on; NaN where nobody spoke.
        pitch: (N,) semitones above the person's own median, likewise; NaN where not voiced.
        syllables: (S,) s, the middle of every syllable's vowel.
        fillers: in order.
        language: of the words, such as ``ko``; None where there are none.
        words: in order; None where no model listened.
        doubts: codes of what makes the measurement doubtful, such as ``music``.

    Raises:
        ValueError: arrays of other shapes, or stretches out of order.
    """

    heard: tuple[Stretch, ...]
    spoken: tuple[Stretch, ...]
    loudness: FloatArray
    pitch: FloatArray
    syllables: FloatArray
    fillers: tuple[Filler, ...] = ()
    language: str | None = None
    words: tuple[Word, ...] | None = None
    doubts: tuple[str, ...] = field(default=())

    def __post_init__(self) -> None:
        for name in ("loudness", "syllables"):
            object.__setattr__(self, name, frozen_array(getattr(self, name), (None,), name))
        object.__setattr__(self, "pitch", frozen_array(self.pitch, self.loudness.shape, "pitch"))
        for stretches in (self.heard, self.spoken):
            edges = [edge for s in stretches for edge in (s.start, s.end)]
            if edges != sorted(edges):
                raise ValueError("stretches out of order")

    @property
    def pauses(self) -> tuple[Pause, ...]:
        """Silences between speech, in order."""
        return _pauses(self.spoken, self.heard)

    @property
    def text(self) -> str:
        """What was said, in one line; empty where nobody listened or it was not kept."""
        return " ".join(word.text for word in self.words or () if word.text)

    def apart(self, edges: Iterable[float]) -> "Voice":
        """The same, but no silence that one of these moments (s) lies in is a pause: between two
        answers nobody was asked to speak."""
        heard = list(self.heard)
        for edge in edges:
            heard = [part for s in heard for part in (
                (Stretch(s.start, edge), Stretch(edge, s.end)) if s.start < edge < s.end else (s,))]
        return replace(self, heard=tuple(heard))

    def without_text(self) -> "Voice":
        """The same, but what was said: the times of words stay, and so do all numbers."""
        return self if self.words is None else replace(
            self, words=tuple(replace(word, text="") for word in self.words))


@dataclass(frozen=True)
class Speaking:
    """How somebody spoke in [start, end) s; NaN where it cannot be known.

    Attributes:
        seconds: of sound in it.
        speech_share: share of them in which there was speech, 0 to 1.
        pace_words: words a minute from the first sound of speech to the last, pauses included;
            NaN without words.
        pace_syllables: syllables a minute, likewise.
        pauses: a minute, likewise; 0.3 s or longer.
        mean_pause, longest_pause: s; 0 without a pause.
        pause_share: share of the time from the first sound of speech to the last, 0 to 1.
        fillers_per_100_words: NaN without words.
        loudness_range: dB, standard deviation while speaking.
        pitch_range: semitones, standard deviation while voiced.
        time_to_first_word: s from ``start`` to the first sound of speech.
    """

    start: float
    end: float
    seconds: float
    speech_share: float
    pace_words: float
    pace_syllables: float
    pauses: float
    mean_pause: float
    longest_pause: float
    pause_share: float
    fillers_per_100_words: float
    loudness_range: float
    pitch_range: float
    time_to_first_word: float


def speaking(voice: Voice, start: float, end: float) -> Speaking:
    """The sums of a stretch, such as an answer; of all that was heard with ``0, inf``.

    Args:
        voice: of the whole recording.
        start, end: s.
    """
    nan = float("nan")
    spoken, heard = _within(voice.spoken, start, end), _within(voice.heard, start, end)
    seconds, speech = _total(heard), _total(spoken)
    begin, last = (spoken[0].start, spoken[-1].end) if spoken else (0.0, 0.0)
    minutes = (last - begin) / 60
    silences = [pause.seconds for pause in _pauses(spoken, heard)]

    def rate(count: int) -> float:
        return count / minutes if minutes > 0 else nan

    words = None if voice.words is None else _count((w.start for w in voice.words), begin, last)
    fillers = _count((f.start for f in voice.fillers), begin, last)
    rows = slice(*(int(np.clip(round(t / STEP), 0, len(voice.loudness)))
                   if np.isfinite(t) else None for t in (start, end)))
    return Speaking(
        start=start, end=end, seconds=seconds,
        speech_share=speech / seconds if seconds > 0 else nan,
        pace_words=nan if words is None else rate(words),
        pace_syllables=rate(_count(voice.syllables, begin, last)),
        pauses=rate(len(silences)),
        mean_pause=sum(silences) / len(silences) if silences else 0.0 if spoken else nan,
        longest_pause=max(silences, default=0.0 if spoken else nan),
        pause_share=sum(silences) / (last - begin) if minutes > 0 else nan,
        fillers_per_100_words=100 * fillers / words if words else nan,
        loudness_range=_spread(voice.loudness[rows]), pitch_range=_spread(voice.pitch[rows]),
        time_to_first_word=begin - start if spoken else nan)


def _within(stretches: Iterable[Stretch], start: float, end: float) -> tuple[Stretch, ...]:
    """What of them lies in [start, end)."""
    cut = (Stretch(max(s.start, start), min(s.end, end)) for s in stretches)
    return tuple(s for s in cut if s.end > s.start)


def _pauses(spoken: tuple[Stretch, ...], heard: tuple[Stretch, ...]) -> tuple[Pause, ...]:
    """Gaps of ``SHORTEST_PAUSE`` or more between speech that were heard as silence."""
    gaps = (Pause(a.end, b.start) for a, b in pairwise(spoken))
    return tuple(gap for gap in gaps if gap.seconds >= SHORTEST_PAUSE - 1e-9
                 and any(h.start <= gap.start and gap.end <= h.end for h in heard))


def _total(stretches: Iterable[Stretch]) -> float:
    return float(sum(s.end - s.start for s in stretches))


def _count(times: Iterable[float], start: float, end: float) -> int:
    return int(sum(start <= time < end for time in times))


def _spread(values: FloatArray) -> float:
    known = values[~np.isnan(values)]
    return float(known.std()) if len(known) > 1 else float("nan")
