"""Ours agrees with Praat, which the product does not use."""

import itertools
from math import inf

import numpy as np
import parselmouth
import pytest
from parselmouth.praat import call

from fer_core.media.sound import read_sound
from fer_core.records import speaking
from fer_core.records.sound import RATE
from fer_core.voice.ear import Ear
from fer_core.voice.pitch import WINDOW, pitch
from tests.speech import ENGLISH, blocks, joined, silence, speak, voice_like


def praat(samples):
    """Median pitch in Hz; share of pauses, mean and longest in s, by Praat's own silences."""
    sound = parselmouth.Sound(samples.astype(float), RATE)
    hz = sound.to_pitch_ac(0.01, 75.0, pitch_ceiling=500.0).selected_array["frequency"]
    grid = call(sound, "To TextGrid (silences)", 100, 0, -25, 0.3, 0.1, "silent", "sounding")
    ends = [(call(grid, "Get start time of interval", 1, i),
             call(grid, "Get end time of interval", 1, i))
            for i in range(1, call(grid, "Get number of intervals", 1) + 1)
            if call(grid, "Get label of interval", 1, i) == "sounding"]
    pauses = [b[0] - a[1] for a, b in itertools.pairwise(ends)]
    return (np.median(hz[hz > 0]), sum(pauses) / (ends[-1][1] - ends[0][0]),
            np.mean(pauses) if pauses else 0.0, max(pauses, default=0.0))


def pitch_of(samples):
    """What the ear sees of the pitch, in Hz: its voice keeps semitones only."""
    found = pitch(np.pad(samples, WINDOW // 2), float(np.abs(samples).max()))
    return float(np.nanmedian(found))


def ours(samples, sounds):
    """The same, and what makes it doubtful."""
    ear = Ear()
    ear.hear(sounds)
    voice = ear.voice()
    sums = speaking(voice, 0, inf)
    return (pitch_of(samples), sums.pause_share, sums.mean_pause, sums.longest_pause), voice.doubts


def test_spoken_sentences():
    samples, _ = joined([speak(text) for text in ENGLISH], 0.9)
    (mine, _), his = ours(samples, blocks(samples)), praat(samples)
    assert mine[0] == pytest.approx(his[0], rel=0.03)
    assert mine[1:] == pytest.approx(his[1:], abs=0.1)


def test_a_hum():
    samples = np.concatenate([silence(0.5), voice_like(140, 1.0), silence(0.5)])
    found = parselmouth.Sound(samples.astype(float), RATE).to_pitch_ac(
        0.01, 75.0, pitch_ceiling=500.0).selected_array["frequency"]
    assert pitch_of(samples) == pytest.approx(np.median(found[found > 0]), rel=0.005)


def test_shared_speech_and_clips(shared_data):
    files = sorted([*(shared_data / "speech").glob("*.wav"),
                    *(shared_data / "rated_clips").glob("*.mp4"),
                    *(shared_data / "clips").glob("talking_*.mp4")])
    pairs, noisy = [], 0
    for file in files:
        sounds = list(read_sound(file))
        samples = np.concatenate([s.samples for s in sounds])
        mine, doubts = ours(samples, sounds)
        # In a room nearly as loud as the voice Praat's rule finds no silence, ours does.
        noisy += "noise" in doubts
        if "noise" not in doubts:
            pairs.append((mine, praat(samples)))
    assert noisy <= 2
    mine, his = np.array(pairs).transpose(1, 2, 0)
    agreement = [np.corrcoef(a, b)[0, 1] for a, b in zip(mine, his, strict=True)]
    print("pitch, share, mean and longest pause:", np.round(agreement, 3))
    assert min(agreement) >= 0.95
