"""Commands of the desk: gate, audit verify, audit export."""

import json
from pathlib import Path
from typing import Annotated

import typer

from fer_core.cli.common import Json, Lang, app, said
from fer_core.config import StorageSettings
from fer_core.desk import audit as log
from fer_core.desk import gate as gates
from fer_core.history.database import Database
from fer_core.texts import say

audit = typer.Typer(no_args_is_help=True, help="The desk's log of who did what.")
app.add_typer(audit, name="audit")


@app.command()
def gate(
    purpose: Annotated[gates.Purpose, typer.Option(help="What it is for.")],
    place: Annotated[str, typer.Option(help="ISO code (KR, GB, US-IL), or EU.")],
    role: Annotated[str, typer.Option(help="Of whoever will see it: candidate (the person seen), "
                                      "reviewer, lead, admin.")],
    consent: Annotated[bool, typer.Option("--consent", help="Notice, the person's consent and, in "
                                          "recruitment, an admin's signed reason are on "
                                          "record.")] = False,
    lang: Lang = "ko",
    as_json: Json = False,
) -> None:
    """What may be read from a person and shown, with the reason and its source."""
    found = gates.features_allowed(purpose, place, role, consent)
    if as_json:
        typer.echo(json.dumps({"features": {
            name: {"allowed": p.allowed, "reason": p.reason[lang], "source": p.source[lang]}
            for name, p in found.items()}}, ensure_ascii=False))
        return
    for name, p in found.items():
        typer.echo(f"{'+' if p.allowed else '-'} {name:18} {p.reason[lang]} [{p.source[lang]}]")


@audit.command()
def verify(
    mark: Annotated[str, typer.Option(help="LINE:HASH that an earlier verify printed: the log "
                                      "must still hold it.")] = "",
    lang: Lang = "ko",
    as_json: Json = False,
) -> None:
    """Find any line of the log that was changed, removed or put in; exit status 1 if one was."""
    with said(lang):
        database = Database(StorageSettings())
        try:
            verdict = log.verify(database, mark)
        finally:
            database.close()
    if as_json:
        typer.echo(json.dumps({"intact": not verdict.faults, "lines": verdict.lines,
                               "mark": verdict.mark,
                               "faults": [vars(fault) for fault in verdict.faults]}))
    else:
        for fault in verdict.faults:
            typer.echo(say(f"desk.audit.{fault.kind}", lang, line=fault.line))
        typer.echo(say(f"desk.audit.{'broken' if verdict.faults else 'intact'}", lang,
                       lines=verdict.lines, mark=verdict.mark))
    if verdict.faults:
        raise typer.Exit(1)


@audit.command()
def export(
    out: Annotated[Path, typer.Argument(help="The CSV file to write.")],
    lang: Lang = "ko",
) -> None:
    """Write the log as CSV."""
    with said(lang):
        database = Database(StorageSettings())
        try:
            with out.open("w", encoding="utf-8", newline="") as file:
                count = log.export(database, file)
        finally:
            database.close()
    typer.echo(say("desk.audit.exported", lang, lines=count, path=out))
