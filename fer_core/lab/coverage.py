"""How often the scores' 95 % interval holds the long run's value.

Sessions are simulated: expression (log-odds), head pose and motion (log) each a stationary
first-order autoregression about a person who talks, with the same correlation between
neighbouring seconds in all of them. The long run's value is the score of one session of 50,000
seconds. The neutral take is given: its own uncertainty is the second, named width. The voice's
pauses, words and hesitations come by chance, at rates that wander likewise.

``python -m fer_core coverage`` prints the share held and, in brackets, the median width in points:

    score          lag     30 s (width)   60 s (width)  120 s (width)  300 s (width)
    attentiveness  0.0    0.970 (  6)  0.940 (  3)  0.955 (  2)  0.951 (  1)
    attentiveness  0.5    0.967 (  9)  0.951 (  4)  0.949 (  3)  0.947 (  2)
    attentiveness  0.8    0.945 ( 15)  0.937 (  8)  0.954 (  5)  0.951 (  3)
    attentiveness  0.9    0.940 ( 17)  0.921 ( 13)  0.952 (  9)  0.943 (  4)
    composure      0.0    0.955 ( 10)  0.952 (  5)  0.952 (  3)  0.951 (  2)
    composure      0.5    0.968 ( 23)  0.961 ( 11)  0.960 (  6)  0.957 (  4)
    composure      0.8    0.963 ( 29)  0.979 ( 24)  0.973 ( 14)  0.970 (  7)
    composure      0.9    0.929 ( 27)  0.960 ( 26)  0.968 ( 20)  0.970 ( 11)
    delivery       0.0    0.943 ( 70)  0.943 ( 42)  0.952 ( 28)  0.949 ( 17)
    delivery       0.5    0.942 ( 73)  0.942 ( 44)  0.955 ( 28)  0.949 ( 18)
    delivery       0.8    0.932 ( 73)  0.942 ( 43)  0.946 ( 28)  0.943 ( 18)
    delivery       0.9    0.932 ( 70)  0.929 ( 42)  0.942 ( 28)  0.931 ( 17)
    confidence     0.0    0.972 (  9)  0.946 (  5)  0.952 (  3)  0.948 (  2)
    confidence     0.5    0.979 ( 22)  0.958 ( 10)  0.960 (  5)  0.960 (  3)
    confidence     0.8    0.974 ( 30)  0.970 ( 22)  0.968 ( 12)  0.962 (  6)
    confidence     0.9    0.943 ( 28)  0.955 ( 24)  0.967 ( 18)  0.962 ( 10)
    engagement     0.0    0.969 ( 14)  0.944 (  7)  0.953 (  4)  0.952 (  3)
    engagement     0.5    0.978 ( 28)  0.961 ( 12)  0.962 (  7)  0.961 (  4)
    engagement     0.8    0.964 ( 39)  0.954 ( 26)  0.963 ( 13)  0.948 (  7)
    engagement     0.9    0.927 ( 35)  0.948 ( 28)  0.954 ( 21)  0.946 ( 11)

Of the face's 64, 57 lie in .93 to .97 (.90 to .98 at 30 s with .9); the others in .921 to .979.
Delivery's 16 lie in .929 to .955. A share of 1000 is known to .007.
"""

from dataclasses import asdict, dataclass

import numpy as np

from fer_core.config import ScoringSettings
from fer_core.emotions import LABEL_SETS
from fer_core.records import FloatArray, Timeline
from fer_core.sessions.reference import Reference
from fer_core.sessions.scoring import score_session, score_values

LAGS, LENGTHS = (0.0, 0.5, 0.8, 0.9), (30, 60, 120, 300)
"""Correlations between neighbouring seconds; s."""
SESSIONS = 1000
"""Of each length and correlation: a share of .95 is then known to .014, twice its error."""
LONG = 50_000
"""s of the session that gives the long run's value."""

LABELS = LABEL_SETS["ferplus"]
TALKING = np.log([0.55, 0.25, 0.04, 0.05, 0.04, 0.02, 0.04, 0.01])
"""Expression of a person who talks, in the order of FER+."""
SPREAD = 0.6
"""Of the log-odds."""
YAW, PITCH, ROLL = 5.0, 4.0, 3.0
"""Degrees, standard deviations."""
MOTION, MOTION_SPREAD = 0.2, 0.4
"""Eye distances per second, and the standard deviation of its logarithm."""
TALK, PAUSE_LEAST, PAUSE = 3.0, 0.3, 0.4
"""s between pauses on average, of the shortest, and what they last longer on average."""
WORDS, RATE_SPREAD, HESITATIONS = 2.9, 0.15, 0.06
"""A second of speech, and the standard deviation of the logarithm of the first."""
LOUDNESS, VOICE_PITCH = (5.1, 1.3), (1.8, 0.7)
"""dB and semitones within a second: mean and standard deviation of 36 talking people."""
RESTING = Reference(tension=0.1, pitch=0.0)


@dataclass(frozen=True)
class Cell:
    """One row: the share of sessions whose interval holds the long run's value, and the median
    width of the intervals in points."""

    score: str
    lag: float
    seconds: int
    held: float
    width: float


def simulated(rng: np.random.Generator, seconds: int, lag: float) -> Timeline:
    """A session."""
    voice = talking(rng.spawn(1)[0], seconds, lag)
    z = wander(rng, seconds, lag, len(LABELS.classes) + 4)
    p = np.exp(TALKING + SPREAD * z[:, 4:])
    return Timeline(LABELS, p / p.sum(axis=1, keepdims=True), {
        "coverage": np.ones(seconds), "yaw": YAW * z[:, 0], "pitch": PITCH * z[:, 1],
        "roll": ROLL * z[:, 2], "motion": MOTION * np.exp(MOTION_SPREAD * z[:, 3]), **voice})


def talking(rng: np.random.Generator, seconds: int, lag: float) -> dict[str, FloatArray]:
    """The columns of a voice: pauses that come when they come, words and hesitations by chance
    (Poisson), all at a rate that wanders."""
    z = wander(rng, seconds, lag, 4)
    paused, length = np.zeros(seconds), np.zeros(seconds)
    at = 0.0
    while (at := at + rng.exponential(TALK)) < seconds:
        pause = PAUSE_LEAST + rng.exponential(PAUSE)
        for second in range(int(at), min(int(at + pause) + 1, seconds)):
            inside = max(min(at + pause, second + 1) - max(at, second), 0.0)
            paused[second] += inside
            length[second] += inside * pause
        at += pause
    speech = 1 - np.minimum(paused, 1)
    words = rng.poisson(WORDS * np.exp(RATE_SPREAD * z[:, 0]) * speech).astype(float)
    return {
        "speech": speech, "pause": length, "words": words, "syllables": words,
        "hesitations": rng.poisson(HESITATIONS * np.exp(z[:, 1]) * speech).astype(float),
        "loudness_spread": np.maximum(LOUDNESS[0] + LOUDNESS[1] * z[:, 2], 0),
        "pitch_spread": np.maximum(VOICE_PITCH[0] + VOICE_PITCH[1] * z[:, 3], 0)}


def wander(rng: np.random.Generator, seconds: int, lag: float, columns: int) -> FloatArray:
    """(seconds, columns) stationary, mean 0, standard deviation 1."""
    out = rng.normal(size=(seconds, columns))
    out[1:] *= np.sqrt(1 - lag * lag)
    for t in range(1, seconds):
        out[t] += lag * out[t - 1]
    return out


def run(sessions: int = SESSIONS, seed: int = 0) -> list[Cell]:
    """Every score, correlation and length."""
    settings, cells = ScoringSettings(), []
    for lag in LAGS:
        rng = np.random.default_rng(seed)
        truth = score_values(simulated(rng, LONG, lag), settings, RESTING)
        for seconds in LENGTHS:
            found = [score_session(simulated(rng, seconds, lag), settings, RESTING)
                     for _ in range(sessions)]
            for name, *scores in zip(truth, *found, strict=True):
                low, high = (np.array([getattr(s, end) for s in scores]) for end in ("low", "high"))
                cells.append(Cell(name, lag, seconds,
                                  float(((low <= truth[name]) & (truth[name] <= high)).mean()),
                                  float(np.median(high - low))))
    return cells


def table(cells: list[Cell]) -> list[dict[str, object]]:
    """For JSON."""
    return [asdict(cell) for cell in cells]


def describe(cells: list[Cell]) -> str:
    """One line per score and correlation: the share held at each length, and the width."""
    lines = ["score          lag  " + "".join(f"{s:>5} s (width)" for s in LENGTHS)]
    rows = {(c.score, c.lag): None for c in cells}
    for name, lag in sorted(rows, key=lambda row: row[0]):
        found = {c.seconds: c for c in cells if (c.score, c.lag) == (name, lag)}
        lines.append(f"{name:14} {lag:3.1f}  " + "".join(
            f"  {found[s].held:.3f} ({found[s].width:3.0f})" for s in LENGTHS))
    return "\n".join(lines)
