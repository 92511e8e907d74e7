"""A transcript as the person has it: what the model heard wrongly is put right, by hand."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np

from fer_core.records import Filler, Voice, Word
from fer_core.voice.fillers import worded
from fer_core.voice.syllables import written

LONGEST_WORD, MOST_WORDS = 200, 60
"""Letters of a word, and words in place of one stretch: more is a paste that went astray."""
_SAME = 1e-3
"""s: times went through a browser and back."""


@dataclass(frozen=True)
class Edit:
    """In [start, end) s was said ``text``, and nothing where it is empty."""

    start: float
    end: float
    text: str


def corrected(voice: Voice, edits: Iterable[Edit]) -> Voice:
    """The voice with other words in these stretches.

    Words and fillers follow, and with them pace; Korean syllables too, which are its words'.
    Pauses, loudness, pitch and English vowels were heard in the sound and stay. Of the words in
    a stretch those that begin in it give way; the new ones share its time by their length. A hum
    in it that no word covers is taken for what is said there instead.

    Args:
        voice: with its words kept.
        edits: none overlapping; one outside the recording is left out.
    """
    if not voice.text:
        return voice
    words, hums = list(voice.words or ()), [f for f in voice.fillers if not f.text]
    last = max([s.end for s in (*voice.heard, *voice.spoken)] + [w.end for w in words])
    for edit in edits:
        if not 0 <= edit.start <= edit.end <= last + _SAME:
            continue
        words = [w for w in words if not _inside(w.start, edit)]
        hums = [h for h in hums if not _inside(h.start, edit)]
        words += _shared(edit)
    words.sort(key=lambda word: word.start)
    fillers: list[Filler] = [*worded(words, voice.language or ""), *hums]
    return replace(
        voice, words=tuple(words), fillers=tuple(sorted(fillers, key=lambda f: f.start)),
        syllables=written(words) if voice.language == "ko" else voice.syllables)


def _inside(time: float, edit: Edit) -> bool:
    return edit.start - _SAME <= time < max(edit.end, edit.start + _SAME) - _SAME


def _shared(edit: Edit) -> list[Word]:
    """The new words, each with its share of the stretch; typed by a person, so certain."""
    said = [text[:LONGEST_WORD] for text in edit.text.split()[:MOST_WORDS]]
    if not said:
        return []
    ends = np.cumsum([len(text) for text in said]) / sum(map(len, said))
    times = [edit.start, *np.round(edit.start + ends * (edit.end - edit.start), 2).tolist()]
    return [Word(start, max(start, end), text, 1.0)
            for start, end, text in zip(times, times[1:], said, strict=False)]
