"""How much accuracy the networks keep when the picture is bad.

Every picture is spoilt before its face is looked for, as it would be on a webcam: what the
spoilt picture costs in finding and aligning the face is part of the figure.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from fer_core.config import Settings
from fer_core.lab.cropping import aligned
from fer_core.lab.datasets import Samples, landmarks
from fer_core.lab.evaluation import read_members
from fer_core.networks.recogniser import Recogniser

Picture = NDArray[np.uint8]
Degradation = Callable[[Picture, np.random.Generator], Picture]
DEGRADATIONS: dict[str, Degradation] = {}


def degradation(name: str) -> Callable[[Degradation], Degradation]:
    """Register a way to spoil a picture under a name."""
    def register(function: Degradation) -> Degradation:
        DEGRADATIONS[name] = function
        return function
    return register


@degradation("small")
def small(picture: Picture, rng: np.random.Generator) -> Picture:
    """A face of 24 px: the picture shrunk so that its shorter side has 24 px, enlarged again."""
    height, width = picture.shape[:2]
    scale = 24 / min(height, width)
    if scale >= 1:
        return picture
    tiny = cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    return cv2.resize(tiny, (width, height), interpolation=cv2.INTER_LINEAR)  # type: ignore[return-value]


@degradation("blur")
def blur(picture: Picture, rng: np.random.Generator) -> Picture:
    """Out of focus: Gaussian of 3 % of the shorter side (1.4 px at 48 px)."""
    return cv2.GaussianBlur(picture, (0, 0), 0.03 * min(picture.shape[:2]))  # type: ignore[return-value]


@degradation("dark")
def dark(picture: Picture, rng: np.random.Generator) -> Picture:
    """A dark room: a quarter of the light, gamma 1.5, noise of 4 grey levels."""
    values = 0.25 * (picture / 255.0) ** 1.5 * 255 + rng.normal(0, 4, picture.shape)
    return np.clip(np.round(values), 0, 255).astype(np.uint8)


@degradation("jpeg")
def jpeg(picture: Picture, rng: np.random.Generator) -> Picture:
    """A bad connection: JPEG of quality 30."""
    data = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, 30])[1]
    return cv2.imdecode(data, cv2.IMREAD_UNCHANGED)  # type: ignore[return-value]


@degradation("roll")
def roll(picture: Picture, rng: np.random.Generator) -> Picture:
    """A head tilted by 25 degrees, to either side."""
    height, width = picture.shape[:2]
    turn = cv2.getRotationMatrix2D(((width - 1) / 2, (height - 1) / 2),
                                   25 * rng.choice([-1, 1]), 1)
    return cv2.warpAffine(picture, turn, (width, height), flags=cv2.INTER_LINEAR,  # type: ignore[return-value]
                          borderMode=cv2.BORDER_REPLICATE)


@degradation("occlusion")
def occlusion(picture: Picture, rng: np.random.Generator) -> Picture:
    """A hand or a mask: the lower 40 % of the face picture covered by its mean grey."""
    out = picture.copy()
    out[int(0.6 * len(out)):] = np.uint8(picture.mean())
    return out


def measure(recogniser: Recogniser, samples: Samples, settings: Settings,
            limit: int | None = None, seed: int = 0) -> dict[str, Any]:
    """Accuracy on clean and on spoilt pictures.

    Args:
        samples: pictures that show one face, cropped or nearly so.
        limit: that many pictures, drawn at random, instead of all.

    Returns:
        {name: {n, accuracy, drop, members {name: accuracy}, aligned}}, ``clean`` first.
        ``drop`` in percentage points; ``aligned`` is the share in which a face was found.
    """
    part = samples.some(limit, seed)
    ways: dict[str, Degradation] = {"clean": lambda picture, rng: picture, **DEGRADATIONS}
    out: dict[str, Any] = {}
    for name, spoil in ways.items():
        spoilt = replace(part, pictures=[spoil(p, np.random.default_rng((seed, i)))
                                         for i, p in enumerate(part.pictures)])
        marks = landmarks(spoilt, settings)
        read = read_members(recogniser, aligned(spoilt, marks, recogniser.crop), spoilt)
        accuracy = float((recogniser.vote(read).argmax(1) == part.label).mean())
        clean = out["clean"]["accuracy"] if out else round(accuracy, 4)
        out[name] = {
            "n": len(part), "accuracy": round(accuracy, 4),
            "drop": round(100 * (clean - round(accuracy, 4)), 1) + 0.0,
            "members": {m.name: round(float((p.argmax(1) == part.label).mean()), 4)
                        for m, p in zip(recogniser.names, read, strict=True)},
            "aligned": round(float(1 - np.isnan(marks[:, 0, 0]).mean()), 4)}
    return out
