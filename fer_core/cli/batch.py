"""Many clips at once: batch, capacity."""

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Annotated

import typer

from fer_core.batch.cluster import Cluster
from fer_core.batch.hands import Hand
from fer_core.batch.ledger import Ledger, Row
from fer_core.batch.running import Pace, Worker, run
from fer_core.batch.sources import Clip, find
from fer_core.batch.work import NAME, Job, portable
from fer_core.cli.common import Device, Json, Lang, app, ask_gate, configure, formats_of, said
from fer_core.desk.gate import Purpose
from fer_core.networks.recogniser import Manifest
from fer_core.sessions.builder import READING
from fer_core.sessions.scored import VERSION
from fer_core.system import cores
from fer_core.texts import clock, say


@app.command()
def batch(
    sources: Annotated[list[str], typer.Argument(
        help="Folders, files, patterns, CSV files of paths, also under s3:// or file://.")],
    out: Annotated[Path, typer.Option(help="Folder for reports and the manifest.")],
    workers: Annotated[int | None, typer.Option(min=1, help="Clips at once; as many as this "
                                                "machine has cores, or the cluster.")] = None,
    address: Annotated[str, typer.Option(help="A Ray cluster: auto, local or HOST:PORT; without, "
                                         "processes of this machine.")] = "",
    cpus: Annotated[float, typer.Option(min=0, help="Cores a worker, with --address.")] = 1.0,
    gpus: Annotated[float, typer.Option(min=0, help="Share of a GPU a worker, with "
                                        "--address.")] = 0.0,
    purpose: Annotated[Purpose, typer.Option(help="What it is for.")] = "practice",
    place: Annotated[str, typer.Option(help="As of analyze.")] = "",
    role: Annotated[str, typer.Option(help="As of analyze.")] = "reviewer",
    consent: Annotated[bool, typer.Option("--consent", help="Everybody was told what is measured "
                                          "and agreed; of recruitment the desk alone knows "
                                          "it.")] = False,
    fps: Annotated[float, typer.Option(min=0.5, max=60, help="Frames analysed a second.")] = 8.0,
    device: Device = "auto",
    formats: Annotated[str, typer.Option("--format", help="As of analyze.")] = "json,csv",
    sound: Annotated[bool, typer.Option(help="Listen to the sound tracks.")] = True,
    words: Annotated[bool, typer.Option(help="Write what is said into the reports.")] = True,
    lang: Lang = "ko",
) -> None:
    """Analyse many clips; run again, only what is missing is done. DIR/manifest.parquet and .csv
    have a row a clip, DIR/reports its report."""
    # Nobody is lined up by a score: other people's are in their reports only.
    wanted, hidden = formats_of(formats), purpose != "practice"
    ask_gate(purpose, place, role, consent, lang)
    settings = configure(device, fps)
    with said(lang):
        clips = find(sources)
        networks = Manifest.read(settings.weights).checkpoints(settings.recogniser.members)
        # Candidates agreed to be seen, not to be heard.
        plan = Job("", NAME, portable(settings), networks, wanted, lang,
                   sound and not hidden, words and not hidden)
        ledger = Ledger(out, [asdict(plan), VERSION, READING], hidden)
        crew, let_go = _crew(address, workers, cpus, gpus)

    def job(clip: Clip) -> Job:
        return replace(plan, uri=clip.uri, name=plan.name if hidden else clip.name)

    new: list[Row] = []

    def tell(row: Row, pace: Pace) -> None:
        new.append(row)
        left = "–" if pace.left is None else clock(pace.left)
        typer.echo(say("cli.batch.pace", lang, done=pace.done, clips=pace.clips, left=left,
                       rate=f"{pace.rate:.1f}", clip=row.clip), err=True)

    try:
        with said(lang):
            rows = run(clips, ledger, job, crew, tell)
    finally:
        let_go()
    failed = [row for row in rows if row.status != "done"]
    for row in failed:
        typer.echo(f"error: {row.clip}: {row.message}", err=True)
    typer.echo(say("cli.batch.done", lang, clips=len(rows), failed=len(failed),
                   new=len(new) - len(failed), found=len(rows) - len(new),
                   manifest=out / "manifest.parquet"))
    if failed:
        raise typer.Exit(1)


def _crew(address: str, count: int | None, cpus: float, gpus: float
          ) -> tuple[Sequence[Worker], Callable[[], None]]:
    """Workers, and what to do when they are no longer needed.

    Raises:
        DatasetError: no Ray, or no cluster.
    """
    if address:
        cluster = Cluster(address, cpus, gpus)
        return cluster.workers(count), cluster.close
    return [Hand() for _ in range(count or cores())], lambda: None


@app.command()
def capacity(
    clips: Annotated[int, typer.Option(min=1, help="How many.")] = 1000,
    workers: Annotated[str, typer.Option(help="Numbers of them, with commas.")] = "2,16,256",
    minutes: Annotated[float, typer.Option(min=0.01, help="Of a clip, in the mean.")] = 3.0,
    core_s: Annotated[float, typer.Option("--core-seconds", min=0.01, help="A clip-minute.")] = 7.0,
    an_hour: Annotated[float, typer.Option(min=0, help="Clips that come an hour; 0: all are "
                                           "there.")] = 0.0,
    lived: Annotated[float, typer.Option(min=0, help="Hours from one death of a process to the "
                                         "next; 0: none dies.")] = 24.0,
    crashing: Annotated[float, typer.Option(min=0, max=1, help="Share of clips that crash their "
                                            "process.")] = 0.001,
    store: Annotated[float, typer.Option(min=0, help="MB a second that the clips' store gives; 0: "
                                         "any.")] = 0.0,
    price: Annotated[float, typer.Option(min=0, help="Of a core-hour, in US dollars.")] = 0.04,
    as_json: Json = False,
) -> None:
    """What a batch would need, by simulating its queue: hours, price, who waits for whom."""
    from fer_core.lab import capacity as simulation
    load = simulation.Load(clips, minutes, an_hour=an_hour, core_s=core_s, lived=lived,
                           crashing=crashing, store=store)
    try:
        counts = [int(count) for count in workers.split(",")]
    except ValueError:
        counts = [0]
    if min(counts) < 1:
        raise typer.BadParameter("whole numbers from 1, with commas", param_hint="--workers")
    outcomes = simulation.table(load, counts)
    typer.echo(json.dumps([asdict(outcome) for outcome in outcomes]) if as_json
               else simulation.describe(load, outcomes, price))
