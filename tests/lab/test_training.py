import json
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest
import torch
from safetensors.torch import load_file

from fer_core.config import Settings
from fer_core.emotions import LABEL_SETS
from fer_core.errors import ModelError
from fer_core.faces.alignment import to_tensor, whole_picture
from fer_core.lab import checkpoints, training
from fer_core.lab.augmentation import augment
from fer_core.lab.blending import blend
from fer_core.lab.datasets import Samples, join
from fer_core.networks import models
from fer_core.texts import explain

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
    return join([(Samples(LABELS, list(pictures), np.eye(8)[label], label, np.zeros(n, bool)),
                  np.full((n, 5, 2), np.nan))])


# timm's network for tests: it learns this in seconds, the shipped ones in minutes.
RECIPE = training.Recipe("test_resnet", epochs=3, batch=8, warmup=0.5, average=0.5, mixup=0)


def train(recipe, learnt, held_out, out, **options):
    return training.train(recipe, learnt, held_out, out, wish=Settings().precision, **options)


class Trained(NamedTuple):
    """Weights, and the rows of their epochs."""

    weights: Path
    rows: list[dict]


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    """The one training that learns something; two heads, the second labelled in part."""
    rows = []
    recipe = replace(RECIPE, epochs=6, rate=3e-3, mixup=0.2)
    return Trained(train(recipe, two_heads(64), two_heads(32, 1),
                         tmp_path_factory.mktemp("trained"), report=rows.append), rows)


def test_it_learns_and_leaves_usable_weights(trained):
    assert [r["epoch"] for r in trained.rows] == list(range(1, 7))
    assert trained.rows[-1]["val_accuracy"] > 0.9
    model = models.create("test_resnet", 15)
    model.load_state_dict(load_file(trained.weights))
    assert all(v.dtype == torch.float16 for v in load_file(trained.weights).values()
               if v.is_floating_point())


@pytest.mark.train
@pytest.mark.parametrize("architecture", ["poise_vit", "poise_mixer"])
def test_the_shipped_networks_take_a_step(tmp_path, architecture):
    before = models.create(architecture, 8).state_dict()
    recipe = replace(RECIPE, architecture=architecture, epochs=1, mixup=1)
    weights = load_file(train(recipe, samples(8), samples(8, 1), tmp_path))
    assert weights.keys() == before.keys()
    assert all(torch.isfinite(v).all() for v in weights.values())
    assert weights["head.bias"].abs().max() > 0


@pytest.mark.train
def test_a_stopped_run_goes_on_where_it_was(tmp_path):
    class Stop(Exception):
        pass

    def stop(row):
        if row["epoch"] == 2:
            raise Stop

    with pytest.raises(Stop):
        train(RECIPE, samples(), samples(16, 1), tmp_path / "a", report=stop)
    rows = []
    train(RECIPE, samples(), samples(16, 1), tmp_path / "a", resume=True, report=rows.append)
    assert [r["epoch"] for r in rows] == [3]
    history = (tmp_path / "a" / "history.jsonl").read_text().splitlines()
    assert [json.loads(line)["epoch"] for line in history] == [1, 2, 3]


@pytest.mark.train
def test_a_run_in_turns_learns_what_a_run_at_once_learns(tmp_path):
    """Each turn has no time but for one step: the steps of the second epoch are the same."""
    recipe = replace(RECIPE, epochs=2)
    at_once = train(recipe, samples(24), samples(8, 1), tmp_path / "a")
    for _ in range(6):
        stopped = train(recipe, samples(24), samples(8, 1), tmp_path / "b", resume=True,
                        minutes=0)
        assert stopped.name == "last.pt"
    turns = train(recipe, samples(24), samples(8, 1), tmp_path / "b", resume=True)
    a, b = load_file(at_once), load_file(turns)
    assert all(torch.equal(a[k], b[k]) for k in a)


@pytest.mark.parametrize("damage", ["empty", "cut", "older", "other"])
def test_a_checkpoint_that_cannot_be_gone_on_from_is_said(tmp_path, trained, damage):
    path = tmp_path / checkpoints.NAME
    whole = (trained.weights.parent / checkpoints.NAME).read_bytes()
    path.write_bytes({"empty": b"", "cut": whole[:len(whole) // 2]}.get(damage, whole))
    if damage == "older":
        state = torch.load(path, weights_only=True)
        torch.save({k: state[k] for k in state if k not in ("done", "seconds")}, path)
    go_on = partial(train, RECIPE, samples(8), samples(8), tmp_path, resume=True)
    with pytest.raises(ModelError) as caught:
        go_on() if damage == "other" else training.reached(path)
    assert caught.value.key == "error.train.checkpoint"
    assert str(path) in explain(caught.value, "en")


def test_a_checkpoint_that_may_not_be_read_is_not_called_damaged(tmp_path, monkeypatch):
    def refused(*_, **__):
        raise PermissionError
    monkeypatch.setattr(torch, "load", refused)
    with pytest.raises(PermissionError):
        training.reached(tmp_path / checkpoints.NAME)


def test_weights_between_two_trainings(tmp_path):
    for name in "abd":
        (tmp_path / name).mkdir()
    one, other = models.create("test_resnet", 8), models.create("test_resnet", 8)
    a, b = (training.export(m, RECIPE, (LABELS,), tmp_path / n) for m, n in (
        (one, "a"), (other, "b")))
    middle = blend(a, b, 0.25, tmp_path / "c")
    key = "layer1.0.conv1.weight"
    wanted = 0.75 * load_file(a)[key].float() + 0.25 * load_file(b)[key].float()
    assert torch.allclose(load_file(middle)[key].float(), wanted, atol=1e-3)
    assert models.load(middle)[1] == "ferplus"
    with pytest.raises(ModelError) as caught:
        blend(training.export(models.create("test_resnet", 7), RECIPE, (LABEL_SETS["fer2013"],),
                              tmp_path / "d"), b, 0.5, tmp_path / "e")
    assert caught.value.key == "error.weights.blend"


@pytest.mark.train
def test_frozen_stages_keep_weights_and_statistics(tmp_path):
    (tmp_path / "start").mkdir()
    before = models.create("poise_vit", 8)
    start = training.export(before, replace(RECIPE, architecture="poise_vit"), (LABELS,),
                            tmp_path / "start")
    recipe = replace(RECIPE, architecture="poise_vit", epochs=1, frozen=2, average=0.0)
    after = load_file(train(recipe, samples(8), samples(8, 1), tmp_path, start=start))
    begun = load_file(start)
    still = {k for k in begun if torch.equal(begun[k], after[k]) and not k.endswith("tracked")}
    embedding = before.patch_embed
    for number, stage in enumerate(embedding.stages()):
        own = {f"patch_embed.{name}" for name, value in embedding.state_dict(keep_vars=True).items()
               if any(value is other for other in stage.state_dict(keep_vars=True).values())
               and not name.endswith("tracked")}
        assert own
        assert own <= still if number < 2 else not own <= still


def two_heads(n=48, seed=0):
    """The same pictures under two label sets; the second leaves every third one out."""
    one = samples(n, seed)
    some = np.arange(n)[np.arange(n) % 3 > 0]
    label = one.label[some, 0]
    other = Samples(LABEL_SETS["fer2013"], [one.pictures[i] for i in some], np.eye(7)[label],
                    label, np.zeros(len(some), bool))
    first = Samples(LABELS, one.pictures, one.targets[0], one.label[:, 0], np.zeros(n, bool))
    return join([(first, one.landmarks), (other, one.landmarks[some])])


def test_two_heads_learn_from_the_pictures_they_have_labels_for(trained):
    assert trained.rows[-1]["ferplus"]["accuracy"] > 0.9
    assert trained.rows[-1]["fer2013"]["accuracy"] > 0.9
    written = json.loads(trained.weights.with_suffix(".json").read_text())
    assert written["labels"] == "ferplus+fer2013"
    assert load_file(trained.weights)["fc.bias"].shape == (15,)


def test_a_head_without_a_label_costs_nothing():
    heads = (LABELS, LABEL_SETS["fer2013"])
    logits = torch.randn(3, 15)
    targets = torch.zeros(3, 15)
    targets[0, 2] = targets[1, 5] = targets[2, 8] = 1
    weights = torch.ones(15)
    by_hand = (-torch.log_softmax(logits[:2, :8], 1)[[0, 1], [2, 5]].mean()
               - torch.log_softmax(logits[2, 8:], 0)[0])
    assert training._loss(logits, targets, weights, heads).item() == pytest.approx(by_hand.item())


def test_training_begins_with_given_weights(tmp_path, trained):
    still = replace(RECIPE, epochs=1, rate=0.0, average=0.0)
    second = train(still, samples(), samples(16, 1), tmp_path, start=trained.weights)
    a, b = load_file(trained.weights), load_file(second)
    assert torch.equal(a["layer1.0.conv1.weight"], b["layer1.0.conv1.weight"])
    assert a["fc.bias"].shape != b["fc.bias"].shape


@pytest.mark.train
def test_a_distillation_token_learns_from_the_teacher(tmp_path):
    """The teacher calls every picture fear: the token that listens to it must lean there, the
    class token towards the labels."""
    teacher = models.create("test_resnet", 8)
    torch.nn.init.zeros_(teacher.fc.weight)
    teacher.fc.bias.data = 8.0 * torch.eye(8)[6]
    taught_by = training.export(teacher, RECIPE, (LABELS,), tmp_path)
    recipe = replace(RECIPE, architecture="deit_tiny_distilled_patch16_224", epochs=2)
    weights = train(recipe, samples(32), samples(8, 1), tmp_path / "deit", teachers=[taught_by])
    model, labels = models.load(weights)
    assert labels == "ferplus"
    crops = torch.randn(4, 1, 48, 48)
    model.set_distilled_training(True)
    model.train()
    with torch.no_grad():
        own, listening = (torch.softmax(x, 1)[:, 6].mean() for x in model(crops))
    assert listening > own


def test_a_teacher_with_other_heads_is_refused(tmp_path):
    other = training.export(models.create("test_resnet", 7), RECIPE, (LABEL_SETS["fer2013"],),
                            tmp_path)
    with pytest.raises(ModelError) as caught:
        train(RECIPE, samples(), samples(8), tmp_path / "out", teachers=[other])
    assert caught.value.key == "error.model.teacher"


def test_rare_classes_weigh_more_and_the_mean_weight_is_one():
    target = np.eye(8)[[0] * 90 + [6] * 10]
    weight = training._class_weights(target, LABELS, RECIPE).numpy()
    assert weight[6] > weight[0]
    assert (weight * target.mean(0)).sum() == pytest.approx(1)
    plain = replace(RECIPE, balance=0)
    assert training._class_weights(target, LABELS, plain).numpy() == pytest.approx(1)


def test_an_emphasised_class_weighs_more_in_its_head_alone():
    target, plain = np.eye(8)[[0, 6] * 5], replace(RECIPE, balance=0)
    recipe = replace(plain, emphasis={"ferplus.fear": 1.5})
    weight = training._class_weights(target, LABELS, recipe).numpy()
    assert weight[6] / weight[0] == pytest.approx(1.5)
    assert (weight * target.mean(0)).sum() == pytest.approx(1)
    elsewhere = replace(plain, emphasis={"fer2013.fear": 1.5})
    assert training._class_weights(target, LABELS, elsewhere).numpy() == pytest.approx(1)


def test_augmentation_varies_and_repeats_with_its_seed(astronaut):
    matrix = whole_picture(astronaut, 48)
    a, b, c = (augment(astronaut, matrix, 48, np.random.default_rng(s)) for s in (1, 1, 2))
    np.testing.assert_array_equal(a, b)
    assert np.abs(a.astype(int) - c).mean() > 1
    assert to_tensor(a[None]).shape == (1, 1, 48, 48)


def test_every_lower_face_is_covered_when_asked(astronaut):
    """White pictures: what is hidden is darker, and lies below the eyes."""
    picture = np.full((48, 48), 255, np.uint8)
    matrix = whole_picture(picture, 48)

    def lit(covered, rows):
        return np.mean([augment(picture, matrix, 48, np.random.default_rng(s), covered)[rows].mean()
                        for s in range(60)])
    lower, upper = slice(34, 46), slice(4, 14)
    assert lit(1.0, lower) < lit(0.0, lower) - 20
    assert abs(lit(1.0, upper) - lit(0.0, upper)) < 20
