"""A picture file of whatever kind people have -> an upright RGB picture of a sensible size."""

import io
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps
from pillow_heif import register_heif_opener

from fer_core.errors import PictureError

PIXELS = 200_000_000
"""A picture may have: twice 100 megapixels. A file of a few bytes can claim any number."""
FORMATS = ("JPEG", "PNG", "WEBP", "HEIF", "AVIF", "GIF", "BMP", "TIFF", "PPM")
"""What is opened: Pillow knows more, but EPS would start another program."""
MOVING = {"GIF", "WEBP", "PNG", "AVIF"}
"""Formats in which several pictures are an animation. A phone's MPO holds a second lens."""
PAPER = (255, 255, 255)
"""What shows through where a picture is transparent."""

register_heif_opener()
# Pillow warns from its limit on and refuses from twice of it; we refuse at the limit.
Image.MAX_IMAGE_PIXELS = PIXELS


@dataclass(frozen=True, eq=False)
class Still:
    """A decoded picture file.

    Attributes:
        image: (H, W, 3) uint8 RGB, upright, scaled down where it was larger than asked.
        width, height: px of the file's own picture, upright.
        frames: pictures in the file, of which this is the first.
    """

    image: NDArray[np.uint8]
    width: int
    height: int
    frames: int = 1


def read_still(data: bytes, name: str, longest: int) -> Still:
    """The picture in the bytes of a file: of an animation the first, turned as its EXIF says,
    on white where it is transparent, of 16 bits the upper eight, of CMYK the naive RGB.

    A JPEG is scaled while decoding (by 2, 4 or 8), so that 100 megapixels cost what 6 do.

    Args:
        name: said when the bytes are no picture.
        longest: px of the longer side, at most.

    Raises:
        PictureError: no picture, a damaged one, or one of more than 200 megapixels.
    """
    try:
        with Image.open(io.BytesIO(data), formats=FORMATS) as picture:
            if picture.width * picture.height > PIXELS:
                raise PictureError("error.picture.large", name=name, limit=PIXELS // 1_000_000)
            frames = (int(getattr(picture, "n_frames", 1)) if picture.format in MOVING else 1)
            width, height = picture.size
            # Twice as large as needed at least: what is left is averaged, not dropped.
            picture.draft(None, (2 * longest, 2 * longest))
            turned = ImageOps.exif_transpose(_eight_bits(picture))
            if (turned.width > turned.height) != (width > height):
                width, height = height, width
            if turned.mode in ("1", "P", "PA"):  # a palette's numbers cannot be averaged
                turned = _opaque(turned)
            turned.thumbnail((longest, longest), Image.Resampling.BOX, reducing_gap=None)
            return Still(np.asarray(_opaque(turned)), width, height, frames)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise PictureError("error.picture.large", name=name, limit=PIXELS // 1_000_000) from None
    except (OSError, ValueError, SyntaxError, EOFError, MemoryError, RuntimeError) as error:
        # What Pillow's readers raise of damaged files, each its own way.
        raise PictureError("error.picture.unreadable", name=name) from error


def _eight_bits(picture: Image.Image) -> Image.Image:
    """Grey of 16 bits (I;16, or I of a 16-bit file) or of floats, as 8 bits; others as they are.
    Pillow's own conversion would clip them. EXIF stays with it."""
    if picture.mode not in ("I", "F") and not picture.mode.startswith("I;16"):
        picture.load()
        return picture
    values = np.asarray(picture, np.float64)
    if picture.mode == "F":
        low, high = np.nanmin(values), np.nanmax(values)
        values = (values - low) / max(high - low, 1e-9) * 65535
    grey = Image.fromarray(np.clip(np.nan_to_num(values) / 257, 0, 255).astype(np.uint8))
    grey.info.update({k: v for k, v in picture.info.items() if k == "exif"})
    return grey


def _opaque(picture: Image.Image) -> Image.Image:
    """RGB, what is transparent on white."""
    if picture.has_transparency_data:
        layer = picture.convert("RGBA")
        paper = Image.new("RGBA", layer.size, (*PAPER, 255))
        return Image.alpha_composite(paper, layer).convert("RGB")
    return picture.convert("RGB")
