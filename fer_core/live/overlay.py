"""What is drawn on the mirrored webcam picture: a frame around the face and what it says.

Drawn for every picture shown, so everything slow (letters) is made once and kept.
"""

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageColor, ImageDraw, ImageFont

from fer_core.emotions import LabelSet
from fer_core.records import Face, Reading
from fer_core.texts import Language, say

FONT = Path(__file__).parents[1] / "reports" / "export" / "fonts" / "PoiseSansKR-Bold.ttf"
SKIN, LINE = (246, 205, 97), (64, 48, 20)

# Of each expression: the mouth (smile: + up, - down; open: 0-1), the brows' tilt (+ angry).
_LOOKS = {
    "neutral": (0.0, 0.0, 0.0), "happiness": (1.0, 0.25, 0.0), "surprise": (0.0, 1.0, -0.4),
    "sadness": (-0.8, 0.0, -0.6), "anger": (-0.5, 0.0, 0.8), "disgust": (-0.6, 0.2, 0.5),
    "fear": (-0.4, 0.6, -0.7), "contempt": (0.3, 0.0, 0.4), "anxiety": (-0.5, 0.2, -0.6),
    "panic": (0.0, 0.7, -0.6), "hurt": (-0.7, 0.0, -0.7),
}


@dataclass(frozen=True)
class Overlay:
    """Draws on the pictures of one person.

    Attributes:
        labels: the classes of the readings.
        language: of the word beside the frame.
        style: ``box``: frame and word; ``emoticon``: instead of the face; ``none``.
    """

    labels: LabelSet
    language: Language
    style: str = "box"

    def __call__(self, image: NDArray[np.uint8], reading: Reading | None) -> NDArray[np.uint8]:
        """The mirrored picture (H, W, 3), with what is known drawn on it."""
        out = np.ascontiguousarray(image[:, ::-1])
        if reading is None or reading.face is None or reading.probabilities is None:
            return out
        emotion = self.labels.classes[int(np.argmax(reading.probabilities))]
        box = mirrored(reading.face, image.shape[1])
        colour = ImageColor.getrgb(emotion.colour)[:3]
        if self.style == "emoticon":
            _emoticon(out, box, emotion.key)
        elif self.style == "box":
            _frame(out, box, colour)
            _paste(out, _word(say(f"emotion.{emotion.key}", self.language), colour),
                   int(box[0]), int(box[1]) - 30)
        return out


def mirrored(face: Face, width: int) -> NDArray[np.float64]:
    """(4,) the box in the mirrored picture of that width, px."""
    x1, y1, x2, y2 = face.box
    return np.array([width - x2, y1, width - x1, y2])


def _frame(image: NDArray[np.uint8], box: NDArray[np.float64],
           colour: tuple[int, ...]) -> None:
    """Four corners: calmer than a whole rectangle, and the face stays free."""
    x1, y1, x2, y2 = (int(v) for v in box)
    reach = max((x2 - x1) // 5, 6)
    for x, dx in ((x1, reach), (x2, -reach)):
        for y, dy in ((y1, reach), (y2, -reach)):
            cv2.polylines(image, [np.array([[x + dx, y], [x, y], [x, y + dy]], np.int32)],
                          False, colour, 2, cv2.LINE_AA)


@lru_cache(64)
def _word(text: str, colour: tuple[int, ...]) -> NDArray[np.uint8]:
    """(h, w, 3) a word on a plate of the emotion's colour, dark or light, whichever reads."""
    font = ImageFont.truetype(str(FONT), 18)
    left, _, right, _ = font.getbbox(text)
    plate = Image.new("RGB", (int(right - left) + 14, 26), colour[:3])
    light = sum(w * c for w, c in zip((0.299, 0.587, 0.114), colour, strict=False)) > 140
    ImageDraw.Draw(plate).text((7, 13), text, "#1d2733" if light else "white", font, anchor="lm")
    return np.asarray(plate)


def _paste(image: NDArray[np.uint8], plate: NDArray[np.uint8], x: int, y: int) -> None:
    height, width = image.shape[:2]
    h, w = min(plate.shape[0], height), min(plate.shape[1], width)
    x, y = min(max(x, 0), width - w), min(max(y, 0), height - h)
    image[y:y + h, x:x + w] = plate[:h, :w]


def _emoticon(image: NDArray[np.uint8], box: NDArray[np.float64], emotion: str) -> None:
    """A drawn face over the real one, hiding it whole."""
    smile, gape, tilt = _LOOKS[emotion]
    cx, cy = (int((box[i] + box[i + 2]) / 2) for i in (0, 1))
    r = int(0.78 * max(box[2] - box[0], box[3] - box[1], 8))
    thick = max(r // 18, 2)
    cv2.circle(image, (cx, cy), r, SKIN, -1, cv2.LINE_AA)
    cv2.circle(image, (cx, cy), r, LINE, thick, cv2.LINE_AA)
    for side in (-1, 1):
        x, y = cx + side * int(0.36 * r), cy - int(0.15 * r)
        cv2.ellipse(image, (x, y), (r // 10, r // 7), 0, 0, 360, LINE, -1, cv2.LINE_AA)
        rise = int(0.14 * r * tilt)
        cv2.line(image, (x - side * r // 6, y - int(0.32 * r) + rise),
                 (x + side * r // 6, y - int(0.32 * r) - rise), LINE, thick, cv2.LINE_AA)
    middle = (cx, cy + int(0.42 * r))
    if gape > 0.15 and smile <= 0:
        cv2.ellipse(image, middle, (r // 5, int(r * 0.28 * gape)), 0, 0, 360, LINE, -1,
                    cv2.LINE_AA)
    elif abs(smile) < 0.1:
        cv2.line(image, (cx - r // 3, middle[1]), (cx + r // 3, middle[1]), LINE, thick,
                 cv2.LINE_AA)
    else:
        bend = max(int(abs(smile) * 0.28 * r), 2)
        start, end = (0, 180) if smile > 0 else (180, 360)
        top = middle[1] - bend // 2 if smile > 0 else middle[1] + bend // 2
        cv2.ellipse(image, (cx, top), (int(0.42 * r), bend), 0, start, end, LINE, thick,
                    cv2.LINE_AA)
