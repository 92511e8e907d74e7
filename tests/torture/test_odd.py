"""Whatever a well-formed clip is made of, the same person is read from it, second by second."""

import json

import numpy as np
import pytest

from tests.torture.light import light, seconds
from tests.torture.odd import GOLDEN, ODD


@pytest.fixture(scope="module")
def analyser(settings):
    return light(settings)


@pytest.mark.slow
@pytest.mark.parametrize("name", ODD)
def test_the_golden_seconds(analyser, astronaut, tmp_path, name):
    """``python -m tests.torture.odd`` rewrites them, where clips are meant to be read otherwise."""
    kept = json.loads(GOLDEN.read_text("utf-8"))
    mine, golden = seconds(analyser, ODD[name](tmp_path, astronaut)), kept[name]
    assert mine["source"] == golden["source"]
    assert mine["coverage"] == pytest.approx(golden["coverage"])
    np.testing.assert_allclose(mine["seconds"], golden["seconds"], atol=0.005)
    # The same person at the same time, whatever the file.
    np.testing.assert_allclose(mine["seconds"], kept["plain"]["seconds"], atol=0.015)
