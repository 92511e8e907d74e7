"""The pictures that the one-stage detector learns from, made anew each time.

A window around a face of a WIDER picture or a clip, portraits and masked faces laid upon such a
window, or a sheet of portraits; then light, colour, blur, noise and compression.
"""

from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from fer_core.lab.onestage import sources
from fer_core.lab.onestage.sources import Shown
from fer_core.records import FloatArray

SIDE = 256
"""px of a scene."""
SHARES = {"wider": 0.4, "clip": 0.25, "laid": 0.25, "sheet": 0.1}
"""How often which kind of scene is made."""
SIZES = {"wider": (10, 150), "clip": (24, 200), "laid": (20, 190)}
"""px, smallest and largest longer side of the face that a scene is made around."""
LARGEST = 4.0
"""A picture is enlarged no further."""
EYES_FIRST = [1, 0, 2, 4, 3]
"""The landmarks' order in a mirrored picture."""


@dataclass(frozen=True, eq=False)
class Sources:
    """All that scenes are made of; portraits' and clips' outlines are the mesh's oval.

    Attributes:
        oval: (4,) by which shares of its sides an oval's bounds move to become a box as WIDER's
            people draw it.
    """

    wider: list[Shown]
    clips: list[Shown]
    portraits: list[Shown]
    masks: list[Shown]
    oval: FloatArray

    @classmethod
    def of(cls, folder: Path, oval: FloatArray) -> "Sources":
        """From the data folder, without what is held out.

        Raises:
            DatasetError: a file is missing.
        """
        return cls([sources.marked(m) for m in sources.wider(folder / "faces_wider", held=False)],
                   sources.frames(folder, held=False, every=5, side=480),
                   sources.portraits(folder, held=False),
                   sources.masks(folder, held=False), oval)


def scene(of: Sources, rng: np.random.Generator) -> Shown:
    """One picture to learn from, (SIDE, SIDE, 3), its outlines two corners of the box."""
    kind = str(rng.choice(list(SHARES), p=list(SHARES.values())))
    if kind == "wider":
        found = _window(_one(of.wider, rng), SIZES[kind], rng)
    elif kind == "clip":
        found = _boxed(_window(_one(of.clips, rng), SIZES[kind], rng), of.oval)
    elif kind == "laid":
        found = _window(_one(of.wider, rng), (10, 60), rng)
        for _ in range(int(rng.integers(1, 4))):
            found = _laid(found, _head(of, rng), int(rng.integers(*SIZES[kind])), rng)
    else:
        found = _sheet(of, rng)
    if rng.random() < 0.5:
        outline, marks = found.outline.copy(), found.marks[:, EYES_FIRST].copy()
        outline[..., 0], marks[..., 0] = SIDE - outline[..., 0], SIDE - marks[..., 0]
        found = Shown(np.ascontiguousarray(found.picture[:, ::-1]), outline, marks, found.ignored)
    return Shown(_lit(found.picture, rng), found.outline, found.marks, found.ignored)


def _one(of: list[Shown], rng: np.random.Generator) -> Shown:
    return of[int(rng.integers(len(of)))]


def _window(shown: Shown, sizes: tuple[int, int], rng: np.random.Generator) -> Shown:
    """A window of the picture in which one of its faces has a size drawn from ``sizes``."""
    boxes, free = shown.boxes, np.flatnonzero(~shown.ignored)
    height, width = shown.picture.shape[:2]
    if len(free):
        box = boxes[rng.choice(free)]
        wanted = np.exp(rng.uniform(*np.log(sizes)))
        scale = min(LARGEST, wanted / max(box[2:] - box[:2]))
        place = rng.uniform(0.15, 0.85, 2) * SIDE
        shift = place - scale * (box[:2] + box[2:]) / 2
    else:
        scale = rng.uniform(0.7, 1.5)
        shift = rng.uniform(np.minimum(0, SIDE - scale * np.array([width, height])), 1)
    angle = np.deg2rad(rng.normal(0, 7)) if rng.random() < 0.3 else 0.0
    return _moved(shown, scale, angle, shift, rng)


def _moved(shown: Shown, scale: float, angle: float, shift: FloatArray,
           rng: np.random.Generator) -> Shown:
    """The picture scaled, turned about the window's middle, and cut to it."""
    matrix = np.column_stack([scale * np.eye(2), shift])
    c, s = np.cos(angle), np.sin(angle)
    turn = np.array([[c, -s], [s, c]])
    matrix = turn @ matrix
    matrix[:, 2] += SIDE / 2 - turn @ np.full(2, SIDE / 2)
    fine = max(1, round(1 / scale))
    small = shown.picture if fine == 1 else cv2.resize(
        shown.picture, None, fx=1 / fine, fy=1 / fine, interpolation=cv2.INTER_AREA)
    pixels = matrix * np.array([fine, fine, 1])
    pixels[:, 2] += pixels[:, :2] @ (0.5, 0.5) - 0.5
    border = cv2.BORDER_REFLECT if rng.random() < 0.2 else cv2.BORDER_CONSTANT
    grey = tuple(float(v) for v in small.mean((0, 1)))
    picture = cv2.warpAffine(small, pixels, (SIDE, SIDE), flags=cv2.INTER_LINEAR,
                             borderMode=border, borderValue=grey)
    outline = shown.outline @ matrix[:, :2].T + matrix[:, 2]
    marks = shown.marks @ matrix[:, :2].T + matrix[:, 2]
    return _cut(Shown(np.asarray(picture, np.uint8), outline, marks, shown.ignored))


def _cut(shown: Shown) -> Shown:
    """Boxes within the window; those of which less than 40 % are left, or that became too small
    to see, are ignored."""
    boxes = shown.boxes
    inside = np.clip(boxes, 0, SIDE)
    areas = [np.prod(b[:, 2:] - b[:, :2], axis=1) for b in (inside, boxes)]
    seen = areas[0] > 0
    left = areas[0][seen] / np.maximum(areas[1][seen], 1e-6)
    tiny = (inside[seen, 2:] - inside[seen, :2]).max(1) < sources.SMALLEST
    return Shown(shown.picture, shown.outline[seen], shown.marks[seen],
                 shown.ignored[seen] | (left < 0.4) | tiny)


def _corners(boxes: FloatArray) -> FloatArray:
    return np.stack([boxes[:, :2], boxes[:, 2:]], 1)


def _boxed(shown: Shown, oval: FloatArray) -> Shown:
    """With boxes as WIDER's in place of the mesh's oval."""
    boxes = shown.boxes
    return Shown(shown.picture, _corners(boxes + oval * np.tile(boxes[:, 2:] - boxes[:, :2], 2)),
                 shown.marks, shown.ignored)


def _head(of: Sources, rng: np.random.Generator) -> tuple[Shown, FloatArray]:
    """A portrait or a masked face, and how its outline becomes a box."""
    if rng.random() < 0.4:
        return _one(of.masks, rng), np.zeros(4)
    return _one(of.portraits, rng), of.oval


def _laid(under: Shown, head: tuple[Shown, FloatArray], size: int,
          rng: np.random.Generator) -> Shown:
    """A head upon a window, its edge soft; faces that it covers are ignored."""
    shown, oval = head
    box = shown.boxes[0]
    scale = min(LARGEST, size / max(box[2:] - box[:2]))
    angle = np.deg2rad(rng.normal(0, 12))
    c, s = scale * np.cos(angle), scale * np.sin(angle)
    linear = np.array([[c, -s], [s, c]])
    middle = (box[:2] + box[2:]) / 2
    matrix = np.column_stack([linear, rng.uniform(0.1, 0.9, 2) * SIDE - linear @ middle])
    height, width = shown.picture.shape[:2]
    alpha = np.zeros((height, width), np.float32)
    if rng.random() < 0.7:
        axes = (box[2:] - box[:2]) * rng.uniform(0.56, 0.75, 2)
        cv2.ellipse(alpha, (middle.tolist(), (2 * axes).tolist(), 0.0), 1.0, -1)
        alpha = cv2.GaussianBlur(alpha, (0, 0), float(rng.uniform(1, 4)))  # type: ignore[assignment]
    else:
        alpha[:] = 1
    over = cv2.warpAffine(_tinted(shown.picture, rng), matrix, (SIDE, SIDE),
                          flags=cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR)
    alpha = cv2.warpAffine(alpha, matrix, (SIDE, SIDE))[..., None]  # type: ignore[assignment]
    picture = (under.picture * (1 - alpha) + over * alpha).astype(np.uint8)
    outline = shown.outline @ linear.T + matrix[:, 2]
    face = _boxed(Shown(picture, outline, shown.marks @ linear.T + matrix[:, 2],
                        shown.ignored), oval)
    hidden = np.array([alpha[y1:y2, x1:x2].mean() > 0.3 if x2 > x1 and y2 > y1 else False
                       for x1, y1, x2, y2 in np.clip(under.boxes, 0, SIDE).astype(int)], bool)
    both = Shown(picture, np.concatenate([_corners(under.boxes), face.outline]),
                 np.concatenate([under.marks, face.marks]),
                 np.concatenate([under.ignored | hidden, face.ignored]))
    return _cut(both)


def _sheet(of: Sources, rng: np.random.Generator) -> Shown:
    """Portraits and masked faces side by side."""
    n = int(rng.integers(1, 5))
    side = SIDE / n
    picture = np.zeros((SIDE, SIDE, 3), np.uint8)
    outlines, marks = [], []
    for row, column in np.ndindex(n, n):
        shown, oval = _head(of, rng)
        height, width = shown.picture.shape[:2]
        low, high = (np.round(np.array(v) * side).astype(int)
                     for v in ((column, row), (column + 1, row + 1)))
        across, down = (high - low).tolist()
        picture[low[1]:high[1], low[0]:high[0]] = _tinted(cv2.resize(
            shown.picture, (across, down), interpolation=cv2.INTER_AREA), rng)  # type: ignore[arg-type]
        scale = (high - low) / (width, height)
        tile = _boxed(Shown(picture, shown.outline * scale + low, shown.marks * scale + low,
                            shown.ignored), oval)
        outlines.append(np.clip(tile.outline, low, high))
        marks.append(tile.marks)
    return _cut(Shown(picture, np.concatenate(outlines), np.concatenate(marks),
                      np.zeros(len(outlines), bool)))


def _tinted(picture: NDArray[np.uint8], rng: np.random.Generator) -> NDArray[np.uint8]:
    """Portraits are grey: a colour of skin under some light, so that colour tells nothing."""
    if rng.random() < 0.3:
        return picture
    tint = 1 + rng.uniform(-1, 1) * np.array([0.18, 0.0, -0.18]) + rng.normal(0, 0.03, 3)
    return np.clip(picture * tint * rng.uniform(0.6, 1.2), 0, 255).astype(np.uint8)


def _lit(picture: NDArray[np.uint8], rng: np.random.Generator) -> NDArray[np.uint8]:
    """Light, colour, blur, noise and compression, as cameras have them."""
    chance = rng.random(6)
    if chance[0] < 0.2:
        picture = np.repeat(cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY)[..., None], 3, axis=2)  # type: ignore[assignment]
    elif chance[0] < 0.5:
        picture = np.clip(picture * rng.uniform(0.8, 1.2, 3), 0, 255).astype(np.uint8)
    if chance[1] < 0.15:
        picture = cv2.GaussianBlur(picture, (0, 0), rng.uniform(0.5, 1.8)).astype(np.uint8)
    if chance[2] < 0.15:
        dark = picture * rng.uniform(0.05, 0.3) + rng.normal(0, rng.uniform(1, 5), picture.shape)
        picture = np.clip(dark, 0, 255).astype(np.uint8)
    elif chance[2] < 0.5:
        table = 255 * (np.arange(256) / 255) ** np.exp(rng.normal(0, 0.3))
        picture = (table * rng.uniform(0.5, 1.0)).astype(np.uint8)[picture]
    if chance[3] < 0.15:
        noisy = picture + rng.normal(0, rng.uniform(2, 10), picture.shape)
        picture = np.clip(noisy, 0, 255).astype(np.uint8)
    if chance[4] < 0.2:
        quality = [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(25, 80))]
        picture = np.asarray(cv2.imdecode(cv2.imencode(".jpg", picture, quality)[1],
                                          cv2.IMREAD_COLOR), np.uint8)
    if chance[5] < 0.15:
        x, y = rng.integers(0, SIDE - 20, 2)
        w, h = rng.integers(12, 60, 2)
        picture = picture.copy()
        picture[y:y + h, x:x + w] = rng.integers(0, 256, 3)
    return picture
