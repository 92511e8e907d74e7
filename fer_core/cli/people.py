"""Commands about what people said of interviews and clips: validate."""

import json
from pathlib import Path
from typing import Annotated

import typer

from fer_core.cli.common import Device, Json, Lang, app, configure, said


@app.command()
def validate(
    data: Annotated[Path, typer.Argument(help="Folder of rated clips or of judged interviews.")],
    tables: Annotated[Path | None, typer.Option(help="Folder of the clips' reports as JSON: what "
                                                "is there is read, what is not is analysed and "
                                                "written there.")] = None,
    save: Annotated[bool, typer.Option("--save", help="Write correlations, intervals and counts, "
                                       "no rows, into validation.json beside the manifest: the "
                                       "Models page and the report read it.")] = False,
    device: Device = "auto",
    lang: Lang = "en",
    as_json: Json = False,
) -> None:
    """Hold the scores and their weights against what people said."""
    from fer_core.lab import validation
    from fer_core.lab.people import tables as told
    from fer_core.networks import results
    settings = configure(device)
    with said(lang):
        result = validation.validate(data, settings, tables)
        if save:
            results.write(settings.weights, [
                {**result, "command": f"python -m fer_core validate {data}"}], results.VALIDATION)
    typer.echo(json.dumps(result, ensure_ascii=False) if as_json else told.describe(result))
