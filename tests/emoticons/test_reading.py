"""What a picture tells of a face, on faces painted in known colours."""

import numpy as np
import pytest

from fer_core.config import Settings
from fer_core.emoticons.clips import agreed
from fer_core.emoticons.reading import (
    TraitsRead,
    TraitsReader,
    from_picture,
    proportions,
    ratios,
    typology_angle,
)
from fer_core.emoticons.traits import Proportions, Traits
from fer_core.networks.accessories import Worn
from fer_core.records import Face
from tests.emoticons.painted import HAIR, a_face

NOTHING, GLASSES, MASK = Worn(0.1, 0.1), Worn(0.9, 0.1), Worn(0.1, 0.9)


@pytest.mark.parametrize(("light", "b", "angle"), [
    (70.0, 15.0, 53.1), (50.0, 18.0, 0.0), (35.0, 15.0, -45.0)])
def test_the_angle_is_that_of_its_paper(light, b, angle):
    assert typology_angle(np.array([light, 10.0, b])) == pytest.approx(angle, abs=0.1)


@pytest.mark.parametrize(("apart", "roll"), [(12, 0), (60, 0), (60, 25), (200, -15)])
def test_skin_is_measured_whatever_the_size_and_tilt(apart, roll):
    read = from_picture(*a_face(apart, roll=roll), NOTHING)
    assert read.skin == pytest.approx(35, abs=2)
    assert (read.hair, read.glasses, read.mask) == ("black", "none", False)


@pytest.mark.parametrize("skin", [(75, 9, 16), (55, 14, 20), (38, 12, 15)])
def test_a_mask_leaves_the_tone_to_the_forehead(skin):
    bare = from_picture(*a_face(skin=skin), NOTHING)
    masked = from_picture(*a_face(skin=skin, mask=(92, -2, -4)), MASK)
    assert masked.mask
    assert masked.skin == pytest.approx(bare.skin, abs=1.5)


def test_a_picture_without_colour_has_a_tone():
    image, face = a_face()
    grey = np.repeat(image.mean(axis=2, keepdims=True), 3, axis=2).astype(np.uint8)
    assert from_picture(grey, face, NOTHING).skin == pytest.approx(
        from_picture(image, face, NOTHING).skin, abs=8)


@pytest.mark.parametrize(("hair", "tone"), [
    (HAIR, "black"), ((36, 9, 14), "brown"), ((60, 6, 26), "blond"), ((36, 24, 26), "red"),
    ((52, 0, 1), "grey"), ((82, 0, 2), "white")])
def test_hair_has_its_tone(hair, tone):
    assert from_picture(*a_face(hair=hair), NOTHING).hair == tone


@pytest.mark.parametrize(("length", "style"), [(0, "short"), (1.3, "bob"), (2.6, "long")])
def test_long_hair_is_seen_beside_the_jaw(length, style):
    assert from_picture(*a_face(length=length), NOTHING).style == style


def test_a_bald_head_and_one_at_the_pictures_edge():
    assert from_picture(*a_face(hair=None), NOTHING).style == "none"
    image, face = a_face()
    top = int(face.landmarks[0, 1]) - 20
    cut = Face(face.box - [0, top, 0, top], face.landmarks - [0, top], 0.99)
    assert from_picture(image[top:], cut, NOTHING).style == "short"


def test_dark_lenses_are_sunglasses_and_eyes_are_not():
    assert from_picture(*a_face(lenses=(8, 0, 0)), GLASSES).glasses == "sunglasses"
    assert from_picture(*a_face(), GLASSES).glasses == "glasses"
    assert from_picture(*a_face(lenses=(8, 0, 0)), NOTHING).glasses == "none"


def test_proportions_are_those_of_the_face_whatever_its_size():
    _, face = a_face(60)
    _, large = a_face(120)
    # Landmarks lie on whole px.
    assert ratios(face) == pytest.approx(ratios(large), rel=0.03)
    wider = face.landmarks.copy()
    wider[3:, 0] += [-6, 6]
    assert proportions(Face(face.box, wider, 0.9)).mouth > proportions(face).mouth
    turned = face.landmarks.copy()
    turned[2, 0] += 40
    assert proportions(Face(face.box, turned, 0.9)) == Proportions()


def test_several_looks_agree_on_what_most_say():
    looks = [TraitsRead(Traits(skin=s, glasses=g), Worn(0.5, 0.2))
             for s, g in ((30.0, "glasses"), (36.0, "glasses"), (60.0, "none"))]
    assert agreed(looks).traits == Traits(skin=36.0, glasses="glasses")


def test_a_real_face(astronaut):
    face = Face(np.array([170.0, 60.0, 275.0, 200.0]), np.array(
        [[200.0, 110.0], [247.0, 108.0], [226.0, 136.0], [207.0, 161.0], [243.0, 160.0]]), 0.99)
    (read,) = TraitsReader.of(Settings()).read(astronaut, [face])
    assert 20 < read.traits.skin < 70
    assert read.traits.hair in ("brown", "blond")
    assert read.traits.glasses == "none"
    assert not read.traits.mask
    assert TraitsReader.of(Settings()).read(astronaut, []) == []
