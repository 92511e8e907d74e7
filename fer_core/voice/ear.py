"""Listens to one stream, block by block, and says what was heard."""

from array import array
from collections.abc import Iterable
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from fer_core.records import Stretch, Voice, Word
from fer_core.records.arrays import FloatArray
from fer_core.records.sound import RATE, Sound
from fer_core.records.voice import STEP
from fer_core.voice import activity, pitch
from fer_core.voice.doubts import doubts
from fer_core.voice.fillers import fillers
from fer_core.voice.loudness import HOP, Loudness, decibels
from fer_core.voice.scribe import settled
from fer_core.voice.stretches import FRAME, seconds, sounding
from fer_core.voice.syllables import syllables, written

BLOCK = 3 * activity.HOP * HOP
"""Samples that are heard at once: 15.36 s, whole frames of both kinds."""
_GAP = 0.02
"""s that are missing without a mention: a block's own rounding."""
_SPEECH = 0.5
"""Probability from which the network says speech; what its authors use."""


class Scribe(Protocol):
    """Somebody who writes down what is said."""

    language: str | None

    def write(self, start: float, samples: NDArray[np.float32],
              speech: NDArray[np.bool_]) -> None:
        """The stream's next samples from ``start`` s on; ``speech``: of every 512 samples."""

    def words(self) -> tuple[Word, ...]:
        """All words up to now."""


class Ear:
    """Hears one stream. Keeps no sound but a block of 15 s: 1 kB a second remains of it.

    Args:
        scribe: writes the words down; None: nobody does.
    """

    def __init__(self, scribe: Scribe | None = None) -> None:
        self._scribe = scribe
        self._activity, self._loudness = activity.Activity(), Loudness()
        self._waiting: list[NDArray[np.float32]] = []
        self._count = self._done = 0  # samples that came, and those that were heard
        self._heard: list[list[float]] = []
        self._speech, self._squares, self._hz = array("f"), array("f"), array("f")
        # Windows of pitch reach beyond their frame, to both sides.
        self._windows = np.zeros((pitch.WINDOW - HOP) // 2, np.float32)
        self._clipped = 0

    def hear(self, sounds: Iterable[Sound]) -> None:
        """Listen on; what overlaps what was heard is left out."""
        for sound in sounds:
            at = round(sound.time * RATE)
            samples = sound.samples[max(self._count - at, 0):]
            if not len(samples):
                continue
            begin = max(at, self._count) / RATE
            if not self._heard or begin - self._heard[-1][1] > _GAP:
                self._heard.append([begin, begin])
            # Where there is no sound, silence keeps the time.
            for missing in _pieces(at - self._count):
                self._take(missing)
            self._take(samples)
            self._heard[-1][1] = self._count / RATE

    def _take(self, samples: NDArray[np.float32]) -> None:
        self._waiting.append(samples)
        self._count += len(samples)
        if self._count - self._done >= BLOCK:
            waiting = np.concatenate(self._waiting)
            while len(waiting) >= BLOCK:
                self._listen(waiting[:BLOCK])
                waiting = waiting[BLOCK:]
            self._waiting = [waiting]

    def _listen(self, block: NDArray[np.float32]) -> None:
        speech = self._activity.probabilities(block)
        self._speech.extend(speech)
        self._squares.extend(self._loudness.squares(block))
        self._clipped += int((np.abs(block) > 0.99).sum())
        self._windows = np.concatenate([self._windows, block])
        self._follow_pitch(float(np.abs(block).max()), bool((speech > _SPEECH).any()))
        if self._scribe is not None:
            self._scribe.write(self._done / RATE, block, speech > _SPEECH)
        self._done += len(block)

    def _follow_pitch(self, peak: float, anybody: bool) -> None:
        count = (len(self._windows) - pitch.WINDOW) // HOP + 1
        windows = self._windows[:pitch.WINDOW + (count - 1) * HOP]
        self._hz.extend(pitch.pitch(windows, peak) if anybody else np.full(count, np.nan))
        self._windows = self._windows[count * HOP:]

    def voice(self) -> Voice:
        """What was heard; nothing may be heard afterwards."""
        frames = -(-self._count // HOP)
        rest = np.concatenate([*self._waiting, np.zeros(0, np.float32)])
        whole = activity.HOP * HOP // 32  # the least that is whole frames of both kinds
        if len(rest):
            self._listen(np.pad(rest, (0, -len(rest) % whole)))
            self._waiting = []
        self._windows = np.pad(self._windows, (0, pitch.WINDOW))
        self._follow_pitch(1.0, False)
        squares, hz = np.array(self._squares)[:frames], np.array(self._hz)[:frames]
        of = np.minimum(np.arange(frames) * HOP // activity.HOP, max(len(self._speech) - 1, 0))
        speech = np.array(self._speech)[of] > _SPEECH if frames else np.zeros(0, bool)
        level = decibels(squares) if frames else np.zeros(0)
        spoken, noisy = sounding(level, speech)
        inside = np.zeros(frames, bool)
        for first, last in spoken:
            inside[first:last] = True
        hz = np.where(inside, hz, np.nan).astype(np.float32)
        pitched = 12 * np.log2(hz.astype(np.float64))
        own = float(np.nanmedian(pitched)) if (~np.isnan(pitched)).any() else np.nan
        usual = float(np.median(level[inside])) if inside.any() else np.nan
        stretches = seconds(spoken)
        words = None if self._scribe is None else settled(self._scribe.words(), stretches)
        language = self._scribe.language if self._scribe and words else None
        vowels = (written(words) if words and language == "ko"
                  else syllables(squares, hz, spoken))
        return Voice(
            heard=tuple(Stretch(a, b) for a, b in self._heard), spoken=stretches,
            loudness=_steps(np.where(inside, level - usual, np.nan)),
            pitch=_steps(pitched - own), syllables=vowels,
            fillers=() if words is None else fillers(words, language, pitched),
            language=language, words=words, doubts=doubts(
                level, speech, inside, pitched, spoken,
                self._clipped / max(1, round(inside.sum() * HOP)), noisy))


def _pieces(count: int) -> Iterable[NDArray[np.float32]]:
    """So many samples of silence, a block at a time."""
    for start in range(0, count, BLOCK):
        yield np.zeros(min(BLOCK, count - start), np.float32)


def _steps(frames: FloatArray) -> FloatArray:
    """Means of every ``STEP``, NaN where not one frame is known."""
    each = round(STEP / FRAME)
    rows = np.pad(frames, (0, -len(frames) % each), constant_values=np.nan).reshape(-1, each)
    known = ~np.isnan(rows)
    sums, counts = np.where(known, rows, 0).sum(axis=1), known.sum(axis=1)
    return np.round(np.divide(sums, counts, out=np.full(len(rows), np.nan), where=counts > 0), 2)
