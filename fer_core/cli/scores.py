"""Commands about scores alone, without a clip: score, coverage."""

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from fer_core.cli.common import Json, Lang, app, configure
from fer_core.errors import TableError
from fer_core.records import Scored
from fer_core.reports.export.csv_table import read_table
from fer_core.reports.report import notes
from fer_core.sessions.scored import score as score_timeline
from fer_core.texts import Language, explain, say


@app.command()
def score(
    tables: Annotated[list[Path], typer.Argument(help="Tables of a row a second, such as "
                                                 "analyze's timeline.csv.")],
    neutral: Annotated[Path | None, typer.Option(help="Table of the neutral take.")] = None,
    lang: Lang = "ko",
    as_json: Json = False,
) -> None:
    """Score per-second tables: one object for one table, a list for several."""
    settings = configure().scoring
    found, failed = [], False
    try:
        take = None if neutral is None else read_table(neutral)
    except TableError as error:
        typer.echo(f"error: {neutral}: {explain(error, lang)}", err=True)
        raise typer.Exit(1) from None
    for table in tables:
        try:
            scored = score_timeline(read_table(table), settings, take)
        except TableError as error:
            failed = True
            typer.echo(f"error: {table}: {explain(error, lang)}", err=True)
            continue
        found.append(_data(table, scored, lang))
        if not as_json:
            typer.echo(_line(table, scored, lang))
    if as_json and (found or len(tables) > 1):
        typer.echo(json.dumps(found[0] if len(tables) == 1 else found, ensure_ascii=False))
    if failed:
        raise typer.Exit(1)


@app.command()
def coverage(
    sessions: Annotated[int, typer.Option(min=10, help="Simulated, of each kind.")] = 1000,
    as_json: Json = False,
) -> None:
    """How often the scores' 95 % interval holds the long run's value."""
    from fer_core.lab import coverage as measure
    cells = measure.run(sessions)
    typer.echo(json.dumps(measure.table(cells)) if as_json else measure.describe(cells))


def _data(table: Path, scored: Scored, lang: Language) -> dict[str, Any]:
    """Scores with their sentences in the reader's language; ``reference``: points by which a
    score could move with what the person was measured against."""
    return {
        "file": str(table), "score_version": scored.recipe.version,
        "scores": {s.name: {
            "value": s.value, "low": s.low, "high": s.high, "seconds": s.seconds,
            "reason": None if s.reason is None else say(s.reason, lang), "reason_code": s.reason,
            "reference": s.reference, "parts": [vars(p) for p in s.parts]}
            for s in scored.scores},
        "moments": [vars(m) for m in scored.moments],
        "warnings": [{"code": w.code, "text": note.text} for w, note in
                     zip(scored.warnings, notes(scored.warnings, lang), strict=True)]}


def _line(table: Path, scored: Scored, lang: Language) -> str:
    told = []
    for s in scored.scores:
        value = ("–" if s.value is None or s.low is None or s.high is None
                 else f"{s.value:.0f} [{s.low:.0f}, {s.high:.0f}]")
        told.append(f"{say(f'score.{s.name}.label', lang)} {value}")
    why = next((say(s.reason, lang) for s in scored.scores if s.reason), "")
    said = [note.text for note in notes(scored.warnings, lang)]
    return "\n    ".join([f"{table}: " + "  ".join(told), *([why] if why else []), *said])
