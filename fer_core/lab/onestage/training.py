"""The one-stage detector learns from scenes; a checkpoint an epoch, gone on from where it ended."""

import json
import math
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from timm.utils import ModelEmaV3
from torchvision.ops import box_iou, distance_box_iou_loss

from fer_core.faces.detector import picture_detector
from fer_core.lab import checkpoints
from fer_core.lab.detection import iou
from fer_core.lab.onestage import sources
from fer_core.lab.onestage.net import STRIDES, OneStage, Said, grid, to_input
from fer_core.lab.onestage.scenes import SIDE, Sources, scene
from fer_core.lab.onestage.sources import Shown
from fer_core.networks.weights import write
from fer_core.records import FloatArray

NAME = "onestage.safetensors"
REACH = (36, 96, math.inf)
"""px up to which a face's size (root of its area) belongs to each grid."""
NEAR = 1.0
"""Strides from a face's middle within which a grid's points speak for it."""
_PORTRAITS = 300
"""Portraits on which an oval's bounds are compared with MTCNN's box."""


@dataclass(frozen=True)
class Recipe:
    """How it is trained.

    Attributes:
        epochs: of ``steps`` batches; the learning rate goes from ``rate`` to 1 % by a cosine.
        average: decay of the moving average of the weights, which is what is kept.
    """

    epochs: int = 12
    steps: int = 96
    batch: int = 16
    rate: float = 3e-3
    decay: float = 0.02
    average: float = 0.998
    seed: int = 0


@dataclass(frozen=True, eq=False)
class Wanted:
    """What the points of N scenes should say, P of each.

    Attributes:
        face: (N, P) which of the scene's faces a point speaks for, -1 for none.
        counts: (N, P) whether its score is learnt.
        boxes: (N, P, 4) px.
        marks: (N, P, 5, 2) px, NaN where unknown.
    """

    face: torch.Tensor
    counts: torch.Tensor
    boxes: torch.Tensor
    marks: torch.Tensor


def train(folder: Path, out: Path, recipe: Recipe, minutes: float,
          report: Callable[[dict[str, Any]], None]) -> Path:
    """Train it, or go on.

    Args:
        folder: the data folder.
        out: folder of ``last.pt``, ``history.jsonl`` and the weights, fp16, which every epoch
            leaves.
        minutes: after which no further epoch begins.
        report: told of every epoch.

    Raises:
        DatasetError: a file is missing.
        ModelError: a checkpoint that cannot be gone on from.
    """
    out.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(recipe.seed)
    net = OneStage().to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    average = ModelEmaV3(net, recipe.average, use_warmup=True, warmup_power=3 / 4)
    optimiser = torch.optim.AdamW(net.parameters(), lr=recipe.rate, weight_decay=recipe.decay)
    begin, spent, checkpoint = 0, 0.0, out / checkpoints.NAME
    started = time.monotonic()
    if checkpoint.is_file():
        with checkpoints.kept(checkpoint) as state:
            net.load_state_dict(state["net"])
            average.module.load_state_dict(state["average"])
            optimiser.load_state_dict(state["optimiser"])
            begin, spent, oval = state["epoch"], state["seconds"], np.array(state["oval"])
    else:
        oval = as_boxes(folder)
    of = Sources.of(folder, oval)
    for epoch in range(begin, recipe.epochs):
        if time.monotonic() - started > 60 * minutes:
            break
        net.train()
        losses, burnt = [], time.process_time()
        for step in range(recipe.steps):
            number = epoch * recipe.steps + step
            for group in optimiser.param_groups:
                group["lr"] = _rate(recipe, number)
            rng = np.random.default_rng((recipe.seed, number))
            scenes = [scene(of, rng) for _ in range(recipe.batch)]
            said = net(to_input(np.stack([s.picture for s in scenes])))
            parts = loss(said, wanted(scenes))
            optimiser.zero_grad()
            torch.stack(parts).sum().backward()  # type: ignore[no-untyped-call]
            torch.nn.utils.clip_grad_norm_(net.parameters(), 5.0)
            optimiser.step()
            average.update(net, number + 1)
            losses.append([part.item() for part in parts])
        spent += time.process_time() - burnt
        row = {"epoch": epoch + 1, "epochs": recipe.epochs, "cpu_seconds": round(spent),
               **dict(zip(("score", "box", "marks"), np.mean(losses, 0).round(4).tolist(),
                          strict=True))}
        checkpoints.keep({
            "net": net.state_dict(), "average": average.module.state_dict(),
            "optimiser": optimiser.state_dict(), "epoch": epoch + 1, "seconds": spent,
            "oval": oval.tolist()}, checkpoint)
        write(average.module.state_dict(), out / NAME,
              {"recipe": asdict(recipe), **row, "oval": oval.tolist()})
        with (out / "history.jsonl").open("a") as history:
            history.write(json.dumps(row) + "\n")
        report(row)
    return out / NAME


def as_boxes(folder: Path) -> FloatArray:
    """(4,) by which shares of its sides the bounds of the mesh's oval move, in the median, to
    become the box of MTCNN, which learnt WIDER's."""
    detector, moves = picture_detector(), []
    for shown in sources.portraits(folder, held=False)[:_PORTRAITS]:
        border = np.array(shown.picture.shape[1::-1]) // 4
        framed = np.pad(shown.picture, ((border[1],) * 2, (border[0],) * 2, (0, 0)), mode="edge")
        faces = detector.detect(framed)
        box = shown.boxes[0] + np.tile(border, 2)
        if faces and iou(faces[0].box[None], box[None])[0, 0] > 0.5:
            moves.append((faces[0].box - box) / np.tile(box[2:] - box[:2], 2))
    return np.median(moves, axis=0)  # type: ignore[no-any-return]


def _rate(recipe: Recipe, number: int) -> float:
    share = number / (recipe.epochs * recipe.steps)
    warm = min(1.0, (number + 1) / 200)
    return recipe.rate * warm * (0.01 + 0.99 * 0.5 * (1 + math.cos(math.pi * share)))


def wanted(scenes: list[Shown]) -> Wanted:
    """What every point should say: those near a face's middle, on the grid of its size, speak
    for it; of two faces the smaller one's. Within ignored faces nothing is learnt."""
    at = np.concatenate([grid(SIDE // s, SIDE // s, s) for s in STRIDES])
    stride = np.repeat(STRIDES, [(SIDE // s) ** 2 for s in STRIDES])
    rows = [_wanted(s, at, stride) for s in scenes]
    return Wanted(*(torch.from_numpy(np.stack(part)) for part in zip(*rows, strict=True)))


def _wanted(shown: Shown, at: NDArray[np.float32], stride: NDArray[np.int64]
            ) -> tuple[NDArray[np.int64], NDArray[np.bool_], NDArray[np.float32],
                       NDArray[np.float32]]:
    points = len(at)
    face, boxes = np.full(points, -1), np.zeros((points, 4), np.float32)
    marks = np.full((points, 5, 2), np.nan, np.float32)
    if not len(shown.boxes):
        return face, np.ones(points, bool), boxes, marks
    whole = shown.boxes
    visible = np.clip(whole, 0, SIDE)
    inside = np.all((at[:, None] > whole[:, :2]) & (at[:, None] < whole[:, 2:]), axis=2)
    counts = ~np.any(inside[:, shown.ignored], axis=1)
    size = np.sqrt(np.prod(whole[:, 2:] - whole[:, :2], axis=1))
    level = np.array(STRIDES)[np.searchsorted(REACH, size)]
    middle = (visible[:, :2] + visible[:, 2:]) / 2
    near = np.abs(at[:, None] - middle).max(2) < NEAR * stride[:, None]
    speaks = near & (stride[:, None] == level) & ~shown.ignored & inside
    cost = np.where(speaks, size, np.inf)
    face = np.where(speaks.any(1), cost.argmin(1), -1)
    chosen = face >= 0
    boxes[chosen] = whole[face[chosen]]
    marks[chosen] = shown.marks[face[chosen]]
    return face, counts | chosen, boxes, marks


def loss(said: Said, wanted: Wanted) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """Scores learn how well a point's box fits its face (quality focal loss, Li et al.,
    arXiv:2006.04388), boxes by distance IoU (Zheng et al., arXiv:1911.08287), landmarks by
    their distance in shares of the box."""
    speaks = wanted.face >= 0
    ours, theirs = said.boxes[speaks], wanted.boxes[speaks]
    quality = torch.zeros_like(said.scores)
    if len(ours):
        with torch.no_grad():
            quality[speaks] = _paired(ours, theirs)
    error = F.binary_cross_entropy_with_logits(said.scores, quality, reduction="none")
    focus = (said.scores.sigmoid() - quality).abs().square().detach()
    number = max(len(ours), 1)
    score = (error * focus * wanted.counts).sum() / number
    if not len(ours):
        return score, score * 0, score * 0
    box = distance_box_iou_loss(ours, theirs, reduction="mean")
    side = (theirs[:, 2:] - theirs[:, :2]).amax(1)[:, None, None]
    goal = wanted.marks[speaks]
    known = ~torch.isnan(goal)
    off = F.smooth_l1_loss(said.marks[speaks] / side, goal.nan_to_num() / side, beta=0.02,
                           reduction="none")
    return score, 2 * box, 3 * (off * known).sum() / known.sum().clamp_min(1)


def _paired(a: torch.Tensor, b: torch.Tensor) -> torch.Tensor:
    return torch.cat([box_iou(x, y).diagonal() for x, y in zip(
        a.split(64), b.split(64), strict=True)]).clamp(0, 1)
