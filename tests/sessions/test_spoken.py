"""What was heard becomes columns of the timeline."""

import numpy as np

from fer_core.records import COLUMNS, Stretch
from fer_core.sessions.spoken import with_voice
from tests.planted import FULL
from tests.records.test_voice import VOICE

TIMELINE = with_voice(FULL.timeline, VOICE)


def test_columns_follow_the_voice():
    assert TIMELINE["speech"][:6].tolist() == [0, 1, 1, 1, 0, 1]
    assert np.isclose(TIMELINE["speech"][8], 0.8)
    assert TIMELINE["syllables"][1] == 4
    assert TIMELINE["words"][1] == 2
    assert TIMELINE["fillers"][[1, 13, 14]].tolist() == [1, 1, 0]
    assert np.isclose(TIMELINE["loudness"][2], 0)
    assert np.isclose(TIMELINE["voice_pitch"][2], 0)
    assert len(TIMELINE["speech"]) == len(FULL.timeline)


def test_where_there_was_no_sound_nothing_is_known():
    for name in ("speech", "syllables", "words", "fillers"):
        assert np.isnan(TIMELINE[name][20:]).all()
    half = with_voice(FULL.timeline, type(VOICE)(
        (Stretch(0.6, 20),), (), VOICE.loudness, VOICE.pitch, np.zeros(0)))
    assert np.isnan(half["speech"][0])
    assert half["speech"][1] == 0
    assert np.isnan(half["words"]).all()


def test_the_face_has_its_own_pitch():
    assert COLUMNS["pitch"].needs == "face"
    assert np.array_equal(TIMELINE["pitch"], FULL.timeline["pitch"], equal_nan=True)


def test_the_start_of_the_timeline_counts():
    cut = FULL.timeline.each(lambda values: values[3:])
    later = with_voice(type(cut)(cut.labels, cut.probabilities, cut.columns, 3), VOICE)
    np.testing.assert_array_equal(later["speech"], TIMELINE["speech"][3:])
    np.testing.assert_array_equal(later["loudness"], TIMELINE["loudness"][3:])
