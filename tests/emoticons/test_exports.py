"""Emoticons as files: sizes that messengers take, what moves, what can be drawn again."""

import io
import zipfile

import numpy as np
import pytest
from PIL import Image

from fer_core.emoticons.drawing import svg
from fer_core.emoticons.exports import EIGHT, animated, pack, picture, png, shown
from fer_core.emoticons.traits import SKIN, Traits
from fer_core.emotions import LABEL_SETS
from fer_core.records import Timeline

ME = Traits(style="bob", glasses="glasses")


def opened(data: bytes) -> Image.Image:
    return Image.open(io.BytesIO(data))


@pytest.mark.parametrize("side", [24, 64, 360, 512])
def test_a_drawing_fills_its_square_at_every_size(side):
    image = np.asarray(opened(png(svg(ME, "neutral"), side)).convert("RGBA"))
    assert image.shape == (side, side, 4)
    assert image[0, 0, 3] == image[-1, -1, 3] == 0
    assert image[side // 2, side // 2, 3] == 255
    # Sharp: nearly all of the picture is of pure colour or air, not of something between.
    assert np.mean((image[..., 3] > 0) & (image[..., 3] < 255)) < 4 / side


@pytest.mark.parametrize("angle", [-45.0, 19.0, 62.0])
@pytest.mark.parametrize("ground", [(255, 255, 255), (23, 18, 15)])
def test_features_stand_out_on_every_tone_and_ground(angle, ground):
    """The brows against the skin (3:1, as WCAG asks of graphics) and the whole against what is
    behind it, by the border or the line."""
    image = picture(Traits(skin=angle, style="none"), "neutral", 128)
    flat = Image.new("RGBA", image.size, (*ground, 255))
    flat.alpha_composite(image)
    pixels = np.asarray(flat)[..., :3]
    light = np.vectorize(lambda v: v / 12.92 if v <= 0.04045 else ((v + 0.055) / 1.055) ** 2.4)
    luminance = light(np.arange(256) / 255)[pixels] @ [0.2126, 0.7152, 0.0722] + 0.05
    cheek, edge = luminance[88, 40], luminance[64, 12:30]
    brow = luminance[50:62, 36:54].min()
    assert cheek / brow > (2.2 if angle < 0 else 3)
    assert edge.max() / edge.min() > 3


def test_an_animation_lasts_as_long_as_it_is_told():
    told = [("neutral", 1.0), ("happiness", 0.05), ("neutral", 0.5)]
    film = opened(animated(ME, told))
    assert (film.format, film.n_frames, film.size) == ("WEBP", 3, (360, 360))
    durations = []
    for frame in range(3):
        film.seek(frame)
        film.load()
        durations.append(film.info["duration"])
    assert durations == [1000, 300, 500]
    assert opened(animated(ME, told, "apng", 128)).n_frames == 3
    assert opened(animated(ME, told, "apng", 128)).format == "PNG"
    with pytest.raises(ValueError, match="without a picture"):
        animated(ME, [])


def test_what_ruled_each_second_moves():
    labels = LABEL_SETS["ferplus"]
    rows = np.eye(8)[[0, 0, 1, 1, 1, 0]]
    rows[2] = np.nan
    assert shown(Timeline(labels, rows, {})) == [
        ("neutral", 2.0), ("happiness", 2.0), ("neutral", 1.0)]
    assert shown(Timeline(labels, np.full((3, 8), np.nan), {})) == []
    # Half an hour: what passed in a second is left out, the whole lasts half a minute.
    long = np.tile(np.eye(8)[[0] * 9 + [1]], (180, 1))
    long[900:920] = np.eye(8)[4]
    told = shown(Timeline(labels, long, {}))
    assert [emotion for emotion, _ in told] == ["neutral", "anger", "neutral"]
    assert sum(seconds for _, seconds in told) == pytest.approx(30)
    # Where all pass as quickly, the first ones.
    assert len(shown(Timeline(labels, np.tile(np.eye(8)[:2], (90, 1)), {}))) == 60


def test_a_pack_has_what_messengers_take():
    data = pack(ME)
    assert pack(ME) == data
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        names = archive.namelist()
        assert len(names) == len(set(names)) == 3 * len(EIGHT) + 2
        for number, emotion in enumerate(EIGHT, 1):
            kakao = archive.read(f"kakaotalk/{number:02}_{emotion}.png")
            sticker = archive.read(f"stickers/{number:02}_{emotion}.webp")
            assert (opened(kakao).format, opened(kakao).size) == ("PNG", (360, 360))
            assert (opened(sticker).format, opened(sticker).size) == ("WEBP", (512, 512))
            # KakaoTalk takes 150 kB, WhatsApp 100 kB.
            assert len(kakao) < 150_000
            assert len(sticker) < 100_000
            assert archive.read(f"svg/{number:02}_{emotion}.svg").decode() == svg(ME, emotion)
        assert Traits.model_validate_json(archive.read("traits.json")) == ME
        assert len(archive.read("moving.webp")) < 500_000


def test_tones_are_in_order():
    assert list(SKIN) == sorted(SKIN)
