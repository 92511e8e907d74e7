"""What was heard, in a report's file and back."""

import json
from dataclasses import replace

import numpy as np
import pytest

from fer_core.errors import ReportError
from fer_core.reports.export import from_json, to_json
from fer_core.reports.export.json_voice import transcript_data
from fer_core.sessions.spoken import with_voice
from tests.planted import FULL
from tests.records.test_voice import VOICE

SPOKEN = replace(FULL, voice=VOICE, timeline=with_voice(FULL.timeline, VOICE))
TEXT = to_json(SPOKEN, "en")


def test_a_voice_round_trips():
    again = from_json(TEXT)
    assert to_json(again, "en") == TEXT
    for name in ("heard", "spoken", "fillers", "language", "words", "doubts", "pauses", "text"):
        assert getattr(again.voice, name) == getattr(VOICE, name), name
    np.testing.assert_array_equal(again.timeline["speech"], SPOKEN.timeline["speech"])


def test_the_transcript_has_these_keys_and_no_others():
    found = transcript_data(VOICE)
    assert list(found) == ["language", "text", "words", "fillers", "pauses", "pace"]
    assert found["words"][0] == {"start": 1.0, "end": 1.4, "text": "word", "probability": 0.9}
    assert found["pauses"][0] == {"start": 4, "end": 5}
    assert found["fillers"][0] == {"start": 1, "end": 1.3, "text": "um"}
    assert found["pace"]["pace_words"] == 120
    json.dumps(found, allow_nan=False)
    assert transcript_data(replace(VOICE, words=None))["words"] is None


def test_a_file_from_before_opens_without_a_voice():
    old = json.loads(to_json(FULL, "ko"))
    del old["voice"]
    assert from_json(json.dumps(old)).voice is None


@pytest.mark.parametrize(("path", "value"), [
    (("words", 0, "start"), -1.0), (("words", 0, "probability"), 2.0), (("pitch", 0), 1e9),
    (("words", 0, "text"), "x" * 300), (("spoken", 0, "end"), 0.0), (("loudness",), []),
    (("heard",), None), (("syllables",), ["1"]), (("language",), "klingon forever")])
def test_damage_is_refused(path, value):
    data = json.loads(TEXT)
    at = data["voice"]
    for key in path[:-1]:
        at = at[key]
    at[path[-1]] = value
    with pytest.raises(ReportError):
        from_json(json.dumps(data))
