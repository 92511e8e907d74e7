"""Commands about clips: analyze, benchmark, memory."""

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

from fer_core import pipeline
from fer_core.cli.common import Device, Json, Lang, app, ask_gate, configure, formats_of, said
from fer_core.desk.gate import Purpose
from fer_core.errors import PoiseError, unwritten
from fer_core.media.names import safe_stem
from fer_core.reports import export
from fer_core.texts import explain, say


@app.command()
def analyze(
    clips: Annotated[list[Path], typer.Argument(help="Recorded clips.")],
    out: Annotated[Path, typer.Option(help="Folder for the reports.")],
    fps: Annotated[float, typer.Option(min=0.5, max=60, help="Frames analysed a second.")] = 8.0,
    device: Device = "auto",
    formats: Annotated[str, typer.Option(
        "--format", help=f"Comma-separated: {', '.join(export.WRITERS)}.")] = "json,csv",
    pictures: Annotated[bool, typer.Option("--pictures", help="Keep a small picture of every "
                                           "moment; the person must have agreed.")] = False,
    sound: Annotated[bool, typer.Option(help="Listen to the sound track.")] = True,
    words: Annotated[bool, typer.Option(help="Write what is said into the report's JSON, where "
                                        "there is a model (`make speech`).")] = True,
    purpose: Annotated[Purpose, typer.Option(help="What it is for; own practice by default.")]
    = "practice",
    place: Annotated[str, typer.Option(help="Where: ISO code (KR, GB, US-IL), or EU. Needed for "
                                       "another purpose than own practice.")] = "",
    role: Annotated[str, typer.Option(help="Of whoever will read the report: candidate (the "
                                      "person seen), reviewer, lead. Asked for other purposes "
                                      "than own practice.")] = "reviewer",
    consent: Annotated[bool, typer.Option("--consent", help="The person was told what is measured "
                                          "and agreed; of recruitment the desk alone knows "
                                          "it.")] = False,
    lang: Lang = "ko",
    as_json: Json = False,
) -> None:
    """Write a report of every clip: DIR/<stem>.report.json, DIR/<stem>.timeline.csv, ...

    As own practice, unless --purpose and --place say otherwise; then the gate is asked first,
    and where it is closed nothing is read.
    """
    wanted = formats_of(formats)
    ask_gate(purpose, place, role, consent, lang)
    with said(lang):
        analyser = pipeline.Analyser(configure(device, fps))
    failed, stems = False, set[str]()
    for clip in clips:
        try:
            with _progress_bar(clip.name) as progress:
                session = analyser.analyse(clip, pictures=pictures, sound=sound, words=words,
                                           progress=progress)
            stem = _unique(safe_stem(clip.name), stems)
            files = export.write(session, out, stem, lang, wanted)
        except (PoiseError, OSError) as error:
            failed = True
            failure = error if isinstance(error, PoiseError) else unwritten(error)
            typer.echo(f"error: {clip}: {explain(failure, lang)}", err=True)
            continue
        if as_json:
            typer.echo(json.dumps({
                "clip": str(clip), "files": [str(f) for f in files], "scores": {
                    s.name: s.value and round(s.value, 1) for s in session.scores}},
                ensure_ascii=False))
        else:
            # Rounded once, as the report does: 87.48 is not 88.
            values = "  ".join(f"{say(f'score.{s.name}.label', lang)} "
                               f"{'–' if s.value is None else f'{s.value:.0f}'}"
                               for s in session.scores)
            typer.echo(f"{clip.name}: {session.source.duration:.1f} s  {values}  -> {files[0]}")
    if failed:
        raise typer.Exit(1)


@app.command()
def benchmark(
    clip: Annotated[Path | None, typer.Option(help="A clip; woman2.mp4 of the shared data if "
                                              "none is given.")] = None,
    runtimes: Annotated[bool, typer.Option("--runtimes", help="Instead: ways to run the "
                                           "networks (precisions, compilers, ONNX Runtime, "
                                           "OpenVINO).")] = False,
    live: Annotated[bool, typer.Option("--live", help="Instead: the clip as a webcam, through "
                                       "the live callback.")] = False,
    peers: Annotated[Path | None, typer.Option(
        help="Instead: against fer, py-feat, deepface and LibreFace, where found: the folder of "
        "their environments, PEERS/<peer>/bin/python.")] = None,
    seconds: Annotated[float, typer.Option(min=5, help="Of --live.")] = 20.0,
    streams: Annotated[int, typer.Option(min=1, help="Cameras at once, of --live.")] = 1,
    device: Device = "auto",
    lang: Lang = "en",
    as_json: Json = False,
) -> None:
    """Compare Poise with the naive way on one clip, in one run."""
    if live:
        from fer_core.lab import live_benchmark
        with said(lang):
            rates = live_benchmark.run(configure(device), clip, seconds, streams)
        typer.echo(json.dumps(rates) if as_json else live_benchmark.describe(rates))
        return
    from fer_core.lab import benchmark as measure
    if runtimes:
        from fer_core.lab import runtimes as ways
        with said(lang):
            table = ways.compare(configure(device))
        typer.echo(json.dumps(table) if as_json else ways.describe(table))
        return
    if peers is not None:
        from fer_core.lab import peers as others
        settings = configure(device)
        with said(lang):
            rows = others.compare(clip or measure.usual_clip(settings),
                                  peers.absolute(), settings.video.fps)
        typer.echo(json.dumps(rows) if as_json else others.describe(rows, peers))
        return
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
    from fer_core.lab import benchmark as measure
    with said(lang):
        result = measure.peak_memory(clip, minutes)
    typer.echo(json.dumps(result) if as_json else "\n".join(
        f"{row['minutes']:6.1f} min  {row['peak_mb']:7.1f} MB" for row in result))


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


def _unique(stem: str, taken: set[str]) -> str:
    """The stem, numbered if another clip of this call has it."""
    unique, number = stem, 1
    while unique in taken:
        number += 1
        unique = f"{stem}-{number}"
    taken.add(unique)
    return unique
