"""The network that sees glasses and masks: where it learns them, and how often it is right.

Masks from ``accessories.npz`` (labels by their source), glasses from the portraits of
``web_expressions.npz`` under weak labels. Every picture comes through the one alignment, and is
varied as the expressions' training pictures are, blur and low resolution among it: the share of
smeared border and the size of the face differ between the classes of masks.
"""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray

from fer_core.config import Settings
from fer_core.emotions import LABEL_SETS
from fer_core.errors import DatasetError
from fer_core.faces.alignment import normalised
from fer_core.lab.augmentation import augment
from fer_core.lab.cropping import crops, matrices
from fer_core.lab.datasets import Samples, accessories, landmarks, load
from fer_core.lab.datasets.arrays import read_arrays
from fer_core.lab.evaluation import wilson
from fer_core.media.decode import decode
from fer_core.networks.models import ACCESSORIES
from fer_core.networks.models.accessories import SIDE, WORN, AccessoryNet
from fer_core.networks.weights import write
from fer_core.records import FloatArray

BORDERED = 0.02
"""Share of smeared border under which a crop counts as having none."""


@dataclass(frozen=True)
class Recipe:
    """How it is trained.

    Attributes:
        bare: portraits without glasses in an epoch, drawn anew for each.
        covered: share of the portraits whose lower face is hidden, so that glasses are seen
            above a mask; nothing is said of a mask then.
    """

    epochs: int = 10
    bare: int = 3000
    covered: float = 0.25
    rate: float = 2e-3
    batch: int = 64
    decay: float = 0.02
    seed: int = 0


@dataclass(frozen=True, eq=False)
class Faces:
    """N pictures with what is worn in them.

    Attributes:
        pictures: (H, W) or (H, W, 3) uint8 each.
        aligned: (N, 2, 3) picture to crop.
        found: (N,) whether the detector found a face; else the whole picture is taken.
        worn: (N, 2) 1, 0 or NaN where nobody knows, of ``WORN``.
        border: (N,) share of the picture that is smeared border.
    """

    pictures: list[NDArray[np.uint8]]
    aligned: FloatArray
    found: NDArray[np.bool_]
    worn: FloatArray
    border: FloatArray

    def __len__(self) -> int:
        return len(self.pictures)


def gather(settings: Settings) -> dict[str, Faces]:
    """``masks`` and ``portraits`` to learn from; ``mask_test``, ``real`` (40 pictures, half with
    glasses) and ``checked`` (355 portraits labelled by eye) to measure on.

    Raises:
        DatasetError: data is missing or damaged.
    """
    path, plus = settings.data / "accessories.npz", LABEL_SETS["ferplus"]
    kept = read_arrays(path, {"glasses_webp", "glasses_offsets", "glasses_label",
                              "web_checked_idx", "web_checked_label"})
    if kept is None:
        raise DatasetError("error.data.format", path=path)
    sets = {}
    for name, split in (("masks", "train"), ("mask_test", "test")):
        of = load(path, split, plus)  # type: ignore[arg-type]
        assert of.attributes is not None
        sets[name] = _faces(of, settings, np.full(len(of.label), np.nan), of.label.astype(float),
                            of.attributes["pad"].to_numpy())
    webp, offsets = kept["glasses_webp"], kept["glasses_offsets"]
    real = [decode(webp[a:b].tobytes(), f"{path.name} {a}")
            for a, b in pairwise(offsets)]
    label = kept["glasses_label"].astype(np.int64)
    sets["real"] = _faces(Samples(accessories.WORN, real, np.eye(2)[label], label,
                                  np.zeros(len(label), bool)), settings, label.astype(float))
    portraits = load(settings.data / "web_expressions.npz", "train", plus)
    assert portraits.attributes is not None
    row = portraits.attributes["row"].to_numpy()
    by_eye = dict(zip(kept["web_checked_idx"].tolist(), kept["web_checked_label"].tolist(),
                      strict=True))
    weak = accessories.wears_glasses(path, row)
    checked = np.isin(row, list(by_eye))
    for name, chosen in (("checked", checked), ("portraits", ~checked & ~np.isnan(weak))):
        index = np.flatnonzero(chosen)
        eyed = np.array([by_eye.get(i, np.nan) for i in row[index]], float)
        sets[name] = _faces(portraits.take(index), settings,
                            eyed if name == "checked" else weak[index])
    return sets


def _faces(of: Samples, settings: Settings, glasses: FloatArray, mask: FloatArray | None = None,
           border: FloatArray | None = None) -> Faces:
    marks, none = landmarks(of, settings), np.zeros(len(of.label))
    found = np.array([np.isfinite(points).all() for points in marks], bool)
    return Faces(list(of.pictures), matrices(of.pictures, marks, SIDE), found,
                 np.column_stack([glasses, none if mask is None else mask]),
                 none if border is None else border)


def train(sets: dict[str, Faces], out: Path, recipe: Recipe,
          report: Callable[[dict[str, Any]], None] = lambda row: None
          ) -> tuple[Path, dict[str, Any]]:
    """Train it, measure it, and write ``accessories.safetensors`` with its recipe.

    Returns:
        the weights' file, and what ``measure`` says of every test set.
    """
    rng = np.random.default_rng(recipe.seed)
    torch.manual_seed(recipe.seed)
    net = AccessoryNet()
    masks, portraits = sets["masks"], sets["portraits"]
    always = [(masks, i) for i in np.flatnonzero(masks.found)]
    always += [(portraits, i) for i in np.flatnonzero(portraits.worn[:, 0] == 1)]
    bare = np.flatnonzero(portraits.worn[:, 0] == 0)
    some = min(recipe.bare, len(bare))
    steps = -(-(len(always) + some) // recipe.batch)
    optimiser = torch.optim.AdamW(net.parameters(), lr=recipe.rate, weight_decay=recipe.decay)
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimiser, recipe.rate, total_steps=recipe.epochs * steps, pct_start=0.2)
    for epoch in range(recipe.epochs):
        net.train()
        order = always + [(portraits, i) for i in rng.choice(bare, some, replace=False)]
        total, picked = 0.0, rng.permutation(len(order))
        for at in range(0, len(picked), recipe.batch):
            seen, worn = zip(*(_varied(order[i][0], int(order[i][1]), rng, recipe)
                               for i in picked[at:at + recipe.batch]), strict=True)
            wanted = torch.from_numpy(np.stack(worn)).float()
            value = loss(net(normalised(np.stack(seen))), wanted)
            optimiser.zero_grad()
            value.backward()
            optimiser.step()
            schedule.step()
            total += value.item() * len(wanted)
        report({"epoch": epoch + 1, "epochs": recipe.epochs, "loss": round(total / len(order), 4)})
    found = {name: measure(net, sets[name]) for name in ("mask_test", "real", "checked")}
    out.mkdir(parents=True, exist_ok=True)
    told = {"recipe": {"architecture": ACCESSORIES, **asdict(recipe)}, "held_out": found}
    return write(net.state_dict(), out / "accessories.safetensors", told), found


def loss(out: torch.Tensor, worn: torch.Tensor) -> torch.Tensor:
    """Cross-entropy over what is known: (N, 2) logits against 1, 0 or NaN."""
    known = ~worn.isnan()
    return F.binary_cross_entropy_with_logits(out[known], worn[known])


def _varied(faces: Faces, i: int, rng: np.random.Generator,
            recipe: Recipe) -> tuple[NDArray[np.uint8], FloatArray]:
    worn = faces.worn[i]
    covered = not np.isnan(worn[0]) and rng.random() < recipe.covered
    crop = augment(faces.pictures[i], faces.aligned[i], SIDE, rng, covered=float(covered))
    return crop, np.array([worn[0], np.nan]) if covered else worn


@torch.inference_mode()
def measure(net: AccessoryNet, faces: Faces) -> dict[str, dict[str, Any]]:
    """How often it is right, by what is worn.

    Returns:
        of each of ``WORN`` that has both labels: ``n``, ``accuracy`` with its ``interval``,
        ``missed`` and ``imagined`` (shares of those who wear it, who do not), and the accuracy
        where a face was ``found`` and where there is no smeared border (``borderless``), each
        with its number of pictures.
    """
    net.eval()
    seen = crops(faces.pictures, faces.aligned, SIDE)
    says = np.concatenate([net(normalised(seen[i:i + 256])).numpy() > 0
                           for i in range(0, len(seen), 256)])
    told = {}
    for index, name in enumerate(WORN):
        worn = faces.worn[:, index]
        if len(np.unique(worn[~np.isnan(worn)])) < 2:
            continue
        right = says[:, index] == (worn > 0)
        low, high = wilson(int(right.sum()), len(right))
        told[name] = {
            "n": len(right), "accuracy": _share(right), "interval": [low, high],
            "missed": _share(~right[worn > 0]), "imagined": _share(~right[worn == 0]),
            "found": [_share(right[faces.found]), int(faces.found.sum())],
            "borderless": [_share(right[faces.border < BORDERED]),
                           int((faces.border < BORDERED).sum())]}
    return told


def _share(of: NDArray[np.bool_]) -> float:
    return round(float(of.mean()), 4) if len(of) else float("nan")
