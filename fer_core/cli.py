"""``python -m fer_core analyze | evaluate | benchmark | train | install``."""

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any, Literal

import typer
from pydantic import ValidationError
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

from fer_core import export, pipeline, video
from fer_core.config import Settings
from fer_core.emotions import LABEL_SETS, LabelSet, heads
from fer_core.errors import PoiseError
from fer_core.texts import Language, explain, say

app = typer.Typer(add_completion=False, no_args_is_help=True, pretty_exceptions_enable=False,
                  help="Poise: faces to emotions to timeline to scores to report.")

Device = Literal["auto", "cpu", "cuda"]
Json = Annotated[bool, typer.Option("--json", help="Print the result as JSON.")]
Lang = Annotated[Language, typer.Option(help="Language of the report and of messages.")]
Labels = Annotated[str, typer.Option(help="Label set of the data.")]
Save = Annotated[bool, typer.Option("--save", help="Write the figures into results.json beside "
                                    "the manifest: the Models page and the report read it.")]
Models = Annotated[str, typer.Option(help="Names from the manifest, comma-separated.")]


def configure(device: Device = "auto", fps: float | None = None, models: str = "") -> Settings:
    """The environment's settings with what the command line says on top.

    Raises:
        typer.BadParameter: the environment sets something impossible.
    """
    try:
        settings = Settings()
    except ValidationError as error:
        wrong = "; ".join(f"POISE_{'__'.join(map(str, e['loc'])).upper()}: {e['msg']}"
                          for e in error.errors())
        raise typer.BadParameter(wrong, param_hint="environment") from None
    recogniser = settings.recogniser.model_copy(update={
        "device": device, "members": tuple(m for m in models.split(",") if m)
        or settings.recogniser.members})
    changes: dict[str, Any] = {"recogniser": recogniser}
    if fps is not None:
        changes["video"] = type(settings.video)(**{**settings.video.model_dump(), "fps": fps})
    return settings.model_copy(update=changes)


def label_sets(names: str) -> tuple[LabelSet, ...]:
    """The named label sets.

    Raises:
        typer.BadParameter: an unknown one.
    """
    try:
        return heads(names)
    except KeyError as error:
        raise typer.BadParameter(f"{error}; known: {', '.join(LABEL_SETS)}") from None


@contextmanager
def said(language: Language) -> Iterator[None]:
    """A PoiseError becomes one line on stderr and exit status 1."""
    try:
        yield
    except PoiseError as error:
        typer.echo(f"error: {explain(error, language)}", err=True)
        raise typer.Exit(1) from None


@app.command()
def analyze(
    clips: Annotated[list[Path], typer.Argument(help="Recorded clips.")],
    out: Annotated[Path, typer.Option(help="Folder for the reports.")],
    fps: Annotated[float, typer.Option(min=0.5, max=60, help="Frames analysed a second.")] = 8.0,
    device: Device = "auto",
    lang: Lang = "ko",
    as_json: Json = False,
) -> None:
    """Write DIR/<stem>.report.json and DIR/<stem>.timeline.csv for every clip."""
    with said(lang):
        analyser = pipeline.Analyser(configure(device, fps))
    failed, stems = False, set[str]()
    for clip in clips:
        try:
            with _progress_bar(clip.name) as progress:
                session = analyser.analyse(clip, progress=progress)
            stem = _unique(_stem(clip.name), stems)
            files = export.write(session, out, stem, lang)
        except (PoiseError, OSError) as error:
            failed = True
            reason = (explain(error, lang) if isinstance(error, PoiseError)
                      else say("error.disk", lang, detail=error.strerror or str(error)))
            typer.echo(f"error: {clip}: {reason}", err=True)
            continue
        scores = {s.name: s.value and round(s.value, 1) for s in session.scores}
        if as_json:
            typer.echo(json.dumps({"clip": str(clip), "files": [str(f) for f in files],
                                   "scores": scores}, ensure_ascii=False))
        else:
            values = "  ".join(f"{say(f'score.{name}.label', lang)} "
                               f"{'–' if value is None else f'{value:.0f}'}"
                               for name, value in scores.items())
            typer.echo(f"{clip.name}: {session.source.duration:.1f} s  {values}  -> {files[0]}")
    if failed:
        raise typer.Exit(1)


@app.command()
def evaluate(
    data: Annotated[Path, typer.Option(help="A data file, or a folder with one folder a class.")],
    split: Literal["train", "val", "test"] = "test",
    labels: Labels = "ferplus",
    models: Models = "",
    against: Annotated[Path | None, typer.Option(help="Another weights folder to compare "
                                                 "with.")] = None,
    flip: Annotated[bool, typer.Option("--flip", help="Average with the mirrored face.")] = False,
    save: Save = False,
    device: Device = "auto",
    lang: Lang = "en",
    as_json: Json = False,
) -> None:
    """Measure the networks on labelled pictures."""
    from fer_core import datasets, evaluation, results
    from fer_core.recogniser import Recogniser
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
        result = evaluation.evaluate(recogniser, samples, datasets.landmarks(samples, settings),
                                     other)
        if save:
            results.write(settings.weights, evaluation.entries(
                result, recogniser, f"{data.name} {split}", samples.labels.name,
                f"evaluate --data {data} --split {split} --labels {labels}"))
    if as_json:
        typer.echo(json.dumps(result, ensure_ascii=False))
        return
    for title, figures in (("all", result), ("without leaks", result["without_leaks"])):
        typer.echo(f"{title:14} n {figures['n']}  accuracy {figures['accuracy']} "
                   f"{figures['interval']}  macro-F1 {figures['macro_f1']} "
                   f"(without contempt {figures['macro_f1_basic']})  ECE {figures['ece']}")
    for name, figures in result["members"].items():
        typer.echo(f"{name:14} n {figures['n']}  accuracy {figures['accuracy']} "
                   f"{figures['interval']}")
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
    split: Literal["train", "val", "test"] = "test",
    labels: Labels = "ferplus",
    models: Models = "",
    limit: Annotated[int | None, typer.Option(min=1, help="That many pictures, drawn at "
                                              "random.")] = None,
    save: Save = False,
    device: Device = "auto",
    lang: Lang = "en",
    as_json: Json = False,
) -> None:
    """Measure what small, blurred, dark, compressed, tilted and covered faces cost."""
    from fer_core import datasets, evaluation, results
    from fer_core import robustness as measure
    from fer_core.recogniser import Recogniser
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
def benchmark(
    clip: Annotated[Path | None, typer.Option(help="A clip; woman2.mp4 of the shared data, or "
                                              "a generated one, if none is given.")] = None,
    device: Device = "auto",
    lang: Lang = "en",
    as_json: Json = False,
) -> None:
    """Compare Poise with the naive way on one clip, in one run."""
    from fer_core import benchmark as measure
    with said(lang):
        result = measure.run(configure(device), clip)
    typer.echo(json.dumps(result) if as_json else measure.describe(result))


@app.command()
def memory(
    clip: Annotated[Path, typer.Argument(help="A short clip with a face.")],
    minutes: Annotated[list[float], typer.Option(help="Lengths to loop it to.")] = [2.0, 60.0],  # noqa: B006
    lang: Lang = "en",
    as_json: Json = False,
) -> None:
    """Peak memory of analysing a clip looped to several lengths."""
    from fer_core import benchmark as measure
    with said(lang):
        result = measure.peak_memory(clip, minutes)
    typer.echo(json.dumps(result) if as_json else "\n".join(
        f"{row['minutes']:6.1f} min  {row['peak_mb']:7.1f} MB" for row in result))


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
    seed: int = 0,
    device: Device = "auto",
    start: Annotated[Path | None, typer.Option("--from", help="Weights to begin with instead of "
                                               "random ones.")] = None,
    resume: Annotated[bool, typer.Option("--resume", help="Go on from the last epoch.")] = False,
    lang: Lang = "en",
) -> None:
    """Train one network; the moving-average weights land in OUT."""
    from fer_core import datasets, training
    from fer_core.recogniser import choose_device
    settings = configure(device)
    path = data or settings.data / "fer2013plus.npz"
    recipe = training.Recipe(architecture, epochs=epochs, batch=batch, rate=rate, seed=seed)
    with said(lang):
        both = []
        for split in ("train", "val"):
            parts = [datasets.load(path, split, head) for head in label_sets(labels)]
            both.append(datasets.join([(p, datasets.landmarks(p, settings)) for p in parts]))
        weights = training.train(recipe, both[0], both[1], out, device=choose_device(device),
                                 resume=resume, start=start,
                                 report=lambda row: typer.echo(json.dumps(row)))
    typer.echo(str(weights))


@app.command()
def calibrate(
    data: Annotated[Path | None, typer.Option(help="Default: fer2013plus.npz of the data "
                                              "folder.")] = None,
    device: Device = "auto",
    lang: Lang = "en",
) -> None:
    """Find the temperature of every head on the validation split, write it in the manifest."""
    from fer_core import calibration, datasets
    settings = configure(device)
    path = data or settings.data / "fer2013plus.npz"
    with said(lang):
        found = calibration.calibrate(
            settings, lambda head: datasets.load(path, "val", head))
    for head, temperature in found.items():
        typer.echo(f"{head}: {temperature:.3f}")


@app.command()
def install(
    weights: Annotated[Path, typer.Argument(help="NAME.safetensors that train wrote.")],
    name: Annotated[str, typer.Option(help="What people call it.")],
    lang: Lang = "en",
) -> None:
    """Put trained weights into the manifest, replacing those of the same name."""
    from fer_core import recogniser
    with said(lang):
        stanza = recogniser.install(weights, name, Settings().weights)
    typer.echo(f"{stanza.name}: {stanza.file} {stanza.sha256}")


@contextmanager
def _progress_bar(title: str) -> Iterator[Callable[[pipeline.Progress], None]]:
    """A bar on a terminal, nothing elsewhere."""
    bar = Progress(TextColumn("{task.description}"), BarColumn(), TextColumn("{task.fields[at]}"),
                   TimeRemainingColumn(), console=Console(stderr=True), transient=True,
                   disable=not sys.stderr.isatty())
    with bar:
        task = bar.add_task(title, total=None, at="")

        def show(progress: pipeline.Progress) -> None:
            bar.update(task, completed=progress.seconds, total=progress.duration or None,
                       at=f"{progress.seconds:.0f} s")

        yield show


def _stem(name: str) -> str:
    """A safe stem that leaves room for a suffix in the 255 bytes a file name may have."""
    stem = Path(video.safe_name(name)).stem
    return stem.encode()[:200].decode(errors="ignore")


def _unique(stem: str, taken: set[str]) -> str:
    """The stem, numbered if another clip of this call has it."""
    unique, number = stem, 1
    while unique in taken:
        number += 1
        unique = f"{stem}-{number}"
    taken.add(unique)
    return unique
