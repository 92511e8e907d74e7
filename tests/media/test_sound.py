"""A sound track of any kind gives one channel at 16 kHz, with true times."""

import numpy as np
import pytest

from fer_core.errors import Cancelled, VideoUnreadable
from fer_core.media.sound import read_sound
from fer_core.records.sound import RATE
from tests.clips import clock, cut, even, write_clip
from tests.speech import voice_like, write_track

TONE = voice_like(200, 2.0)


def heard(path):
    """The track on its own clock, NaN where there is no sound."""
    found = list(read_sound(path))
    ends = [sound.end for sound in found]
    assert all(a <= b.time + 1e-3 for a, b in zip(ends, found[1:], strict=False))
    track = np.full(round(max(ends) * RATE) + 2, np.nan)
    for sound in found:
        first = round(sound.time * RATE)
        track[first:first + len(sound.samples)] = sound.samples
    return track


@pytest.mark.parametrize(("suffix", "codec", "rate", "layout"), [
    ("wav", "pcm_s16le", 16000, "mono"), ("wav", "pcm_s16le", 8000, "mono"),
    ("flac", "flac", 48000, "stereo"), ("mp3", "libmp3lame", 44100, "stereo"),
    ("webm", "libopus", 48000, "mono"), ("mp4", "aac", 44100, "stereo")])
def test_any_codec_and_rate(tmp_path, suffix, codec, rate, layout):
    track = heard(write_track(tmp_path / f"t.{suffix}", TONE, codec, rate, layout))
    assert len(track) / RATE == pytest.approx(2.0, abs=0.08)
    middle = track[RATE // 2:RATE]
    # Writing two channels of one makes each 3 dB quieter.
    loud = np.sqrt(np.mean(TONE ** 2)) * (2 ** -0.5 if layout == "stereo" else 1)
    assert np.sqrt(np.mean(middle ** 2)) == pytest.approx(loud, rel=0.1)
    spectrum = np.abs(np.fft.rfft(middle * np.hanning(len(middle))))
    assert np.argmax(spectrum) * RATE / len(middle) == pytest.approx(200, abs=4)


def test_a_track_that_begins_late_does_so_on_the_pictures_clock(tmp_path):
    track = heard(write_track(tmp_path / "t.mkv", TONE, start=1.5, picture=2.0))
    assert np.isnan(track[:round(1.45 * RATE)]).all()
    assert np.isfinite(track[round(1.6 * RATE):round(3.4 * RATE)]).all()


def test_a_gap_stays_a_gap(tmp_path):
    track = heard(write_track(tmp_path / "t.mkv", TONE, gap=(1.0, 3.0), picture=5.0))
    known = np.isfinite(track)
    assert known[:round(0.95 * RATE)].all()
    assert not known[round(1.1 * RATE):round(3.9 * RATE)].any()
    assert known[round(4.1 * RATE):round(4.9 * RATE)].all()


def test_no_track_is_no_error(tmp_path):
    assert list(read_sound(write_clip(tmp_path / "c.mp4", clock(even(1, 8))))) == []


def test_a_broken_track_gives_what_came_before(tmp_path):
    whole = write_track(tmp_path / "t.flac", np.tile(TONE, 5), "flac")
    found = heard(cut(whole, 0.5))
    assert 2 < len(found) / RATE < 8


def test_what_is_no_recording_is_an_error(tmp_path):
    (tmp_path / "t.wav").write_text("hello")
    for name in ("t.wav", "missing.wav"):
        with pytest.raises(VideoUnreadable):
            list(read_sound(tmp_path / name))


def test_reading_can_be_stopped(tmp_path):
    with pytest.raises(Cancelled):
        list(read_sound(write_track(tmp_path / "t.wav", TONE), lambda: True))
