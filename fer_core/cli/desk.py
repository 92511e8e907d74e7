"""Commands of the desk: gate."""

import json
from typing import Annotated

import typer

from fer_core.cli.common import Json, Lang, app
from fer_core.desk import gate as gates


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
            name: {"allowed": p.allowed, "reason": p.reason[lang], "source": p.source}
            for name, p in found.items()}}, ensure_ascii=False))
        return
    for name, p in found.items():
        typer.echo(f"{'+' if p.allowed else '-'} {name:18} {p.reason[lang]} [{p.source}]")
