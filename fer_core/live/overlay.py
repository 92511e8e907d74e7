"""What is drawn on the mirrored webcam picture: a frame around the face and what it says.

Drawn for every picture shown, so everything slow (letters) is made once and kept.
"""

from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageColor, ImageDraw, ImageFont

from fer_core.emoticons.exports import picture
from fer_core.emoticons.traits import Traits
from fer_core.emotions import LabelSet
from fer_core.records import Face, Reading
from fer_core.texts import Language, say

FONT = Path(__file__).parents[1] / "reports" / "export" / "fonts" / "PoiseSansKR-Bold.ttf"
PLATE = (251, 247, 240)
"""Behind an emoticon that hides a face: the head alone would leave hair and chin to be seen."""
DRAWN = 320
"""px of an emoticon as it is kept; on the picture it is scaled from that."""
BESIDE, MARGIN = 0.3, 0.03
"""Of the picture's height: an emoticon in its corner, and the room around it."""


@dataclass(frozen=True)
class Overlay:
    """Draws on the pictures of one person.

    Attributes:
        labels: the classes of the readings.
        language: of the word beside the frame.
        style: ``box``: frame and word; ``emoticon``: instead of the face; ``mirror``: in the
            picture's corner; ``none``.
        traits: of whose emoticon it is.
    """

    labels: LabelSet
    language: Language
    style: str = "box"
    traits: Traits = field(default_factory=Traits)

    def __call__(self, image: NDArray[np.uint8], reading: Reading | None) -> NDArray[np.uint8]:
        """The mirrored picture (H, W, 3), with what is known drawn on it."""
        out = np.ascontiguousarray(image[:, ::-1])
        if reading is None or reading.face is None or reading.probabilities is None:
            return out
        emotion = self.labels.classes[int(np.argmax(reading.probabilities))]
        box = mirrored(reading.face, image.shape[1])
        colour = ImageColor.getrgb(emotion.colour)[:3]
        if self.style == "emoticon":
            _hide(out, box, drawn(self.traits, emotion.key))
        elif self.style == "mirror":
            side = round(BESIDE * len(out))
            gap = round(MARGIN * len(out))
            blend(out, drawn(self.traits, emotion.key), out.shape[1] - side - gap, gap, side)
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


@lru_cache(64)
def drawn(traits: Traits, emotion: str) -> NDArray[np.uint8]:
    """(``DRAWN``, ``DRAWN``, 4) an emoticon, RGBA."""
    return np.asarray(picture(traits, emotion, DRAWN))


def _hide(image: NDArray[np.uint8], box: NDArray[np.float64],
          face: NDArray[np.uint8]) -> None:
    """An emoticon on a plate over the real face, hiding it whole."""
    cx, cy = (int((box[i] + box[i + 2]) / 2) for i in (0, 1))
    r = int(0.78 * max(box[2] - box[0], box[3] - box[1], 8))
    cv2.circle(image, (cx, cy), r, PLATE, -1, cv2.LINE_AA)
    side = int(1.8 * r)
    blend(image, face, cx - side // 2, cy - side // 2, side)


def blend(image: NDArray[np.uint8], face: NDArray[np.uint8], x: int, y: int, side: int) -> None:
    """Lay (S, S, 4) RGBA scaled to ``side`` px over a picture, its corner at (x, y); what lies
    outside is cut off."""
    height, width = image.shape[:2]
    left, top = max(x, 0), max(y, 0)
    right, bottom = min(x + side, width), min(y + side, height)
    if right <= left or bottom <= top:
        return
    scaled = cv2.resize(face, (side, side), interpolation=cv2.INTER_AREA)
    part = scaled[top - y:bottom - y, left - x:right - x].astype(np.uint16)
    alpha = part[..., 3:]
    under = image[top:bottom, left:right]
    under[:] = ((part[..., :3] * alpha + under * (255 - alpha) + 127) // 255).astype(np.uint8)
