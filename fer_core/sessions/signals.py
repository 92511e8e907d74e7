"""What a camera can see of a person, second by second, each on a scale of 0 to 1.

A part of a score is a series over the seconds: 1 is what the score rewards, 0 is none of it,
NaN could not be measured. In the seconds in which the camera ran, its value is multiplied by the
share of frames that show the person; one in which nobody was seen is worth 0 in every part, so
that hiding never pays. Its value in the report is exactly 100 times the mean of what is known of
that series: a reader with the exported table and a calculator can redo it.

To add a part: one function from Signals to (T,), registered by name. What it must keep to:

- It sees one second, or the one before it at most; never the session's own mean, median or
  start. A second is judged alike wherever it lies, and the interval can be trusted.
- Probability moved to a tense class never raises it where it serves confidence or composure.
- It has no flat stretch in which whole sessions lie: no score is 100 for doing little.

What the literature says, and where parts lean on it:

- Martín-Raugh et al. 2023 (meta-analysis, 63 studies): interview ratings go with eye contact
  (rho = .45) and head movement (.43) more than with facial expression, whose effect differs
  between women and men: smiles are a quarter of a score at most.
- Basch & Melchers 2024: looking sideways of the camera costs interview ratings, the height of
  the camera hardly does. ``facing`` weighs yaw above pitch.
- Naim et al. 2015 (arXiv:1504.03425): excitement, friendliness and engagement are predicted
  well from video, smiling helps.
- Nguyen et al. 2014 ("Hire me"): the face says less than the voice. Barrett et al. 2019: the
  same face is not the same emotion. Hence on-camera signals, not traits.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from fer_core.config import ScoringSettings
from fer_core.records import FloatArray, Timeline
from fer_core.sessions.measures import mass, scored
from fer_core.sessions.reference import Reference
from fer_core.sessions.timeline import runs_of

# Degrees of yaw at which nothing is left of facing; each degree on the way costs the same. At
# 45 the far eye leaves the camera's view. Head direction tells gaze only by chance (it carries
# about 70 % of it, Stiefelhagen & Zhu 2002), so there is no angle up to which turning is free;
# that it is a straight line is our judgement.
TURNED = 45.0
# Degrees of pitch off the reference at which half of what pitch can cost is lost, and how sharp
# that is. A monitor's camera is some 12 degrees off the eyes' usual line and must cost little,
# a page on the desk 30 and must cost most: 21 lies between. Our judgement.
LOWERED, LOWERED_SHARPNESS = 21.0, 6
# Of facing, what pitch leaves at its worst: three quarters of what a turned head loses, because
# vertical aversion costs ratings less (Basch & Melchers 2024). The figure is our judgement.
LOWERED_LEAST = 0.25
# Degrees of yaw and pitch within which a head counts as turned to the camera: what advice aims
# at, and what charts shade. Eyes travel within about 12 before the head follows.
TOWARDS = 12.0
# Degrees of roll at which nothing is left of a level head: half way to lying down. Judgement.
TILTED = 45.0
# Eye distances (about 6 cm) per second. Of 36 people who talk to their camera, 95 % move by
# less than 0.8 on average; 2 is rocking by 12 cm every second. Judgement between.
RESTLESS_FROM, RESTLESS = 0.8, 2.0
# The same unit. Landmark tremble alone gives about 0.05; of the 36, all but the stillest quarter
# move by 0.2 and more: there a head visibly takes part.
LIVELY_FROM, LIVELY_FULL = 0.05, 0.18
# Net tension at which nothing of ``relaxed`` is left: the tense classes are then likelier than
# all others together, and surely so. Judgement; of 36 talking people, the tensest shows 0.56.
TENSE_NONE = 0.65
# Share of the resting tension that is excused. Half: an own take must help whose resting face
# looks tense, and must not pay whoever takes it afraid.
EXCUSED = 0.5
# P(positive) that counts as a full smile: with it the smile is the likeliest expression of most
# seconds, and a grin earns no more. Judgement.
SMILE_FULL = 0.35
# A smile as strong as this without a pause for so many seconds is fixed: smiles that are felt
# last from half a second to four (Ekman & Friesen 1982). Twice that is our judgement, as are
# the strength, and the share that a fixed one keeps.
FIXED_SMILE, FIXED_SECONDS, FIXED_KEEPS = 0.9, 8, 0.25
# Change of P(positive) + P(surprise) from one second to the next that counts as full animation:
# the liveliest of the 36 reach it in most seconds, their median is at two fifths.
ANIMATED_FULL = 0.2


@dataclass(frozen=True, eq=False)
class Signals:
    """A timeline as the parts see it: NaN where nobody was seen.

    Attributes:
        positive, tension, surprise: (T,) probabilities, 0 to 1.
        yaw, pitch, roll: (T,) degrees; pitch is off the reference's.
        motion: (T,) eye distances per second.
        excused: tension that is not held against the person, 0 to 0.5.
    """

    positive: FloatArray
    tension: FloatArray
    surprise: FloatArray
    yaw: FloatArray
    pitch: FloatArray
    roll: FloatArray
    motion: FloatArray
    excused: float


ONLY_COSTS = frozenset({"head_steadiness"})
"""Parts that are full for whoever does nothing special (of the 36, nine tenths have 93 and more):
a fault where they are low, no strength where they are high."""

PartFunction = Callable[[Signals], FloatArray]
PARTS: dict[str, PartFunction] = {}


def part(name: str) -> Callable[[PartFunction], PartFunction]:
    """Register a part under ``name``, which also names its sentence."""
    def register(function: PartFunction) -> PartFunction:
        PARTS[name] = function
        return function
    return register


def gather(timeline: Timeline, against: Reference) -> Signals:
    """What the parts need of a timeline."""
    p, labels = timeline.probabilities, timeline.labels
    positive, tension, surprise = (
        mass(labels, p, role) for role in ("positive", "tension", "surprise"))
    return Signals(
        positive, tension, surprise, timeline["yaw"], timeline["pitch"] - against.pitch,
        timeline["roll"], timeline["motion"], EXCUSED * against.tension)


def series(timeline: Timeline, settings: ScoringSettings,
           against: Reference) -> dict[str, FloatArray]:
    """Every part second by second, as the scores use it.

    Returns:
        part -> (T,) 0 to 1: weighed by the share of frames that show the person, 0 where the
        camera ran and they were not seen in ``second_coverage`` of them; NaN where nothing was
        analysed, or the part could not be measured.
    """
    signals = gather(timeline, against)
    coverage = timeline["coverage"]
    hidden = timeline.analysed & ~scored(timeline, settings)
    return {name: np.where(hidden, 0.0, function(signals) * coverage)
            for name, function in PARTS.items()}


@part("facing")
def facing(signals: Signals) -> FloatArray:
    """Head towards the camera, the nearest a camera comes to eye contact: 1 straight ahead,
    falling evenly to 0 at 45 degrees of yaw; times what pitch leaves, 1 near the reference,
    5/8 at 21 degrees off it, a quarter far off."""
    off = 1 / (1 + np.abs(signals.pitch / LOWERED) ** LOWERED_SHARPNESS)
    return _falling(np.abs(signals.yaw), 0.0, TURNED) * (LOWERED_LEAST + (1 - LOWERED_LEAST) * off)


@part("head_level")
def head_level(signals: Signals) -> FloatArray:
    """Head upright: 1 without roll, falling evenly to 0 at 45 degrees."""
    return _falling(np.abs(signals.roll), 0.0, TILTED)


@part("head_steadiness")
def head_steadiness(signals: Signals) -> FloatArray:
    """Head not restless: 1 up to 0.8 eye distances per second, falling evenly to 0 at 2. A
    still head gains nothing over one that nods."""
    return _falling(signals.motion, RESTLESS_FROM, RESTLESS)


@part("head_liveliness")
def head_liveliness(signals: Signals) -> FloatArray:
    """Head taking part: 0 when still, 1 from 0.18 to 0.8 eye distances per second, falling to 0
    at 2. After head movement in Martín-Raugh et al. 2023."""
    rising = 1 - _falling(signals.motion, LIVELY_FROM, LIVELY_FULL)
    return np.minimum(rising, _falling(signals.motion, RESTLESS_FROM, RESTLESS))


@part("relaxed")
def relaxed(signals: Signals) -> FloatArray:
    """Little tension: 1 without, falling evenly to 0 at a net tension of 0.65. Net is tension
    less half the resting tension, and never less than half of what the second shows."""
    net = np.maximum(signals.tension - signals.excused, (1 - EXCUSED) * signals.tension)
    return _falling(net, 0.0, TENSE_NONE)


@part("smiling")
def smiling(signals: Signals) -> FloatArray:
    """P(positive), full at 0.35: a grin earns no more than a smile. After Naim et al. 2015."""
    return np.minimum(signals.positive / SMILE_FULL, 1.0)


@part("living_smile")
def living_smile(signals: Signals) -> FloatArray:
    """As ``smiling``, but of a grin that does not move for 8 s a quarter only.

    Not for scores in which tension must never pay: a moment of fear breaks a grin."""
    grin = np.nan_to_num(signals.positive) >= FIXED_SMILE
    fixed = np.zeros(len(grin), bool)
    for first, end in runs_of(grin):
        fixed[first:end] = end - first >= FIXED_SECONDS
    return smiling(signals) * np.where(fixed, FIXED_KEEPS, 1.0)


@part("animation")
def animation(signals: Signals) -> FloatArray:
    """A face that answers: change of P(positive) + P(surprise) since the second before, full at
    0.2, as far as the second is not tense: swinging into tension is no animation."""
    open_face = signals.positive + np.nan_to_num(signals.surprise)
    change = np.abs(np.diff(open_face, prepend=np.nan)) / ANIMATED_FULL
    return np.minimum(change, 1.0) * (1.0 - np.nan_to_num(signals.tension))


def _falling(values: FloatArray, full: float, none: float) -> FloatArray:
    """1 up to ``full``, linearly to 0 at ``none``; NaN stays NaN."""
    return np.clip((none - values) / (none - full), 0.0, 1.0)
