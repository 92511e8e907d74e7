"""What makes a recording of a voice doubtful, said only where it is likely."""

import numpy as np
from numpy.typing import NDArray

from fer_core.records.arrays import FloatArray

_QUIET = -50.0  # dB below full scale while speaking: the microphone's own noise begins there
_CLIPPED = 0.002  # share of the samples of speech at full scale
_LOUD = 20.0  # dB below speech from which something else than speech is heard
_OTHER = 0.3  # share of what is heard that is not speech: music, a machine
_APART = 6.0  # semitones between two people's usual pitch: half an octave
_SHARE = 0.15  # of the voiced time, at least, is each person's
_SPREAD = 2.5  # semitones within which one person's stretches lie
_VOICED = 30  # frames that a stretch's pitch needs


def doubts(level: FloatArray, speech: NDArray[np.bool_], inside: NDArray[np.bool_],
           pitched: FloatArray, spoken: list[tuple[int, int]], clipped: float,
           noisy: bool) -> tuple[str, ...]:
    """Codes, the most telling first.

    Args:
        level: (n,) dB below full scale.
        speech: (n,) what the network calls speech; inside: (n,) what counts as speech.
        pitched: (n,) semitones, NaN where not voiced.
        spoken: [first, last) frames of speech.
        clipped: share of the samples of speech at full scale.
        noisy: whether the room is nearly as loud as speech.
    """
    if not inside.any():
        heard = len(level) and float(np.quantile(level, 0.9)) > _QUIET
        return ("no_speech", "other_sound") if heard else ("no_speech",)
    usual = float(np.median(level[inside]))
    other = (level > usual - _LOUD) & ~speech & ~inside
    found = {
        "several_voices": _two(pitched, spoken),
        "other_sound": other.sum() > _OTHER * (other | inside).sum(),
        "quiet": usual < _QUIET,
        "clipped": clipped > _CLIPPED,
        "noise": noisy,
    }
    return tuple(code for code, is_so in found.items() if is_so)


def _two(pitched: FloatArray, spoken: list[tuple[int, int]]) -> bool:
    """Whether stretches of speech fall into two groups of pitch, each close together and with
    its share of the time: two people, more often than not."""
    of = [(float(np.median(known)), len(known)) for a, b in spoken
          if len(known := pitched[a:b][~np.isnan(pitched[a:b])]) >= _VOICED]
    if len(of) < 4:
        return False
    medians, weights = np.array(sorted(of)).T
    cut = int(np.argmax(np.diff(medians))) + 1
    low, high = medians[:cut], medians[cut:]
    share = weights[:cut].sum() / weights.sum()
    return bool(min(len(low), len(high)) >= 2 and _SHARE <= share <= 1 - _SHARE
                and high.mean() - low.mean() >= _APART
                and max(low.std(), high.std()) <= _SPREAD)
