"""Pitch of sounds whose pitch is known."""

import numpy as np
import pytest

from fer_core.records.sound import RATE
from fer_core.voice.pitch import HOP, WINDOW, pitch
from tests.speech import silence, voice_like


@pytest.mark.parametrize("hz", [85, 120, 210, 330, 450])
@pytest.mark.parametrize("loud", [0.02, 0.5])
def test_a_voiced_sound_has_its_pitch(hz, loud):
    sound = voice_like(hz, 0.5, loud)
    found = pitch(sound, loud)
    assert len(found) == (len(sound) - WINDOW) // HOP + 1
    assert np.nanmax(np.abs(found / hz - 1)) < 0.01
    assert np.isnan(found).mean() < 0.05


def test_a_glide_is_followed():
    hz = 120 * 2 ** (np.linspace(0, 1, RATE))
    found = pitch(voice_like(hz, 1.0), 0.2)
    wanted = hz[WINDOW // 2::HOP][:len(found)]
    assert np.nanmax(np.abs(12 * np.log2(found / wanted))) < 0.5


def test_noise_and_silence_are_not_voiced():
    noise = silence(1.0, 0.1)
    assert np.isnan(pitch(noise, np.abs(noise).max())).mean() > 0.9
    assert np.isnan(pitch(np.zeros(RATE, np.float32), 0.0)).all()
    assert np.isnan(pitch(voice_like(150, 0.5, 1e-3), 1.0)).all()
