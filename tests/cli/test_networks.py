"""Commands about networks and pictures, on small trees made here."""

import json
import re
import shutil
from pathlib import Path

import cv2
import numpy as np
import pytest
from typer.main import get_command
from typer.testing import CliRunner

from fer_core.cli import app

pytestmark = pytest.mark.slow  # each trains, measures or draws by the command

ROOT = Path(__file__).parents[2]
run = CliRunner().invoke


@pytest.fixture
def data(tmp_path, astronaut, monkeypatch):
    """A folder a class, and weights of its own to write into."""
    face = cv2.resize(astronaut[20:230, 120:330], (64, 64))
    for split in ("train", "val", "test"):
        for name, light in (("happy", 1.0), ("sad", 0.4)):
            folder = tmp_path / "data" / split / name
            folder.mkdir(parents=True)
            for i in range(8):
                rng = np.random.default_rng(i)
                noisy = np.clip(face * light + rng.normal(0, 6, face.shape), 0, 255)
                cv2.imwrite(str(folder / f"{i}.png"), noisy.astype(np.uint8)[..., ::-1])
    shutil.copytree(ROOT / "weights", tmp_path / "weights")
    (tmp_path / "weights" / "results.json").unlink(missing_ok=True)
    monkeypatch.setenv("POISE_WEIGHTS", str(tmp_path / "weights"))
    monkeypatch.setenv("POISE_CACHE", str(tmp_path / "cache"))
    return tmp_path / "data"


def succeeds(*arguments) -> str:
    result = run(app, [str(a) for a in arguments])
    assert result.exit_code == 0, result.output + result.stderr
    return result.stdout


def test_measurements_are_saved_for_the_models_page(data, tmp_path):
    printed = json.loads(succeeds("evaluate", "--data", data, "--save", "--json",
                                  "--against", ROOT / "weights"))
    succeeds("robustness", "--data", data, "--limit", 4, "--save")
    saved = json.loads((tmp_path / "weights" / "results.json").read_text())["results"]
    assert [(e["kind"], len(e["models"])) for e in saved] == [
        ("evaluation", 2), ("evaluation", 1), ("evaluation", 1), ("robustness", 2)]
    assert saved[0]["accuracy"] == printed["accuracy"]
    assert printed["over_other"]["points"] == 0
    assert saved[0]["command"].startswith("python -m fer_core evaluate --data")


@pytest.mark.train
def test_fine_tuning_installing_and_calibrating(data, tmp_path):
    succeeds("train", "test_resnet", "--out", tmp_path / "a", "--data", data, "--labels", "ferplus",
             "--epochs", 1, "--batch", 4, "--limit", 12, "--emphasis", "ferplus.sadness=1.5")
    assert json.loads((tmp_path / "a" / "test_resnet.json").read_text())["recipe"]["emphasis"] == {
        "ferplus.sadness": 1.5}
    weights = tmp_path / "a" / "test_resnet.safetensors"
    succeeds("train", "test_resnet", "--out", tmp_path / "b", "--data", data, "--labels", "ferplus",
             "--epochs", 1, "--batch", 4, "--from", weights, "--teacher", weights, "--mask", "skin")
    refused = run(app, ["install", str(tmp_path / "b" / "test_resnet.safetensors"), "--name", "x"])
    assert refused.exit_code == 1
    shutil.rmtree(tmp_path / "weights")
    succeeds("install", weights, "--name", "mixer")
    assert re.match(r"ferplus: temperature \d\.\d{3}  neutral [+-]\d\.\d\d  ",
                    succeeds("calibrate", "--data", data))
    stanza = json.loads((tmp_path / "weights" / "manifest.json").read_text())["models"][0]
    assert (len(stanza["temperatures"]), [len(b) for b in stanza["biases"]]) == (1, [8])


def test_pictures_are_looked_at(data, tmp_path):
    assert "mtcnn_aligned" in succeeds("prepare-eval", "--data", data, "--limit", 4)
    page = Path(succeeds("explore", data, "--out", tmp_path / "p" / "page.html").strip())
    assert "16 pictures" in page.read_text("utf-8")
    assert "8 of 8" in succeeds("review", data / "val" / "sad", "--out", tmp_path / "review")


@pytest.mark.parametrize("arguments", [
    ["train", "poise_oracle", "--labels", "ferplus"], ["train", "poise_vit", "--where", "age > 3"],
    ["compare", "nothing.toml"]])
def test_what_cannot_be_done_is_said_in_a_line(data, tmp_path, arguments):
    result = run(app, [*arguments, "--data", str(data), "--out", str(tmp_path / "out")])
    assert result.exit_code == 1, result.output
    assert result.stderr.startswith("error: ")
    assert result.stderr.count("\n") == 1


@pytest.mark.parametrize("emphasis", ["fear=2", "ferplus.fear", "ferplus.fear=0", "ferplus.fear=x",
                                      "aihub.panic=2"])
def test_an_emphasis_that_means_nothing_is_refused(data, tmp_path, emphasis):
    result = run(app, ["train", "poise_vit", "--data", str(data), "--out", str(tmp_path / "out"),
                       "--labels", "ferplus", "--emphasis", emphasis])
    assert result.exit_code == 2
    assert "ferplus.fear" in result.stderr


def test_every_command_is_in_the_readme():
    text = (ROOT / "README.md").read_text("utf-8")
    for name in get_command(app).commands:
        assert f"python -m fer_core {name}" in text, name
