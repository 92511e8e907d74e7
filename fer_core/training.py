"""Train one network: soft targets, augmentation, cosine schedule, moving-average weights.

Every epoch leaves a checkpoint, so that a run that is stopped goes on with ``resume``.
"""

import json
import math
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors.torch import save_file
from timm.layers import set_fused_attn
from torch import nn
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

from fer_core import models
from fer_core.augmentation import augment
from fer_core.datasets import Samples
from fer_core.records import FloatArray
from fer_core.transforms import align, alignment, to_tensor, whole_picture


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
        average: decay of the moving average of the weights, per step.
        balance: a class's loss is weighted by its frequency to the power of minus this; 0.25
            lets rare classes speak without drowning the common ones.
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
    seed: int = 0


Labelled = tuple[Samples, FloatArray]
"""Pictures and their (N, 5, 2) landmarks, NaN where no face was found."""


def matrices(samples: Samples, landmarks: FloatArray, size: int) -> FloatArray:
    """(N, 2, 3) alignment of every picture, the whole picture where no face was found."""
    return np.stack([
        whole_picture(picture, size) if np.isnan(marks).any() else alignment(marks, size)
        for picture, marks in zip(samples.pictures, landmarks, strict=True)])


def crops(samples: Samples, alignments: FloatArray, size: int) -> NDArray[np.uint8]:
    """(N, size, size) aligned grey crops, not augmented."""
    return np.stack([align(picture, matrix, size)
                     for picture, matrix in zip(samples.pictures, alignments, strict=True)])


def train(recipe: Recipe, training: Labelled, validation: Labelled, out: Path, *,
          device: str = "cpu", resume: bool = False,
          report: Callable[[dict[str, Any]], None] = lambda row: None) -> Path:
    """Train, or go on training, one network.

    Args:
        training, validation: the two splits.
        out: folder of ``last.pt`` (checkpoint), ``history.jsonl`` (a row an epoch) and, in
            the end, ``<architecture>.safetensors`` (moving average, fp16) with its recipe.
        resume: continue from ``last.pt`` where there is one.
        report: gets the row of every epoch.

    Returns:
        Path of the weights.
    """
    out.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(recipe.seed)
    # The fused kernel's backward pass is a third slower on CPUs with many small heads.
    set_fused_attn(device != "cpu")
    labels = training[0].labels
    model = models.create(recipe.architecture, len(labels.classes),
                          drop_path_rate=recipe.drop_path)
    model = model.to(device, memory_format=torch.channels_last)  # type: ignore[call-overload]
    average = AveragedModel(model, multi_avg_fn=get_ema_multi_avg_fn(recipe.average),
                            use_buffers=True)
    parameters = list(model.parameters())
    optimiser = torch.optim.AdamW([
        {"params": [p for p in parameters if p.ndim > 1], "weight_decay": recipe.decay},
        {"params": [p for p in parameters if p.ndim <= 1], "weight_decay": 0.0}], lr=recipe.rate)
    steps = len(training[0]) // recipe.batch
    start, checkpoint = 0, out / "last.pt"
    if resume and checkpoint.exists():
        state = torch.load(checkpoint, map_location=device, weights_only=True)
        model.load_state_dict(state["model"])
        average.load_state_dict(state["average"])
        optimiser.load_state_dict(state["optimiser"])
        start = state["epoch"]
    size = models.CROP
    aligned = matrices(*training, size)
    held_out = crops(validation[0], matrices(*validation, size), size)
    weight = _class_weights(training[0].target, recipe.balance)
    for epoch in range(start, recipe.epochs):
        began, losses = time.monotonic(), []
        model.train()
        for step, (x, y) in enumerate(_batches(training[0], aligned, size, recipe, epoch)):
            for group in optimiser.param_groups:
                group["lr"] = _rate(recipe, epoch + step / steps)
            x = x.to(device, memory_format=torch.channels_last)
            with torch.autocast(device, torch.bfloat16):
                logits = model(x).float()
            y = y.to(device)
            loss = -(torch.log_softmax(logits, 1) * y * weight.to(device)).sum(1).mean()
            optimiser.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimiser.step()
            average.update_parameters(model)
            losses.append(loss.item())
        accuracy = float((predict(average.module, held_out, device).argmax(1)
                          == validation[0].label).mean())
        row = {"epoch": epoch + 1, "loss": round(float(np.mean(losses)), 4),
               "val_accuracy": round(accuracy, 4), "seconds": round(time.monotonic() - began)}
        with (out / "history.jsonl").open("a") as history:
            history.write(json.dumps(row) + "\n")
        partial = checkpoint.with_suffix(".partial")
        torch.save({"model": model.state_dict(), "average": average.state_dict(),
                    "optimiser": optimiser.state_dict(), "epoch": epoch + 1}, partial)
        partial.replace(checkpoint)
        report(row)
    return export(average.module, recipe, labels.name, out)


def export(model: nn.Module, recipe: Recipe, labels: str, out: Path) -> Path:
    """Write fp16 weights and, beside them, the recipe that made them."""
    weights = out / f"{recipe.architecture}.safetensors"
    save_file({k: v.detach().cpu().half().contiguous() if v.is_floating_point() else v.cpu()
               for k, v in model.state_dict().items()}, weights)
    weights.with_suffix(".json").write_text(
        json.dumps({"labels": labels, "recipe": asdict(recipe)}, indent=2) + "\n")
    return weights


@torch.inference_mode()
def predict(model: nn.Module, pictures: NDArray[np.uint8], device: str = "cpu",
            batch: int = 256) -> FloatArray:
    """(N, C) probabilities of aligned crops (N, S, S) uint8."""
    model.eval()
    out = []
    for i in range(0, len(pictures), batch):
        x = to_tensor(pictures[i:i + batch]).to(device)
        out.append(torch.softmax(model(x).float(), 1).cpu().numpy())
    return np.concatenate(out).astype(np.float64)


def _batches(samples: Samples, aligned: FloatArray, size: int, recipe: Recipe,
             epoch: int) -> Iterator[tuple[torch.Tensor, torch.Tensor]]:
    rng = np.random.default_rng((recipe.seed, epoch))
    order = rng.permutation(len(samples))
    for i in range(0, len(order) - recipe.batch + 1, recipe.batch):
        chosen = order[i:i + recipe.batch]
        pictures = np.stack([augment(samples.pictures[j], aligned[j], size, rng) for j in chosen])
        yield to_tensor(pictures), torch.from_numpy(samples.target[chosen]).float()


def _class_weights(target: FloatArray, power: float) -> torch.Tensor:
    """(C,) with mean 1 over the training targets."""
    share = target.mean(0)
    weight = np.maximum(share, 1e-4) ** -power
    return torch.from_numpy(weight / (weight * share).sum()).float()


def _rate(recipe: Recipe, epoch: float) -> float:
    if epoch < recipe.warmup:
        return recipe.rate * max(epoch, 0.01) / recipe.warmup
    progress = (epoch - recipe.warmup) / (recipe.epochs - recipe.warmup)
    return recipe.rate * (0.01 + 0.99 * 0.5 * (1 + math.cos(math.pi * min(progress, 1))))
