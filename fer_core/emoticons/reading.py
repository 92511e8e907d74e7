"""A picture and where a face is in it -> the traits of its emoticon.

Tones are measured where skin and hair are seen, in CIELAB; proportions come from the detector's
five landmarks, against those of other faces that look into the camera. Light changes what a
camera sees of a tone: whoever is drawn corrects it, and the correction wins.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self, get_args

import cv2
import numpy as np
from numpy.typing import NDArray

from fer_core.config import Settings
from fer_core.emoticons.traits import Glasses, Hair, Proportions, Style, Traits
from fer_core.faces.pose import head_pose
from fer_core.networks.accessories import Accessories, Worn
from fer_core.records import Face, FloatArray

SPAN = 40
"""px between the eyes in the upright copy of a face that tones are measured in."""
TONES: dict[Hair, tuple[float, float, float]] = {
    "black": (12, 1, 1), "dark": (23, 5, 7), "brown": (36, 9, 14), "red": (36, 22, 24),
    "blond": (60, 6, 24), "grey": (50, 0, 2), "white": (80, 0, 2)}
"""Tone -> L*, a*, b* of hair in photographs, our judgement."""
COLOURLESS, USUAL_B = 4.0, 16.0
"""Chroma of the cheeks under which a picture is taken as grey, and the b* that is supposed then:
the angle needs one."""
CLOSE, LOOSE = 14.0, 22.0
"""CIELAB distances up to which colours are of one head's hair, in one light and in another."""
SKINLIKE, BALD = 8.0, 0.8
"""Distance from the cheeks up to which a pixel above the forehead is skin (blond hair differs by
10), and the share of them from which on the head is bald."""
DARK_LENS = 0.5
"""Share of the skin's lightness that four fifths of the eyes' surroundings stay under where
lenses are dark: behind clear ones skin and the white of the eyes are lighter."""
LIT = (50.0, 85.0)
"""Percentiles of lightness between which skin is measured: shade only darkens, and what is lighter
still shines."""
FRONTAL = 20.0
"""Degrees of yaw or pitch up to which a face shows its proportions."""
USUAL: dict[str, tuple[float, float]] = {
    "width": (0.772, 0.040), "eyes": (0.458, 0.017), "nose": (0.522, 0.082),
    "mouth": (0.862, 0.088)}
"""Mean and standard deviation of ``ratios`` over 146 web portraits that look into the camera."""


@dataclass(frozen=True)
class TraitsRead:
    """What was read, and how sure of what is worn."""

    traits: Traits
    worn: Worn


class TraitsReader:
    """Reads what an emoticon needs, with the network that sees glasses and masks.

    Args:
        accessories: loaded; without it nobody wears anything until somebody says so.
    """

    def __init__(self, accessories: Accessories | None) -> None:
        self._accessories = accessories

    @classmethod
    def of(cls, settings: Settings) -> Self:
        """With the network of the settings' weights.

        Raises:
            ModelError: it cannot be loaded.
        """
        return cls(Accessories.of(settings.weights))

    def read(self, image: NDArray[np.uint8], faces: Sequence[Face]) -> list[TraitsRead]:
        """The traits of every face.

        Args:
            image: (H, W, 3) uint8 RGB.
            faces: in its pixels.
        """
        worn = (self._accessories.read(image, [f.landmarks for f in faces]) if self._accessories
                else [Worn(0.0, 0.0)] * len(faces))
        return [TraitsRead(from_picture(image, face, of), of)
                for face, of in zip(faces, worn, strict=True)]


def from_picture(image: NDArray[np.uint8], face: Face, worn: Worn) -> Traits:
    """The traits of a face, by what is seen and what is worn; facial hair is not read.

    Args:
        image: (H, W, 3) uint8 RGB.
        face: in its pixels.
        worn: probabilities of glasses and a mask.
    """
    lab = upright(image, face.landmarks)
    mask = worn.mask > 0.5
    skin = lit(pixels(lab, FOREHEAD) if mask else bare_skin(lab))
    hair, style = hair_of(lab, skin)
    glasses: Glasses = "none"
    if worn.glasses > 0.5:
        around = pixels(lab, EYES)
        dark = len(around) > 0 and np.percentile(around[:, 0], 80) < DARK_LENS * skin[0]
        glasses = "sunglasses" if dark else "glasses"
    return Traits(skin=round(typology_angle(skin), 1), hair=hair, style=style, glasses=glasses,
                  mask=mask, face=proportions(face))


def typology_angle(skin: FloatArray) -> float:
    """Individual typology angle, degrees (Chardon et al. 1991): atan((L* - 50) / b*).

    Args:
        skin: (3,) CIELAB under daylight. Without any colour a usual b* is supposed.
    """
    light, b = float(skin[0]), float(skin[2])
    if np.hypot(skin[1], skin[2]) < COLOURLESS:
        b = USUAL_B
    return float(np.degrees(np.arctan((light - 50) / max(b, 1.0))))


# Places of a face, in distances between the eyes: x to the right of the middle between them, y
# down from them. A face looks into the camera with its mouth at about y = 1.1.
Box = tuple[float, float, float, float]
CHEEKS: tuple[Box, ...] = ((-0.62, 0.42, -0.38, 0.72), (0.38, 0.42, 0.62, 0.72))
FOREHEAD: tuple[Box, ...] = ((-0.3, -0.62, 0.3, -0.4),)
EYES: tuple[Box, ...] = ((-0.65, -0.12, -0.35, 0.12), (0.35, -0.12, 0.65, 0.12))
CROWN: tuple[Box, ...] = ((-0.55, -1.55, 0.55, -1.2),)
JAW: tuple[Box, ...] = ((-1.3, 0.75, -1.05, 1.15), (1.05, 0.75, 1.3, 1.15))
NECK: tuple[Box, ...] = ((-1.25, 1.7, -0.9, 2.1), (0.9, 1.7, 1.25, 2.1))
AROUND: tuple[Box, ...] = ((-2.4, -1.6, -1.9, -0.6), (1.9, -1.6, 2.4, -0.6))
REACH = 2.5
"""How far the upright copy reaches from the middle between the eyes, to every side."""


def upright(image: NDArray[np.uint8], landmarks: FloatArray) -> FloatArray:
    """The face turned upright and scaled to ``SPAN`` between the eyes, as (S, S, 3) CIELAB; NaN
    beyond the picture."""
    eyes = landmarks[1] - landmarks[0]
    down = (landmarks[3] + landmarks[4] - landmarks[0] - landmarks[1]) / 2
    # A turned face shows its eyes closer together: then its height tells how large it is.
    scale = SPAN / max(np.hypot(*eyes), 0.9 * np.hypot(*down), 1e-6)
    angle = np.arctan2(eyes[1], eyes[0])
    c, s = scale * np.cos(angle), scale * np.sin(angle)
    linear = np.array([[c, s], [-s, c]])
    side = int(2 * REACH * SPAN)
    shift = side / 2 - linear @ ((landmarks[0] + landmarks[1]) / 2)
    matrix = np.column_stack([linear, shift])
    if scale < 1:  # averaged first, so that no pixel is left out
        small = cv2.resize(image, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
        ratio = np.array(small.shape[1::-1]) / image.shape[1::-1]
        image, matrix = small, np.column_stack([linear / ratio, shift])  # type: ignore[assignment]
    size = (side, side)
    seen = cv2.warpAffine(image.astype(np.float32) / 255, matrix, size)
    inside = cv2.warpAffine(np.ones(image.shape[:2], np.float32), matrix, size)
    lab = cv2.cvtColor(seen, cv2.COLOR_RGB2LAB).astype(float)
    lab[inside < 0.999] = np.nan
    return lab


def pixels(lab: FloatArray, boxes: tuple[Box, ...]) -> FloatArray:
    """(n, 3) colours of what the boxes hold of the picture."""
    found = []
    for box in boxes:
        x1, y1, x2, y2 = (round((v + REACH) * SPAN) for v in box)
        found.append(lab[y1:y2, x1:x2].reshape(-1, 3))
    every = np.concatenate(found)
    return every[~np.isnan(every[:, 0])]


def bare_skin(lab: FloatArray) -> FloatArray:
    """(n, 3) the cheeks, and what of the forehead has their hue: no hair, no hat."""
    cheeks, forehead = pixels(lab, CHEEKS), pixels(lab, FOREHEAD)
    if not len(cheeks):
        return forehead
    other = np.abs(forehead[:, 1:] - np.median(cheeks[:, 1:], axis=0)).max(axis=1)
    return np.concatenate([cheeks, forehead[other < SKINLIKE]])


def lit(skin: FloatArray) -> FloatArray:
    """(3,) the colour of skin where light falls on it.

    Args:
        skin: (n, 3) CIELAB; where there is none, a face at the picture's very edge, a usual colour
            is taken.
    """
    if not len(skin):
        return np.array([65.0, 10.0, USUAL_B])
    low, high = np.percentile(skin[:, 0], LIT)
    chosen = (skin[:, 0] >= low) & (skin[:, 0] <= high)
    return np.median(skin[chosen], axis=0)  # type: ignore[no-any-return]


def hair_of(lab: FloatArray, skin: FloatArray) -> tuple[Hair, Style]:
    """Tone and length of the hair, by what is above the forehead and beside the jaw.

    Where nothing is above the forehead but skin, the head is bald. Hair counts as long only where
    the ground beside the head is of another colour.
    """
    crown = pixels(lab, CROWN)
    if not len(crown):
        return "dark", "short"
    bare = np.linalg.norm(crown - skin, axis=1) < SKINLIKE
    if bare.mean() > BALD:
        return "dark", "none"
    middle = np.median(crown[~bare], axis=0)
    tones = np.array([TONES[name] for name in get_args(Hair)], float)
    tone: Hair = get_args(Hair)[int(np.linalg.norm(tones - middle, axis=1).argmin())]

    def like_hair(boxes: tuple[Box, ...], apart: float) -> list[float]:
        return [float(np.mean(np.linalg.norm(part - middle, axis=1) < apart)) for box in boxes
                if len(part := pixels(lab, (box,)))]

    beside = like_hair(AROUND, LOOSE)
    if len(beside) == 2 and max(beside) > 0.45:
        return tone, "short"
    if min(like_hair(JAW, LOOSE), default=0) > 0.7 and min(like_hair(NECK, LOOSE), default=0) > 0.4:
        return tone, "long"
    return tone, "bob" if min(like_hair(JAW, CLOSE), default=0) > 0.6 else "short"


def proportions(face: Face) -> Proportions:
    """How the face differs from others', each ratio by its standard deviations, halved; all 0
    where it looks elsewhere."""
    pose = head_pose(face.landmarks)
    if max(abs(pose.yaw), abs(pose.pitch)) > FRONTAL:
        return Proportions()
    found = {name: float(np.clip((value - USUAL[name][0]) / USUAL[name][1] / 2, -1, 1))
             for name, value in ratios(face).items()}
    return Proportions(**{name: round(value, 2) for name, value in found.items()})


def ratios(face: Face) -> dict[str, float]:
    """Width of the box by its height, distance of the eyes by its width, height of the nose from
    eyes to mouth, width of the mouth by the distance of the eyes."""
    left, right, nose, *corners = face.landmarks
    width, height = np.maximum(face.box[2:] - face.box[:2], 1e-6)
    apart = max(float(np.hypot(*(right - left))), 1e-6)
    down = (corners[0] + corners[1] - left - right) / 2
    to_nose = nose - (left + right) / 2
    return {"width": float(width / height), "eyes": apart / float(width),
            "nose": float(to_nose @ down / max(down @ down, 1e-6)),
            "mouth": float(np.hypot(*(corners[1] - corners[0]))) / apart}
