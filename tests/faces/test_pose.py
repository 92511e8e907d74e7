import numpy as np
import pytest

from fer_core.faces.pose import DISTANCE, HEAD, head_pose


def rotation(yaw, pitch, roll):
    """Turn, nod, then tilt in the picture."""
    y, p, r = np.radians([yaw, pitch, roll])
    turn = np.array([[np.cos(y), 0, -np.sin(y)], [0, 1, 0], [np.sin(y), 0, np.cos(y)]])
    nod = np.array([[1, 0, 0], [0, np.cos(p), np.sin(p)], [0, -np.sin(p), np.cos(p)]])
    tilt = np.array([[np.cos(r), -np.sin(r), 0], [np.sin(r), np.cos(r), 0], [0, 0, 1]])
    return tilt @ turn @ nod


def project(matrix, head=HEAD, distance=DISTANCE):
    points = (head - HEAD.mean(0)) @ matrix.T + [0, 0, distance]
    return points[:, :2] / points[:, 2:] * 500 + 300


def direction(matrix):
    forward = -matrix[:, 2]
    return (np.degrees(np.arctan2(forward[0], -forward[2])),
            np.degrees(np.arcsin(-forward[1])))


@pytest.mark.parametrize("angles", [
    (0, 0, 0), (20, 0, 0), (-30, 0, 0), (0, 15, 0), (0, -20, 0), (0, 0, 25), (20, 10, 0)])
def test_planted_angles_come_back(angles):
    pose = head_pose(project(rotation(*angles)))
    assert (pose.yaw, pose.pitch, pose.roll) == pytest.approx(angles, abs=0.2)


def test_signs_as_documented():
    frontal = project(np.eye(3))
    right, up = frontal.copy(), frontal.copy()
    right[2, 0] += 15  # nose towards the picture's right
    up[2, 1] -= 15
    assert head_pose(right).yaw > 5
    assert head_pose(up).pitch > 5
    assert head_pose(project(rotation(0, 0, 10))).roll == pytest.approx(10, abs=0.2)


def test_stated_error_holds_for_other_heads_and_noisy_landmarks():
    rng = np.random.default_rng(0)
    errors = []
    for _ in range(600):
        angles = rng.uniform(-35, 35, 3)
        head = HEAD * (1 + rng.normal(0, 0.1, (5, 3)))
        matrix = rotation(*angles)
        marks = project(matrix, head, rng.uniform(7, 14))
        pose = head_pose(marks + rng.normal(0, 0.03 * 500 / DISTANCE, (5, 2)))
        yaw, pitch = direction(matrix)
        errors.append(np.abs([pose.yaw - yaw, pose.pitch - pitch, pose.roll - angles[2]]))
    assert np.all(np.median(errors, axis=0) < [4.5, 5.5, 3.5])

