"""Eyes and the camera: planted directions, and the law that eyes only ever lower facing."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fer_core.config import ScoringSettings
from fer_core.emotions import LABEL_SETS
from fer_core.records import Timeline
from fer_core.sessions import eyes, reference, signals
from fer_core.sessions.eyes import AtCamera, off_camera
from fer_core.sessions.reference import USUAL_PLACE_SPREAD, USUAL_Y, Reference
from fer_core.sessions.scored import as_scored, rescore, score, values
from fer_core.sessions.scoring import score_session
from fer_core.sessions.signals import EYES_WITHIN
from tests.planted import session

LABELS = LABEL_SETS["ferplus"]
SETTINGS = ScoringSettings()
SEEN = AtCamera(0.02, 0.1, 1.0, -2.0, 0.01, 0.01)


def table(seconds=20, **columns):
    """A calm person who faces the camera."""
    p = np.full((seconds, 8), 0.02)
    p[:, 0] = 0.86
    calm = {"coverage": 1.0, "yaw": 0.0, "pitch": 0.0, "roll": 0.0, "motion": 0.3}
    return Timeline(LABELS, p, {name: np.broadcast_to(np.asarray(value, float), seconds)
                                for name, value in {**calm, **columns}.items()})


def take(**columns):
    return table(5, **{"gaze_x": [0.01, 0.02, 0.0, 0.02, 0.01], "gaze_y": 0.12, **columns})


def places(across, up, yaw, pitch, half=eyes.HALF_EYE, deep=eyes.CORNERS_DEEP):
    """Where the iris shows of an eye that looks so many degrees past the camera."""
    across, up, yaw, pitch = (np.sin(np.radians(a)) for a in (across, up, yaw, pitch))
    return (across - deep * yaw) / (half * np.sqrt(1 - yaw**2)), (up - deep * pitch) / half


def test_planted_directions_come_back():
    yaw, pitch = np.array([-20.0, 0, 15, 30]), np.array([5.0, 0, -10, 0])
    across, up = np.array([0.0, 10, -25, 12]), np.array([0.0, -8, 3, 0])
    x, y = places(across, up, yaw, pitch)
    corners = np.array(places(0, 0, SEEN.yaw, SEEN.pitch))
    seen = table(4, yaw=yaw, pitch=pitch, gaze_x=x, gaze_y=y)
    found = off_camera(seen, replace(SEEN, x=corners[0], y=corners[1]))
    np.testing.assert_allclose(found, [across, up], atol=1e-9)


def test_the_error_of_a_direction_is_what_the_module_says():
    """Eyes of other shapes and places, poses and places that are off as ours are."""
    rng = np.random.default_rng(0)
    n, errors = 4000, []
    for _ in range(40):
        half = eyes.HALF_EYE * rng.normal(1, 0.1)
        deep = eyes.CORNERS_DEEP * rng.normal(1, 0.3)
        sits = rng.normal(0, 0.05, 2)  # where this person's corners lie
        yaw, pitch, across, up = rng.normal(0, 1, (4, n // 40)) * [[12], [6], [10], [6]]
        x, y = places(across, up, yaw, pitch, half, deep) + sits[:, None]
        x, y = x + rng.normal(0, 0.03, x.shape), y + rng.normal(0, 0.02, y.shape)
        before = np.array(places(0, 0, 0, 0, half, deep)) + sits + rng.normal(0, 0.02, 2)
        tilt = rng.normal(0, 3, 2)  # this person's own face, in every pose
        seen = table(n // 40, yaw=yaw + tilt[0] + rng.normal(0, 2, x.shape),
                     pitch=pitch + tilt[1] + rng.normal(0, 2.5, x.shape), gaze_x=x, gaze_y=y)
        found = off_camera(seen, AtCamera(*before, *tilt))
        errors.append(np.abs(found - np.array([across, up])))
    off = np.concatenate(errors, axis=1)
    assert np.median(off, axis=1) == pytest.approx([2.0, 1.8], abs=0.5)
    assert np.percentile(off[0], 90) == pytest.approx(5, abs=0.7)
    # As much again may be the teacher's own: independent errors add as squares.
    assert EYES_WITHIN > 5 * 2**0.5


def test_eyes_that_leave_the_camera_cost_and_those_that_stay_do_not():
    at = reference.reference(take(), SETTINGS)
    def facing(across, up, yaw=0.0):
        x, y = np.add(places(across, up, yaw, 0), (at.at_camera.x, at.at_camera.y))
        seen = table(1, yaw=yaw, gaze_x=x, gaze_y=y)
        return float(signals.facing(signals.gather(seen, at))[0])
    assert facing(0, 0) == facing(5, 0) == facing(-5, 5) == 1.0
    further = [facing(across, 0) for across in (5, 12, 20, 35, 60)]
    assert further == sorted(further, reverse=True)
    assert further[-1] == 0.0
    assert facing(20, 0) == pytest.approx(facing(-20, 0), abs=0.01)
    assert facing(0, -40) < 0.5 < facing(0, -12)
    # A turned head with the eyes on the camera, and one whose eyes go with it.
    turned = float(signals.facing(signals.gather(table(1, yaw=20.0), at))[0])
    assert facing(0, 0, yaw=20.0) == pytest.approx(turned)
    assert facing(35, 0, yaw=20.0) < turned


columns = st.lists(st.floats(-1, 1), min_size=12, max_size=12)


@given(columns, columns, columns, columns)
def test_eyes_only_ever_lower_facing(x, y, yaw, pitch):
    seen = table(12, yaw=60 * np.array(yaw), pitch=40 * np.array(pitch))
    against = reference.reference(take(), SETTINGS)
    with_eyes = seen.having(gaze_x=np.array(x), gaze_y=np.array(y))
    before, after = (signals.series(t, SETTINGS, against) for t in (seen, with_eyes))
    assert (after["facing"] <= before["facing"]).all()
    for name in before.keys() - {"facing"}:
        np.testing.assert_array_equal(before[name], after[name])


def test_without_a_take_or_where_no_eyes_are_read_the_head_alone_counts():
    away = table(gaze_x=0.6, gaze_y=0.1)
    def of(timeline, neutral):
        return [(s.value, s.low, s.high) for s in score(timeline, SETTINGS, neutral).scores]
    assert of(away, None) == of(table(), None)
    blind = take(gaze_x=np.nan, gaze_y=np.nan)
    assert of(away, blind) == of(table(), blind)
    # Two seconds of open eyes are too few to tell.
    glance = take(gaze_x=[0.0, 0.0, np.nan, np.nan, np.nan])
    assert reference.reference(glance, SETTINGS).at_camera is None
    assert of(table(), take()) == of(table(gaze_x=np.nan, gaze_y=np.nan), take())
    assert of(away, take()) < of(table(), take())


def test_a_take_is_drawn_towards_what_is_usual_by_how_little_it_tells():
    def own(spread):
        found = reference.reference(
            take(gaze_x=0.2 + spread * np.array([-1, 1, 0, 1, -1]), gaze_y=0.3), SETTINGS)
        return found.at_camera
    steady, restless = own(0.001), own(0.2)
    assert steady.x == pytest.approx(0.2, abs=0.001)
    assert 0 < restless.x < 0.12
    assert steady.y == pytest.approx(0.3)
    assert steady.x_error < restless.x_error <= USUAL_PLACE_SPREAD
    assert USUAL_Y < 0.3


def test_what_a_change_would_be_worth_knows_the_eyes():
    seen = replace(session(), neutral=take())
    looking = replace(seen, timeline=seen.timeline.having(
        gaze_x=np.full(40, 0.35), gaze_y=np.full(40, 0.12)))
    again = rescore(looking)
    assert again.scored.facing_eyes is not None
    found = values(as_scored(again.timeline), SETTINGS, again.scored)
    assert found == pytest.approx({s.name: s.value for s in again.scores if s.value is not None})
    ahead = values(as_scored(again.timeline).having(gaze_x=np.zeros(40)), SETTINGS, again.scored)
    assert ahead["attentiveness"] > found["attentiveness"] + 5


def test_the_interval_knows_how_little_the_take_told():
    def width(error):
        against = Reference(0.03, 0.0, at_camera=replace(SEEN, x_error=error))
        away = table(20, gaze_x=0.3 + 0.01 * np.arange(20), gaze_y=0.1)
        return {s.name: s.reference for s in score_session(away, SETTINGS, against)}
    assert width(0.05)["attentiveness"] > width(0.01)["attentiveness"] > 0
