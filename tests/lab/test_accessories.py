"""How the network that sees glasses and masks is taught and measured: planted crops."""

import json

import numpy as np
import pytest
import torch

from fer_core.lab import accessories
from fer_core.lab.accessories import Faces, Recipe, loss, measure, train
from fer_core.networks import recogniser
from fer_core.networks.accessories import Accessories, Worn
from fer_core.networks.models.accessories import SIDE, WORN

AS_IT_IS = np.column_stack([np.eye(2), np.zeros(2)])


def faces(n: int, known: tuple[bool, bool], seed: int = 0) -> Faces:
    """Noise with a bright lower half where a mask is worn, a dark band where glasses are."""
    rng = np.random.default_rng(seed)
    worn = (rng.random((n, 2)) < 0.5).astype(float)
    pictures = []
    for glasses, mask in worn:
        picture = rng.integers(90, 130, (SIDE, SIDE)).astype(np.uint8)
        picture[36:] += np.uint8(100 * mask)
        picture[18:28] -= np.uint8(80 * glasses)
        pictures.append(picture)
    worn[:, ~np.array(known)] = np.nan
    return Faces(pictures, np.repeat(AS_IT_IS[None], n, 0), rng.random(n) < 0.9, worn,
                 rng.choice([0.0, 0.4], n))


def test_what_nobody_knows_costs_nothing():
    out = torch.tensor([[0.0, 9.0], [0.0, -9.0]])
    worn = torch.tensor([[1.0, torch.nan], [torch.nan, 0.0]])
    assert float(loss(out, worn)) == pytest.approx((np.log(2) + np.log1p(np.exp(-9))) / 2,
                                                   rel=1e-4)


def test_a_covered_face_says_nothing_of_masks():
    rng, portraits = np.random.default_rng(0), faces(40, (True, True))
    told = [accessories._varied(portraits, i % 40, rng, Recipe(covered=0.5)) for i in range(80)]
    unknown = [np.isnan(worn[1]) for _, worn in told]
    assert 25 < sum(unknown) < 55
    assert not any(np.isnan(worn[0]) for _, worn in told)
    masks = faces(40, (False, True))
    assert not any(np.isnan(accessories._varied(masks, i, rng, Recipe(covered=1))[1][1])
                   for i in range(40))


def test_figures_are_those_of_its_answers():
    class Bright(torch.nn.Module):
        """Says mask wherever the lower half is brighter, glasses never."""

        def forward(self, x):
            mask = x[:, 0, 40:].mean((1, 2)) - x[:, 0, :16].mean((1, 2)) - 0.5
            return torch.stack([torch.full_like(mask, -1), mask], 1)

    told = measure(Bright(), faces(60, (True, True)))
    assert told["mask"]["accuracy"] == 1
    glasses = told["glasses"]
    assert (glasses["missed"], glasses["imagined"]) == (1, 0)
    assert 0 < glasses["found"][1] < glasses["n"] == 60
    assert set(measure(Bright(), faces(30, (False, True)))) == {"mask"}


def test_the_learning_rate_ends_its_cycle_with_the_last_step(tmp_path, monkeypatch):
    """Faces that the detector did not find are not learnt from, nor counted."""
    cycles = []

    class Watched(torch.optim.lr_scheduler.OneCycleLR):
        def __init__(self, *args, **options):
            super().__init__(*args, **options)
            cycles.append(self)

    monkeypatch.setattr(torch.optim.lr_scheduler, "OneCycleLR", Watched)
    masks, portraits = faces(24, (False, True)), faces(16, (True, True), 1)
    masks.found[:] = np.arange(24) % 2 == 0
    train({"masks": masks, "portraits": portraits, "mask_test": masks, "real": portraits,
           "checked": portraits}, tmp_path, Recipe(epochs=2, bare=4, batch=8))
    assert cycles[0].last_epoch == cycles[0].total_steps > 2


@pytest.mark.train
def test_it_learns_ships_and_is_the_same_again(tmp_path):
    sets = {"masks": faces(96, (False, True)), "portraits": faces(160, (True, True), 1),
            "mask_test": faces(40, (False, True), 2), "real": faces(20, (True, False), 3),
            "checked": faces(40, (True, False), 4)}
    rows = []
    weights, found = train(sets, tmp_path / "a", Recipe(epochs=10, bare=60, batch=32), rows.append)
    assert rows[-1]["loss"] < 0.5 * rows[0]["loss"]
    assert found["mask_test"]["mask"]["accuracy"] > 0.9
    assert json.loads(weights.with_suffix(".json").read_text("utf-8"))["held_out"] == found
    once, again = (train(sets, tmp_path / name, Recipe(epochs=1, bare=20))[0] for name in "bc")
    assert again.read_bytes() == once.read_bytes()
    assert weights.stat().st_size < 1_000_000
    stanza = recogniser.install(weights, "accessories", tmp_path / "weights")
    assert stanza.file == "accessories.safetensors"
    net = Accessories.of(tmp_path / "weights")
    image = np.full((200, 200, 3), 120, np.uint8)
    marks = np.array([[70, 80], [130, 80], [100, 110], [75, 140], [125, 140]], float)
    (worn,) = net.read(image, [marks])
    assert isinstance(worn, Worn)
    assert all(0 <= getattr(worn, name) <= 1 for name in WORN)
