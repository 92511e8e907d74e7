"""Tables of seconds, scored at the command line."""

import csv
import io
import json

import numpy as np
import pytest
from typer.testing import CliRunner

from fer_core.cli import app
from fer_core.reports.export import csv_table
from fer_core.reports.export.csv_file import timeline_csv
from fer_core.sessions.scored import VERSION, score
from tests.behaviour import KEYS, behaviour, take
from tests.planted import FULL, SETTINGS, read_by_two

run = CliRunner().invoke


def table(path, timeline=None, **changes):
    """The required columns of a timeline; changes set a cell, ``column=(row, text)``, or add a
    column to all rows, ``column=text``."""
    timeline = behaviour(1) if timeline is None else timeline
    columns = {"second": timeline.seconds, **dict(zip(KEYS, timeline.probabilities.T, strict=True)),
               **timeline.columns}
    cells = {name: [f"{v:.10g}" if not np.isnan(v) else "" for v in values]
             for name, values in columns.items()}
    for name, change in changes.items():
        if isinstance(change, str):
            cells[name] = [change] * len(timeline)
        elif change is None:
            del cells[name]
        else:
            cells[name][change[0]] = change[1]
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(cells)
    writer.writerows(zip(*cells.values(), strict=True))
    path.write_text(out.getvalue(), "utf-8")
    return path


def test_one_table_is_an_object_several_are_a_list(tmp_path):
    one, two = table(tmp_path / "a.csv"), table(tmp_path / "b.csv", behaviour(2), extra="x")
    result = run(app, ["score", str(one), "--json", "--lang", "en"])
    assert result.exit_code == 0, result.output
    found = json.loads(result.stdout)
    wanted = score(behaviour(1), SETTINGS.scoring)
    assert found["file"] == str(one)
    assert found["score_version"] == VERSION
    mute = found["scores"].pop("delivery")
    assert (mute["value"], mute["reason"]) == (None, "No score: no sound was listened to.")
    for name, told in found["scores"].items():
        s, = (s for s in wanted.scores if s.name == name)
        assert (told["value"], told["low"], told["high"]) == pytest.approx(
            (s.value, s.low, s.high), abs=1e-6)
        assert (told["seconds"], told["reason"]) == (60, None)
        assert sum(p["value"] * p["weight"] for p in told["parts"]) == pytest.approx(told["value"])
    result = run(app, ["score", str(one), str(two), "--json"])
    assert [row["file"] for row in json.loads(result.stdout)] == [str(one), str(two)]


def test_a_reports_table_gives_the_reports_scores(tmp_path):
    path = tmp_path / "mine.timeline.csv"
    session = read_by_two(FULL)
    path.write_text("\ufeff" + timeline_csv(session), "utf-8")
    found = json.loads(run(app, ["score", str(path), "--json"]).stdout)
    assert {n: s["value"] for n, s in found["scores"].items()} == pytest.approx(
        {s.name: s.value for s in session.scores}, abs=1e-6)


def test_a_neutral_take_is_what_it_is_measured_against(tmp_path):
    session, quiet = table(tmp_path / "s.csv"), table(tmp_path / "n.csv", take())
    result = run(app, ["score", str(session), "--neutral", str(quiet), "--json"])
    found = json.loads(result.stdout)["scores"]["composure"]["value"]
    wanted = score(behaviour(1), SETTINGS.scoring, take()).scores[1].value
    assert found == pytest.approx(wanted, abs=1e-6)


def test_seconds_not_analysed_are_told_by_a_column_or_by_a_gap(tmp_path):
    timeline = behaviour(1)
    marked = table(tmp_path / "a.csv", timeline, analysed="1")
    text = marked.read_text("utf-8").splitlines()
    place = text[0].split(",").index("analysed")
    lines = [line.split(",") for line in text]
    for row in range(11, 16):
        lines[row][place] = "0"
    marked.write_text("\n".join(map(",".join, lines)))
    gap = tmp_path / "b.csv"
    gap.write_text("\n".join([*text[:11], *text[16:]]))
    one, two = json.loads(run(app, ["score", str(marked), str(gap), "--json"]).stdout)
    assert one["scores"] == two["scores"]
    assert one["scores"]["confidence"]["seconds"] == 55


@pytest.mark.parametrize(("changes", "words"), [
    ({"yaw": (3, "left")}, ["Row 5", "yaw", "left"]),
    ({"neutral": (0, "-1")}, ["Row 2", "neutral", "-1"]),
    ({"neutral": (7, "0.95")}, ["Row 9", "neutral", "sum"]),
    ({"happiness": (7, "")}, ["Row 9", "sum"]),
    ({"second": (9, "3")}, ["Row 11", "second", "order"]),
    ({"second": (9, "8")}, ["Row 11", "second", "twice"]),
    ({"second": (9, "9.5")}, ["Row 11", "second", "9.5"]),
    ({"second": (59, "1e8")}, ["Row 61", "second", "long"]),
    ({"motion": (0, "inf")}, ["Row 2", "motion", "inf"]),
    ({"pitch": None}, ["pitch"]), ({"fear": None}, ["classes"]),
])
def test_what_is_malformed_is_said_with_row_and_column(changes, words, tmp_path):
    bad, good = table(tmp_path / "bad.csv", **changes), table(tmp_path / "good.csv")
    result = run(app, ["score", str(bad), str(good), "--json", "--lang", "en"])
    assert result.exit_code == 1
    assert [row["file"] for row in json.loads(result.stdout)] == [str(good)]
    line, = result.stderr.splitlines()
    assert line.startswith(f"error: {bad}: ")
    assert all(word in line for word in words), line
    korean = run(app, ["score", str(bad)])
    assert korean.exit_code == 1
    assert len(korean.stderr.splitlines()) == 1


@pytest.mark.parametrize("content", [b"", b"\n", b"\xff\xfe\x00", b"second,coverage\n1,1\n"])
def test_no_table_at_all(content, tmp_path):
    path = tmp_path / "no.csv"
    path.write_bytes(content)
    for language in ("ko", "en"):
        result = run(app, ["score", str(path), "--lang", language])
        assert result.exit_code == 1
        assert len(result.stderr.splitlines()) == 1
    assert run(app, ["score", str(tmp_path / "none.csv")]).exit_code == 1


def test_an_endless_table_is_not_read_to_its_end(tmp_path, monkeypatch):
    monkeypatch.setattr(csv_table, "MOST", 50)
    result = run(app, ["score", str(table(tmp_path / "long.csv")), "--lang", "en"])
    assert result.exit_code == 1
    assert "Row 52" in result.stderr


def test_people_are_told_in_words(tmp_path):
    result = run(app, ["score", str(table(tmp_path / "a.csv")), "--lang", "en"])
    assert "Composure signals" in result.stdout
    assert "neutral take" in result.stdout
