"""Measured rows of 10 ms to a ``Voice``: the same for a recording and for a microphone."""

import numpy as np
from numpy.typing import NDArray

from fer_core.records import Stretch, Voice, Word
from fer_core.records.arrays import FloatArray
from fer_core.records.voice import STEP
from fer_core.voice.doubts import doubts
from fer_core.voice.fillers import fillers
from fer_core.voice.loudness import HOP, decibels
from fer_core.voice.meter import CLIPPED, HZ, SPEAKS, SPEECH, SQUARE
from fer_core.voice.scribe import settled
from fer_core.voice.stretches import FRAME, seconds, sounding
from fer_core.voice.syllables import syllables, written


def summed(rows: NDArray[np.float32], heard: tuple[Stretch, ...],
           words: tuple[Word, ...] | None = None, language: str | None = None) -> Voice:
    """What was heard.

    Args:
        rows: (n, 4) of every 10 ms from 0 s on, as ``Meter`` gives them; NaN where there was no
            sound.
        heard: where there was.
        words: written down; None: nobody did.
        language: of the words.
    """
    squares, speech = np.nan_to_num(rows[:, SQUARE].astype(np.float64)), rows[:, SPEECH] > SPEAKS
    level = decibels(squares) if len(rows) else np.zeros(0)
    spoken, noisy = sounding(level, speech)
    inside = np.zeros(len(rows), bool)
    for first, last in spoken:
        inside[first:last] = True
    hz = np.where(inside, rows[:, HZ], np.nan).astype(np.float32)
    pitched = 12 * np.log2(hz.astype(np.float64))
    own = float(np.nanmedian(pitched)) if (~np.isnan(pitched)).any() else np.nan
    usual = float(np.median(level[inside])) if inside.any() else np.nan
    stretches = seconds(spoken)
    if words is not None:
        words = settled(words, stretches)
    language = language if words else None
    vowels = (written(words) if words and language == "ko" else syllables(squares, hz, spoken))
    clipped = float(np.nansum(rows[:, CLIPPED])) / max(1, inside.sum() * HOP)
    return Voice(
        heard=heard, spoken=stretches,
        loudness=_steps(np.where(inside, level - usual, np.nan)),
        pitch=_steps(pitched - own), syllables=vowels,
        fillers=() if words is None else fillers(words, language, pitched),
        language=language, words=words,
        doubts=doubts(level, speech, inside, pitched, spoken, clipped, noisy))


def _steps(frames: FloatArray) -> FloatArray:
    """Means of every ``STEP``, NaN where not one frame is known."""
    each = round(STEP / FRAME)
    rows = np.pad(frames, (0, -len(frames) % each), constant_values=np.nan).reshape(-1, each)
    known = ~np.isnan(rows)
    sums, counts = np.where(known, rows, 0).sum(axis=1), known.sum(axis=1)
    return np.round(np.divide(sums, counts, out=np.full(len(rows), np.nan), where=counts > 0), 2)
