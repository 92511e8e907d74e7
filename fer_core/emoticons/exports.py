"""Emoticons as files: PNG, one that moves, and a pack in the sizes that messengers take."""

import io
import zipfile
from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import Literal

import resvg_py
from PIL import Image

from fer_core.emoticons.drawing import svg
from fer_core.emoticons.traits import Traits
from fer_core.records import Timeline

KAKAO, STICKER = 360, 512
"""px: what KakaoTalk takes as PNG, and what Telegram and WhatsApp take as WebP."""
EIGHT = ("neutral", "happiness", "surprise", "sadness", "anger", "disgust", "fear", "contempt")
"""A pack's expressions: those that the networks read."""
LEAST = 0.3
"""s that an expression is shown at least, to be seen at all."""
MOST, LONGEST = 60, 30.0
"""Expressions and s of a session's animation at most."""
_MADE = (2020, 1, 1, 0, 0, 0)
"""Of every file in a pack, so that the same emoticons make the same bytes."""


def png(drawing: str, side: int = KAKAO) -> bytes:
    """An SVG as PNG, transparent around it.

    Args:
        drawing: from ``svg``.
        side: px of both sides.
    """
    return resvg_py.svg_to_bytes(svg_string=drawing, width=side, height=side,
                                 skip_system_fonts=True)


def picture(traits: Traits, emotion: str, side: int) -> Image.Image:
    """An emoticon as (side, side) RGBA picture."""
    return Image.open(io.BytesIO(png(svg(traits, emotion), side))).convert("RGBA")


def sticker(traits: Traits, emotion: str) -> bytes:
    """As WebP of 512 px, without loss."""
    out = io.BytesIO()
    picture(traits, emotion, STICKER).save(out, "WEBP", lossless=True)
    return out.getvalue()


def animated(traits: Traits, shown: Sequence[tuple[str, float]],
             kind: Literal["webp", "apng"] = "webp", side: int = KAKAO) -> bytes:
    """Expressions one after the other, over and over.

    Args:
        shown: emotion and seconds of each; shorter ones last ``LEAST``.

    Raises:
        ValueError: nothing to show.
    """
    if not shown:
        raise ValueError("an animation without a picture")
    drawn = {emotion: picture(traits, emotion, side) for emotion, _ in shown}
    frames = [drawn[emotion] for emotion, _ in shown]
    options = {"save_all": True, "append_images": frames[1:], "loop": 0,
               "duration": [round(1000 * max(seconds, LEAST)) for _, seconds in shown]}
    out = io.BytesIO()
    if kind == "webp":
        frames[0].save(out, "WEBP", lossless=True, minimize_size=False, **options)
    else:
        frames[0].save(out, "PNG", disposal=1, **options)
    return out.getvalue()


def shown(timeline: Timeline) -> list[tuple[str, float]]:
    """What ruled each second of a session, as ``animated`` takes it: seconds without a face are
    left out, of a long session what passed quickest as well, and all together last ``LONGEST`` at
    most."""
    runs = _runs((timeline.labels.keys[i], timeline.step)
                 for i in timeline.probabilities[timeline.seen].argmax(axis=1))
    while len(runs) > MOST:
        shortest = min(seconds for _, seconds in runs)
        runs = _runs(run for run in runs if run[1] > shortest) or runs[:MOST]
    faster = min(1.0, LONGEST / max(sum(seconds for _, seconds in runs), 1e-9))
    return [(emotion, seconds * faster) for emotion, seconds in runs]


def _runs(of: Iterable[tuple[str, float]]) -> list[tuple[str, float]]:
    """Neighbours of one emotion joined."""
    return [(emotion, sum(seconds for _, seconds in run))
            for emotion, run in groupby(of, key=lambda one: one[0])]


def pack(traits: Traits, emotions: Sequence[str] = EIGHT) -> bytes:
    """A ZIP of every expression: ``kakaotalk/`` PNG of 360 px, ``stickers/`` WebP of 512 px,
    ``svg/``, one that moves, and ``traits.json``, from which they can be drawn again."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        def put(name: str, data: bytes) -> None:
            archive.writestr(zipfile.ZipInfo(name, _MADE), data, zipfile.ZIP_DEFLATED)

        for number, emotion in enumerate(emotions, start=1):
            drawing, name = svg(traits, emotion), f"{number:02}_{emotion}"
            put(f"kakaotalk/{name}.png", png(drawing))
            put(f"stickers/{name}.webp", sticker(traits, emotion))
            put(f"svg/{name}.svg", drawing.encode())
        put("moving.webp", animated(traits, [(emotion, 1.0) for emotion in emotions]))
        put("traits.json", traits.model_dump_json(indent=1).encode())
    return out.getvalue()
