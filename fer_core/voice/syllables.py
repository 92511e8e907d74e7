"""Syllables. Korean words show theirs: a letter is one. Else they are heard, as peaks of
loudness that are voiced.

A syllable's vowel is a peak less than 25 dB below the loudest, at least 2 dB above the dips to
both sides, and voiced. Reference: de Jong & Wempe 2009, "Praat script to detect syllable nuclei
and measure speech rate automatically", Behavior Research Methods 41, 385-390.
"""

import math
from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray
from scipy.signal import find_peaks

from fer_core.records import Word
from fer_core.records.arrays import FloatArray
from fer_core.voice.loudness import decibels
from fer_core.voice.stretches import FRAME

_BELOW = 25.0  # dB below the loudest (0.99 quantile, so that a cough is not the measure)
_DIP = 2.0  # dB
_DIGIT = 1.5  # syllables of a digit as Korean reads numbers: 1989 is six
_EVEN = 1.5  # frames: a consonant shows, a glottal beat does not


def syllables(squares: FloatArray, hz: NDArray[np.float32],
              spoken: list[tuple[int, int]]) -> FloatArray:
    """(s,) s, the middle of every syllable's vowel.

    Args:
        squares: (n,) mean squares of frames.
        hz: (n,) pitch, NaN where not voiced.
        spoken: [first, last) frames of speech.
    """
    inside = np.zeros(len(squares), bool)
    for first, last in spoken:
        inside[first:last] = True
    if not inside.any():
        return np.zeros(0)
    level = decibels(squares, _EVEN)
    peaks, _ = find_peaks(level, height=np.quantile(level[inside], 0.99) - _BELOW,
                          prominence=_DIP)
    return (peaks[inside[peaks] & ~np.isnan(hz[peaks])] + 0.5) * FRAME


def written(words: Iterable[Word]) -> FloatArray:
    """(s,) s, the same of Korean words, spread evenly over each."""
    found: list[float] = []
    for word in words:
        count = math.ceil(sum(1.0 if "가" <= c <= "힣" else _DIGIT * c.isdigit()
                              for c in word.text))
        each = (word.end - word.start) / max(count, 1)
        found += [word.start + each * (i + 0.5) for i in range(count)]
    return np.array(found)
