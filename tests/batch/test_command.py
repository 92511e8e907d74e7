"""The command, with the real networks where it must be them."""

import json

import pandas as pd
import pytest
from typer.testing import CliRunner

from fer_core.cli import app
from fer_core.texts import say
from tests.clips import even, person, write_clip

run = CliRunner().invoke


@pytest.mark.parametrize(("options", "said"), [
    (["--purpose", "recruitment", "--place", "DE", "--consent"], "AI Act"),
    (["--purpose", "recruitment", "--place", "KR", "--consent"], say("gate.at_the_desk", "en")),
    (["--purpose", "training", "--place", "nowhere", "--consent"], "place is not known")])
def test_the_gate_is_asked_first(tmp_path, options, said):
    result = run(app, ["batch", str(tmp_path), "--out", str(tmp_path / "out"), "--lang", "en",
                       *options])
    assert result.exit_code == 1
    assert said in result.output
    assert not (tmp_path / "out").exists()


def test_a_source_that_is_not_there(tmp_path):
    result = run(app, ["batch", str(tmp_path / "none"), "--out", str(tmp_path / "out"),
                       "--lang", "en"])
    assert result.exit_code == 1
    assert "cannot be read" in result.output


def test_a_folder_that_cannot_be(tmp_path):
    (tmp_path / "a.mp4").write_bytes(b"no clip")
    (tmp_path / "out").write_bytes(b"a file")
    result = run(app, ["batch", str(tmp_path / "a.mp4"), "--out", str(tmp_path / "out"),
                       "--lang", "en"])
    assert (result.exit_code, result.exception.__class__) == (1, SystemExit)
    assert say("error.file.file", "en") in result.output


@pytest.mark.slow
def test_reports_are_those_of_analyze_and_failures_are_listed(astronaut, tmp_path):
    (tmp_path / "in").mkdir()
    clip = write_clip(tmp_path / "in" / "mine.mp4", person(astronaut, even(3, 8)))
    (tmp_path / "in" / "bad.mp4").write_bytes(b"no clip")
    command = ["batch", str(tmp_path / "in"), "--out", str(tmp_path / "out"), "--workers", "1",
               "--lang", "en"]
    result = run(app, command)
    assert result.exit_code == 1, result.output
    assert "2 clips: 1 now, 0 before, 1 failed" in result.output
    assert "bad.mp4: It cannot be read as a video" in result.output
    assert run(app, ["analyze", str(clip), "--out", str(tmp_path / "one"),
                     "--lang", "en"]).exit_code == 0
    table = pd.read_parquet(tmp_path / "out" / "manifest.parquet")
    mine = table[table["status"] == "done"].iloc[0]
    ours, theirs = (json.loads(path.read_text("utf-8")) for path in (
        tmp_path / "out" / mine["report"], tmp_path / "one" / "mine.report.json"))
    assert {**ours, "created": ""} == {**theirs, "created": ""}
    (tmp_path / "in" / "bad.mp4").unlink()
    again = run(app, command)
    assert again.exit_code == 0
    assert "1 clips: 0 now, 1 before, 0 failed" in again.output
