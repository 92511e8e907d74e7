"""Picture files of every kind that people have, made here."""

import struct
import zlib

import numpy as np
import pytest
from PIL import Image

from fer_core.errors import PictureError
from fer_core.media.stills import read_still
from tests.photos.files import encoded

LEFT, RIGHT = (200, 40, 40), (40, 40, 200)


@pytest.fixture
def halves() -> np.ndarray:
    """(32, 64, 3): red on the left, blue on the right."""
    picture = np.zeros((32, 64, 3), np.uint8)
    picture[:, :32], picture[:, 32:] = LEFT, RIGHT
    return picture


def corners(image):
    return image[4, 4].astype(int), image[-5, -5].astype(int)


@pytest.mark.parametrize("kind", ["png", "jpeg", "webp", "tiff", "bmp", "heif", "avif"])
def test_every_kind_of_file_is_the_same_picture(kind, halves):
    still = read_still(encoded(halves, kind), "a", 64)
    assert still.image.shape == halves.shape
    assert still.image.dtype == np.uint8
    for found, meant in zip(corners(still.image), (LEFT, RIGHT), strict=True):
        assert np.abs(found - meant).max() < 25
    assert (still.width, still.height, still.frames) == (64, 32, 1)


@pytest.mark.parametrize(("orientation", "turns"), [(1, 0), (6, 3), (3, 2), (8, 1)])
def test_a_picture_stands_upright(orientation, turns, halves):
    exif = Image.Exif()
    exif[0x0112] = orientation
    still = read_still(encoded(halves, "jpeg", exif=exif, quality=95, subsampling=0), "a", 64)
    meant = np.rot90(halves, turns)
    assert still.image.shape == meant.shape
    assert (still.width, still.height) == meant.shape[1::-1]
    assert np.abs(still.image.astype(int) - meant)[4:-4, 4:-4].mean() < 12


def test_what_is_transparent_is_white(halves):
    alpha = np.dstack([halves, np.full((32, 64), 255, np.uint8)])
    alpha[:, 32:, 3] = 0
    still = read_still(encoded(alpha, "png"), "a", 64)
    assert tuple(still.image[4, 4]) == LEFT
    assert tuple(still.image[4, 60]) == (255, 255, 255)


def test_a_palette_with_a_transparent_colour(halves):
    palette = Image.fromarray(halves).quantize(4)
    blue = palette.getpixel((60, 4))
    still = read_still(encoded(palette, "png", transparency=blue), "a", 32)
    assert still.image.shape == (16, 32, 3)
    assert tuple(still.image[2, 30]) == (255, 255, 255)


def test_cmyk_and_grey(halves):
    cmyk = Image.fromarray(halves).convert("CMYK")
    found = read_still(encoded(cmyk, "jpeg", quality=95), "a", 64).image
    assert np.abs(corners(found)[0] - LEFT).max() < 25
    grey = read_still(encoded(np.full((20, 20), 99, np.uint8), "png"), "a", 64).image
    assert (grey == 99).all()
    assert grey.shape == (20, 20, 3)


def test_sixteen_bits_keep_their_upper_eight():
    values = np.linspace(0, 65535, 64 * 32).reshape(32, 64).astype(np.uint16)
    image = read_still(encoded(values, "png"), "a", 64).image[..., 0]
    np.testing.assert_allclose(image, values / 257, atol=1)


def test_floats_span_what_they_span():
    values = np.linspace(-3, 8, 64 * 32, dtype=np.float32).reshape(32, 64)
    image = read_still(encoded(values, "tiff"), "a", 64).image
    assert (image.min(), image.max()) == (0, 255)


@pytest.mark.parametrize("kind", ["gif", "webp", "png"])
def test_of_an_animation_the_first_picture_and_how_many_there_are(kind, halves):
    more = [Image.fromarray(np.full_like(halves, n)) for n in (0, 255)]
    file = encoded(halves, kind, save_all=True, append_images=more, duration=50)
    still = read_still(file, "a", 64)
    assert still.frames == 3
    assert np.abs(corners(still.image)[0] - LEFT).max() < 25


def test_a_large_picture_is_scaled_and_keeps_its_size_in_words(halves):
    large = np.repeat(np.repeat(halves, 40, 0), 40, 1)
    still = read_still(encoded(large, "jpeg"), "a", 320)
    assert still.image.shape == (160, 320, 3)
    assert (still.width, still.height) == (2560, 1280)


def png_claiming(width: int, height: int) -> bytes:
    """A PNG whose header claims a size that its few bytes do not hold."""
    def chunk(kind: bytes, data: bytes) -> bytes:
        return (struct.pack(">I", len(data)) + kind + data
                + struct.pack(">I", zlib.crc32(kind + data)))
    return (b"\x89PNG\r\n\x1a\n"
            + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
            + chunk(b"IDAT", zlib.compress(b"\0" * 100)) + chunk(b"IEND", b""))


@pytest.mark.parametrize("size", [(20_000, 15_000), (60_000, 60_000)])
def test_a_file_that_claims_too_much_is_refused(size):
    with pytest.raises(PictureError) as error:
        read_still(png_claiming(*size), "bomb.png", 64)
    assert error.value.key == "error.picture.large"


def test_what_is_no_picture_or_damaged_is_said(halves):
    whole = encoded(np.random.default_rng(1).integers(0, 255, (64, 64, 3), np.uint8), "png")
    for data in (b"", b"hello", b"%!PS-Adobe-3.0 EPSF-3.0\n", whole[:2000], whole[:30],
                 b"<svg xmlns='http://www.w3.org/2000/svg'/>"):
        with pytest.raises(PictureError) as error:
            read_still(data, "a.png", 64)
        assert error.value.key == "error.picture.unreadable"
