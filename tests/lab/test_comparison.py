import json
from pathlib import Path

import cv2
import numpy as np
import pytest

from fer_core.config import RecogniserSettings, Settings
from fer_core.emotions import LABEL_SETS
from fer_core.errors import ModelError
from fer_core.lab import comparison
from fer_core.networks.results import is_stale
from fer_core.records import ModelName

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


@pytest.mark.train
def test_a_training_without_time_is_measured_as_it_is_marked_and_goes_on(tmp_path, data):
    plan = tmp_path / "plan.toml"
    plan.write_text("""
[[strategy]]
name = "slow"
architecture = "test_resnet"
recipe = { epochs = 1, batch = 8 }
""")

    def run(**options):
        (row,) = comparison.compare(comparison.Plan.read(plan), data, (LABEL_SETS["ferplus"],),
                                    tmp_path / "out", Settings(cache=tmp_path), limit=24, **options)
        return row

    first = run(minutes=0)
    assert first["done"] == pytest.approx(1 / 3, abs=0.001)  # one step of three
    assert "| unfinished, 33 % |" in (tmp_path / "out" / "compare.md").read_text()
    assert first["n"] == 24
    assert first["milliseconds"] > 0
    assert first["megabytes"] > 0
    whole = run()
    assert whole["done"] == 1
    assert whole["seconds"] >= first["seconds"]
    assert "| whole |" in (tmp_path / "out" / "compare.md").read_text()


def test_the_results_file_gets_strategies_and_the_networks_that_ship_apart():
    class Shipped:
        names = (ModelName("vit", "abc"),)
        settings = RecogniserSettings()

    row = dict.fromkeys((*comparison.KEPT, "confusion"), 1)
    others, own = comparison.entries([row], [row], Shipped(), "x test", "ferplus", "compare")
    assert others["models"] == []
    assert not is_stale(others, ())
    assert is_stale(own, ())
    assert others["kind"] == own["kind"] == "comparison"
    assert "confusion" not in others["rows"][0]


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
    seeds = comparison.Plan.read(Path(comparison.__file__).with_name("seeds.toml"))
    assert [s.architecture for s in seeds.strategy] == ["k_emotionnet", "residual_masking"]
