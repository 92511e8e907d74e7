"""What an emoticon shows of a face: all that is kept of it, and every bit may be corrected."""

from typing import Literal, get_args

from pydantic import BaseModel, ConfigDict, Field

SKIN: dict[float, str] = {-45.0: "#86593F", -10.0: "#A97652", 19.0: "#D09D72", 34.0: "#EABB93",
                          48.0: "#F6D2B4", 62.0: "#FBE2CF"}
"""Individual typology angle (degrees; Chardon et al. 1991: atan((L* - 50) / b*)) -> colour that
is drawn, in the middle of each of its six classes; between them it is mixed. The darkest is drawn
lighter than skin of that angle, so that the lines of the face stand out from it."""
HAIR: dict[str, str] = {
    "black": "#38333A", "dark": "#4B342B", "brown": "#7A4E33", "red": "#B2552F",
    "blond": "#E0B25F", "grey": "#A5A3A3", "white": "#EDE9E3"}
"""Tone -> colour that is drawn."""

Hair = Literal["black", "dark", "brown", "red", "blond", "grey", "white"]
Style = Literal["short", "parted", "fringe", "bob", "long", "curly", "bun", "scarf", "none"]
Glasses = Literal["none", "glasses", "sunglasses"]
FacialHair = Literal["none", "moustache", "beard"]
STYLES: tuple[Style, ...] = get_args(Style)
GLASSES: tuple[Glasses, ...] = get_args(Glasses)
FACIAL_HAIR: tuple[FacialHair, ...] = get_args(FacialHair)


class Proportions(BaseModel):
    """How a face differs from the usual one; each -1 to 1, and 0 where nothing is known.

    Attributes:
        width: of the face, against its height: narrow to wide.
        eyes: how far apart.
        nose: how long.
        mouth: how wide.
    """

    model_config = ConfigDict(frozen=True)
    width: float = Field(0.0, ge=-1, le=1)
    eyes: float = Field(0.0, ge=-1, le=1)
    nose: float = Field(0.0, ge=-1, le=1)
    mouth: float = Field(0.0, ge=-1, le=1)


class Traits(BaseModel):
    """A face as its emoticons show it; ``model_dump_json`` and ``model_validate_json`` keep it.

    Attributes:
        skin: individual typology angle, degrees; see ``SKIN``.
        hair: its tone, a key of ``HAIR``.
        style: of the hair, one of ``STYLES``; ``scarf`` covers it.
        glasses, mask, facial_hair: what is worn.
        face: its proportions.
    """

    model_config = ConfigDict(frozen=True)
    skin: float = Field(41.0, ge=-90, le=90)
    hair: Hair = "dark"
    style: Style = "short"
    glasses: Glasses = "none"
    mask: bool = False
    facial_hair: FacialHair = "none"
    face: Proportions = Proportions()
