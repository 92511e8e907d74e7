"""What a person is measured against: their own quiet face, or what is usual for people.

Pitch and tension mean nothing alone: cameras stand high and low, and resting faces differ. Both
are judged against the neutral take. Without one they are judged against the population values
below, and the interval says how far off these may be for one person. Never against the session's
own first seconds, median or mean: who is afraid throughout would be excused for it, who reads
from the desk would set the level of the desk.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fer_core.config import ScoringSettings
from fer_core.records import FloatArray, Timeline
from fer_core.sessions.eyes import AtCamera
from fer_core.sessions.measures import mass, scored

# Measured with the shipped networks and the product's own pose.
USUAL_TENSION, USUAL_TENSION_SPREAD = 0.03, 0.09
"""Median tension of faces that ten of FER+'s annotators called neutral (seven votes and more of
ten, the 911 such pictures of its validation split that do not leak from training and show a face
that is found: .026), and its standard deviation between them (half of the way from the 16th to
the 84th percentile: .091). 36 people who talk to their camera: .024. Measure again whenever
networks or their calibration change."""
USUAL_PITCH, USUAL_PITCH_SPREAD = 0.0, 7.0
"""Degrees; median of the pitch of people who talk to their camera, and its standard deviation
between them: 36 clips, each its own camera. FER+'s neutral faces that look ahead: 0.8."""
USUAL_X, USUAL_Y, USUAL_PLACE_SPREAD = 0.0, 0.12, 0.05
"""Where in the eye the iris is of people who talk to their camera (``gaze_x``, ``gaze_y``; 36
clips), and the standard deviation between them: across .03 to .07, without and with those who
look at their screen, up .04."""
LOOKS_FROM = 3
"""Seconds of a take with open, visible eyes from which on it tells how a person looks at the
camera. Judgement: a glance elsewhere must not be the middle of them."""

EXCUSED_FROM = 0.25
"""Tension of a take that the report speaks of: nine of ten of those neutral faces show less."""
RESTING_MOST = 0.5
"""A take tenser than this excuses nothing more: open distress is no resting face. Judgement."""
APART = 4.0
"""Seconds of a face that are worth one: neighbours correlate by about .6, and
(1 + .6) / (1 - .6) = 4."""


@dataclass(frozen=True)
class Reference:
    """Attributes:
        tension: 0 to 1, of the resting face.
        pitch: degrees, of the head that faces the camera.
        tension_error, pitch_error: standard errors of the two.
        own: whether they are the person's own.
        at_camera: how the eyes look at it; None: not known, the head's pose alone counts.
    """

    tension: float
    pitch: float
    tension_error: float = 0.0
    pitch_error: float = 0.0
    own: bool = True
    at_camera: AtCamera | None = None


USUAL = Reference(USUAL_TENSION, USUAL_PITCH, USUAL_TENSION_SPREAD, USUAL_PITCH_SPREAD, False)
"""What is usual for people."""


def reference(take: Timeline | None, settings: ScoringSettings) -> Reference:
    """What a session is measured against.

    Args:
        take: the neutral take; None, or one in which nobody was seen, where there is none.
        settings: ``resting`` is the take's tension where an old session kept nothing else.
    """
    if take is not None and (seen := scored(take, settings)).any():
        tension = mass(take.labels, take.probabilities[seen], "tension")
        middle, error = _middle(tension[~np.isnan(tension)], USUAL_TENSION_SPREAD)
        known = take["pitch"][seen]
        pitch, off = _middle(known[~np.isnan(known)], USUAL_PITCH_SPREAD, USUAL_PITCH)
        return Reference(min(middle, RESTING_MOST), pitch, error, off,
                         at_camera=_at_camera(take, seen, pitch))
    if settings.resting is not None:
        return Reference(min(settings.resting, RESTING_MOST), USUAL_PITCH, USUAL_TENSION_SPREAD / 2,
                         USUAL_PITCH_SPREAD)
    return USUAL


def _at_camera(take: Timeline, seen: NDArray[np.bool_], pitch: float) -> AtCamera | None:
    """The take's gaze, drawn towards what is usual by how little it tells: both weighed by the
    inverse of their variance, as a normal prior is."""
    known = seen & ~np.isnan(take["gaze_x"]) & ~np.isnan(take["yaw"])
    if known.sum() < LOOKS_FROM:
        return None
    places = []
    for name, usual in (("gaze_x", USUAL_X), ("gaze_y", USUAL_Y)):
        own, error = _middle(take[name][known], USUAL_PLACE_SPREAD)
        share = USUAL_PLACE_SPREAD**2 / (USUAL_PLACE_SPREAD**2 + error**2)
        places.append((share * own + (1 - share) * usual, share**0.5 * error))
    (x, x_error), (y, y_error) = places
    return AtCamera(x, y, float(np.median(take["yaw"][known])), pitch, x_error, y_error)


def _middle(values: FloatArray, spread: float, without: float = 0.0) -> tuple[float, float]:
    """Median and its standard error (1.25 times the mean's for a normal distribution), which is
    never more than the spread between people."""
    if not len(values):
        return without, spread
    worth = max(len(values) / APART, 1.0)
    error = 1.25 * float(np.std(values, ddof=1)) / worth**0.5 if len(values) > 2 else spread
    return float(np.median(values)), min(error, spread)
