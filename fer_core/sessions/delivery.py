"""What a microphone can hear of how a person speaks, second by second: the parts of delivery.

Each is a series over the seconds, 0 to 1, as those of ``signals``: 1 is what the score rewards,
NaN could not be measured. It begins with the first sound of speech and ends with the last, so
that neither the wait for a question nor the hand at the switch counts; its value in the report is
100 times the mean of what is known. Nothing here asks whether a face was seen.

Pace, pauses and fillers are rates, which one second cannot tell: a second stands for the ``SPAN``
seconds around it. Liveliness is of the second itself. No part knows how loud or how high a voice
is: the first is the microphone's, the second mostly a person's sex; so another microphone, or the
same one turned up, changes nothing.

What each part must fall with was asked of 138 interviews that nine judges rated (``lab.people``,
which fits the weights too; Naim et al. 2015, arXiv:1504.03425):

- Pace rises with the judges' liking up to about 165 words a minute and does not fall up to 200,
  the fastest of them; past that nothing is known, and that it falls there is our judgement.
- Long pauses cost more than many: the share of silence times its mean length goes with Overall at
  -.5, the number of pauses with nothing.
- "Um" and "uh" cost (-.32); "like" and "you know" do not (-.05): only the first are counted.
- A voice of one loudness costs. Their pitch was measured too roughly to say anything; of 36 rated
  clips, pitch that moves goes with how lively people seem (.45), so it is half of liveliness.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fer_core.records import Answer, FloatArray, Timeline
from fer_core.sessions.timeline import nan_mean, runs_of

SPAN = 21
"""s around a second whose words, pauses and fillers it stands for: some fifty words."""

Shape = tuple[tuple[float, float], ...]
"""Corners (measured, 0 to 1) of a broken line, flat outside."""

PACE_WORDS: Shape = ((110.0, 0.0), (165.0, 1.0), (200.0, 1.0), (300.0, 0.0))
"""Words a minute, pauses included, without fillers: of the interviews the slowest tenth have
fewer than 120; the slope and the first corner are where the cross-validated fit is best."""
PACE_SYLLABLES: Shape = ((195.0, 0.0), (270.0, 1.0), (320.0, 1.0), (455.0, 0.0))
"""Syllables a minute of Korean: adults who tell of their day speak 253 with a standard deviation
of 41 (Journal of Speech Sciences 9(4), 2002, 93-103); the interviews 151 and 30 words. The corners
lie as many standard deviations from the mean as those of English. Nobody judged this in Korean."""
PACE_EITHER: Shape = ((175.0, 0.0), (250.0, 1.0), (320.0, 1.0), (455.0, 0.0))
"""Syllables a minute where the language is not known, because nobody listened for words: English
has 1.4 syllables a word, 155 to 230 for the corners above; this lies between the two."""
SYLLABLES_A_WORD = 2.0
"""Syllables a word from which on words are no measure of pace: English has 1.4, Korean 2.7 (the
same 2002 study: 253 syllables in 92 words)."""
VOWELS_FOUND = 0.76
"""Share of the syllables that are found as vowels in the sound: of 36 clips of English 1.08 a
typed word, which has 1.4; of a Korean reading .70 of what is written."""
PAUSES: Shape = ((0.05, 1.0), (0.50, 0.0))
"""s, mean over time of the length of the pause that it falls in: 0.5 is one pause of 3.2 s in
21 s, or three of 1.9. 36 clips were measured both as the interviews were and as Poise does
(rank correlation .85): p' = .92 p - .04, which makes this the interviews' shape."""
FILLERS: Shape = ((0.0, 1.0), (10.0, 0.0))
"""Per 100 words; of the interviews 95 % have fewer than nine."""
LOUDNESS: Shape = ((3.5, 0.0), (6.5, 1.0))
"""dB, mean standard deviation within a second of speech: 5th to 95th percentile of 36 talking
people (3.9 to 5.9), a little wider."""
PITCH: Shape = ((0.8, 0.0), (2.8, 1.0))
"""Semitones, likewise (1.1 to 2.5)."""
SPEECH_LEAST = 5.0
"""s of speech under which delivery abstains: a cough, or a voice in the next room."""

@dataclass(frozen=True, eq=False)
class Rate:
    """What is counted over time: ``factor`` x the sum of ``counted`` (T,) over that of ``per``
    (T,), both over the ``SPAN`` around a second, judged by ``shape``."""

    counted: FloatArray
    per: FloatArray
    factor: float
    shape: Shape


HeardFunction = Callable[[Timeline, NDArray[np.bool_]], FloatArray | Rate]
HEARD: dict[str, HeardFunction] = {}


def heard(name: str) -> Callable[[HeardFunction], HeardFunction]:
    """Register a part of a voice under ``name``, which also names its sentence."""
    def register(function: HeardFunction) -> HeardFunction:
        HEARD[name] = function
        return function
    return register


def asked(timeline: Timeline, answers: tuple[Answer, ...]) -> Timeline:
    """The timeline as a voice is scored: where there are questions, only what was heard in the
    answers, each from its first word to its last, so that neither the interviewer nor the wait
    for a word counts."""
    if not answers:
        return timeline
    middle, speech = timeline.seconds + 0.5, timeline["speech"]
    answered = np.zeros(len(speech), bool)
    for answer in answers:
        inside = np.flatnonzero((middle >= answer.start) & (middle < answer.end))
        spoken = inside[speech[inside] > 0]
        inside = inside if not len(spoken) else np.arange(spoken[0], spoken[-1] + 1)
        answered[inside] = True
    return timeline.having(speech=np.where(answered, speech, np.nan))


def rows_of(timeline: Timeline) -> NDArray[np.bool_]:
    """(T,) the seconds that count: of each stretch that was heard, such as an answer, from the
    first with speech to the last."""
    speech = timeline["speech"]
    rows = np.zeros(len(speech), bool)
    for first, end in runs_of(~np.isnan(speech)):
        at = first + np.flatnonzero(speech[first:end] > 0)
        if len(at):
            rows[at[0]:at[-1] + 1] = True
    return rows


def series(timeline: Timeline) -> dict[str, FloatArray]:
    """Every part of a voice second by second, as the score uses it.

    Returns:
        part -> (T,) 0 to 1; NaN in seconds that do not count or where it is not known.
    """
    return series_and_alone(timeline)[0]


def series_and_alone(timeline: Timeline) -> tuple[dict[str, FloatArray], dict[str, FloatArray]]:
    """``series``, and every part with what each second by itself adds to it: of the same mean, but
    neighbouring seconds share no words. The interval is made of the second, because of seconds
    that are smoothed it could not tell what chance they were under.

    With R the rate of all seconds, f the shape and g = (f(r) - f(R)) / (r - R) the slope from it
    to the rate r = N / D around a second, f(r) = f(R) + g (N - R D) / D, where N and D are sums
    over seconds: so a second adds f(R) and, of every t around it, g_t (n - R d) / D_t. (Measured
    against r_t in place of R, what wanders for longer than ``SPAN`` would be lost, and with it a
    fifth of the interval's width.)
    """
    rows = rows_of(timeline)
    smooth, alone = {}, {}
    for name, function in HEARD.items():
        part = function(timeline, rows)
        both = _judged(part, rows) if isinstance(part, Rate) else (part, part)
        smooth[name], alone[name] = (np.where(rows, values, np.nan) for values in both)
    return smooth, alone


def is_heard(recipe: Mapping[str, float]) -> bool:
    """Whether a score is of the voice: then it needs sound, and no face."""
    return recipe.keys() <= HEARD.keys()


def abstention(timeline: Timeline, least: int) -> str | None:
    """Why a score of the voice abstains, or None: ``abstain.no_sound`` (nothing was heard, or
    there was no microphone), ``abstain.no_speech`` (under ``SPEECH_LEAST`` of speech: silence,
    music), ``abstain.speech_seconds`` (fewer seconds than ``least`` from the first speech to the
    last)."""
    speech = timeline["speech"]
    if np.isnan(speech).all():
        return "abstain.no_sound"
    if np.nansum(speech) < SPEECH_LEAST:
        return "abstain.no_speech"
    return "abstain.speech_seconds" if rows_of(timeline).sum() < least else None


def shaped(values: FloatArray, shape: Shape) -> FloatArray:
    """The broken line at the values; NaN stays NaN."""
    at, height = zip(*shape, strict=True)
    return np.asarray(np.interp(values, at, height))


@heard("pace")
def pace(timeline: Timeline, rows: NDArray[np.bool_]) -> Rate:
    """Words a minute, pauses included: 0 up to 110, 1 from 165 to 200, 0 from 300 on. Korean,
    whose words are long, in syllables: 195, 270 to 320, 455; they also tell the pace where no
    words were recognised."""
    words, syllables = timeline["words"], timeline["syllables"] / VOWELS_FOUND
    seconds = rows.astype(float)
    if np.isnan(words[rows]).all():
        return Rate(syllables, seconds, 60, PACE_EITHER)
    if np.nansum(syllables[rows]) > SYLLABLES_A_WORD * np.nansum(words[rows]):
        return Rate(syllables, seconds, 60, PACE_SYLLABLES)
    return Rate(words, seconds, 60, PACE_WORDS)


@heard("pauses")
def pauses(timeline: Timeline, rows: NDArray[np.bool_]) -> Rate:
    """Few and short pauses: 1 up to 0.05, falling evenly to 0 where the mean over time of the
    length of the pause that it falls in is 0.5 s. A pause twice as long costs four times."""
    return Rate(timeline["pause"], rows.astype(float), 1, PAUSES)


@heard("fillers")
def fillers(timeline: Timeline, rows: NDArray[np.bool_]) -> Rate:
    """Few fillers: 1 without, falling evenly to 0 at 10 per 100 words; not known without words,
    nor where none was said around."""
    return Rate(timeline["hesitations"], timeline["words"], 100, FILLERS)


@heard("liveliness")
def liveliness(timeline: Timeline, rows: NDArray[np.bool_]) -> FloatArray:
    """A voice that moves: half how much loudness varies within the second (0 up to 3.5 dB, 1
    from 6.5 on), half how much pitch does (0 up to 0.8 semitones, 1 from 2.8 on); one alone where
    the other is not known."""
    return nan_mean(np.stack([shaped(timeline["loudness_spread"], LOUDNESS),
                              shaped(timeline["pitch_spread"], PITCH)]), axis=0)


def _judged(rate: Rate, rows: NDArray[np.bool_]) -> tuple[FloatArray, FloatArray]:
    """(T,) of ``series_and_alone``; all NaN where nothing is known."""
    counted, per = _known(rate, rows)
    if not per.any():
        return np.full(len(rows), np.nan), np.full(len(rows), np.nan)
    whole = _summed(per, rows)
    usual = float(counted.sum() / per.sum())
    # Where nothing is known around a second it stands at the usual rate, and moves nothing.
    around = np.divide(_summed(counted, rows), whole, out=np.full(len(rows), usual),
                       where=whole > 0)
    level = shaped(rate.factor * np.array([usual]), rate.shape)
    value = shaped(rate.factor * around, rate.shape)
    off = around - usual
    slope = np.divide(value - level, off, out=np.zeros(len(rows)), where=np.abs(off) > 1e-9)
    pull = _summed(np.divide(slope, whole, out=np.zeros(len(rows)), where=whole > 0), rows)
    return np.where(whole > 0, value, np.nan), level + pull * (counted - usual * per)


def _known(rate: Rate, rows: NDArray[np.bool_]) -> tuple[FloatArray, FloatArray]:
    """(T,) what is counted and what it is counted against, 0 where either is not known."""
    known = rows & ~np.isnan(rate.counted) & ~np.isnan(rate.per)
    return np.where(known, rate.counted, 0.0), np.where(known, rate.per, 0.0)


def _summed(values: FloatArray, rows: NDArray[np.bool_]) -> FloatArray:
    """(T,) sum over those of the ``SPAN`` seconds around each that belong to the same run of
    seconds that count; 0 elsewhere."""
    out = np.zeros(len(values))
    for first, end in runs_of(rows):
        # "same" would be as long as the window where that is longer than the run.
        out[first:end] = np.convolve(values[first:end], np.ones(SPAN))[SPAN // 2:][:end - first]
    return out
