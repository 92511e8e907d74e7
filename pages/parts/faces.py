"""Small faces for expressions and moods: one's own emoticon where there is one, signs otherwise."""

import logging
from base64 import b64encode
from functools import lru_cache

from fer_core import EMOTIONS, Traits, svg
from pages.parts import profiles
from pages.parts.speech import fill

log = logging.getLogger("poise.pages")

MOODS = {1: ("😣", "sadness"), 2: ("😟", "anxiety"), 3: ("😐", "neutral"), 4: ("😌", "content"),
         5: ("😄", "happiness")}
"""How somebody feels -> the sign, and the emoticon's expression."""


def own() -> Traits | None:
    """The emoticon of whoever is here; None where they made none, or it is of another version."""
    kept = profiles.mine().emoticon
    try:
        return None if kept is None else Traits.model_validate(kept)
    except ValueError as error:
        log.warning("an emoticon could not be read: %r", error)
        return None


def labelled(emotion: str, sign: str, traits: Traits | None) -> str:
    """A face as the label of a button takes it."""
    return sign if traits is None else f"![{sign}]({address(traits, emotion)})"


def drawn(emotion: str, sign: str, traits: Traits | None) -> str:
    """A face as markup."""
    return sign if traits is None else fill('<img class="p-face" alt="{sign}" src="{address}">',
                                            sign=sign, address=address(traits, emotion))


def of(emotion: str, traits: Traits | None) -> str:
    """An expression's face as the label of a button takes it."""
    return labelled(emotion, EMOTIONS[emotion].emoticon, traits)


@lru_cache(512)
def address(traits: Traits, emotion: str) -> str:
    """An emoticon as what an ``<img>`` shows."""
    return "data:image/svg+xml;base64," + b64encode(svg(traits, emotion).encode()).decode()
