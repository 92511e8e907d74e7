"""Faces painted in known colours, where a detector would find them."""

import cv2
import numpy as np

from fer_core.records import Face

SKIN, HAIR, GROUND = (64.0, 14.0, 20.0), (14.0, 1.0, 1.0), (85.0, -6.0, -12.0)
"""CIELAB. The skin's angle is 35 degrees."""


def rgb(lab) -> np.ndarray:
    """(3,) uint8."""
    pixel = cv2.cvtColor(np.array(lab, np.float32).reshape(1, 1, 3), cv2.COLOR_LAB2RGB)
    return (np.clip(pixel[0, 0], 0, 1) * 255).round().astype(np.uint8)


def a_face(apart: float = 60, skin=SKIN, hair=HAIR, length: float = 0, lenses=None, mask=None,
           roll: float = 0) -> tuple[np.ndarray, Face]:
    """A face on a ground of another colour.

    Args:
        apart: px between the eyes.
        hair: None for a bald head.
        length: how far the hair reaches below the eyes, in distances between them; 0: not at all.
        lenses: colour before the eyes.
        mask: colour of one.
        roll: degrees.
    """
    side = int(6 * apart)
    middle, eyes = side / 2, side * 0.45
    image = np.empty((side, side, 3), np.uint8)
    image[:] = rgb(GROUND)

    def at(x: float, y: float) -> tuple[int, int]:
        return round(middle + x * apart), round(eyes + y * apart)

    def colour(lab) -> tuple[int, ...]:
        return tuple(int(v) for v in rgb(lab))

    def oval(x, y, rx, ry, lab) -> None:
        cv2.ellipse(image, at(x, y), (round(rx * apart), round(ry * apart)), 0, 0, 360,
                    colour(lab), -1)

    if hair is not None:
        oval(0, 0, 1.4, 1.75, hair)
        if length:
            cv2.rectangle(image, at(-1.4, 0), at(1.4, length), colour(hair), -1)
        else:
            cv2.rectangle(image, at(-1.5, 0.3), at(1.5, 2), colour(GROUND), -1)
    oval(0, 0.3, 1.0, 1.45 if hair is not None else 2.1, skin)
    for x in (-0.5, 0.5):
        if lenses is not None:
            oval(x, 0, 0.34, 0.26, lenses)
    if mask is not None:
        cv2.rectangle(image, at(-0.85, 0.35), at(0.85, 1.7), colour(mask), -1)
    marks = np.array([at(-0.5, 0), at(0.5, 0), at(0, 0.62), at(-0.41, 1.1), at(0.41, 1.1)], float)
    box = np.array([*at(-1.1, -1.0), *at(1.1, 1.8)], float)
    if roll:
        turn = cv2.getRotationMatrix2D((middle, eyes), roll, 1)
        image = cv2.warpAffine(image, turn, (side, side), borderMode=cv2.BORDER_REPLICATE)
        marks = marks @ turn[:, :2].T + turn[:, 2]
    return image, Face(box, marks, 0.99)
