"""Commands about pictures: prepare-eval, review, explore, mix."""

import json
from pathlib import Path
from typing import Annotated

import typer

from fer_core.cli.common import (
    Device,
    Json,
    Labels,
    Lang,
    Limit,
    Models,
    Split,
    app,
    configure,
    label_sets,
    said,
)


@app.command()
def prepare_eval(
    data: Annotated[Path, typer.Option(help="A data file, or a folder with one folder a class.")],
    split: Split = "val",
    labels: Labels = "ferplus",
    models: Models = "",
    limit: Limit = None,
    device: Device = "auto",
    lang: Lang = "en",
    as_json: Json = False,
) -> None:
    """The same networks behind four preparations: whole picture, cascade, MTCNN box, aligned."""
    from fer_core.lab import datasets, preparation
    from fer_core.networks.recogniser import Recogniser
    with said(lang):
        recogniser = Recogniser(configure(device, models=models))
        (head,) = label_sets(labels)
        rows = preparation.compare(recogniser, datasets.load(data, split, head).some(limit))
    if as_json:
        typer.echo(json.dumps(rows))
        return
    for row in rows:
        typer.echo(f"{row['preparation']:14} found {row['found']:.3f}  accuracy "
                   f"{row['accuracy']:.3f}  macro-F1 {row['macro_f1']:.3f}  time x "
                   f"{row['time']:.2f}")


@app.command()
def review(
    folder: Annotated[Path, typer.Argument(help="Pictures whose names say the emotion.")],
    out: Annotated[Path, typer.Option(help="Folder for review.csv and review.jpg.")],
    lang: Lang = "en",
) -> None:
    """List the pictures that their file names cannot label: no or several emotions or faces."""
    from fer_core.lab.datasets import filenames
    with said(lang):
        waiting = filenames.review(folder, out)
    typer.echo(f"{len(waiting)} of {len(filenames.pictures(folder))} -> {out / 'review.csv'}")


@app.command()
def explore(
    data: Annotated[Path, typer.Argument(help="A data file or folder.")],
    out: Annotated[Path, typer.Option(help="The HTML page to write.")],
    split: Split = "train",
    labels: Labels = "ferplus",
    limit: Limit = None,
    device: Device = "auto",
    lang: Lang = "en",
) -> None:
    """Write a page about a data set: counts, agreement, examples, what looks wrong."""
    from fer_core.lab import datasets, exploration
    with said(lang):
        (head,) = label_sets(labels)
        samples = datasets.load(data, split, head).some(limit)
        page = exploration.explore(data, samples, configure(device))
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text(page, "utf-8")
    typer.echo(str(out))


@app.command()
def mix(
    out: Annotated[Path, typer.Option(help="The .npz to write; research data, never to be "
                                      "published.")],
    common: Annotated[int, typer.Option(min=0, help="Neutral and happy pictures of "
                                        "ExpW.")] = 15000,
    portraits: Annotated[int, typer.Option(min=0, help="Neutral and happy web "
                                           "portraits.")] = 2000,
    east_asian: Annotated[int, typer.Option(min=0, help="Times that a picture found by East Asian "
                                            "words goes in; 0: never.")] = 3,
    error: Annotated[float, typer.Option(min=0, max=1, help="How often a noisy label is taken to "
                                         "be wrong.")] = 0.2,
    seed: int = 0,
    device: Device = "auto",
    lang: Lang = "en",
) -> None:
    """Mix FER2013, FER+, ExpW and web portraits under soft labels, for train --mixture."""
    from fer_core.lab import mixture
    settings = configure(device)
    with said(lang):
        joint, counts = mixture.mix(settings, mixture.Plan(
            common=common, portraits=portraits, east_asian=east_asian, error=error,
            seed=seed))
    mixture.write(joint, counts, out)
    typer.echo(json.dumps(counts))
