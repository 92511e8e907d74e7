import csv
import errno
import io
import json
import os
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fer_core.errors import ReportError
from fer_core.export import WRITERS, from_json, sample_session, timeline_csv, to_json, write
from tests.sessions import ABSTAINING, ALL, FULL, TWO

GOLDEN = Path(__file__).parent / "golden" / "report.json"


@pytest.mark.parametrize("name", ALL)
@pytest.mark.parametrize("language", ["ko", "en"])
def test_json_round_trips(name, language):
    text = to_json(ALL[name], language)
    assert to_json(from_json(text), language) == text


def test_the_golden_report():
    """Rewrite it by hand only when the schema or a formula is meant to change."""
    mine, golden = json.loads(to_json(TWO, "ko")), json.loads(GOLDEN.read_text("utf-8"))
    assert mine.keys() == golden.keys()
    for key in mine.keys() - {"timeline", "scores"}:
        assert mine[key] == golden[key]
    for ours, theirs in zip(mine["timeline"], golden["timeline"], strict=True):
        read, wanted = ours.pop("probabilities"), theirs.pop("probabilities")
        assert read == (wanted if wanted is None else pytest.approx(wanted))
        assert ours == pytest.approx(theirs)
    for name, score in golden["scores"].items():
        assert mine["scores"][name]["value"] == pytest.approx(score["value"])
        assert mine["scores"][name]["low"] == pytest.approx(score["low"])


def test_a_reader_with_a_calculator_gets_the_scores():
    rows = list(csv.DictReader(io.StringIO(timeline_csv(FULL))))
    assert len(rows) == len(FULL.timeline)
    for score in FULL.scores:
        total = 0.0
        for part in score.parts:
            cells = [float(r[f"part_{part.name}"]) for r in rows if r[f"part_{part.name}"]]
            total += part.weight * sum(cells) / len(cells)
        assert total == pytest.approx(score.value, abs=1e-6)


def test_unseen_seconds_are_null_and_empty():
    report = json.loads(to_json(FULL, "en"))
    assert report["timeline"][21]["probabilities"] is None
    assert report["timeline"][21]["yaw"] is None
    rows = list(csv.DictReader(io.StringIO(timeline_csv(FULL))))
    assert rows[21]["neutral"] == rows[21]["yaw"] == ""
    assert rows[21]["coverage"] == "0"


def test_an_abstaining_score_says_why_in_the_language():
    score = json.loads(to_json(ABSTAINING, "en"))["scores"]["confidence"]
    assert score["value"] is None
    assert score["reason"].startswith("No score")
    assert "점수" in json.loads(to_json(ABSTAINING, "ko"))["scores"]["confidence"]["reason"]


@pytest.mark.parametrize("text", [
    "", "null", "[]", "{}", "hello", '{"schema_version": 1}', "[" * 100_000,
    '{"schema_version": 1, "timeline": 3}', b"\xff\xfe\x00"])
def test_what_is_not_a_report_is_refused(text):
    with pytest.raises(ReportError) as caught:
        from_json(text)
    assert caught.value.key == "error.report.unreadable"


def test_another_version_is_refused():
    with pytest.raises(ReportError) as caught:
        from_json(json.dumps({"schema_version": 99}))
    assert caught.value.key == "error.report.version"


KEYS = st.sampled_from(sorted(json.loads(to_json(FULL, "ko"))))
JUNK = st.one_of(st.none(), st.integers(), st.text(max_size=5), st.just([1]), st.just({"a": [2]}),
                 st.just([{"code": "nothing"}]), st.just([{"second": 5}]))


@given(KEYS, JUNK)
def test_damage_anywhere_is_refused_or_harmless(key, junk):
    data = json.loads(to_json(FULL, "ko"))
    data[key] = junk
    try:
        session = from_json(json.dumps(data))
    except ReportError:
        return
    from_json(to_json(session, "en"))


def test_files_are_whole_or_not_there(tmp_path, monkeypatch):
    """The disk is full at the second file."""
    files = write(FULL, tmp_path, "mine", "ko")
    assert [f.name for f in files] == ["mine.report.json", "mine.timeline.csv"]
    before = {f: f.read_bytes() for f in files}
    calls = []

    def full(handle):
        calls.append(handle)
        if len(calls) == 2:
            raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        write(TWO, tmp_path, "mine", "ko")
    assert sorted(tmp_path.iterdir()) == sorted(files)
    assert files[1].read_bytes() == before[files[1]]
    assert files[0].read_bytes() == WRITERS["json"][1](TWO, "ko")


def test_the_sample_opens_and_holds_no_picture():
    session = sample_session()
    assert session.timeline.seen.mean() > 0.9
    assert all(s.value is not None for s in session.scores)
    np.testing.assert_allclose(session.timeline.probabilities[session.timeline.seen].sum(1), 1,
                               atol=1e-6)
