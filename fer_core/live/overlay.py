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
STEP = 16
"""px by which the sizes of an emoticon over a face differ."""
COVERED_COLOUR = "#6F6B7D"
"""Of the frame around a face that is covered, none of an emotion's."""
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

    def __call__(self, image: NDArray[np.uint8], reading: Reading | None,
                 covered: bool = False) -> NDArray[np.uint8]:
        """The mirrored picture (H, W, 3), with what is known drawn on it. A face whose lower half
        is covered has no expression: it is said to be covered, and its emoticon is calm."""
        out = np.ascontiguousarray(image[:, ::-1])
        if reading is None or reading.face is None or reading.probabilities is None:
            return out
        told = self.labels.classes[int(np.argmax(reading.probabilities))]
        emotion, word, code = (("neutral", "plot.covered", COVERED_COLOUR) if covered
                               else (told.key, f"emotion.{told.key}", told.colour))
        box, colour = mirrored(reading.face, image.shape[1]), ImageColor.getrgb(code)[:3]
        if self.style == "emoticon":
            _hide(out, box, self.traits, emotion)
        elif self.style == "mirror":
            side = round(BESIDE * len(out))
            gap = round(MARGIN * len(out))
            _lay(out, drawn(self.traits, emotion, side), out.shape[1] - side - gap, gap)
        elif self.style == "box":
            _frame(out, box, colour)
        if self.style == "box" or (covered and self.style != "none"):
            _paste(out, _word(say(word, self.language), colour), int(box[0]), int(box[1]) - 30)
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
def drawn(traits: Traits, emotion: str, side: int) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """An emoticon of that side, px: (S, S, 3) its colours where it covers, and (S, S, 3) how much
    of what is behind shows through, 0 to 255."""
    rgba = np.asarray(picture(traits, emotion, side))
    alpha = np.repeat(rgba[..., 3:], 3, axis=2)
    return cv2.multiply(rgba[..., :3], alpha, scale=1 / 255), 255 - alpha  # type: ignore[return-value]


def _hide(image: NDArray[np.uint8], box: NDArray[np.float64], traits: Traits,
          emotion: str) -> None:
    """An emoticon on a plate over the real face, hiding it whole."""
    cx, cy = (int((box[i] + box[i + 2]) / 2) for i in (0, 1))
    r = int(0.78 * max(box[2] - box[0], box[3] - box[1], 8))
    cv2.circle(image, (cx, cy), r, PLATE, -1, cv2.LINE_AA)
    # Of few sizes, so that a head that moves does not have it drawn anew for every picture.
    side = STEP * max(round(2 * r / STEP), 1)
    _lay(image, drawn(traits, emotion, side), cx - side // 2, cy - side // 2)


def _lay(image: NDArray[np.uint8], face: tuple[NDArray[np.uint8], NDArray[np.uint8]], x: int,
         y: int) -> None:
    """Lay what ``drawn`` gave over a picture, its corner at (x, y); what lies outside is cut
    off."""
    colours, through = face
    height, width = image.shape[:2]
    left, top = max(x, 0), max(y, 0)
    right, bottom = min(x + len(colours), width), min(y + len(colours), height)
    if right <= left or bottom <= top:
        return
    part = np.s_[top - y:bottom - y, left - x:right - x]
    under = image[top:bottom, left:right]
    under[:] = cv2.add(cv2.multiply(under, through[part], scale=1 / 255), colours[part])
