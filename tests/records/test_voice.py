"""The sums of an answer follow from what was heard in it."""

from dataclasses import replace
from math import inf, isnan

import numpy as np
import pytest

from fer_core.records import Filler, Stretch, Voice, Word, speaking

VOICE = Voice(
    heard=(Stretch(0.0, 20.0),), spoken=(Stretch(1.0, 4.0), Stretch(5.0, 8.0),
                                         Stretch(8.2, 10.0), Stretch(13.0, 19.0)),
    loudness=np.tile([-3.0, 3.0], 100), pitch=np.tile([-2.0, 2.0], 100),
    syllables=np.arange(1, 19, 0.25), fillers=(Filler(1.0, 1.3, "um"), Filler(13.0, 13.4, "")),
    language="en",
    words=tuple(Word(t, t + 0.4, "word", 0.9) for t in np.arange(1, 19, 0.5).tolist()))


def test_the_sums_of_all():
    sums = speaking(VOICE, 0, inf)
    assert sums.seconds == 20
    assert sums.speech_share == pytest.approx((3 + 3 + 1.8 + 6) / 20)
    assert (sums.mean_pause, sums.longest_pause) == (2, 3)  # 0.2 s is no pause
    assert sums.pauses == pytest.approx(2 / 18 * 60)
    assert sums.pause_share == pytest.approx(4 / 18)
    assert sums.pace_words == pytest.approx(120)
    assert sums.pace_syllables == pytest.approx(240)
    assert sums.fillers_per_100_words == pytest.approx(2 / 36 * 100)
    assert (sums.loudness_range, sums.pitch_range) == (3, 2)
    assert sums.time_to_first_word == 1


def test_an_answer_knows_only_its_window():
    sums = speaking(VOICE, 11, 20)
    assert sums.time_to_first_word == 2
    assert (sums.pauses, sums.longest_pause) == (0, 0)  # who asked spoke before
    assert sums.fillers_per_100_words == pytest.approx(100 / 12)
    assert speaking(VOICE, 7, 15).longest_pause == 3


@pytest.mark.parametrize(("start", "end"), [(10.5, 12.5), (30, 40)])
def test_where_nobody_speaks_nothing_is_known(start, end):
    sums = speaking(VOICE, start, end)
    assert all(isnan(getattr(sums, name)) for name in (
        "pace_words", "pace_syllables", "mean_pause", "pause_share", "time_to_first_word"))
    assert sums.speech_share == 0 if start < 20 else isnan(sums.speech_share)


def test_missing_sound_is_no_pause():
    gap = replace(VOICE, heard=(Stretch(0, 11), Stretch(12, 20)))
    assert [p.start for p in gap.pauses] == [4]


def test_without_text_numbers_stay():
    kept = VOICE.without_text()
    assert (kept.text, VOICE.text[:9]) == ("", "word word")
    assert speaking(kept, 0, inf) == speaking(VOICE, 0, inf)
    bare = replace(VOICE, words=None, fillers=())
    assert bare.without_text() is bare
    assert isnan(speaking(bare, 0, inf).pace_words)


def test_damage_is_refused():
    with pytest.raises(ValueError, match="out of order"):
        replace(VOICE, spoken=(Stretch(4, 1),))
    with pytest.raises(ValueError, match="pitch"):
        replace(VOICE, pitch=np.zeros(3))
