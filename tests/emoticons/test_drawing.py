"""Emoticons as drawn: every expression, every trait, one hand."""

import re
from itertools import combinations, pairwise, product
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from fer_core.emoticons.drawing import skin_colour, svg
from fer_core.emoticons.parts import BORDER, BROW_LINE, EXPRESSIONS, LINE
from fer_core.emoticons.traits import FACIAL_HAIR, GLASSES, HAIR, STYLES, Proportions, Traits
from fer_core.emotions import EMOTIONS

CORNER = st.sampled_from([-1.0, -0.4, 0.0, 1.0])
FACES = st.builds(Proportions, width=CORNER, eyes=CORNER, nose=CORNER, mouth=CORNER)
ANYBODY = st.builds(Traits, skin=st.floats(-90, 90), hair=st.sampled_from(list(HAIR)),
                    style=st.sampled_from(STYLES), glasses=st.sampled_from(GLASSES),
                    mask=st.booleans(), facial_hair=st.sampled_from(FACIAL_HAIR), face=FACES)


def test_every_emotion_has_a_face():
    assert set(EXPRESSIONS) == set(EMOTIONS)
    with pytest.raises(KeyError):
        svg(Traits(), "boredom")


@given(ANYBODY, st.sampled_from(sorted(EMOTIONS)))
def test_anybody_is_drawn_and_kept(traits, emotion):
    drawn = svg(traits, emotion)
    assert ElementTree.fromstring(drawn).attrib["viewBox"] == "0 0 128 128"
    # Many stand in one page: names of parts would collide.
    assert not re.search(r"\bid=|url\(|nan|None", drawn)
    assert svg(Traits.model_validate_json(traits.model_dump_json()), emotion) == drawn


@given(ANYBODY)
def test_lines_have_one_weight(traits):
    weights = {float(w) for e in EMOTIONS
               for w in re.findall(r'stroke-width="([\d.]+)"', svg(traits, e))}
    assert weights - {BROW_LINE, LINE + BORDER, BROW_LINE + LINE, BROW_LINE + BORDER} <= {
        LINE, 2.4, 2.2}


@pytest.mark.parametrize(("mask", "glasses"), list(product([False, True], GLASSES)))
def test_expressions_differ_whatever_is_worn(mask, glasses):
    traits = Traits(mask=mask, glasses=glasses)
    for one, other in combinations(EMOTIONS, 2):
        assert svg(traits, one) != svg(traits, other), (one, other)


@pytest.mark.parametrize("change", [
    {"skin": 20.0}, {"hair": "grey"}, {"style": "long"}, {"glasses": "glasses"},
    {"glasses": "sunglasses"}, {"mask": True}, {"facial_hair": "beard"},
    *({"face": Proportions(**{part: 0.5})} for part in Proportions.model_fields)])
def test_every_trait_shows(change):
    assert svg(Traits(**change), "neutral") != svg(Traits(), "neutral")


def test_a_lower_angle_is_a_darker_tone():
    lights = [sum(bytes.fromhex(skin_colour(angle)[1:])) for angle in range(-45, 63)]
    assert all(a < b for a, b in pairwise(lights))
    # Beyond what is drawn, the last tone.
    assert skin_colour(-90) == skin_colour(-45)


@pytest.mark.parametrize("wrong", [{"skin": 91.0}, {"hair": "green"}, {"face": {"nose": 1.5}}])
def test_what_cannot_be_is_refused(wrong):
    with pytest.raises(ValidationError):
        Traits.model_validate(wrong)
