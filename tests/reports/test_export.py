import csv
import errno
import io
import json
import os
from base64 import b64encode
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fer_core.emotions import LABEL_SETS
from fer_core.errors import ReportError
from fer_core.records import Answer, CoachStyle, SelfRating, Timeline
from fer_core.reports.export import WRITERS, from_json, sample_session, timeline_csv, to_json, write
from fer_core.reports.report import build_report
from fer_core.sessions.scored import is_older, rescore
from tests.planted import (
    ABSTAINING,
    ALL,
    FULL,
    PICTURED,
    STALLED,
    TWO,
    read_by_two,
    scored_again,
    session,
)

GOLDEN = Path(__file__).parents[1] / "golden" / "report.json"


@st.composite
def timelines(draw):
    """Any timeline of any label set, from any second on, with gaps and unknown poses."""
    labels = LABEL_SETS[draw(st.sampled_from(sorted(LABEL_SETS)))]
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    rows = draw(st.integers(1, 40))
    p = rng.dirichlet(np.full(len(labels.classes), 0.3), rows)
    coverage = rng.choice([np.nan, 0.0, 0.1, 0.5, 1.0], rows, p=[0.1, 0.1, 0.1, 0.2, 0.5])
    columns = {"yaw": rng.uniform(-90, 90, rows), "pitch": rng.uniform(-90, 90, rows),
               "roll": rng.uniform(-180, 180, rows), "motion": rng.exponential(1, rows)}
    for column in (p, *columns.values()):
        column[~(coverage > 0)] = np.nan
    columns["motion"][rng.random(rows) < 0.3] = np.nan
    if draw(st.booleans()):
        columns["covered"] = np.where(coverage > 0, rng.choice([0.1, 0.95], rows), np.nan)
    return Timeline(labels, p, {"coverage": coverage, **columns}, draw(st.integers(0, 100)),
                    {"vit": p[::-1]} if draw(st.booleans()) else {})


@settings(deadline=None, max_examples=50)
@given(timelines())
def test_whatever_was_measured_round_trips(timeline):
    """The reader is strict with damage; it must never refuse what we wrote."""
    session = scored_again(FULL, timeline=timeline)
    session = replace(session, neutral=timeline, former=session.scored)
    text = to_json(session, "en")
    assert to_json(from_json(text), "en") == text
    assert len(timeline_csv(session).splitlines()) == len(timeline) + 1


@pytest.mark.parametrize("name", ALL)
@pytest.mark.parametrize("language", ["ko", "en"])
def test_json_round_trips(name, language):
    text = to_json(ALL[name], language)
    assert to_json(from_json(text), language) == text


def test_the_golden_report():
    """Rewrite it by hand only when the schema or a formula is meant to change."""
    mine, golden = json.loads(to_json(TWO, "ko")), json.loads(GOLDEN.read_text("utf-8"))
    near(mine, golden)


def near(mine, golden, where="report"):
    """The same words, lists and keys; numbers to within rounding."""
    if isinstance(golden, dict):
        assert mine.keys() == golden.keys(), where
        for key, value in golden.items():
            near(mine[key], value, f"{where}.{key}")
    elif isinstance(golden, list):
        assert len(mine) == len(golden), where
        for i, value in enumerate(golden):
            near(mine[i], value, f"{where}.{i}")
    elif isinstance(golden, float):
        assert mine == pytest.approx(golden, abs=1e-9), where
    else:
        assert mine == golden, where


def redone(rows, score):
    """A score from the exported table alone, as its docstring tells a reader to."""
    weights = {name: float(rows[0][name]) for name in rows[0]
               if name.startswith(f"weight_{score}_") and rows[0][name]}
    total = 0.0
    for name, weight in weights.items():
        column = "part_" + name.removeprefix(f"weight_{score}_")
        cells = [float(row[column]) for row in rows if row[column]]
        if weight:
            total += weight * sum(cells) / len(cells)
    return total


ASKED = scored_again(FULL, answers=(Answer("intro", 0.0, 12.5), Answer("hard", 14.0, 40.0)))


def test_a_reader_with_a_calculator_gets_every_score():
    rows = list(csv.DictReader(io.StringIO(timeline_csv(ASKED))))
    assert len(rows) == len(ASKED.timeline)
    for score in ASKED.scores:
        assert redone(rows, score.name) == pytest.approx(score.value, abs=1e-6)


def test_a_reader_with_a_calculator_gets_the_score_of_every_question():
    rows = list(csv.DictReader(io.StringIO(timeline_csv(ASKED))))
    answers = build_report(ASKED, "en").answers
    assert [a.number for a in answers] == [1, 2]
    for answer in answers:
        asked = [row for row in rows if row["question"] == str(answer.number)]
        assert sum(row["scored"] == "1" for row in asked) == answer.cards[0].seconds
        for card in answer.cards:
            assert redone(asked, card.name) == pytest.approx(card.value, abs=1e-6)


def test_what_the_report_opens_is_what_the_table_holds():
    """Every value, weight and number of seconds of "how this was computed"."""
    rows = list(csv.DictReader(io.StringIO(timeline_csv(ASKED))))
    worked = build_report(ASKED, "en").worked
    assert [w.name for w in worked] == [s.name for s in ASKED.scores]
    for score in worked:
        for part in score.parts:
            cells = [float(r[part.column]) for r in rows if r[part.column]]
            assert len(cells) == part.seconds
            assert sum(cells) / len(cells) == pytest.approx(part.value, abs=1e-6)
            assert float(rows[0][f"weight_{score.name}_{part.name}"]) == pytest.approx(part.weight)
        total = sum(part.points for part in score.parts)
        assert score.formula.endswith(f"= {total:.2f}")


def test_what_each_network_alone_would_score_is_kept():
    found = read_by_two(FULL)
    assert from_json(to_json(found, "ko")).scored.alone == found.scored.alone
    for row in csv.DictReader(io.StringIO(timeline_csv(found))):
        assert {name: {s.name: float(row[f"alone_{s.name}_{name}"]) for s in found.scores
                       if s.name != "delivery"} for name in ("vit", "mixer")} == {
            name: pytest.approx(values, abs=1e-6) for name, values in found.scored.alone.items()}
    damaged = json.loads(to_json(found, "ko"))
    damaged["alone"]["vit"]["charm"] = 50.0
    with pytest.raises(ReportError):
        from_json(json.dumps(damaged))


@pytest.mark.parametrize("version", [1, 2, 3, 4, 5])
def test_every_version_ever_shipped_is_read(version):
    """Files as those releases wrote them, scored by version 1: they open with the scores they
    were saved with and say so; nothing of them is lost, what is new is empty."""
    old = (GOLDEN.parent / f"report_v{version}.json").read_text("utf-8")
    kept, session = json.loads(old), from_json(old)
    assert session.scored.recipe.version == 1
    for score in session.scores:
        saved = kept["scores"][score.name]
        assert (score.value, score.low, score.high) == (
            saved["value"], saved["low"], saved["high"])
        assert [(p.name, p.value, p.weight) for p in score.parts] == [
            tuple(p.values()) for p in saved["parts"]]
    for language, told in (("ko", "버전 1"), ("en", "version 1")):
        report = build_report(session, language)
        assert told in report.recipe_note
        # What today's recipe would gain says nothing of them; what was written stays.
        written = session.written
        assert report.coaching == (
            written.advice if written and written.language == language else ())
    assert (session.neutral, session.former) == (None, None)
    if version == 1:
        assert (session.self_rating, session.written) == (None, None)
        assert session.coach == CoachStyle()
    new = json.loads(to_json(session, "ko"))
    assert new["schema_version"] == 8
    assert kept.pop("schema_version") == version
    for ours, theirs in zip(new.pop("timeline"), kept.pop("timeline"), strict=True):
        assert {**ours, **theirs} == ours
    for scores in (new["scores"], *new["answer_scores"]):
        assert [score.pop("reference") for score in scores.values()] == [None] * 4
    assert {**new, **kept} == new


def test_version_6_had_no_covered_seconds():
    """Its scores are today's, to the last digit, and stay so scored anew."""
    session = from_json((GOLDEN.parent / "report_v6.json").read_text("utf-8"))
    assert np.isnan(session.timeline["covered"]).all()
    assert (session.accessories, session.basis.accessories) == (None, "")
    assert not is_older(session.scored)
    assert rescore(session).scores == session.scores


def test_a_file_that_does_not_tell_how_it_was_read_is_an_older_one():
    kept = json.loads(to_json(FULL, "ko"))
    assert from_json(json.dumps(kept)).reading == FULL.reading == 2
    del kept["reading"]
    session = from_json(json.dumps(kept | {"schema_version": 7}))
    assert (session.reading, session.basis) == (1, FULL.basis._replace(reading=1))


def test_covered_seconds_come_back():
    covered = scored_again(FULL, timeline=FULL.timeline.having(
        covered=np.where(np.arange(len(FULL.timeline)) < 8, 0.9, 0.1)))
    text = to_json(covered, "ko")
    again = from_json(text)
    assert to_json(again, "ko") == text
    assert next(w.code for w in again.warnings) == "covered"
    rows = list(csv.DictReader(io.StringIO(timeline_csv(again))))
    assert [(r["covered"], r["scored"]) for r in rows[7:9]] == [("0.9", "0"), ("0.1", "1")]
    assert rows[7]["neutral"] != "", "kept"
    assert rows[7]["part_facing"] == "", "and not scored"


def test_pictures_round_trip():
    text = to_json(PICTURED, "ko")
    assert from_json(text).pictures == PICTURED.pictures != {}
    assert to_json(from_json(text), "ko") == text


def test_own_rating_and_style_round_trip_into_an_identical_report():
    session = replace(TWO, self_rating=SelfRating(70.0, None),
                      coach=CoachStyle("casual", ("comfort",), "long"))
    text = to_json(session, "ko")
    again = from_json(text)
    assert to_json(again, "ko") == text
    assert (again.self_rating, again.coach) == (session.self_rating, session.coach)
    for name in ("summary", "coaching", "self_rating", "worked", "answers", "strengths"):
        assert getattr(build_report(again, "en"), name) == getattr(
            build_report(session, "en"), name)


@pytest.mark.parametrize("name", ["json", "csv", "html"])
def test_a_file_is_written_in_time_that_grows_with_the_session_alone(name, monkeypatch):
    """What is worked out of all seconds is not worked out anew for each of them."""
    looks = []
    for whole in ("seen", "analysed", "valence"):
        found = getattr(Timeline, whole).fget
        monkeypatch.setattr(Timeline, whole, property(
            lambda self, found=found: looks.append(len(self)) or found(self)))
    counts = []
    for seconds in (40, 120):
        long = session(seconds=seconds)
        looks.clear()
        WRITERS[name][1](long, "en")
        counts.append(len(looks))
    assert counts[1] < counts[0] + 40


def test_unseen_seconds_are_null_and_empty():
    report = json.loads(to_json(FULL, "en"))
    assert report["timeline"][21]["probabilities"] is None
    assert report["timeline"][21]["yaw"] is None
    rows = list(csv.DictReader(io.StringIO(timeline_csv(FULL))))
    assert rows[21]["neutral"] == rows[21]["yaw"] == ""
    assert rows[21]["coverage"] == "0"
    assert json.loads(to_json(STALLED, "en"))["timeline"][15]["coverage"] is None


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


HUGE = b64encode(cv2.imencode(".jpg", np.zeros((2000, 2000), np.uint8))[1].tobytes()).decode()


@pytest.mark.parametrize(("path", "value"), [
    ("warnings.1.values", {}), ("warnings.1.values", {"key": 1, "percent": 2}),
    ("warnings.0.code", "none"), ("settings.video.fps", "8"),
    ("settings.video.fps", float("nan")), ("settings.more", float("inf")),
    ("source.name", "\ud800"), ("source.width", "640"), ("source.width", True),
    ("source.duration_s", 10**400), ("labels", ["neutral"]), ("label_set", "none"),
    ("timeline.0.probabilities.neutral", 5.0), ("timeline.0.probabilities.neutral", "0.5"),
    ("timeline.0.probabilities.more", 0.0), ("timeline.0.yaw", 1e308), ("timeline.3.second", 9),
    ("timeline", []), ("scores.confidence.value", 700.0), ("scores.confidence.value", "70"),
    ("scores.confidence.low", None), ("scores.confidence.low", 99.0),
    ("scores.confidence.parts", []), ("scores.confidence.parts.0.weight", 0.9),
    ("scores.confidence", {"value": None}),
    ("scores.confidence", {"value": None, "reason_code": "warning.few_seconds"}),
    ("moments.0.start", -5.0), ("moments.0.end", 1e300), ("moments.0.value", float("nan")),
    ("people.0.first", -1.0), ("answers.0.end", -1.0), ("schema_version", True),
    ("recipe", None), ("recipe.version", 0),
    ("recipe.neutral", "nap"), ("per_second", None), ("per_second.parts.facing", [1.0]),
    ("per_second.scores.confidence.3", 101.0), ("per_second.tension.0", "0.1"),
    ("per_second.counted", []), ("answer_scores", [{}, {}]), ("resting_tension", 2.0),
    ("timeline.0.coverage", 1.5), ("timeline.0.motion", -1.0), ("timeline.0.roll", True),
    ("timeline.0.members", {"vit": {"neutral": 1.0}}), ("neutral_take", {"timeline": []}),
    ("former", {}), ("accuracies", [{"data": 1}]),
    ("self_rating", {"confidence": 101}), ("self_rating", 50),
    ("pictures.0.second", 9999), ("pictures.0.jpeg", "no base64"), ("pictures.0.jpeg", "QUJD"),
    ("pictures.0.jpeg", "/9j/"), ("pictures.0.jpeg", HUGE), ("pictures", {}),
    ("coach.tone", "rude"), ("coach.focus", ["money"]), ("coach", {}), ("written", {}),
    ("written", {"language": "ko", "model": "m", "advice": [
        {"code": "x", "title": "x", "evidence": [], "gains": {}, "lines": []}]}),
    ("written", {"language": "ko", "model": "m", "advice": [
        {"code": "x", "title": "x", "evidence": [{"start": 0, "end": 9999}], "gains": {},
         "lines": [{"kind": "why", "text": "x", "evidence": [{"start": 0, "end": 1}]}]}]})])
def test_damage_is_refused(path, value):
    """All that would crash a page, a chart or the next export, or tell nonsense."""
    data = json.loads(to_json(replace(TWO, pictures=PICTURED.pictures), "ko"))
    *inner, last = [int(k) if k.isdigit() else k for k in path.split(".")]
    place = data
    for key in inner:
        place = place[key]
    place[last] = value
    with pytest.raises(ReportError) as caught:
        from_json(json.dumps(data))
    assert caught.value.key == "error.report.unreadable"


KEYS = st.sampled_from(sorted(json.loads(to_json(FULL, "ko"))))
JUNK = st.one_of(st.none(), st.integers(), st.text(max_size=5), st.just([1]), st.just({"a": [2]}),
                 st.just([{"code": "nothing"}]), st.just([{"second": 5}]))


@settings(deadline=None)
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
    assert {f: f.read_bytes() for f in files} == before
    monkeypatch.undo()
    write(TWO, tmp_path, "mine", "ko")
    assert files[0].read_bytes() == WRITERS["json"][1](TWO, "ko")


def test_files_are_as_private_as_the_person_asked(tmp_path):
    before = os.umask(0o077)
    try:
        files = write(FULL, tmp_path, "mine", "ko")
    finally:
        os.umask(before)
    assert {f.stat().st_mode & 0o777 for f in files} == {0o600}


def test_the_sample_opens_and_holds_no_picture():
    session = sample_session()
    assert session.timeline.seen.mean() > 0.9
    assert {s.name for s in session.scores if s.value is None} == {"delivery"}, "it is silent"
    np.testing.assert_allclose(session.timeline.probabilities[session.timeline.seen].sum(1), 1,
                               atol=1e-6)
