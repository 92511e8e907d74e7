import json
from dataclasses import replace

import numpy as np
import pytest
import torch
from safetensors.torch import load_file

from fer_core import models, training
from fer_core.augmentation import augment
from fer_core.datasets import Samples
from fer_core.emotions import LABEL_SETS
from fer_core.transforms import to_tensor, whole_picture

LABELS = LABEL_SETS["ferplus"]


def samples(n=32, seed=0):
    """Two classes that even a short training tells apart: bright left, bright right."""
    rng = np.random.default_rng(seed)
    label = rng.integers(0, 2, n)
    pictures = rng.integers(0, 60, (n, 48, 48)).astype(np.uint8)
    for picture, side in zip(pictures, label, strict=True):
        # Rows, because training mirrors columns.
        picture[:24] += 120 * np.uint8(side == 0)
        picture[24:] += 120 * np.uint8(side == 1)
    return (Samples(LABELS, list(pictures), np.eye(8)[label], label, np.zeros(n, bool)),
            np.full((n, 5, 2), np.nan))


RECIPE = training.Recipe("poise_mixer", epochs=3, batch=8, warmup=0.5, average=0.5)


def test_it_learns_and_leaves_usable_weights(tmp_path):
    rows = []
    recipe = replace(RECIPE, epochs=10)
    weights = training.train(recipe, samples(64), samples(32, 1), tmp_path, report=rows.append)
    assert [r["epoch"] for r in rows] == list(range(1, 11))
    assert rows[-1]["val_accuracy"] > 0.9
    assert json.loads(weights.with_suffix(".json").read_text())["labels"] == "ferplus"
    model = models.create("poise_mixer", 8)
    model.load_state_dict(load_file(weights))
    assert all(v.dtype == torch.float16 for v in load_file(weights).values()
               if v.is_floating_point())


def test_a_stopped_run_goes_on_where_it_was(tmp_path):
    class Stop(Exception):
        pass

    def stop(row):
        if row["epoch"] == 2:
            raise Stop

    with pytest.raises(Stop):
        training.train(RECIPE, samples(), samples(16, 1), tmp_path / "a", report=stop)
    rows = []
    training.train(RECIPE, samples(), samples(16, 1), tmp_path / "a", resume=True,
                   report=rows.append)
    assert [r["epoch"] for r in rows] == [3]
    history = (tmp_path / "a" / "history.jsonl").read_text().splitlines()
    assert [json.loads(line)["epoch"] for line in history] == [1, 2, 3]


def test_rare_classes_weigh_more_and_the_mean_weight_is_one():
    target = np.eye(8)[[0] * 90 + [6] * 10]
    weight = training._class_weights(target, 0.25).numpy()
    assert weight[6] > weight[0]
    assert (weight * target.mean(0)).sum() == pytest.approx(1)
    assert training._class_weights(target, 0.0).numpy() == pytest.approx(1)


def test_augmentation_varies_and_repeats_with_its_seed(astronaut):
    matrix = whole_picture(astronaut, 48)
    a, b, c = (augment(astronaut, matrix, 48, np.random.default_rng(s)) for s in (1, 1, 2))
    np.testing.assert_array_equal(a, b)
    assert np.abs(a.astype(int) - c).mean() > 1
    assert to_tensor(a[None]).shape == (1, 1, 48, 48)
