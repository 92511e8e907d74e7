"""The laws of delivery on synthesized speech: what a microphone does and what a person does."""

import shutil
import subprocess
import wave

import numpy as np
import pytest
from scipy.signal import lfilter

from fer_core.config import ScoringSettings
from fer_core.emotions import LABEL_SETS
from fer_core.records import Timeline
from fer_core.records.sound import RATE, Sound
from fer_core.sessions.scored import score
from fer_core.sessions.spoken import with_voice
from fer_core.voice.ear import Ear

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(shutil.which("espeak-ng") is None, reason="espeak-ng is not installed")]
SENTENCES = (
    "I worked on a small team that built a tool for nurses.", "We met every week with the ward.",
    "They told us what took them most time.", "I wrote the first version and tested it.",
    "After a month the night shift used it every day.", "It saved them about an hour.",
    "I learned to listen before I build.", "Next time I would measure earlier.")


@pytest.fixture(scope="module")
def speak(tmp_path_factory):
    """Samples of the sentences with pauses of so many s between them."""
    folder = tmp_path_factory.mktemp("espeak")
    kept = {}

    def said(text, rate):
        if (text, rate) not in kept:
            path = folder / "said.wav"
            subprocess.run(["espeak-ng", "-v", "en-us", "-s", str(rate), "-w", path, text],
                           check=True)
            with wave.open(str(path)) as file:
                raw = np.frombuffer(file.readframes(file.getnframes()), np.int16) / 32768
                at = np.arange(0, len(raw), file.getframerate() / RATE)
                kept[text, rate] = np.interp(at, np.arange(len(raw)), raw)
        return kept[text, rate]

    def speak(pause=0.6, rate=150):
        silence = np.zeros(int(pause * RATE))
        sound = np.concatenate([part for s in SENTENCES for part in (said(s, rate), silence)])
        noise = np.random.default_rng(0).normal(0, 1e-4, len(sound))
        return (0.2 * sound / np.abs(sound).max() + noise).astype(np.float32)

    return speak


def result(samples):
    ear = Ear()
    ear.hear([Sound(0.0, samples)])
    seconds = -(-len(samples) // RATE)
    empty = Timeline(LABEL_SETS["ferplus"], np.full((seconds, 8), np.nan),
                     {"coverage": np.zeros(seconds)})
    return score(with_voice(empty, ear.voice()), ScoringSettings())


def delivery(samples):
    return result(samples).scores[-1]


def parts(samples):
    return {p.name: p.value for p in delivery(samples).parts}


@pytest.fixture(scope="module")
def usual(speak):
    return delivery(speak())


def test_another_microphone_changes_nothing(speak, usual):
    """Louder by 12 dB; dull, as 6 dB less at 4 kHz; thin, as 6 dB less at 200 Hz."""
    sound = speak()
    assert usual.value is not None
    dull = lfilter([0.6], [1, -0.4], sound)
    thin = lfilter([1, -0.5], [1], sound)
    for other in (4 * sound, sound / 4, dull, thin):
        assert delivery(other.astype(np.float32)).value == pytest.approx(usual.value, abs=2)


def test_pauses_twice_as_long_lower_it(speak, usual):
    assert delivery(speak(pause=1.2)).value < usual.value - 3
    assert parts(speak(pause=1.2))["pauses"] < parts(speak())["pauses"] - 10


def test_a_faster_clip_moves_pace_as_planned(speak):
    slow, quick = (parts(speak(rate=rate))["pace"] for rate in (110, 170))
    assert quick > slow + 15


def test_silence_and_music_abstain():
    noise = np.random.default_rng(0).normal(0, 1e-4, 20 * RATE)
    assert delivery(noise.astype(np.float32)).reason == "abstain.no_speech"
    t = np.arange(20 * RATE) / RATE
    beat = np.exp(-4 * (t % 0.5))
    tune = np.choose((t / 0.5).astype(int) % 4, [220.0, 277.2, 329.6, 440.0])
    music = sum(np.sin(2 * np.pi * np.cumsum(tune * k) / RATE) / k for k in range(1, 5)) * beat
    assert delivery((0.1 * music + noise).astype(np.float32)).reason == "abstain.no_speech"


def test_half_an_answer_in_silence_is_told(speak):
    sound = speak()
    told = result(np.concatenate([sound, np.zeros(len(sound), np.float32)]))
    assert "little_speech" in [w.code for w in told.warnings]
    assert "little_speech" not in [w.code for w in result(sound).warnings]
