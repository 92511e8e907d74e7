"""The checks before an interview: planted faults are found, each with its own sentence."""

from dataclasses import replace

import numpy as np
import pytest

from fer_core.emotions import LABEL_SETS
from fer_core.live.camera_check import check_camera
from fer_core.live.snapshot import Snapshot
from fer_core.records import Face, HeadPose, Reading
from fer_core.texts import LANGUAGES, say

LABELS = LABEL_SETS["ferplus"]
MARKS = np.array([[280, 180], [360, 180], [320, 220], [290, 260], [350, 260]], float)


def face(box=(240, 110, 400, 310)) -> Face:
    return Face(np.array(box, float), MARKS, 0.99, 0)


def reading(time: float, box=(240, 110, 400, 310), light=0.5, roll=0.0, others=()) -> Reading:
    return Reading(time, face(box), np.eye(8)[0], HeadPose(0, 0, roll), light, others)


def snapshot(make=reading, displayed=30.0, **changed) -> Snapshot:
    readings = tuple(make(t / 10, **changed) for t in range(100, 120))
    return Snapshot("running", readings[-1], readings, displayed, 10.0, 0.07, (640, 480))


def faults(seen: Snapshot) -> dict[str, str]:
    return {c.name: c.fault for c in check_camera(seen) if c.fault is not None}


def test_all_is_well():
    assert faults(snapshot()) == {}
    assert [c.name for c in check_camera(snapshot())] == [
        "face", "size", "centre", "light", "level", "rate", "alone"]


@pytest.mark.parametrize(("changed", "expected"), [
    ({"box": (300, 190, 340, 240)}, {"size": "too_far"}),
    ({"box": (150, 20, 490, 460)}, {"size": "too_near"}),
    ({"box": (20, 110, 180, 310)}, {"centre": "move_left"}),
    ({"box": (460, 110, 620, 310)}, {"centre": "move_right"}),
    ({"box": (240, 0, 400, 150)}, {"centre": "camera_up"}),
    ({"box": (240, 280, 400, 470)}, {"centre": "camera_down"}),
    ({"light": 0.1}, {"light": "dark"}),
    ({"light": 0.95}, {"light": "bright"}),
    ({"roll": -20.0}, {"level": "tilted"}),
    ({"others": (face(),)}, {"alone": "others"}),
])
def test_a_planted_fault_is_found_alone(changed, expected):
    assert faults(snapshot(**changed)) == expected


def looking(value):
    """A look a second says so."""
    def make(time, **changed):
        made = reading(time, **changed)
        return replace(made, values={"covered": value}) if time % 1 == 0 else made
    return make


def test_a_covered_mouth_is_told_and_is_no_missing_face():
    assert faults(snapshot(looking(0.95))) == {"bare": "covered"}
    assert faults(snapshot(looking(0.3))) == {}
    assert snapshot(looking(0.95)).covered
    assert not snapshot().covered
    assert "bare" in [c.name for c in check_camera(snapshot(looking(0.3)))]
    nobody = replace(snapshot(looking(0.95)), reading=None)
    assert not nobody.covered, "what was seen before is over"


def test_left_and_right_are_those_of_the_mirror():
    """A face on the left of the camera's picture is on the right of the mirror: its owner, who
    looks at the mirror, must move left."""
    assert "오른쪽에 있습니다" in say("page.practice.fault.move_left", "ko")
    assert faults(snapshot(box=(20, 110, 180, 310))) == {"centre": "move_left"}


def test_without_a_face_the_rest_waits():
    found = faults(snapshot(lambda t: Reading(t)))
    assert found == {"face": "no_face", "size": "unknown", "centre": "unknown",
                     "light": "unknown", "level": "unknown"}
    nothing = Snapshot("starting", None, (), 0.0, 0.0, None, None)
    assert faults(nothing) == {**found, "rate": "slow"}


def test_a_slow_camera():
    assert faults(snapshot(displayed=7)) == {"rate": "slow"}


def test_every_fault_has_a_sentence():
    for language in LANGUAGES:
        for fault in ("no_face", "unknown", "too_far", "too_near", "move_left", "move_right",
                      "camera_up", "camera_down", "dark", "bright", "tilted", "slow", "others"):
            assert say(f"page.practice.fault.{fault}", language)
