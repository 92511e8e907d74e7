"""The command line as a contract: files, lines, exit status."""

import json
import os
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import cv2
import numpy as np
import pytest
from timm.layers import use_fused_attn
from typer.testing import CliRunner

from fer_core import pipeline
from fer_core.cli import app
from fer_core.sessions.scoring import SCORES
from fer_core.texts import say
from tests.clips import even, person, write_clip, write_sound
from tests.planted import FULL
from tests.speech import ENGLISH, joined, speak, write_track

pytestmark = pytest.mark.slow  # each starts a process that loads the networks

ROOT = Path(__file__).parents[2]
run = CliRunner().invoke


@pytest.fixture(scope="module")
def clip(astronaut, tmp_path_factory):
    return write_clip(tmp_path_factory.mktemp("clips") / "mine.mp4",
                      person(astronaut, even(11, 10)))


@pytest.fixture(scope="module")
def short(astronaut, tmp_path_factory):
    """Where it does not matter what is seen."""
    return write_clip(tmp_path_factory.mktemp("short") / "mine.mp4", person(astronaut, even(1, 8)))


def test_a_clip_becomes_a_report_and_a_table(clip, tmp_path):
    result = run(app, ["analyze", str(clip), "--out", str(tmp_path), "--lang", "en"])
    assert result.exit_code == 0, result.output
    report = json.loads((tmp_path / "mine.report.json").read_text("utf-8"))
    assert {"schema_version", "source", "models", "labels", "settings", "timeline", "scores",
            "moments", "people", "warnings"} <= report.keys()
    assert {"name", "sha256", "duration_s", "width", "height", "rotation"} <= \
        report["source"].keys()
    assert [m["name"] for m in report["models"]] == ["vit", "mixer"]
    row = report["timeline"][3]
    assert {"second", "coverage", "probabilities", "valence", "yaw", "pitch", "roll"} <= row.keys()
    assert sum(row["probabilities"].values()) == pytest.approx(1, abs=1e-3)
    assert list(report["scores"]) == list(SCORES)
    assert report["scores"].pop("delivery")["value"] is None
    for score in report["scores"].values():
        assert score["low"] <= score["value"] <= score["high"]
        assert sum(p["value"] * p["weight"] for p in score["parts"] if p["value"] is not None) == \
            pytest.approx(score["value"], abs=0.01)
    assert (tmp_path / "mine.timeline.csv").read_text("utf-8-sig").count("\n") == 12


def test_bad_clips_fail_alone(short, tmp_path):
    text, empty = tmp_path / "text.mp4", tmp_path / "empty.mp4"
    text.write_text("hello")
    empty.write_bytes(b"")
    sound = write_sound(tmp_path / "sound.mp4")
    out = tmp_path / "out"
    result = run(app, ["analyze", str(text), str(empty), str(short), str(sound),
                       str(tmp_path / "none.mp4"), "--out", str(out), "--lang", "en"])
    assert result.exit_code == 1
    lines = [line for line in result.stderr.splitlines() if line.startswith("error")]
    assert len(lines) == 4
    assert all(line.startswith("error: ") for line in lines)
    assert lines[0].startswith(f"error: {text}: ")
    assert "Traceback" not in result.output
    assert (out / "mine.report.json").exists()
    assert len(list(out.iterdir())) == 2


def test_a_single_picture_and_a_clip_cut_off_behind_its_index(astronaut, tmp_path):
    one = write_clip(tmp_path / "one.mp4", person(astronaut, [0.0]))
    cut = write_clip(tmp_path / "cut.mp4", person(astronaut, even(3, 10)),
                     options={"movflags": "faststart"})
    cut.write_bytes(cut.read_bytes()[:-1000])
    result = run(app, ["analyze", str(one), str(cut), "--out", str(tmp_path / "o"), "--lang", "en"])
    assert result.exit_code == 1
    assert "only one picture" in result.stderr
    assert "cut off" in result.stderr
    assert not (tmp_path / "o").exists()


@pytest.mark.parametrize("arguments", [
    [], ["analyze"], ["analyze", "x.mp4"], ["analyze", "x.mp4", "--out", "o", "--lang", "fr"],
    ["analyze", "x.mp4", "--out", "o", "--fps", "0"], ["evaluate"], ["nonsense"]])
def test_bad_usage_is_two(arguments):
    assert run(app, arguments).exit_code == 2


@pytest.mark.parametrize("name", [
    "면접 😀.mp4", "a" * 240 + ".mp4", "가" * 83 + ".mp4", "-x.mp4", ".hidden.mp4"])
def test_names_that_people_have(short, tmp_path, name):
    named = tmp_path / "in" / name
    named.parent.mkdir()
    shutil.copy(short, named)
    out = tmp_path / "out"
    result = run(app, ["analyze", "--out", str(out), "--json", "--", str(named)])
    assert result.exit_code == 0, result.output
    files = json.loads(result.stdout)["files"]
    assert sorted(Path(f) for f in files) == sorted(out.iterdir())


def test_two_clips_of_one_name_do_not_overwrite_each_other(short, tmp_path):
    other = tmp_path / "other" / short.name
    other.parent.mkdir()
    shutil.copy(short, other)
    out = tmp_path / "out"
    assert run(app, ["analyze", str(short), str(other), "--out", str(out)]).exit_code == 0
    assert {f.name for f in out.iterdir()} == {
        "mine.report.json", "mine.timeline.csv", "mine-2.report.json", "mine-2.timeline.csv"}


def test_a_score_is_rounded_once_as_the_report_does(short, tmp_path, monkeypatch):
    scored = replace(FULL.scored, scores=tuple(
        replace(s, value=87.4786) if s.name == "confidence" else s for s in FULL.scores))
    monkeypatch.setattr(pipeline, "Analyser", lambda settings: SimpleNamespace(
        analyse=lambda *_, **__: replace(FULL, scored=scored)))
    label = say("score.confidence.label", "en")
    told = run(app, ["analyze", str(short), "--out", str(tmp_path), "--lang", "en"]).output
    assert f"{label} 87 " in told
    told = run(app, ["analyze", str(short), "--out", str(tmp_path), "--json"]).stdout
    assert json.loads(told.splitlines()[-1])["scores"]["confidence"] == 87.5


def test_an_impossible_environment_is_bad_usage(monkeypatch):
    monkeypatch.setenv("POISE_VIDEO__FPS", "many")
    result = run(app, ["analyze", "x.mp4", "--out", "o"])
    assert result.exit_code == 2
    assert "POISE_VIDEO__FPS" in result.stderr


def test_missing_weights_are_said_and_nothing_is_read(short, tmp_path):
    environment = os.environ | {"POISE_WEIGHTS": str(tmp_path / "nowhere")}
    result = subprocess.run(
        [sys.executable, "-m", "fer_core", "analyze", str(short), "--out", str(tmp_path / "out"),
         "--lang", "en"], cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert result.returncode == 1
    assert "error: The model weights are missing" in result.stderr
    assert not (tmp_path / "out").exists()


def test_a_folder_that_cannot_be_written_is_said(short, tmp_path):
    (tmp_path / "file").write_text("in the way")
    result = run(app, ["analyze", str(short), "--out", str(tmp_path / "file"), "--lang", "en"])
    assert result.exit_code == 1
    assert "cannot be written" in result.stderr


def test_evaluate_a_folder(astronaut, tmp_path, monkeypatch):
    monkeypatch.setenv("POISE_CACHE", str(tmp_path / "cache"))
    for name in ("happy", "AN"):
        (tmp_path / "data" / name).mkdir(parents=True)
        cv2.imwrite(str(tmp_path / "data" / name / "a.jpg"), astronaut[:, :, ::-1])
    result = run(app, ["evaluate", "--data", str(tmp_path / "data"), "--labels", "fer2013",
                       "--json"])
    assert result.exit_code == 0, result.output
    figures = json.loads(result.stdout)
    assert figures["n"] == 2
    assert figures["per_class"]["happiness"]["n"] == 1
    assert {"accuracy", "macro_f1", "confusion", "ece", "without_leaks"} <= figures.keys()
    one = run(app, ["evaluate", "--data", str(tmp_path / "data"), "--models", "vit"])
    assert "macro-F1" in one.stdout
    assert run(app, ["evaluate", "--data", str(tmp_path / "none")]).exit_code == 1


@pytest.mark.train
def test_train_and_install(tmp_path, monkeypatch):
    """Four pictures of noise for one epoch: the commands, not the learning."""
    monkeypatch.setenv("POISE_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("POISE_WEIGHTS", str(tmp_path / "weights"))
    pictures = np.random.default_rng(0).integers(0, 255, (8, 48, 48)).astype(np.uint8)
    votes = np.zeros((8, 10), np.uint8)
    votes[np.arange(8), np.arange(8) % 2] = 10
    np.savez(tmp_path / "fer2013plus.npz", images=pictures, fer_label=np.zeros(8, np.int8),
             ferplus_votes=votes, split=np.array([0] * 4 + [1] * 4, np.uint8),
             leaks_from_training=np.zeros(8, bool), blank=np.zeros(8, bool))
    result = run(app, ["train", "test_resnet", "--data", str(tmp_path / "fer2013plus.npz"), "--out",
                       str(tmp_path / "run"), "--epochs", "1", "--batch", "2"])
    assert result.exit_code == 0, result.output
    assert use_fused_attn()  # what is built next in this process reads as in any other
    made = tmp_path / "run" / "test_resnet.safetensors"
    assert result.stdout.splitlines()[-1] == str(made)
    assert run(app, ["install", str(made), "--name", "mine"]).exit_code == 0
    manifest = json.loads((tmp_path / "weights" / "manifest.json").read_text())
    assert [m["name"] for m in manifest["models"]] == ["mine"]
    assert run(app, ["install", str(tmp_path / "no.safetensors"), "--name", "x"]).exit_code == 1


@pytest.mark.slow
def test_benchmark_prints_ratios(short, monkeypatch):
    monkeypatch.setenv("POISE_PRECISION", "float32")
    result = run(app, ["benchmark", "--clip", str(short), "--json"])
    assert result.exit_code == 0, result.output
    figures = json.loads(result.stdout)
    assert figures["speedup"] > 0
    assert figures["precision"] == "float32"
    assert {"decode", "follow", "align", "networks"} == figures["stages_ms"].keys()
    assert figures["difference"] < 0.1


def test_transcribe_prints_what_was_heard(tmp_path):
    sound, times = joined([speak(text) for text in ENGLISH[:2]], 0.9)
    file = write_track(tmp_path / "t.wav", sound)
    result = run(app, ["transcribe", str(file), "--language", "en", "--json"])
    assert result.exit_code == 0, result.output
    found = json.loads(result.stdout)
    assert list(found) == ["language", "text", "words", "fillers", "pauses", "pace"]
    (pause,) = (p for p in found["pauses"] if p["end"] - p["start"] > 0.6)
    assert pause["end"] == pytest.approx(times[1][0], abs=0.15)
    told = run(app, ["transcribe", str(file), "--language", "en", "--lang", "en"])
    assert "pauses (longest" in told.stdout
    missing = run(app, ["transcribe", str(tmp_path / "none.wav")])
    assert (missing.exit_code, "Traceback" in missing.output) == (1, False)
