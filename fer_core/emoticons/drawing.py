"""Traits and an expression -> an SVG, put together from ``parts``."""

import numpy as np

from fer_core.emoticons import parts
from fer_core.emoticons.traits import HAIR, SKIN, Traits

TINT = 0.42
"""Share of an expression's tint in the skin's colour."""


def svg(traits: Traits, emotion: str) -> str:
    """A face with an expression, sharp at any size.

    Args:
        emotion: a key of ``parts.EXPRESSIONS``: every key of ``emotions.EMOTIONS``; or of
            ``parts.MOODS``.

    Raises:
        KeyError: no such expression.
    """
    shown = (parts.EXPRESSIONS | parts.MOODS)[emotion]
    p, hair = parts.Places.of(traits.face), HAIR[traits.hair]
    skin = skin_colour(traits.skin)
    if shown.tint:
        skin = mixed(skin, shown.tint, TINT)
    back, front = parts.hair_back(traits.style, p), parts.hair_front(traits.style, p)
    cloth, folds = parts.scarf(p) if traits.style == "scarf" else ("", "")
    covering, light = (cloth, parts.SCARF) if cloth else (front, hair)
    ears = [] if cloth else [parts.ear(p, s) for s in (-1, 1)]
    face, grown = parts.head(p), parts.beard(traits.facial_hair, p)
    shine = parts.shine(traits.style, p)
    brows = [parts.brow(shown.brows, p, s) for s in (-1, 1)]
    drawn = [
        parts.line("".join((back, *ears, face, covering)), parts.WHITE,
                   parts.LINE + parts.BORDER),
        parts.shape(back, hair) if back else "",
        *(parts.shape(d, skin) for d in ears),
        parts.shape(face, skin),
        parts.patch(grown, hair) + parts.line(face) if grown and not traits.mask else "",
        parts.shape(covering, light) if covering else "",
        parts.line(shine, mixed(light, parts.WHITE, 0.3)) if shine else "",
        parts.line(folds, weight=2.4) if folds else "",
        *(parts.eye(shown.eyes, p, s) for s in (-1, 1) if traits.glasses != "sunglasses"),
        "" if traits.mask else parts.nose(p) + parts.mouth(shown.mouth, p),
        parts.mask(p) if traits.mask else "",
        parts.glasses(traits.glasses, p),
        # Brows are seen on hair too: a little skin shows around them.
        *(parts.line(d, skin, parts.BROW_LINE + parts.LINE) for d in brows if covering),
        *(parts.line(d, weight=parts.BROW_LINE) for d in brows),
        *(parts.sign(s, p) for s in shown.signs)]
    return (f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {parts.SIDE} {parts.SIDE}" '
            f'stroke-linecap="round" stroke-linejoin="round">{"".join(drawn)}</svg>')


def skin_colour(angle: float) -> str:
    """The drawn colour of an individual typology angle, degrees: ``#rrggbb``."""
    return _hex(*(float(np.interp(angle, list(SKIN), channel))
                  for channel in zip(*map(_channels, SKIN.values()), strict=True)))


def mixed(colour: str, other: str, share: float) -> str:
    """A colour with a share (0 to 1) of another."""
    return _hex(*((1 - share) * a + share * b for a, b in
                  zip(_channels(colour), _channels(other), strict=True)))


def _channels(colour: str) -> tuple[int, ...]:
    return tuple(bytes.fromhex(colour[1:]))


def _hex(*channels: float) -> str:
    return "#" + "".join(f"{round(value):02X}" for value in channels)
