"""The muscle network learns from the teacher, and is held against it on clips it never saw.

First the portraits, of many people; then portraits and clips together. That second step is done
once for every fold of clips without them, to measure, and once with all, to ship.
"""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray

from fer_core.lab import checkpoints
from fer_core.lab.muscles.neutral import gains
from fer_core.lab.muscles.taught import PORTRAITS, Batch, Taught, batch
from fer_core.networks.models import MUSCLES as ARCHITECTURE
from fer_core.networks.models.muscles import MUSCLES, MuscleNet, MuscleOutputs
from fer_core.networks.muscles import SHUT, across, gaze
from fer_core.networks.weights import write
from fer_core.records import FloatArray

SAME_PERSON = 11
"""Leading characters of a clip's name that tell who it is of."""


@dataclass(frozen=True)
class Recipe:
    """How it is trained.

    Attributes:
        portraits: epochs over the portraits alone; ``rate`` their peak learning rate.
        clips: epochs of the second step, at half that rate, each of ``size`` faces, of which
            ``share`` are of clips.
        folds: of clips.
    """

    portraits: int = 10
    clips: int = 6
    size: int = 10_000
    share: float = 0.6
    rate: float = 2e-3
    batch: int = 64
    decay: float = 0.02
    folds: int = 5
    seed: int = 0


def train(taught: Taught, out: Path, recipe: Recipe,
          report: Callable[[dict[str, Any]], None]) -> tuple[Path, dict[str, Any]]:
    """Train it, hold it against the teacher, and write ``muscles.safetensors`` and its recipe.

    Args:
        taught: portraits and clips.
        out: folder; what an interrupted training had finished in it is taken from there.
        report: told of every epoch.

    Returns:
        the weights' file, and ``agreement`` and ``own_neutral`` (``neutral.gains``) of the faces
        that were held out.
    """
    out.mkdir(parents=True, exist_ok=True)
    still = np.flatnonzero(taught.group == PORTRAITS)
    moving = np.flatnonzero(taught.group != PORTRAITS)
    fold = folds(taught.group, recipe)

    def step(name: str, start: MuscleNet | None, left_out: int | None) -> MuscleNet:
        net, path = MuscleNet(), out / f"{name}.pt"
        if path.is_file():
            with checkpoints.kept(path) as state:
                net.load_state_dict(state)
            return net
        if start is None:
            fit(net, taught, (still,), recipe, recipe.portraits, recipe.rate, report)
        else:
            net.load_state_dict(start.state_dict())
            clips = moving[fold[moving] != left_out]
            fit(net, taught, (still, clips), recipe, recipe.clips, recipe.rate / 2, report)
        checkpoints.keep(net.state_dict(), path)
        return net

    first = step("portraits", None, None)
    held: dict[str, FloatArray] = {}
    for number in range(recipe.folds):
        rows = moving[fold[moving] == number]
        for key, values in read(step(f"fold{number}", first, number), taught, rows).items():
            held.setdefault(key, np.full((len(taught), *values.shape[1:]), np.nan))[rows] = values
    held = {key: values[moving] for key, values in held.items()}
    found = {"agreement": agreement(held), "own_neutral": gains(
        held, taught.group[moving], taught.frame[moving], people(taught.group[moving]))}
    told = {"recipe": {"architecture": ARCHITECTURE, **asdict(recipe)}, "held_out": found}
    return write(step("all", first, None).state_dict(), out / "muscles.safetensors", told), found


def people(group: NDArray[np.str_]) -> NDArray[np.int64]:
    """(N,) number of the person whom a clip shows."""
    # face_noface and noface_face show the same man.
    names = [g.replace("noface_face", "face_noface")[:SAME_PERSON] for g in group]
    return np.unique(names, return_inverse=True)[1]


def folds(group: NDArray[np.str_], recipe: Recipe) -> NDArray[np.int64]:
    """(N,) number of the fold; all of a person's clips are in one."""
    person = people(group)
    order = np.random.default_rng(1).permutation(person.max() + 1)
    return (order % recipe.folds)[person]


def fit(net: MuscleNet, taught: Taught, rows: tuple[NDArray[np.int64], ...], recipe: Recipe,
        epochs: int, rate: float, report: Callable[[dict[str, Any]], None]) -> None:
    """Train a network on portraits, or on portraits and clips in the recipe's shares."""
    rng = np.random.default_rng(recipe.seed)
    torch.manual_seed(recipe.seed)
    size = len(rows[0]) if len(rows) == 1 else recipe.size
    parts = [size] if len(rows) == 1 else [size - int(size * recipe.share),
                                           int(size * recipe.share)]
    batches = size // recipe.batch
    optimiser = torch.optim.AdamW(net.parameters(), lr=rate, weight_decay=recipe.decay)
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimiser, rate, total_steps=epochs * batches, pct_start=0.2)
    net.train()
    for epoch in range(epochs):
        order = rng.permutation(np.concatenate([
            rng.choice(of, n, replace=n > len(of)) for of, n in zip(rows, parts, strict=True)]))
        total = 0.0
        for chosen in order[:batches * recipe.batch].reshape(batches, recipe.batch):
            wanted = batch(taught, chosen, rng)
            value = loss(net(*wanted.seen), wanted)
            optimiser.zero_grad()
            value.backward()
            optimiser.step()
            schedule.step()
            total += value.item()
        report({"epoch": epoch + 1, "epochs": epochs, "loss": round(total / batches, 4)})


def loss(out: MuscleOutputs, wanted: Batch) -> torch.Tensor:
    """Cross-entropy with the teacher's muscles and lids; distance of its points and of the gaze
    that follows from them. The iris of a closed eye counts nothing."""
    visible = (1 - 1.6 * wanted.closed).clamp(0, 1)[..., None]
    weight = torch.stack([torch.ones_like(visible)] * 2 + [2 * visible], -2)
    points = F.smooth_l1_loss(out.points, wanted.points, beta=0.05, reduction="none")
    looks = F.smooth_l1_loss(gaze(out.points), gaze(wanted.points), beta=0.05, reduction="none")
    return (F.binary_cross_entropy_with_logits(out.face, wanted.muscles)
            + F.binary_cross_entropy_with_logits(out.closed, wanted.closed)
            + 4 * (points * weight).mean() + 4 * (looks * visible).mean())


@torch.inference_mode()
def read(net: MuscleNet, taught: Taught, rows: NDArray[np.int64]) -> dict[str, FloatArray]:
    """What the network says of faces as they are, and the teacher beside it.

    Returns:
        each of ``MUSCLES``, ``closed``, ``gaze_x`` and ``gaze_y`` -> (n, 2): ours, the
        teacher's; gaze NaN where the teacher sees a closed eye.
    """
    net.eval()
    told = []
    for i in range(0, len(rows), 256):
        seen = batch(taught, rows[i:i + 256], None)
        out = net(*seen.seen)
        looks = torch.stack([across(gaze(out.points)), across(gaze(seen.points))], 1)
        looks[seen.closed.amax(1) > SHUT] = torch.nan
        told.append(torch.cat([torch.stack([out.face.sigmoid(), seen.muscles], 1), torch.stack([
            out.closed.sigmoid().mean(1), seen.closed.mean(1)], 1)[..., None], looks], 2))
    values = torch.cat(told).double().numpy()
    return {name: values[:, :, i] for i, name in enumerate(
        (*MUSCLES, "closed", "gaze_x", "gaze_y"))}


def agreement(held: dict[str, FloatArray]) -> dict[str, dict[str, float]]:
    """How far we agree with the teacher: ``n`` faces, ``r`` over them, median of what we are
    ``off``."""
    found = {}
    for name, both in held.items():
        ours, theirs = both[~np.isnan(both).any(axis=1)].T
        found[name] = {"n": len(ours), "r": round(float(np.corrcoef(ours, theirs)[0, 1]), 3),
                       "off": round(float(np.median(np.abs(ours - theirs))), 4)}
    return found
