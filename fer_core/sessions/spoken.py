"""What was heard, second by second: the voice's columns of a timeline."""

from collections.abc import Iterable

import numpy as np

from fer_core.records import FloatArray, Stretch, Timeline, Voice
from fer_core.records.voice import STEP
from fer_core.sessions.timeline import nan_mean

OCTAVE = 8.0
"""Semitones from a person's own median beyond which a pitch is mostly an estimator's slip of an
octave: without this the spread of 36 clips goes with Praat's at .2, with it at .7."""
_FEWEST = 3
"""Values of ``STEP`` that a standard deviation within a second needs."""
HESITATIONS = frozenset((
    "", "um", "umm", "uhm", "uh", "uhh", "er", "erm", "hmm", "hm", "mm",
    "음", "으음", "음음", "어", "어어", "흠", "에"))
"""Fillers that only fill: a hum (without text), um, 음. "Like" and "you know" are told of, but
judges of interviews mind them not at all (``sessions.delivery``)."""


def with_voice(timeline: Timeline, voice: Voice) -> Timeline:
    """The timeline with the columns that a voice gives; NaN where there was no sound."""
    edges = np.append(timeline.seconds, timeline.start + len(timeline)).astype(np.float64)
    heard, spoken = _covered(voice.heard, edges), _covered(voice.spoken, edges)
    # A second of which less than half was heard says nothing.
    known = np.where(heard >= 0.5, 0.0, np.nan)
    columns = {
        "speech": np.minimum(spoken / np.maximum(heard, 1e-9), 1) + known,
        "pause": sum((p.seconds * _covered([Stretch(p.start, p.end)], edges)
                      for p in voice.pauses), np.zeros(len(timeline))) + known,
        "loudness": _means(voice.loudness, timeline) + known,
        "loudness_spread": _spreads(voice.loudness, timeline) + known,
        "voice_pitch": _means(voice.pitch, timeline) + known,
        "pitch_spread": _spreads(np.where(np.abs(voice.pitch) < OCTAVE, voice.pitch, np.nan),
                                 timeline) + known,
        "syllables": _counts(voice.syllables, edges) + known}
    if voice.words is not None:
        columns["words"] = _counts((w.start for w in voice.words), edges) + known
        columns["fillers"] = _counts((f.start for f in voice.fillers), edges) + known
        columns["hesitations"] = _counts(
            (f.start for f in voice.fillers if f.text in HESITATIONS), edges) + known
    else:  # what another listener wrote down before is not this voice's
        columns |= dict.fromkeys(("words", "fillers", "hesitations"),
                                 np.full(len(timeline), np.nan))
    return timeline.having(**columns)


def _covered(stretches: Iterable[Stretch], edges: FloatArray) -> FloatArray:
    """(T,) s of every second that lie in the stretches."""
    found = np.zeros(len(edges) - 1)
    for s in stretches:
        inside = np.minimum(edges[1:], s.end) - np.maximum(edges[:-1], s.start)
        found += np.maximum(inside, 0)
    return found


def _means(values: FloatArray, timeline: Timeline) -> FloatArray:
    """(T,) mean of every second's values, NaN where there is none."""
    return nan_mean(_by_second(values, timeline), axis=1)


def _spreads(values: FloatArray, timeline: Timeline) -> FloatArray:
    """(T,) their standard deviation, NaN where there are fewer than ``_FEWEST``."""
    rows = _by_second(values, timeline)
    off = (rows - nan_mean(rows, axis=1)[:, None]) ** 2
    return np.where((~np.isnan(rows)).sum(axis=1) >= _FEWEST, np.sqrt(nan_mean(off, axis=1)),
                    np.nan)


def _by_second(values: FloatArray, timeline: Timeline) -> FloatArray:
    """(T, 10) values of ``STEP`` each, NaN where there is none."""
    each = round(1 / STEP)
    rows = np.full((len(timeline), each), np.nan)
    cut = values[timeline.start * each:][:rows.size]
    rows.flat[:len(cut)] = cut
    return rows


def _counts(times: Iterable[float], edges: FloatArray) -> FloatArray:
    return np.histogram(np.array(list(times), float), edges)[0].astype(np.float64)
