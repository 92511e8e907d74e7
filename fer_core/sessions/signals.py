"""What a camera can see of a person, second by second, each on a scale of 0 to 1.

A part of a score is a series over the scored seconds: 1 is what the score rewards,
0 is none of it, NaN could not be measured. Its value in the report is exactly 100 times
the mean of what is known of that series, so a reader with the exported table and a
calculator can redo it.

To add a part: one function from Signals to (S,), registered by name.

What the literature says, and where parts lean on it:

- Martín-Raugh et al. 2023 (meta-analysis, 63 studies): interview ratings go with eye
  contact (rho = .45) and head movement (.43) more than with facial expression, whose
  effect differs between women and men. ``facing`` and the head parts lean on it, and
  it is why smiles are never more than a quarter of one score.
- Naim et al. 2015 (arXiv:1504.03425): excitement, friendliness and engagement are
  predicted well from video, smiling helps. ``smiling`` leans on it.
- Nguyen et al. 2014 ("Hire me"): the face says less than the voice. Barrett et al.
  2019: the same face is not the same emotion. Hence on-camera signals, not traits.

The thresholds in degrees, eye distances per second and probabilities are our judgement;
each stands below with its reason.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fer_core.config import ScoringSettings
from fer_core.emotions import LabelSet, Role
from fer_core.records import FloatArray, Timeline

# Degrees. Eyes travel within about 12 before the head follows, and the five-landmark
# pose is no better than that; at 35 one eye's corner leaves a camera's view.
FACING_FULL, FACING_NONE = 12.0, 35.0
# Degrees of tilt. Nobody sits quite level; 30 is an ear towards the shoulder.
LEVEL_FULL, LEVEL_NONE = 8.0, 30.0
# Eye distances (about 6 cm) per second. Nodding and talking stay under 0.3; 1.5 is
# rocking by 9 cm every second.
STEADY_FULL, STEADY_NONE = 0.3, 1.5
# The same unit. Landmark tremble alone gives about 0.05; from 0.15 on a head visibly
# takes part, past 0.6 movement begins to distract.
LIVELY_FULL, LIVELY_PAST = 0.15, 0.6
# Probability at which a second counts as a full smile: likelier than all else together.
SMILE_FULL = 0.5
# Jensen-Shannon distance from the mean expression that counts as full range; 0.5 is
# about an 80 % : 20 % expression turned the other way round.
RANGE_FULL = 0.5
# A baseline above this excuses nothing more: a start in open distress is no resting face.
BASELINE_MOST = 0.5
# s for which a tense second goes on counting: ten short spikes cost more than one long.
RECOVERY = 3


@dataclass(frozen=True, eq=False)
class Signals:
    """The scored seconds of a timeline, closed up: unscored seconds are not there.

    Attributes:
        labels: the classes of ``probabilities``.
        probabilities: (S, C); rows sum to 1, no NaN.
        coverage: (S,) 0 to 1.
        yaw, pitch, roll: (S,) degrees, NaN where unknown.
        motion: (S,) eye distances per second, NaN where unknown.
        baseline: the person's resting tension, 0 to 0.5.
    """

    labels: LabelSet
    probabilities: FloatArray
    coverage: FloatArray
    yaw: FloatArray
    pitch: FloatArray
    roll: FloatArray
    motion: FloatArray
    baseline: float

    def __len__(self) -> int:
        return len(self.probabilities)

    def mass(self, *roles: Role) -> FloatArray:
        """(S,) probability of all classes that play any of the roles, 0 to 1."""
        return mass(self.labels, self.probabilities, *roles)

    @property
    def unknown(self) -> FloatArray:
        """(S,) NaN: the series of a part that this label set cannot measure."""
        return np.full(len(self), np.nan)


PartFunction = Callable[[Signals], FloatArray]
PARTS: dict[str, PartFunction] = {}


def part(name: str) -> Callable[[PartFunction], PartFunction]:
    """Register a part under ``name``, which also names its sentence."""
    def register(function: PartFunction) -> PartFunction:
        PARTS[name] = function
        return function
    return register


def scored(timeline: Timeline, settings: ScoringSettings) -> NDArray[np.bool_]:
    """(T,) the seconds that count: seen in enough of their frames."""
    return timeline.seen & (timeline["coverage"] >= settings.second_coverage)


def gather(timeline: Timeline, settings: ScoringSettings,
           baseline: Timeline | float | None = None) -> Signals:
    """The scored seconds and the person's resting tension.

    Args:
        baseline: a neutral take, or its tension (0 to 1). None, or a take without a
            scored second: ``settings.resting``, and without that the median tension of the
            first ``baseline_seconds`` scored seconds. Never above 0.5.
    """
    rows = scored(timeline, settings)
    probabilities = timeline.probabilities[rows]
    resting = (mass(timeline.labels, probabilities, "tension")[:settings.baseline_seconds]
               if settings.resting is None else np.array([settings.resting]))
    if isinstance(baseline, Timeline):
        take = baseline.probabilities[scored(baseline, settings)]
        if len(take):
            resting = mass(baseline.labels, take, "tension")
    elif baseline is not None:
        resting = np.array([baseline])
    level = float(np.median(resting)) if len(resting) else 0.0
    return Signals(
        timeline.labels, probabilities, timeline["coverage"][rows], timeline["yaw"][rows],
        timeline["pitch"][rows], timeline["roll"][rows], timeline["motion"][rows],
        min(max(level, 0.0), BASELINE_MOST))


def mass(labels: LabelSet, probabilities: FloatArray, *roles: Role) -> FloatArray:
    """(T,) probability of all classes that play any of the roles, 0 to 1; NaN stays NaN."""
    played = np.max([labels.role(r) for r in roles], axis=0)
    summed: FloatArray = probabilities @ played
    return summed.clip(0.0, 1.0)


def js_distance(p: FloatArray, q: FloatArray) -> FloatArray:
    """Jensen-Shannon distance between distributions along the last axis.

    The root of the divergence of Lin (1991) in bits: a metric (Endres & Schindelin
    2003), 0 for the same distribution, 1 for two that share no class.

    Args:
        p, q: (..., C).

    Returns:
        (...) 0 to 1; NaN where either is.
    """
    middle = (p + q) / 2

    def divergence(x: FloatArray) -> FloatArray:
        ratio = np.divide(x, middle, out=np.ones_like(middle), where=(x > 0) & (middle > 0))
        return np.asarray((x * np.log2(ratio)).sum(axis=-1))

    return np.sqrt(np.clip((divergence(p) + divergence(q)) / 2, 0.0, 1.0))


@part("facing")
def facing(signals: Signals) -> FloatArray:
    """Head towards the camera, the nearest a camera comes to eye contact: 1 within 12
    degrees, falling to 0 at 35; the worse of yaw and pitch. Pitch is taken from the
    person's median, because laptop cameras look up and monitor cameras down."""
    known = signals.pitch[~np.isnan(signals.pitch)]
    usual = float(np.median(known)) if len(known) else np.nan
    off = np.maximum(np.abs(signals.yaw), np.abs(signals.pitch - usual))
    return _falling(off, FACING_FULL, FACING_NONE)


@part("head_level")
def head_level(signals: Signals) -> FloatArray:
    """Head upright: 1 within 8 degrees of roll, falling to 0 at 30."""
    return _falling(np.abs(signals.roll), LEVEL_FULL, LEVEL_NONE)


@part("head_steadiness")
def head_steadiness(signals: Signals) -> FloatArray:
    """Head not restless: 1 up to 0.3 eye distances per second, falling to 0 at 1.5. A
    still head gains nothing over one that nods."""
    return _falling(signals.motion, STEADY_FULL, STEADY_NONE)


@part("head_liveliness")
def head_liveliness(signals: Signals) -> FloatArray:
    """Head taking part: 0 when still, 1 from 0.15 to 0.6 eye distances per second,
    falling to 0 at 1.5. After head movement in Martín-Raugh et al. 2023."""
    rising = np.clip(signals.motion / LIVELY_FULL, 0.0, 1.0)
    return np.minimum(rising, _falling(signals.motion, LIVELY_PAST, STEADY_NONE))


@part("in_view")
def in_view(signals: Signals) -> FloatArray:
    """Share of the second's frames that show the face. Of scored seconds only, as in
    every part: seconds without a face lower the session's coverage instead."""
    return signals.coverage


@part("calm_positive")
def calm_positive(signals: Signals) -> FloatArray:
    """P(calm) + P(positive): a neutral face counts as much as a smile."""
    if not (signals.labels.role("calm").any() and signals.labels.role("positive").any()):
        return signals.unknown
    return signals.mass("calm", "positive")


@part("low_fear_sadness")
def low_fear_sadness(signals: Signals) -> FloatArray:
    """1 - P(fear) - P(sadness)."""
    if not signals.labels.role("fear").any():
        return signals.unknown
    return 1.0 - signals.mass("fear", "sadness")


@part("relaxed")
def relaxed(signals: Signals) -> FloatArray:
    """Tension not above the person's own: 1 at the baseline and under it, falling evenly
    to 0 at a tension of 1."""
    return _above_baseline(signals, _tension(signals))


@part("recovery")
def recovery(signals: Signals) -> FloatArray:
    """As ``relaxed``, of the tensest of this second and the 3 before it. A spike costs
    its own length and 3 s more: how long spikes last and how often they come both count.

    Concave and falling in the tension, as ``relaxed`` is, so that swinging about a level
    never pays against staying on it (a spike that ended at a threshold would reward
    dipping under it)."""
    tension = _tension(signals)
    worst = tension.copy()
    for back in range(1, RECOVERY + 1):
        np.maximum(worst[back:], tension[:-back], out=worst[back:])
    return _above_baseline(signals, worst)


@part("evenness")
def evenness(signals: Signals) -> FloatArray:
    """1 - Jensen-Shannon distance from the scored second before; NaN in the first."""
    out = signals.unknown
    out[1:] = 1.0 - js_distance(signals.probabilities[1:], signals.probabilities[:-1])
    return out


@part("smiling")
def smiling(signals: Signals) -> FloatArray:
    """P(positive), full at 0.5: a grin earns no more than a smile. After Naim et al. 2015."""
    if not signals.labels.role("positive").any():
        return signals.unknown
    return np.minimum(signals.mass("positive") / SMILE_FULL, 1.0)


@part("expressive_range")
def expressive_range(signals: Signals) -> FloatArray:
    """Jensen-Shannon distance from the session's mean expression, full at 0.5."""
    if not len(signals):
        return signals.unknown
    usual = signals.probabilities.mean(axis=0)
    return np.minimum(js_distance(signals.probabilities, usual[None]) / RANGE_FULL, 1.0)


def _tension(signals: Signals) -> FloatArray:
    """(S,) P(tension); NaN where the label set has no such class."""
    if not signals.labels.role("tension").any():
        return signals.unknown
    return signals.mass("tension")


def _above_baseline(signals: Signals, tension: FloatArray) -> FloatArray:
    return 1.0 - np.maximum(tension - signals.baseline, 0.0) / (1.0 - signals.baseline)


def _falling(values: FloatArray, full: float, none: float) -> FloatArray:
    """1 up to ``full``, linearly to 0 at ``none``; NaN stays NaN."""
    return np.clip((none - values) / (none - full), 0.0, 1.0)
