"""What is heard of sounds with planted speech, pauses and faults."""

import itertools
import tracemalloc
from math import inf

import numpy as np
import pytest

from fer_core.records import speaking
from fer_core.records.sound import RATE
from fer_core.voice.ear import Ear
from tests.speech import ENGLISH, KOREAN, blocks, joined, music, silence, speak


def heard(samples, each=4000):
    ear = Ear()
    ear.hear(blocks(samples, each))
    return ear.voice()


@pytest.fixture(scope="module")
def parts():
    return [speak(text) for text in ENGLISH]


@pytest.fixture(scope="module")
def usual(parts):
    return speaking(heard(joined(parts, 0.8)[0]), 0, inf)


@pytest.mark.parametrize("pause", [0.5, 0.8, 1.6])
def test_planted_pauses_are_found(parts, pause):
    sound, times = joined(parts, pause)
    found = heard(sound)
    planted = [(a[1], b[0]) for a, b in itertools.pairwise(times)]
    for start, end in planted:  # a voiceless ending dies away
        nearest = min(found.pauses, key=lambda p: abs(p.start - start) + abs(p.end - end))
        assert nearest.start == pytest.approx(start, abs=0.2)
        assert nearest.end == pytest.approx(end, abs=0.1)
    sums = speaking(found, 0, inf)
    assert sums.time_to_first_word == pytest.approx(times[0][0], abs=0.1)
    assert sums.longest_pause == pytest.approx(pause, abs=0.2)


def test_doubling_the_pauses_shows(parts, usual):
    longer = speaking(heard(joined(parts, 1.6)[0]), 0, inf)
    assert longer.mean_pause == pytest.approx(usual.mean_pause + 0.8, abs=0.15)
    assert longer.pause_share > usual.pause_share + 0.08
    assert longer.pace_syllables < usual.pace_syllables


@pytest.mark.parametrize(("texts", "voice"), [(ENGLISH, "en-us"), (KOREAN, "ko")])
def test_faster_speech_is_faster(texts, voice):
    slow, fast = (speaking(heard(joined([speak(t, voice, rate) for t in texts], 0.6)[0]), 0, inf)
                  for rate in (120, 190))
    assert fast.pace_syllables > 1.2 * slow.pace_syllables


def test_a_louder_microphone_changes_nothing(parts, usual):
    sound, _ = joined(parts, 0.8)
    louder = speaking(heard(np.clip(sound * 10 ** (12 / 20) * 0.3, -1, 1)), 0, inf)
    quieter = speaking(heard(sound * 0.3), 0, inf)
    for name in ("speech_share", "mean_pause", "pause_share", "loudness_range", "pitch_range"):
        assert getattr(louder, name) == pytest.approx(getattr(quieter, name), rel=0.1), name


def test_two_blocks_or_hundreds_are_the_same(parts):
    sound = np.concatenate([joined(parts, 0.8)[0]] * 2)
    one, many = heard(sound, len(sound)), heard(sound, 333)
    assert one.spoken == many.spoken
    np.testing.assert_array_equal(one.pitch, many.pitch)
    np.testing.assert_array_equal(one.syllables, many.syllables)


def test_loudness_and_pitch_are_relative_to_the_person(parts):
    found = heard(joined(parts, 0.8)[0])
    assert np.nanmedian(found.loudness) == pytest.approx(0, abs=3)
    assert np.nanmedian(found.pitch) == pytest.approx(0, abs=0.5)
    inside = np.zeros(len(found.loudness), bool)
    for s in found.spoken:
        inside[int(s.start * 10):int(np.ceil(s.end * 10))] = True
    assert np.isnan(found.loudness[~inside]).all()


@pytest.mark.parametrize("sound", [silence(6), np.zeros(6 * RATE, np.float32), music(6)])
def test_silence_and_music_are_no_speech(sound):
    found = heard(sound)
    assert (found.spoken, len(found.syllables)) == ((), 0)
    assert "no_speech" in found.doubts
    sums = speaking(found, 0, inf)
    assert (sums.speech_share, sums.seconds) == (0, pytest.approx(6, abs=0.01))
    assert np.isnan(sums.pace_syllables)


def test_no_sound_at_all():
    found = heard(np.zeros(0, np.float32))
    assert (found.heard, found.spoken, len(found.loudness)) == ((), (), 0)


def test_a_gap_is_not_a_pause(parts):
    ear = Ear()
    ear.hear(blocks(parts[0]))
    ear.hear(blocks(parts[1], start=20.0))
    found = ear.voice()
    assert len(found.heard) == 2
    assert found.heard[1].start == 20.0
    assert all(pause.seconds < 2 for pause in found.pauses)
    assert any(s.start == pytest.approx(20, abs=0.2) for s in found.spoken)


def test_two_people_are_likely_two(parts):
    others = [speak(text, "en-us+f4", pitch=80) for text in ENGLISH]
    mixed = [part for pair in zip(parts, others, strict=True) for part in pair]
    assert "several_voices" in heard(joined(mixed, 0.5)[0]).doubts
    assert "several_voices" not in heard(joined(parts + parts, 0.5)[0]).doubts


def test_quiet_clipped_and_noisy_sound_is_said(parts):
    sound, _ = joined(parts, 1.6)
    assert "quiet" in heard(sound * 0.004).doubts
    assert "clipped" in heard(np.clip(sound * 60, -1, 1)).doubts
    noisy = heard(sound + silence(len(sound) / RATE, 0.02)[:len(sound)])
    assert "noise" in noisy.doubts
    assert len(noisy.pauses) >= 2  # and yet somebody pauses in it
    assert heard(sound).doubts == ()


@pytest.mark.slow
def test_memory_stays_flat():
    """Two minutes, then eight: the sound would be 23 MB more."""
    minute = np.concatenate([speak(ENGLISH[0]), silence(58)])[:60 * RATE]

    def peak(minutes):
        tracemalloc.start()
        ear = Ear()
        for number in range(minutes):
            ear.hear(blocks(minute, start=60.0 * number))
        ear.voice()
        most = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return most

    assert peak(8) - peak(2) < 4e6
