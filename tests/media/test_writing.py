"""Clips that are written: their times, their sound, and nothing else."""

import av
import numpy as np
import pytest

from fer_core.config import VideoSettings
from fer_core.media import read_frames
from fer_core.media.sound import read_sound
from fer_core.media.writing import write_clip
from fer_core.records import Frame
from fer_core.records.sound import RATE, Sound
from tests.clips import clock, read_clock

TIMES = (0.0, 0.1, 0.2, 1.5, 1.6, 2.4)
"""With a gap."""


def tone(hertz: float, start: float, end: float) -> Sound:
    at = np.arange(round(start * RATE), round(end * RATE)) / RATE
    return Sound(start, (0.5 * np.sin(2 * np.pi * hertz * at)).astype(np.float32))


def heard(path) -> np.ndarray:
    blocks = list(read_sound(path))
    out = np.zeros(round(blocks[-1].end * RATE) + 1, np.float32)
    for block in blocks:
        begin = round(block.time * RATE)
        out[begin:begin + len(block.samples)] = block.samples
    return out


def pitch(samples: np.ndarray) -> float:
    spectrum = np.abs(np.fft.rfft(samples * np.hanning(len(samples))))
    return float(spectrum.argmax() * RATE / len(samples))


def frames():
    return (Frame(time, image) for time, image in clock(TIMES))


def test_pictures_keep_their_times(tmp_path):
    out = tmp_path / "clip"
    assert write_clip(out, frames()) == len(TIMES)
    back = list(read_frames(out, VideoSettings(fps=60)))
    assert [f.time for f in back] == pytest.approx(TIMES, abs=0.002)
    assert [read_clock(f.image) for f in back] == pytest.approx(TIMES)
    with av.open(str(out)) as container:
        assert [s.type for s in container.streams] == ["video"]
        assert "mp4" in container.format.name


@pytest.mark.parametrize(("higher", "expected"), [(1.0, 440), (0.84, 370)])
def test_sound_keeps_its_place_and_its_pace(tmp_path, higher, expected):
    out = tmp_path / "clip"
    sounds = [tone(440, 0.25, 1.0), tone(440, 1.5, 2.4)]  # silence before and between
    write_clip(out, frames(), sounds, higher)
    samples = heard(out)
    assert len(samples) / RATE == pytest.approx(2.4, abs=0.15)
    loud = [float(np.sqrt((samples[round(a * RATE):round(b * RATE)] ** 2).mean()))
            for a, b in ((0.0, 0.15), (0.35, 0.9), (1.15, 1.4), (1.65, 2.2))]
    assert loud[0] < 0.02
    assert loud[2] < 0.02
    assert loud[1] == pytest.approx(0.35, abs=0.07)
    assert loud[3] == pytest.approx(0.35, abs=0.07)
    assert pitch(samples[round(1.65 * RATE):round(2.2 * RATE)]) == pytest.approx(expected, abs=8)


def test_pictures_of_another_size_are_brought_to_the_first(tmp_path):
    out = tmp_path / "clip"
    write_clip(out, [Frame(0.0, np.full((97, 129, 3), 200, np.uint8)),
                     Frame(0.5, np.full((240, 320, 3), 90, np.uint8))])
    back = list(read_frames(out, VideoSettings(fps=60)))
    assert {f.image.shape for f in back} == {(96, 128, 3)}
    assert back[1].image.mean() == pytest.approx(90, abs=4)
