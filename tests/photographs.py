"""Photographs before the camera, and one that talks."""

import cv2
import numpy as np


def held(picture: np.ndarray, time: float, shift: float = 0, roll: float = 0, zoom: float = 0,
         tilt: float = 0, exposure: float = 0, gamma: float = 0) -> tuple[np.ndarray, np.ndarray]:
    """A picture in a hand, as a camera 600 px away sees it in that second.

    Args:
        shift: px to either side, up and down.
        roll, tilt: degrees, within the picture's plane and out of it.
        zoom, exposure, gamma: shares by which they change.

    Returns:
        what is seen, as large as the picture, and the homography from the picture to it.
    """
    swing = np.sin(2 * np.pi * np.array([0.31, 0.47, 0.23, 0.53, 0.19, 0.37]) * time
                   + np.arange(6))
    height, width = picture.shape[:2]
    centre = np.array([width, height]) / 2
    turn = cv2.Rodrigues(np.radians([tilt * swing[3], tilt * swing[4], roll * swing[1]]))[0]
    place = np.array([shift * swing[0], shift * swing[5], 600 / (1 + zoom * swing[2])])
    camera = np.array([[600, 0, centre[0]], [0, 600, centre[1]], [0, 0, 1]])
    to_centre = np.array([[1, 0, -centre[0]], [0, 1, -centre[1]], [0, 0, 1]])
    homography = camera @ np.column_stack([turn[:, 0], turn[:, 1], place]) @ to_centre
    seen = cv2.warpPerspective(picture, homography, (width, height), flags=cv2.INTER_LINEAR,
                               borderMode=cv2.BORDER_REPLICATE)
    light = (seen / 255.0) ** (1 + gamma * swing[1]) * (1 + exposure * swing[2])
    return np.clip(255 * light, 0, 255).astype(np.uint8), homography


def noisy(picture: np.ndarray, sigma: float, seed: float) -> np.ndarray:
    """With a sensor's noise, another one in every second."""
    rng = np.random.default_rng(int(1000 * seed))
    return np.clip(picture + rng.normal(0, sigma, picture.shape), 0, 255).astype(np.uint8)


def jpeg(picture: np.ndarray, quality: int) -> np.ndarray:
    """As a camera that sends JPEG shows it."""
    return cv2.imdecode(cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, quality])[1],
                        cv2.IMREAD_COLOR)


def talking(picture: np.ndarray, mouth: np.ndarray, opening: float) -> np.ndarray:
    """The chin lower by so many px, and a mouth that stands open as wide; ``mouth``: (2, 2) px,
    its corners."""
    y, x = np.mgrid[:picture.shape[0], :picture.shape[1]].astype(np.float32)
    centre = mouth.mean(axis=0)
    near = np.exp(-((x - centre[0]) / 22) ** 2 - ((y - centre[1] - 8) / 22) ** 2)
    pull = np.where(y > centre[1], opening, 0) * near
    open_mouth = cv2.remap(picture, x, y - pull.astype(np.float32), cv2.INTER_LINEAR)
    middle = (int(centre[0]), int(centre[1] + opening / 2))
    cv2.ellipse(open_mouth, middle, (11, int(opening / 2)), 0, 0, 360, (60, 25, 25), -1)
    return cv2.GaussianBlur(open_mouth, (0, 0), 0.8)
