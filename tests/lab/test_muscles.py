"""How the muscle network is taught: planted crops, not the learning."""

import json

import numpy as np
import pytest
import torch

from fer_core.lab.muscles import neutral, training
from fer_core.lab.muscles.taught import FULL, PORTRAITS, Taught, batch
from fer_core.networks import recogniser
from fer_core.networks.models.muscles import EYE
from fer_core.networks.muscles import Muscles, gaze

EYES = np.array([[57.0, 60.0], [101.0, 60.0]])
"""px in the crop with its margin."""


@pytest.fixture(scope="module")
def taught():
    """60 faces: eyes and their corners planted, one eye more closed."""
    rng, n = np.random.default_rng(0), 60
    points = EYES[:, None] + np.array([[[-9, 0], [9, 0], [3, -1]], [[9, 0], [-9, 0], [3, -1]]])
    crops = rng.integers(60, 90, (n, FULL, FULL)).astype(np.uint8)
    points = np.repeat(points[None], n, 0)
    points[1:, :, 2] += rng.normal(0, 1, (n - 1, 1, 2))
    closed = np.tile([0.1, 0.3], (n, 1))
    closed[3:] *= rng.random((n - 3, 1))
    group = np.array([PORTRAITS] * 20 + [f"{c}person{c}{c}.00{i % 2}.mp4"
                                         for i, c in enumerate("aabbccddee") for _ in range(4)])
    return Taught(crops, np.repeat(EYES[None], n, 0), points, rng.random((n, 5)), closed,
                  group, np.arange(n), np.ones(n))


def test_a_face_as_it_is(taught):
    seen = batch(taught, np.arange(3), None)
    assert [tuple(x.shape) for x in seen.seen] == [(3, 1, 64, 64), (3, 1, 32, 80)]
    np.testing.assert_allclose(seen.closed, [[0.1, 0.3]] * 3)
    # Both eyes look to the picture's right: inwards in the first, outwards in the second.
    np.testing.assert_allclose(gaze(seen.points)[0], [[1 / 3, 1 / 9], [-1 / 3, 1 / 9]], atol=1e-6)


def test_a_varied_face_keeps_what_it_tells(taught):
    rng, mirrored = np.random.default_rng(1), 0
    for _ in range(20):
        seen = batch(taught, np.array([0]), rng)
        first, second = gaze(seen.points)[0].numpy()
        turned = bool(seen.closed[0, 0] > seen.closed[0, 1])
        mirrored += turned
        assert first[0] == pytest.approx((-1 if turned else 1) / 3, abs=0.05)
        assert second[0] == pytest.approx(-first[0], abs=0.05)
    assert 4 < mirrored < 16
    assert EYE[0] < EYE[1]


def test_a_persons_clips_are_in_one_fold(taught):
    fold = training.folds(taught.group, training.Recipe())
    for person in "abcde":
        assert len(set(fold[[g.startswith(person) for g in taught.group]])) == 1
    assert len(set(fold)) == 5
    men = training.people(np.array(["face_noface.mov", "noface_face.mov", "woman2.mp4"]))
    assert men[0] == men[1] != men[2]


def test_what_is_kept_is_read_again(taught, tmp_path):
    taught.save(tmp_path / "taught.npz")
    again = Taught.load(tmp_path / "taught.npz")
    np.testing.assert_array_equal(again.crops, taught.crops)
    assert list(again.group) == list(taught.group)


def test_training_goes_on_where_it_was_interrupted_and_ships_what_it_made(
        taught, tmp_path, monkeypatch):
    monkeypatch.setattr(training, "gains", lambda *_: {})
    recipe = training.Recipe(portraits=1, clips=1, size=16, batch=8, folds=2)
    told = []
    weights, held = training.train(taught, tmp_path, recipe, told.append)
    assert len(told) == 4  # portraits, two folds, all
    assert held["agreement"]["smile"]["n"] == 40
    assert json.loads(weights.with_suffix(".json").read_text())["held_out"] == held
    (tmp_path / "fold1.pt").unlink()
    training.train(taught, tmp_path, recipe, told.append)
    assert len(told) == 5
    recogniser.install(weights, "muscles", tmp_path / "weights")
    assert Muscles.of(tmp_path / "weights", "cpu") is not None
    kept = torch.load(tmp_path / "all.pt", weights_only=True)
    assert weights.stat().st_size < sum(t.numel() for t in kept.values()) * 2.1 < 1e6


def planted_people(rng, spread):
    """Ten people at rest and strong, read with a constant of their own."""
    held, group = [], []
    for person in range(10):
        rise = np.where(np.arange(300) // 50 % 2, 0.4, 0.0) * (np.arange(300) >= 150)
        said = rise + rng.normal(0, spread) + rng.normal(0, 0.05, 300)
        held.append(np.stack([said, rise], 1))
        group += [f"{person}"] * 300
    return np.concatenate(held), np.array(group), np.tile(np.arange(300) + 0, 10)


def test_ones_own_neutral_pays_where_people_differ():
    rng = np.random.default_rng(0)
    apart, group, frame = planted_people(rng, 0.4)
    alike, _, _ = planted_people(rng, 0.0)
    found = neutral.gains({**dict.fromkeys(neutral.STRONG, alike), "smile": apart}, group, frame,
                          group.astype(int), draws=50)
    assert found["smile"]["low"] > 0.05
    assert found["smile"]["own"] > 0.95
    assert abs(found["jaw_open"]["own"] - found["jaw_open"]["raw"]) < 0.01
