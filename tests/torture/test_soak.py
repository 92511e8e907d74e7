"""The short form of ``python -m tests.torture.soak``: eight at once, with a reader that costs
nothing."""

import pytest

from fer_core.config import LiveSettings, Settings
from tests.torture.soak import soak

pytestmark = pytest.mark.live


@pytest.mark.slow
def test_eight_at_once_are_read_fairly_and_none_sees_anothers_picture():
    settings = Settings(live=LiveSettings(width=160, height=120, camera_fps=8, fps=5))
    soaked = soak(settings, 0.2, 8, light=True)
    rates = soaked.rates[soaked.warm].mean(0)
    assert soaked.strangers == 0
    assert rates.min() >= 1
    assert rates.min() >= 0.7 * rates.max()
    assert soaked.age.max() < 5
