"""A picture with its faces framed and numbered, or one of them cut out, to be looked at."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageColor, ImageDraw, ImageFont

from fer_core.media.pictures import around
from fer_core.photos.reading import FaceRead, PhotoRead

FONT = Path(__file__).parents[1] / "reports" / "export" / "fonts" / "PoiseSansKR-Bold.ttf"
DARK = 140
"""Luma (0-255) of a plate from which on its number is dark."""
LEAST = 640
"""px of the longer side that a marked picture has at least, for its numbers to be legible."""
ROOM = 0.25
"""Around a face that is cut out, in its own sizes."""


def marked(photo: PhotoRead, picture: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """A copy of the picture, a small one enlarged, with a frame and a number for every face, in
    the colour of what was read from it.

    Args:
        picture: (H, W, 3) uint8 RGB, as ``PhotoReader.read`` gave it with ``photo``.
    """
    image = Image.fromarray(picture)
    if max(image.size) < LEAST:
        times = LEAST / max(image.size)
        image = image.resize((max(1, round(times * image.width)),
                              max(1, round(times * image.height))), Image.Resampling.BICUBIC)
    pen = ImageDraw.Draw(image)
    scale = image.width / photo.width
    line = max(2, max(image.size) // 400)
    for seen in photo.faces:
        x1, y1, x2, y2 = (float(v) for v in seen.face.box * scale)
        colour = ImageColor.getrgb(photo.labels.classes[int(seen.vote.argmax())].colour)[:3]
        pen.rectangle((x1, y1, x2, y2), outline=colour, width=line)
        letters = min(max((x2 - x1) * 0.3, 13), max(image.size) / 40)
        font = ImageFont.truetype(str(FONT), letters)
        text = str(seen.number)
        width, height = font.getlength(text) + 0.7 * letters, 1.3 * letters
        # Above the box, or within it where the picture ends.
        top = y1 - height if y1 >= height else y1
        pen.rectangle((x1, top, x1 + width, top + height), fill=colour)
        light = sum(w * c for w, c in zip((0.299, 0.587, 0.114), colour, strict=True)) > DARK
        pen.text((x1 + width / 2, top + height / 2), text, "#1d2733" if light else "white", font,
                 anchor="mm")
    return np.asarray(image)


def cut_out(photo: PhotoRead, picture: NDArray[np.uint8], seen: FaceRead) -> NDArray[np.uint8]:
    """(H, W, 3) one face of the picture with some margin; arguments as of ``marked``."""
    return around(picture, photo.in_pixels(picture)[seen.number - 1], ROOM)
