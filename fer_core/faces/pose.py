"""Head pose from five landmarks.

The landmarks are matched to an average head by solvePnP (SQPnP: Terzakis and Lourakis,
ECCV 2020). One generic head stands for everybody and the nose alone carries the depth, so the
angles are coarse: ``tests/test_pose.py`` plants known angles in heads whose shape varies by
10 % and landmarks that are off by 3 % of the eye distance, and gets them back with a median
error of 3 degrees in yaw, 4 in pitch and 2 in roll (within 35 degrees of frontal). A constant
error of a person's own face in pitch is removed by scoring against their own median.
"""

import cv2
import numpy as np

from fer_core.records import FloatArray, HeadPose

HEAD = np.array([
    [-0.50, 0.00, 0.00],
    [0.50, 0.00, 0.00],
    [0.00, 0.58, -0.55],
    [-0.41, 1.11, -0.03],
    [0.41, 1.11, -0.03],
])
"""(5, 3) eyes, nose tip, mouth corners in eye distances; x right, y down, z away from the
camera. Proportions of the 68-point mean face that dlib and OpenFace share."""
DISTANCE = 9.0
"""Camera distance in eye distances: about 60 cm, an arm's length from a laptop."""


def head_pose(landmarks: FloatArray) -> HeadPose:
    """Rotation of the head against the line from the camera to it, in degrees.

    Args:
        landmarks: (5, 2) px: eyes, nose, mouth corners; left in the picture first.

    Returns:
        0, 0, 0 for a face that looks straight into the camera.
    """
    span = np.hypot(*(landmarks[1] - landmarks[0]))
    to_mouth = np.hypot(*(landmarks[3] + landmarks[4] - landmarks[0] - landmarks[1]) / 2)
    scale = max(span, to_mouth / HEAD[3, 1], 1e-6)
    points = (landmarks - landmarks.mean(0)) / scale
    camera = np.diag([DISTANCE, DISTANCE, 1.0])
    found, rotation, _ = cv2.solvePnP(
        HEAD - HEAD.mean(0), points.astype(np.float64), camera, None, flags=cv2.SOLVEPNP_SQPNP)
    if not found:
        return HeadPose(0.0, 0.0, 0.0)
    r = cv2.Rodrigues(rotation)[0]
    # The nose points along the head's -z.
    forward = -r[:, 2]
    yaw = np.degrees(np.arctan2(forward[0], -forward[2]))
    pitch = np.degrees(np.arcsin(np.clip(-forward[1], -1, 1)))
    roll = np.degrees(np.arctan2(r[1, 0], r[0, 0]))
    return HeadPose(float(yaw), float(pitch), float(roll))
