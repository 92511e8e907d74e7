"""Strategies trained and measured alike, in one table."""

import json
import math
import time
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any, Literal

import numpy as np
import torch
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from fer_core.config import Settings
from fer_core.emotions import LabelSet
from fer_core.errors import ModelError, why
from fer_core.faces.alignment import to_tensor
from fer_core.lab import checkpoints, embeddings, evaluation
from fer_core.lab.cropping import aligned
from fer_core.lab.datasets import Samples, Split, join, landmarks, load, masked
from fer_core.lab.evaluation import metrics, read_members
from fer_core.lab.training import Recipe, logits, reached, settle, train
from fer_core.networks import models, precision
from fer_core.networks.readying import readied
from fer_core.networks.recogniser import Manifest, Recogniser, softmax
from fer_core.networks.voting import cast
from fer_core.records import FloatArray

REPEATS = 5
"""Batches whose time is taken."""
KEPT = ("strategy", "what", "parameters", "pictures", "done", "seconds", "megabytes",
        "milliseconds", "n", "accuracy", "interval", "macro_f1")
"""Of a row, what the results file keeps."""


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Strategy(_Strict):
    """One network and how it is trained.

    Attributes:
        name: how other strategies and votes refer to it.
        architecture: as for ``train``; ``svm`` for a support vector machine on the embeddings
            of the strategy named by ``start``.
        start: an earlier strategy to go on from (iterative fine-tuning).
        where: condition on the attributes of the training pictures.
        mask: a mask of ``datasets.MASKS``, in training and measuring alike.
        teachers: earlier strategies to learn from (distillation).
        recipe: whatever of ``training.Recipe`` differs from its default.
    """

    name: str = Field(pattern=r"^[\w-]+$")
    architecture: str
    start: str = ""
    where: str = ""
    mask: str = ""
    teachers: tuple[str, ...] = ()
    recipe: dict[str, int | float | bool | dict[str, float]] = {}


class Ensemble(_Strict):
    """Earlier strategies that vote."""

    name: str
    members: Annotated[tuple[str, ...], Field(min_length=1)]
    vote: Literal["average", "weighted", "majority", "two_of_four", "three_of_four"] = "average"


class Plan(_Strict):
    """The file that ``compare`` reads: ``[[strategy]]`` and ``[[ensemble]]`` tables."""

    strategy: tuple[Strategy, ...]
    ensemble: tuple[Ensemble, ...] = ()

    @classmethod
    def read(cls, path: Path) -> "Plan":
        """Read a TOML file.

        Raises:
            ModelError: it cannot be understood, or it names a strategy that does not come
                earlier.
        """
        try:
            plan = cls.model_validate(tomllib.loads(path.read_text("utf-8")))
        except (OSError, ValueError, ValidationError) as error:
            raise ModelError("error.compare.file", path=path, detail=why(error)) from error
        known: set[str] = set()
        for strategy in plan.strategy:
            needed = {*strategy.teachers, *([strategy.start] if strategy.start else [])}
            if needed - known or strategy.name in known:
                raise ModelError("error.compare.file", path=path, detail=strategy.name)
            known.add(strategy.name)
        for ensemble in plan.ensemble:
            if set(ensemble.members) - known:
                raise ModelError("error.compare.file", path=path, detail=ensemble.name)
        return plan


def compare(plan: Plan, data: Path, heads: tuple[LabelSet, ...], out: Path, settings: Settings, *,
            limit: int | None = None, device: str = "cpu", split: Literal["val", "test"] = "val",
            minutes: float = math.inf,
            report: Callable[[dict[str, Any]], None] = lambda row: None) -> list[dict[str, Any]]:
    """Train every strategy and measure it, and the votes, on the same pictures.

    Args:
        heads: label sets; the first one's accuracy is the table's.
        out: a folder for each strategy's checkpoints (a run that is stopped goes on), and
            ``compare.json`` and ``compare.md``.
        limit: at most that many pictures of each split, drawn at random.
        split: what is measured on.
        minutes: that each training may take in this run; one that is not done by then is
            measured as it is, and goes on in the next.
        report: gets every row as it is ready.

    Returns:
        rows: strategy, what, parameters (millions), pictures trained on, ``done`` (share of the
        training, 0 to 1), seconds that it took, ``megabytes`` of the weights, ``milliseconds``
        of processor time a face, and the ``metrics`` of the first head.
    """
    rows: list[dict[str, Any]] = []
    readings: dict[str, FloatArray] = {}
    weights: dict[str, Path] = {}
    for strategy in plan.strategy:
        began = time.monotonic()
        training = _labelled(data, "train", heads, settings, limit, strategy.mask, strategy.where)
        held_out = _labelled(data, split, heads, settings, limit, strategy.mask)
        samples = held_out[0][0]
        pictures = aligned(*held_out[0], models.CROP)
        folder, done, cost, size = out / strategy.name, 1.0, None, None
        if strategy.architecture == "svm":
            base, _ = models.load(weights[strategy.start])
            own = training[0][0]
            readings[strategy.name], parameters = embeddings.svm(
                base, aligned(*training[0], models.CROP), own.label, pictures,
                len(heads[0].classes))
            seconds = time.monotonic() - began
        else:
            recipe = Recipe(strategy.architecture, mask=strategy.mask, **strategy.recipe)  # type: ignore[arg-type]
            written = train(
                recipe, join(training), join(held_out), folder, device=device,
                wish=settings.precision, resume=True,
                start=weights.get(strategy.start), minutes=minutes,
                teachers=[weights[t] for t in strategy.teachers])
            checkpoint = folder / checkpoints.NAME
            done, seconds = reached(checkpoint)
            weights[strategy.name] = settle(checkpoint, recipe, heads) \
                if written == checkpoint else written
            model, _ = models.load(weights[strategy.name])
            parameters = sum(p.numel() for p in model.parameters())
            cost, size = milliseconds(model, pictures, settings), _megabytes(
                weights[strategy.name])
            with precision.autocast(precision.choose(settings.precision, device), device):
                said = logits(model.to(device), pictures, device)
            readings[strategy.name] = softmax(said[:, :len(heads[0].classes)])
        rows.append({"strategy": strategy.name, "what": _what(strategy),
                     "parameters": round(parameters / 1e6, 2), "pictures": len(training[0][0]),
                     "done": round(done, 3), "seconds": round(seconds),
                     "megabytes": size, "milliseconds": cost,
                     **metrics(readings[strategy.name], samples.label, heads[0])})
        report(rows[-1])
    label = load(data, split, heads[0]).some(limit).label
    for ensemble in plan.ensemble:
        vote = cast(ensemble.vote, np.stack([readings[m] for m in ensemble.members]))
        rows.append({"strategy": ensemble.name, "parameters": None, "pictures": None,
                     "what": f"{ensemble.vote}: {', '.join(ensemble.members)}", "done": 1.0,
                     "seconds": None, "megabytes": None, "milliseconds": None,
                     **metrics(vote, label, heads[0])})
        report(rows[-1])
    out.mkdir(parents=True, exist_ok=True)
    (out / "compare.json").write_text(json.dumps(rows, indent=1) + "\n", "utf-8")
    (out / "compare.md").write_text(table(rows), "utf-8")
    return rows


def milliseconds(model: torch.nn.Module, pictures: NDArray[np.uint8], settings: Settings) -> float:
    """Processor time a face, read on the processor as the product reads, in the median."""
    kind = precision.choose(settings.precision, "cpu")
    model = readied(model, kind).cpu()
    taken = []
    for _ in range(REPEATS):
        x = to_tensor(pictures[:settings.recogniser.batch]).to(
            kind, memory_format=torch.channels_last)
        began = time.process_time()
        with torch.inference_mode():
            model(x)
        taken.append((time.process_time() - began) / len(x))
    return round(1000 * float(np.median(taken)), 2)


def _megabytes(weights: Path) -> float:
    return round(weights.stat().st_size / 1e6, 1)


def shipped(recogniser: Recogniser, data: Path, split: Literal["val", "test"], head: LabelSet,
            settings: Settings, limit: int | None) -> list[dict[str, Any]]:
    """Rows of the networks that ship, on the same pictures; how long they were trained is in
    the model card."""
    ((samples, marks),) = _labelled(data, split, (head,), settings, limit, "")
    pictures = aligned(samples, marks, recogniser.crop)
    stanzas = {s.name: s for s in Manifest.read(settings.weights).models}
    rows = []
    for name, network, reading in zip(recogniser.names, recogniser.networks, read_members(
            recogniser, pictures, samples), strict=True):
        stanza = stanzas[name.name]
        rows.append({"strategy": name.name, "what": stanza.architecture, "parameters": round(
            sum(p.numel() for p in network.parameters()) / 1e6, 2), "pictures": None,
            "done": 1.0, "seconds": None,
            "megabytes": _megabytes(settings.weights / stanza.file),
            "milliseconds": milliseconds(network, pictures, settings),
            **metrics(reading, samples.label, head)})
    return rows


def entries(rows: list[dict[str, Any]], own: list[dict[str, Any]], recogniser: Recogniser,
            data: str, labels: str, command: str) -> list[dict[str, Any]]:
    """The table for the results file: strategies, which no other weights make stale, and the
    networks that ship."""
    return [evaluation.entry(recogniser, names, data, labels, command, {
        "kind": "comparison", "rows": [{key: row[key] for key in KEPT} for row in part]})
        for names, part in (((), rows), (recogniser.names, own))]


def table(rows: list[dict[str, Any]]) -> str:
    """The rows as a Markdown table."""
    lines = ["| Strategy | What | Million parameters | Pictures | Trained | Seconds | MB | "
             "ms a face | Accuracy | Macro-F1 | Recall of fear | ECE |", "|" + 12 * "---|"]
    for row in rows:
        fear = row["per_class"].get("fear", {}).get("recall")
        trained = "whole" if row["done"] == 1 else f"unfinished, {100 * row['done']:.0f} %"
        cells = [row["strategy"], row["what"], row["parameters"], row["pictures"], trained,
                 row["seconds"], row["megabytes"], row["milliseconds"], row["accuracy"],
                 row["macro_f1"], fear, row["ece"]]
        lines.append("| " + " | ".join("–" if c is None else str(c) for c in cells) + " |")
    return "\n".join(lines) + "\n"


def _labelled(data: Path, split: Split, heads: tuple[LabelSet, ...], settings: Settings,
              limit: int | None, mask: str, where: str = "") -> list[tuple[Samples, FloatArray]]:
    """A split under each label set, with the landmarks of its pictures."""
    found = []
    for head in heads:
        samples = load(data, split, head).some(limit)
        samples = masked(samples.where(where) if where else samples, mask)
        found.append((samples, landmarks(samples, settings)))
    return found


def _what(strategy: Strategy) -> str:
    return "; ".join([strategy.architecture]
                     + [f"{k} {v}" for k, v in strategy.recipe.items()]
                     + [f"from {strategy.start}"] * bool(strategy.start)
                     + [f"where {strategy.where}"] * bool(strategy.where)
                     + [f"mask {strategy.mask}"] * bool(strategy.mask)
                     + [f"taught by {', '.join(strategy.teachers)}"] * bool(strategy.teachers))
