"""Train one network: soft targets, augmentation, cosine schedule, moving-average weights.

A network may have several heads, one for each label set that its pictures were labelled by
(FER+ and FER2013 agree on only 62 % of the very same pictures): the heads share all but the
last layer. Checkpoints are left on the way, so that a run that is stopped goes on with ``resume``.
"""

import json
import math
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors.torch import load_file
from timm.layers import set_fused_attn, use_fused_attn
from timm.models.deit import VisionTransformerDistilled
from timm.utils import ModelEmaV3
from torch import nn
from torch.utils.data import DataLoader, Dataset

from fer_core.config import Precision
from fer_core.emotions import LabelSet
from fer_core.errors import ModelError
from fer_core.faces.alignment import to_tensor
from fer_core.lab import backbones as _backbones  # noqa: F401  registers them with timm
from fer_core.lab import checkpoints
from fer_core.lab.augmentation import COVERED, augment
from fer_core.lab.cropping import aligned, crops, matrices
from fer_core.lab.datasets import Joint
from fer_core.networks import models, precision
from fer_core.networks.models.poise import ConvPatchEmbed
from fer_core.networks.recogniser import softmax
from fer_core.networks.weights import write
from fer_core.records import FloatArray


@dataclass(frozen=True)
class Recipe:
    """How a network is trained.

    Attributes:
        architecture: timm name.
        epochs: passes over the training split.
        batch: pictures per step.
        rate: peak learning rate of AdamW, after ``warmup`` epochs, then cosine to 1 %.
        decay: weight decay of matrices; biases and norms have none.
        drop_path: stochastic depth (Huang et al., arXiv:1603.09382).
        average: decay of the moving average of the weights, per step, reached gradually.
        balance: a class's loss is weighted by its frequency to the power of minus this; 0.25
            lets rare classes speak without drowning the common ones.
        emphasis: {``head.class``: factor} on the loss of classes that are common enough and
            missed all the same, such as ``{"fer2013.fear": 1.3}``.
        mixup: share of the batches whose pictures are blended in pairs (Zhang et al.,
            arXiv:1710.09412), by a share drawn from Beta(0.4, 0.4).
        distil: share of the loss that teachers set, where there are any (Hinton et al.,
            arXiv:1503.02531); a network with a distillation token (DeiT, arXiv:2012.12877)
            learns from them through that token. Teachers read every picture once, unvaried,
            and the network must say the same of its variations (Xie et al., arXiv:1911.04252).
        pretrained: begin with timm's ImageNet weights.
        frozen: resolutions of our patch embedding, the finest first, that keep the weights and
            the statistics that they began with: fine-tuning without two of the three takes half
            the time and leaves 5.7 of 7.8 million parameters to learn.
        covered: share of the pictures whose lower face is hidden.
        mask: preparation of the pictures (``datasets.MASKS``), empty for none.
        seed: of every random choice.
    """

    architecture: str
    epochs: int = 24
    batch: int = 128
    rate: float = 1e-3
    warmup: float = 1.5
    decay: float = 0.05
    drop_path: float = 0.1
    average: float = 0.998
    balance: float = 0.25
    emphasis: dict[str, float] = field(default_factory=dict)
    mixup: float = 0.5
    distil: float = 0.5
    pretrained: bool = False
    frozen: int = 0
    covered: float = COVERED
    mask: str = ""
    seed: int = 0


_MIXUP = 0.4
EVERY = 100
"""Steps after which a checkpoint is left: a minute or two on one core."""


def train(recipe: Recipe, training: Joint, validation: Joint, out: Path, *,
          device: str = "cpu", wish: Precision = "auto", resume: bool = False,
          start: Path | None = None, teachers: Sequence[Path] = (), minutes: float = math.inf,
          workers: int = 0,
          report: Callable[[dict[str, Any]], None] = lambda row: None) -> Path:
    """Train, or go on training, one network.

    Args:
        training, validation: the two splits, with the same heads.
        out: folder of ``last.pt`` (checkpoint), ``history.jsonl`` (a row an epoch) and, in
            the end, ``<architecture>.safetensors`` (moving average, fp16) with its recipe.
        wish: the precision asked for.
        resume: continue from ``last.pt`` where there is one.
        start: weights to begin with instead of random ones (fine-tuning); what does not fit,
            such as other heads, begins at random.
        teachers: weights of trained networks with the same heads, whose mean is learnt from.
        minutes: leave a checkpoint after that long, to go on another time.
        workers: processes that vary pictures beside this one, as a GPU needs; the batches are
            the same however many.
        report: gets the row of every epoch.

    Returns:
        Path of the weights, or of ``last.pt`` where the time was up before the last epoch was
        done.

    Raises:
        ModelError: no such architecture, no pretrained weights to be had, a teacher with other
            heads, or a checkpoint that is damaged, of another network or of an older version.
    """
    out.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(recipe.seed)
    # The fused kernel's backward pass is a third slower on CPUs with many small heads. What is
    # built after this network, to read, keeps its own: other kernels, other last digits.
    fused = use_fused_attn()
    set_fused_attn(device != "cpu")
    try:
        model = models.create(recipe.architecture, sum(len(h.classes) for h in training.heads),
                              pretrained=recipe.pretrained, **_drop_path(recipe))
    finally:
        set_fused_attn(fused)
    if isinstance(model, VisionTransformerDistilled):
        model.set_distilled_training(True)
    if start is not None:
        _transfer(model, start)
    still = _freeze(model, recipe.frozen)
    model = model.to(device, memory_format=torch.channels_last)  # type: ignore[call-overload]
    average = ModelEmaV3(model, recipe.average, use_warmup=True, warmup_power=3 / 4)
    parameters = [p for p in model.parameters() if p.requires_grad]
    optimiser = torch.optim.AdamW([
        {"params": [p for p in parameters if p.ndim > 1], "weight_decay": recipe.decay},
        {"params": [p for p in parameters if p.ndim <= 1], "weight_decay": 0.0}], lr=recipe.rate)
    kind = precision.choose(wish, device, training=True)
    begin, skipped, losses, checkpoint = 0, 0, [], out / checkpoints.NAME
    spent, started = 0.0, time.monotonic()
    until = started + 60 * minutes
    if resume and checkpoint.exists():
        with checkpoints.kept(checkpoint, device) as state:
            model.load_state_dict(state["model"])
            average.module.load_state_dict(state["average"])
            optimiser.load_state_dict(state["optimiser"])
            begin, skipped, losses = state["epoch"], state["step"], state["losses"]
            spent = state.get("seconds", 0.0)  # not kept at first
    size = models.CROP
    alignments = matrices(training.pictures, training.landmarks, size)
    held_out = aligned(validation, validation.landmarks, size)
    weights = torch.cat([_class_weights(target, head, recipe) for target, head
                         in zip(training.targets, training.heads, strict=True)]).to(device)
    targets = np.concatenate(training.targets, axis=1)
    if teachers:
        shown = crops(training.pictures, alignments, size)
        taught = np.mean([_taught(path, shown, training.heads, device, kind)
                          for path in teachers], 0)
        targets = np.concatenate([targets, taught], axis=1)

    def keep(epoch: int, step: int) -> None:
        checkpoints.keep({
            "model": model.state_dict(), "average": average.module.state_dict(),
            "optimiser": optimiser.state_dict(), "epoch": epoch, "step": step, "losses": losses,
            "done": (epoch + step / steps) / recipe.epochs,
            "seconds": spent + time.monotonic() - started}, checkpoint)

    batches = _Batches(training, alignments, targets, size, recipe)
    steps, stream = batches.steps, _stream(batches, begin, skipped, workers)
    for epoch in range(begin, recipe.epochs):
        began = time.monotonic()
        model.train()
        for part in still:
            part.eval()
        for step in range(skipped, steps):
            x, y = next(stream)
            for group in optimiser.param_groups:
                group["lr"] = _rate(recipe, epoch + step / steps)
            # Stochastic depth draws alike whether or not a run was stopped on the way.
            torch.manual_seed(recipe.seed + epoch * steps + step)
            x = x.to(device, memory_format=torch.channels_last)
            y = y.to(device)
            with precision.autocast(kind, device):
                answer = model(x)
            # A distillation token answers beside the class token; other networks answer once.
            said, distilled = answer if isinstance(answer, tuple) else (answer, answer)
            labels = y[:, :len(weights)]
            loss = _loss(said.float(), labels, weights, training.heads)
            if teachers:
                loss = (1 - recipe.distil) * loss + recipe.distil * _loss(
                    distilled.float(), y[:, len(weights):], torch.ones_like(weights),
                    training.heads)
            elif distilled is not said:
                loss = (loss + _loss(distilled.float(), labels, weights, training.heads)) / 2
            optimiser.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimiser.step()
            average.update(model, epoch * steps + step + 1)
            losses.append(loss.item())
            if time.monotonic() > until:
                keep(epoch, step + 1)
                return checkpoint
            if (step + 1) % EVERY == 0:
                keep(epoch, step + 1)
        row = {"epoch": epoch + 1, "loss": round(float(np.mean(losses)), 4),
               **_validate(average.module, held_out, validation, device, kind),
               "seconds": round(time.monotonic() - began)}
        with (out / "history.jsonl").open("a") as history:
            history.write(json.dumps(row) + "\n")
        skipped, losses = 0, []
        keep(epoch + 1, 0)
        report(row)
    return export(average.module, recipe, training.heads, out)


def settle(checkpoint: Path, recipe: Recipe, heads: tuple[LabelSet, ...]) -> Path:
    """Write the weights that an unfinished training has reached, as ``export`` does.

    Raises:
        ModelError: as ``train``, of the checkpoint.
    """
    model = models.create(recipe.architecture, sum(len(h.classes) for h in heads), False,
                          **_drop_path(recipe))
    with checkpoints.kept(checkpoint) as state:
        model.load_state_dict(state["average"])
    return export(model, recipe, heads, checkpoint.parent)


def reached(checkpoint: Path) -> tuple[float, float]:
    """How far a training is, 0 to 1, and the seconds that it took, all its runs together.

    Raises:
        ModelError: as ``train``, of the checkpoint.
    """
    with checkpoints.kept(checkpoint) as state:
        return float(state["done"]), float(state["seconds"])


def export(model: nn.Module, recipe: Recipe, heads: tuple[LabelSet, ...], out: Path) -> Path:
    """Write fp16 weights and, beside them, the recipe that made them."""
    return write(model.state_dict(), out / f"{recipe.architecture}.safetensors",
                 {"labels": "+".join(h.name for h in heads), "recipe": asdict(recipe)})


def _drop_path(recipe: Recipe) -> dict[str, float]:
    """Stochastic depth for the networks that have it: plain chains (VGG) do not."""
    return {} if recipe.architecture.startswith("vgg") else {"drop_path_rate": recipe.drop_path}


def _freeze(model: nn.Module, stages: int) -> list[nn.Module]:
    """The first stages of our patch embedding, which no longer learn."""
    still: list[nn.Module] = [stage for module in model.modules()
                              if isinstance(module, ConvPatchEmbed)
                              for stage in module.stages()[:stages]]
    for part in still:
        part.requires_grad_(False)
    return still


def _taught(teacher: Path, pictures: NDArray[np.uint8], heads: tuple[LabelSet, ...],
            device: str, kind: torch.dtype) -> FloatArray:
    """(N, ΣC) what a teacher says of aligned crops and their mirror images, each head
    summing to 1."""
    model, labels = models.load(teacher)
    if labels != "+".join(h.name for h in heads):
        raise ModelError("error.model.teacher", path=teacher, labels=labels)
    model = model.to(device)
    ends = np.cumsum([len(h.classes) for h in heads])[:-1]
    views = [np.split(logits(model, view, device, kind), ends, axis=1)
             for view in (pictures, np.ascontiguousarray(pictures[:, :, ::-1]))]
    return np.concatenate([(softmax(a) + softmax(b)) / 2
                           for a, b in zip(*views, strict=True)], axis=1)


def _transfer(model: nn.Module, weights: Path) -> None:
    """Take over every tensor that fits by name and shape."""
    own = model.state_dict()
    fitting = {k: v for k, v in load_file(weights).items()
               if k in own and v.shape == own[k].shape}
    model.load_state_dict({**own, **fitting})


def _loss(logits: torch.Tensor, targets: torch.Tensor, weights: torch.Tensor,
          heads: tuple[LabelSet, ...]) -> torch.Tensor:
    """Sum over the heads of the mean weighted cross-entropy; a head's row of zeros is no
    label and costs nothing."""
    sizes = [len(h.classes) for h in heads]
    logs = torch.cat([torch.log_softmax(part, 1) for part in logits.split(sizes, 1)], 1)
    labelled = torch.stack([part.sum() for part in targets.split(sizes, 1)]).clamp_min(1.0)
    each = [part.sum() for part in (-logs * targets * weights).split(sizes, 1)]
    return (torch.stack(each) / labelled).sum()


@torch.inference_mode()
def logits(model: nn.Module, pictures: NDArray[np.uint8], device: str = "cpu",
           kind: torch.dtype = torch.float32, batch: int = 256) -> FloatArray:
    """(N, ΣC) outputs of a network for aligned crops (N, S, S) uint8."""
    model.eval()
    with precision.autocast(kind, device):
        out = [model(to_tensor(pictures[i:i + batch]).to(device)).float().cpu().numpy()
               for i in range(0, len(pictures), batch)]
    return np.concatenate(out).astype(np.float64)


def _validate(model: nn.Module, pictures: NDArray[np.uint8], validation: Joint,
              device: str, kind: torch.dtype) -> dict[str, Any]:
    """Accuracy and mean recall of every head, and the mean of the accuracies."""
    row: dict[str, Any] = {}
    accuracies = []
    ends = np.cumsum([len(h.classes) for h in validation.heads])
    parts = np.split(logits(model, pictures, device, kind), ends[:-1], axis=1)
    for head, part, label in zip(validation.heads, parts, validation.label.T, strict=True):
        right, label = part.argmax(1)[label >= 0] == label[label >= 0], label[label >= 0]
        recalls = [right[label == c].mean() for c in np.unique(label)]
        accuracies.append(right.mean())
        row[head.name] = {"accuracy": round(float(right.mean()), 4),
                          "mean_recall": round(float(np.mean(recalls)), 4)}
    return {"val_accuracy": round(float(np.mean(accuracies)), 4), **row}


class _Batches(Dataset[tuple[torch.Tensor, torch.Tensor]]):
    """Every batch of every epoch, by (epoch, step); each has chance of its own."""

    def __init__(self, training: Joint, alignments: FloatArray, targets: FloatArray, size: int,
                 recipe: Recipe) -> None:
        self._training, self._alignments, self._size = training, alignments, size
        self._wanted, self.recipe = torch.from_numpy(targets).float(), recipe
        self.steps = len(training) // recipe.batch
        self._order: tuple[int, NDArray[np.int64]] = -1, np.empty(0, np.int64)

    def __getitem__(self, place: tuple[int, int]) -> tuple[torch.Tensor, torch.Tensor]:
        (epoch, step), recipe = place, self.recipe
        if self._order[0] != epoch:
            self._order = epoch, np.random.default_rng((recipe.seed, epoch)).permutation(
                len(self._training))
        chosen = self._order[1][step * recipe.batch:(step + 1) * recipe.batch]
        rng = np.random.default_rng((recipe.seed, epoch, step))
        x = to_tensor(np.stack([augment(self._training.pictures[j], self._alignments[j], self._size,
                                        rng, recipe.covered) for j in chosen]))
        y = self._wanted[chosen]
        if rng.random() < recipe.mixup:
            share = rng.beta(_MIXUP, _MIXUP)
            other = torch.from_numpy(rng.permutation(recipe.batch))
            x, y = share * x + (1 - share) * x[other], share * y + (1 - share) * y[other]
        return x, y


def _stream(batches: _Batches, epoch: int, skipped: int, workers: int
            ) -> Iterator[tuple[torch.Tensor, torch.Tensor]]:
    """The batches from a step of an epoch on, in order."""
    places = [(e, s) for e in range(epoch, batches.recipe.epochs)
              for s in range(skipped if e == epoch else 0, batches.steps)]
    return iter(DataLoader(batches, sampler=places, batch_size=None, num_workers=workers,
                           multiprocessing_context="fork" if workers else None))


def class_weights(target: FloatArray, balance: float, emphasis: Sequence[float]) -> FloatArray:
    """(C,) frequency to the power of minus ``balance``, times ``emphasis`` (C,), with mean 1
    over the targets (N, C)."""
    share = target.sum(0) / max(target.sum(), 1.0)
    weight = np.maximum(share, 1e-4) ** -balance * emphasis
    return weight / (weight * share).sum()


def _class_weights(target: FloatArray, head: LabelSet, recipe: Recipe) -> torch.Tensor:
    emphasis = [recipe.emphasis.get(f"{head.name}.{key}", 1.0) for key in head.keys]
    return torch.from_numpy(class_weights(target, recipe.balance, emphasis)).float()


def _rate(recipe: Recipe, epoch: float) -> float:
    if epoch < recipe.warmup:
        return recipe.rate * max(epoch, 0.01) / recipe.warmup
    progress = (epoch - recipe.warmup) / (recipe.epochs - recipe.warmup)
    return recipe.rate * (0.01 + 0.99 * 0.5 * (1 + math.cos(math.pi * min(progress, 1))))
