import json
from pathlib import Path

import cv2
import numpy as np
import pytest

from fer_core.config import Settings
from fer_core.emotions import LABEL_SETS
from fer_core.errors import ModelError
from fer_core.lab import comparison

PLAN = """
[[strategy]]
name = "a"
architecture = "test_resnet"
recipe = { epochs = 1, batch = 8 }

[[strategy]]
name = "b"
architecture = "test_resnet"
start = "a"
mask = "skin"
teachers = ["a"]
recipe = { epochs = 1, batch = 8, seed = 1 }

[[strategy]]
name = "svm"
architecture = "svm"
start = "a"

[[ensemble]]
name = "both"
members = ["a", "b", "svm"]
vote = "two_of_four"
"""


@pytest.fixture
def data(tmp_path, astronaut):
    """A folder a class; one class brighter than the other, both with skin in them."""
    face = cv2.resize(astronaut[20:230, 120:330], (48, 48))
    rng = np.random.default_rng(0)
    for split in ("train", "val"):
        for name, light in (("happy", 0.4), ("sad", 1.0)):
            folder = tmp_path / "data" / split / name
            folder.mkdir(parents=True)
            for i in range(12):
                noisy = np.clip(face * light + rng.normal(0, 8, face.shape), 0, 255)
                cv2.imwrite(str(folder / f"{i}.png"), noisy.astype(np.uint8)[..., ::-1])
    return tmp_path / "data"


@pytest.mark.train
def test_one_table_of_networks_machines_and_votes(tmp_path, data):
    plan = tmp_path / "plan.toml"
    plan.write_text(PLAN)
    out = tmp_path / "out"
    rows = comparison.compare(comparison.Plan.read(plan), data, (LABEL_SETS["ferplus"],), out,
                              Settings(cache=tmp_path), limit=20)
    assert [r["strategy"] for r in rows] == ["a", "b", "svm", "both"]
    assert all(r["n"] == 20 for r in rows)
    assert rows[2]["accuracy"] >= 0.5
    assert "from a; mask skin; taught by a" in rows[1]["what"]
    assert json.loads((out / "compare.json").read_text()) == rows
    assert (out / "compare.md").read_text().count("\n") == 6


@pytest.mark.parametrize("text", [
    "nonsense", "[[strategy]]\nname = 'a b'\narchitecture = 'x'",
    "[[strategy]]\nname = 'a'\narchitecture = 'x'\nstart = 'later'",
    PLAN.replace('members = ["a", "b", "svm"]', 'members = ["z"]'),
    PLAN.replace('vote = "two_of_four"', 'vote = "loudest"')])
def test_a_list_that_cannot_run_is_said_before_anything_is_trained(tmp_path, text):
    plan = tmp_path / "plan.toml"
    plan.write_text(text)
    with pytest.raises(ModelError) as caught:
        comparison.Plan.read(plan)
    assert caught.value.key == "error.compare.file"


def test_the_default_list_covers_the_bench():
    plan = comparison.Plan.read(Path(comparison.__file__).with_name("strategies.toml"))
    architectures = {s.architecture for s in plan.strategy}
    assert {"poise_vit", "poise_mixer", "deit_tiny_distilled_patch16_224", "efficientnet_b0",
            "resnet18", "vgg19", "k_emotionnet", "residual_masking", "svm"} <= architectures
