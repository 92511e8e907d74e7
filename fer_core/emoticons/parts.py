"""The parts that an emoticon is drawn from: hair, eyes, brows, mouths, what is worn, signs.

All are SVG in a square of 128 units with the face's middle at x = 64. One ink and one weight of
line hold them together, and no part has an id, so that many drawings may stand in one page.
``EXPRESSIONS`` says which parts make which expression. ``s`` is the side: -1 the left of the
picture, 1 the right.
"""

import math
from dataclasses import dataclass
from typing import Literal

from fer_core.emoticons.traits import FacialHair, Glasses, Proportions, Style

SIDE, MIDDLE = 128, 64
LINE, BROW_LINE, BORDER = 3.2, 4.4, 5.0
"""Weights of lines (1.6 px in a drawing of 64 px), and of the white around the whole, as around a
sticker: with it the darkest hair stands out from a dark ground."""
INK, WHITE, DEEP, TONGUE = "#2A1D1B", "#FFFFFF", "#7B2A32", "#EE7C78"
BLUSH, TEAR, ANGRY, AMBER = "#F0645F", "#5BB7EE", "#E5383B", "#F0A020"
SICK, PALE = "#86B84A", "#6F86DB"
MASK, FOLD, SCARF, LENS = "#DCEFF6", "#8FBFD2", "#3F7F86", "#2B2F3A"
EYE, LIPS = 74.0, 98.0
"""y of the eyes and of the mouth."""

Brows = Literal["rest", "high", "worried", "angry", "uneven", "knit", "pleading"]
Eyes = Literal["open", "wide", "tiny", "smiling", "squeezed", "angry", "bored", "sad", "moist"]
Mouth = Literal["rest", "grin", "round", "frown", "gritted", "sick", "shaking", "smirk", "wavy",
                "small"]
Sign = Literal["blush", "tear", "sweat", "anger", "huff", "burst"]


@dataclass(frozen=True)
class Expression:
    """The parts of an expression.

    Attributes:
        signs: what says it where a mask hides the mouth, or dark lenses the eyes.
        tint: a colour that the whole skin takes on.
    """

    brows: Brows
    eyes: Eyes
    mouth: Mouth
    signs: tuple[Sign, ...] = ()
    tint: str = ""


EXPRESSIONS: dict[str, Expression] = {
    "neutral": Expression("rest", "open", "rest"),
    "happiness": Expression("high", "smiling", "grin", ("blush",)),
    "surprise": Expression("high", "wide", "round", ("burst",)),
    "sadness": Expression("worried", "sad", "frown", ("tear",)),
    "anger": Expression("angry", "angry", "gritted", ("anger",)),
    "disgust": Expression("knit", "squeezed", "sick", (), SICK),
    "fear": Expression("worried", "tiny", "shaking", ("sweat",), PALE),
    "contempt": Expression("uneven", "bored", "smirk", ("huff",)),
    "anxiety": Expression("worried", "open", "wavy", ("sweat",)),
    "panic": Expression("high", "tiny", "wavy", ("sweat",), BLUSH),
    "hurt": Expression("pleading", "moist", "small", ("blush",)),
}
"""A key of ``emotions.EMOTIONS`` -> its parts."""
MOODS: dict[str, Expression] = {"content": Expression("rest", "open", "grin")}
"""What no network reads, but a person may feel."""


@dataclass(frozen=True)
class Places:
    """Where one face's parts are, in units.

    Attributes:
        half: half of the face's width; ``left`` and ``right`` are its edges.
        eye: from the middle to an eye.
        nose: y of its tip.
        lips: how wide the mouth is, as a factor.
    """

    half: float
    eye: float
    nose: float
    lips: float

    @classmethod
    def of(cls, face: Proportions) -> "Places":
        """Those of a face, none so far from the usual one that parts would collide."""
        return cls(42.5 + 3 * face.width, 19.5 + 1.8 * face.eyes, 84 + 1.8 * face.nose,
                   1 + 0.18 * face.mouth)

    @property
    def left(self) -> float:
        return MIDDLE - self.half

    @property
    def right(self) -> float:
        return MIDDLE + self.half


# How shapes are drawn.

def shape(d: str, fill: str) -> str:
    """Filled, with the outline."""
    return (f'<path d="{d}" fill="{fill}" stroke="{INK}" stroke-width="{LINE}" '
            'fill-rule="evenodd"/>')


def line(d: str, colour: str = INK, weight: float = LINE) -> str:
    """A line alone."""
    return f'<path d="{d}" fill="none" stroke="{colour}" stroke-width="{weight}"/>'


def patch(d: str, fill: str, opacity: float = 1.0) -> str:
    """Filled, without a line."""
    faint = f' fill-opacity="{opacity}"' if opacity < 1 else ""
    return f'<path d="{d}" fill="{fill}"{faint} stroke="none" fill-rule="evenodd"/>'


def oval(x: float, y: float, rx: float, ry: float) -> str:
    """The path of an ellipse around (x, y)."""
    return (f"M{x - rx:.4g},{y:.4g}a{rx:.4g},{ry:.4g} 0 1 0 {2 * rx:.4g},0"
            f"a{rx:.4g},{ry:.4g} 0 1 0 {-2 * rx:.4g},0Z")


def drop(x: float, y: float, size: float) -> str:
    """The path of a drop, its tip at (x, y)."""
    return (f"M{x:.4g},{y:.4g}c{0.2 * size:.3g},{0.4 * size:.3g} {0.5 * size:.3g},"
            f"{0.7 * size:.3g} {0.5 * size:.3g},{1.1 * size:.3g}a{0.5 * size:.3g},"
            f"{0.5 * size:.3g} 0 0 1 {-size:.3g},0c0,{-0.4 * size:.3g} {0.3 * size:.3g},"
            f"{-0.7 * size:.3g} {0.5 * size:.3g},{-1.1 * size:.3g}Z")


# Head and hair. Each returns a path; what lies behind the face is drawn before it.

def head(p: Places) -> str:
    """The face's outline."""
    a, b = 0.62 * p.half, 0.52 * p.half
    return (f"M64,24C{64 + a:.1f},24 {p.right},42 {p.right},68C{p.right},98 {64 + b:.1f},115 "
            f"64,115C{64 - b:.1f},115 {p.left},98 {p.left},68C{p.left},42 {64 - a:.1f},24 64,24Z")


def ear(p: Places, s: int) -> str:
    """One ear."""
    return oval(64 + s * (p.half - 0.5), 76, 7, 8.5)


def hair_back(style: Style, p: Places) -> str:
    """What of the hair lies behind the face; empty for short hair."""
    left, right = p.left, p.right
    crown = (f"M{left - 8},62C{left - 10},26 42,11 64,11C86,11 {right + 10},26 {right + 8},62")
    if style == "bob":
        return (f"{crown}L{right + 9},96C{right + 8},108 {right - 4},108 {right - 10},104"
                f"L{left + 10},104C{left + 4},108 {left - 8},108 {left - 9},96Z")
    if style == "long":
        return (f"{crown}C{right + 8},86 {right + 10},100 {right + 8},114Q{right + 6},123 "
                f"{right - 4},122L{left + 4},122Q{left - 6},123 {left - 8},114"
                f"C{left - 10},100 {left - 8},86 {left - 8},62Z")
    if style == "bun":
        return oval(64, 16, 12.5, 12)
    if style == "curly":
        return curls(p)
    return ""


def hair_front(style: Style, p: Places) -> str:
    """What of the hair lies before the face; empty for none."""
    left, right = p.left, p.right
    crown = (f"M{left - 2},72C{left - 7},32 40,13 64,13C88,13 {right + 7},32 {right + 2},72")
    if style == "short":
        return (f"{crown}C{right},60 {right - 5},53 {right - 11},46C84,49 66,47 53,36"
                f"C49,44 40,49 {left + 9},51C{left + 4},57 {left},64 {left - 2},72Z")
    if style == "parted":
        return (f"{crown}C{right},58 {right - 8},40 75,30C68,42 48,44 {left + 10},50"
                f"C{left + 4},57 {left},64 {left - 2},72Z")
    if style == "fringe":
        return (f"{crown}C{right},62 {right - 3},54 {right - 7},46Q{right - 14},50 82,44Q76,49 "
                f"70,44Q64,49 58,44Q52,49 46,44Q{left + 14},50 {left + 7},46C{left + 3},54 {left},"
                f"62 {left - 2},72Z")
    if style == "bob":
        return (f"M{left - 8},72C{left - 13},30 40,12 64,12C88,12 {right + 13},30 {right + 8},72"
                f"L{right + 8},88Q{right + 2},92 {right - 4},88C{right - 1},72 {right - 4},56 "
                f"{right - 8},45Q86,49 80,44Q72,48 64,44Q56,48 48,44Q42,49 {left + 8},45"
                f"C{left + 4},56 {left + 1},72 {left + 4},88Q{left - 2},92 {left - 8},88Z")
    if style == "long":
        return (f"M{left - 8},72C{left - 13},30 40,12 64,12C88,12 {right + 13},30 {right + 8},72"
                f"L{right + 8},96Q{right + 1},100 {right - 3},94C{right + 1},66 {right - 10},46 "
                f"64,30C{left + 10},46 {left - 1},66 {left + 3},94Q{left - 1},100 {left - 8},96Z")
    if style == "bun":
        return (f"{crown}C{right - 3},48 84,37 64,37C44,37 {left + 3},48 {left - 2},72Z")
    if style == "curly":
        return scallops([(left - 3, 66), (left + 5, 50), (left + 18, 42), (54, 36), (68, 37),
                         (82, 41), (right - 7, 49), (right + 3, 66)], 0.62, p)
    return ""


def shine(style: Style, p: Places) -> str:
    """A light on the hair; empty where it would fall on none."""
    if style in ("none", "curly"):
        return ""
    left = p.left
    return f"M{left + 8},37Q{left + 15},25 {left + 28},21"


def curls(p: Places) -> str:
    """A ring of curls around the head."""
    points = [(64 + (p.half + 4) * math.cos(a), 58 - 42 * math.sin(a))
              for a in (math.radians(d) for d in range(222, -43, -24))]
    return (f"M{points[0][0]:.1f},{points[0][1]:.1f}"
            + "".join(f"A11,11 0 0 1 {x:.1f},{y:.1f}" for x, y in points[1:]) + "Z")


def scallops(points: list[tuple[float, float]], bulge: float, p: Places) -> str:
    """The crown with a hairline of curls through ``points``, from the left to the right."""
    d = f"M{points[0][0]:.1f},{points[0][1]:.1f}C{p.left - 2},34 40,17 64,17" \
        f"C88,17 {p.right + 2},34 {points[-1][0]:.1f},{points[-1][1]:.1f}"
    for (x0, y0), (x1, y1) in zip(points[:0:-1], points[-2::-1], strict=True):
        r = bulge * math.hypot(x1 - x0, y1 - y0)
        d += f"A{r:.1f},{r:.1f} 0 0 1 {x1:.1f},{y1:.1f}"
    return d + "Z"


def scarf(p: Places) -> tuple[str, str]:
    """A scarf around the face, and its folds."""
    left, right = p.left, p.right
    return (f"M64,12C90,12 {right + 9},34 {right + 7},70C{right + 6},90 {right + 9},102 "
            f"{right + 6},114Q{right + 3},123 {right - 6},122L{left + 6},122Q{left - 3},123 "
            f"{left - 6},114C{left - 9},102 {left - 6},90 {left - 7},70"
            f"C{left - 9},34 38,12 64,12Z" + oval(64, 73, p.half - 4, 40.5),
            f"M{left + 2},109Q64,128 {right - 1},103M{left - 2},66C{left},44 44,25 66,24")


def beard(kind: FacialHair, p: Places) -> str:
    """Facial hair, open where the mouth is; empty for none."""
    if kind == "none":
        return ""
    lip = ("M64,91C57,86 49,88 43,95C51,97 59,96 64,94C69,96 77,97 85,95C79,88 71,86 64,91Z")
    if kind == "moustache":
        return lip
    left, right = p.left, p.right
    return (f"M{left + 0.5},76C{left + 7},82 {left + 8},92 44,91C52,85 60,87 64,89.5C68,87 76,85 "
            f"84,91C{right - 8},92 {right - 7},82 {right - 0.5},76C{right - 1},100 "
            f"{64 + 0.52 * p.half:.1f},115 64,115C{64 - 0.52 * p.half:.1f},115 {left + 1},100 "
            f"{left + 0.5},76Z" + oval(64, 100.5, 18, 10))


# The face's features.

def brow(kind: Brows, p: Places, s: int) -> str:
    """The path of one brow, from its inner to its outer end."""
    if kind == "uneven":
        kind, low = ("high", False) if s > 0 else ("rest", True)
    else:
        low = False
    inner, bend, outer = {
        "rest": (57, 52.5, 57.5), "high": (50, 43, 51), "worried": (48, 51, 58),
        "angry": (63, 57, 51), "knit": (61, 59, 56), "pleading": (46, 46, 56)}[kind]
    down = 4 if low else 0
    x = 64 + s * p.eye
    return (f"M{x - s * 8:.4g},{inner + down}Q{x:.4g},{bend + 1.5 * down:.4g} {x + s * 8.5:.4g},"
            f"{outer + down - 2 * low}")


def eye(kind: Eyes, p: Places, s: int) -> str:
    """One eye."""
    x, y = 64 + s * p.eye, EYE
    if kind == "open":
        return patch(oval(x, y, 5.8, 7.4), INK) + patch(oval(x - 1.8, y - 2.8, 2.2, 2.4), WHITE)
    if kind == "moist":
        return (patch(oval(x, y, 9, 10), INK) + patch(oval(x - 3, y - 3.6, 3.4, 3.6), WHITE)
                + patch(oval(x + 3, y + 4, 2, 2), WHITE))
    if kind in ("wide", "tiny"):
        pupil = 4.8 if kind == "wide" else 2.3
        light = patch(oval(x - 1.6, y - 2, 1.7, 1.7), WHITE) if kind == "wide" else ""
        return (shape(oval(x, y, 9.8, 11), WHITE) + patch(oval(x, y, pupil, pupil), INK) + light)
    if kind == "smiling":
        return line(f"M{x - 9:.4g},{y + 3}Q{x:.4g},{y - 11} {x + 9:.4g},{y + 3}", INK, BROW_LINE)
    if kind == "squeezed":
        return line(f"M{x + s * 8:.4g},{y - 6}L{x - s * 6:.4g},{y}L{x + s * 8:.4g},{y + 6}", INK,
                    BROW_LINE)
    outer, inner, look, pupil = {"angry": (-7.0, 0.0, -2.0 * s, 3.8),
                                 "bored": (-1.0, -1.0, 4.4, 3.8),
                                 "sad": (0.0, -6.0, 0.0, 4.6)}[kind]
    lid = (f"M{x + s * 9.5:.4g},{y + outer}L{x - s * 9.5:.4g},{y + inner}")
    sweep = 0 if s > 0 else 1
    depth = max(outer, inner) + 4 if kind != "bored" else 3.5
    return (shape(f"{lid}A9.5,10 0 0 {sweep} {x + s * 9.5:.4g},{y + outer}Z", WHITE)
            + patch(oval(x + look, y + depth, pupil, pupil), INK)
            + (patch(oval(x + look - 1.6, y + depth - 1.6, 1.6, 1.6), WHITE)
               if kind == "sad" else "") + line(lid, INK, BROW_LINE))


def nose(p: Places) -> str:
    """A small nose."""
    return line(f"M{64 - 3.2},{p.nose}Q64,{p.nose + 3.4:.4g} {64 + 3.2},{p.nose}")


def mouth(kind: Mouth, p: Places) -> str:
    """The mouth."""
    w, y = p.lips, LIPS

    def x(offset: float) -> str:
        return f"{64 + offset * w:.4g}"

    if kind == "rest":
        return line(f"M{x(-10)},{y}Q64,{y + 0.5} {x(10)},{y}")
    if kind == "grin":
        return (shape(f"M{x(-15)},92Q64,95 {x(15)},92C{x(14)},110 {x(-14)},110 {x(-15)},92Z", DEEP)
                + patch(f"M{x(-12.6)},93.6Q64,96 {x(12.6)},93.6L{x(11.6)},97.4Q64,99 "
                        f"{x(-11.6)},97.4Z", WHITE)
                + patch(f"M{x(-7)},104.2C{x(-4)},99.6 {x(4)},99.6 {x(7)},104.2Q64,106 "
                        f"{x(-7)},104.2Z", TONGUE))
    if kind == "round":
        return shape(oval(64, y + 1.5, 7.5 * w, 9.5), DEEP)
    if kind == "frown":
        return line(f"M{x(-11)},{y + 4}Q64,{y - 7} {x(11)},{y + 4}")
    if kind == "gritted":
        return (shape(f"M{x(-13)},103Q{x(-14)},94 64,93Q{x(14)},94 {x(13)},103Q64,101.5 "
                      f"{x(-13)},103Z", WHITE)
                + line(f"M{x(-5)},94V102M{x(5)},94V102", INK, 2.2))
    if kind == "sick":
        return (shape(f"M{x(-2)},98.5C{x(-2)},112 {x(10)},112 {x(10)},97.5Z", TONGUE)
                + line(f"M{x(-13)},98Q{x(-7)},92 64,97T{x(13)},96"))
    if kind == "shaking":
        return line(f"M{x(-13)},101L{x(-9)},95L{x(-4)},101L{x(0)},95L{x(4)},101L{x(9)},95"
                    f"L{x(13)},101")
    if kind == "smirk":
        return line(f"M{x(-9)},{y + 2}Q{x(5)},{y + 3} {x(12)},{y - 5}M{x(9.5)},{y - 7}"
                    f"Q{x(13)},{y - 7} {x(14.5)},{y - 3.5}")
    if kind == "wavy":
        return line(f"M{x(-12)},{y + 1}Q{x(-8)},{y - 5} {x(-4)},{y}T{x(4)},{y}T{x(12)},{y}")
    return line(f"M{x(-6)},{y + 2}Q64,{y - 5} {x(6)},{y + 2}")


def sign(kind: Sign, p: Places) -> str:
    """What comics add to a face."""
    if kind == "blush":
        return "".join(patch(oval(64 + s * (p.half - 12), 87, 7, 4.6), BLUSH, 0.55)
                       for s in (-1, 1))
    if kind == "tear":
        return shape(drop(64 + p.eye + 4, 81, 12), TEAR)
    if kind == "sweat":
        return shape(drop(p.right, 32, 13), TEAR)
    if kind == "anger":
        vein = ("M99,15Q100,23 92,24M106,15Q105,23 113,24M99,37Q100,29 92,28M106,37Q105,29 "
                "113,28")
        return line(vein, WHITE, BROW_LINE + BORDER) + line(vein, ANGRY, BROW_LINE)
    if kind == "burst":
        rays = "M96,17L98,7M104,22L111,14M109,30L119,27"
        return line(rays, WHITE, BROW_LINE + BORDER) + line(rays, AMBER, BROW_LINE)
    puff = ("M101,105c-5,0 -7,-7 -1,-9c0,-7 9,-8 11,-2c6,-2 10,4 6,8c-1,3 -4,5 -7,3c-2,2 "
            "-6,2 -9,0Z")
    return line(puff, WHITE, LINE + BORDER) + shape(puff, WHITE)


# What is worn.

def glasses(kind: Glasses, p: Places) -> str:
    """Frames before the eyes, dark lenses before what is behind them; empty for none."""
    if kind == "none":
        return ""
    r = min(15.0, p.eye - 3.2)
    d = "".join(oval(64 + s * p.eye, EYE, r, 14) for s in (-1, 1))
    arms = (f"M{64 - p.eye + r:.4g},{EYE - 2}Q64,{EYE - 6} {64 + p.eye - r:.4g},{EYE - 2}"
            f"M{64 - p.eye - r:.4g},{EYE - 3}L{p.left + 1},{EYE - 5}"
            f"M{64 + p.eye + r:.4g},{EYE - 3}L{p.right - 1},{EYE - 5}")
    if kind == "glasses":
        return line(d + arms)
    shine = "".join(f"M{64 + s * p.eye - 7:.4g},{EYE + 2}l7,-9" for s in (-1, 1))
    return shape(d, LENS) + line(arms) + line(shine, "#8C95A8")


def mask(p: Places) -> str:
    """A mask over nose and mouth."""
    left, right = p.left, p.right
    return (line(f"M{left + 3},88L{left - 3},80M{right - 3},88L{right + 3},80", INK, 2.4)
            + shape(f"M{left + 3},86Q44,85 64,79Q84,85 {right - 3},86C{right - 4},104 84,117 "
                    f"64,117C44,117 {left + 4},104 {left + 3},86Z", MASK)
            + line(f"M{left + 15},95Q64,100 {right - 15},95M{left + 19},104Q64,109 {right - 19},"
                   "104", FOLD, 2.4))
