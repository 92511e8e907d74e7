"""What the replay shows is what the session holds."""

import json
from dataclasses import replace

import pytest

from fer_core.reports.replay import replay
from fer_core.reports.report import build_report
from fer_core.reports.transcript import LONG_PAUSE
from fer_core.texts import LANGUAGES, say
from tests.planted import ALL, FULL, NOBODY, spoken

HEARD = replace(FULL, voice=spoken())


def told(session, language="ko"):
    return replay(build_report(session, language))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", ALL)
def test_every_session_can_be_replayed(name, language):
    found = told(ALL[name], language)
    assert len(found["seconds"]) == len(ALL[name].timeline) == found["end"] - found["start"]
    assert found["end"] - 1 < found["lasts"] <= found["end"]
    assert found["speech"] == found["loudness"] == []
    assert not found["written"]
    json.dumps(found, allow_nan=False)


def test_words_fillers_and_long_pauses_are_in_reading_order():
    found = told(HEARD)
    assert [(w["kind"], w["start"]) for w in found["tokens"]] == [
        ("question", 0.0), ("word", 0.5), ("word", 1.2), ("word", 2.0), ("filler", 2.6),
        ("pause", 5), ("word", 8.4), ("word", 9.0), ("filler", 12.0)]
    assert [w["text"] for w in found["tokens"] if w["kind"] == "filler"] == [
        "음", say("page.report.replay.hum", "ko")]
    pause = next(w for w in found["tokens"] if w["kind"] == "pause")
    assert pause["end"] - pause["start"] >= LONG_PAUSE
    assert "3.0" in pause["text"]
    kinds = [m["kind"] for m in found["marks"]]
    assert kinds.count("filler") == 2
    assert kinds.count("pause") == 1
    assert kinds.count("moment") == len(FULL.moments)
    assert [m["start"] for m in found["marks"]] == sorted(m["start"] for m in found["marks"])


def test_what_was_not_kept_is_not_shown():
    found = told(replace(HEARD, voice=spoken().without_text()))
    assert not found["written"]
    assert "word" not in {w["kind"] for w in found["tokens"]}


def test_seconds_and_lines_are_those_of_the_charts():
    found = told(HEARD)
    assert [s is None for s in found["seconds"]] == (~FULL.timeline.seen).tolist()
    assert found["seconds"][0] == {"clock": "0:00", "emotion": say("emotion.neutral", "ko"),
                                   "colour": FULL.timeline.labels.classes[0].colour}
    assert len(found["lines"]) == 3
    assert found["lines"][2]["label"] == say("score.delivery.label", "ko")
    assert all(v is None or 0 <= v <= 1 for v in found["loudness"])
    assert [len(line["values"]) for line in told(NOBODY)["lines"]] == [12, 12]
