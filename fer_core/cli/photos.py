"""Commands about single pictures: photo."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from fer_core.cli.common import Device, Json, Lang, Models, app, configure, said
from fer_core.errors import FileError, PictureError, PoiseError, unwritten
from fer_core.texts import Language, explain, say

if TYPE_CHECKING:
    from fer_core.photos.reading import PhotoRead


@app.command()
def photo(
    files: Annotated[list[Path], typer.Argument(help="Pictures.")],
    out: Annotated[Path | None, typer.Option(help="Folder for photos.csv and photos.json.")] = None,
    why: Annotated[bool, typer.Option("--why", help="Also try what would change each "
                                      "reading.")] = False,
    device: Device = "auto",
    models: Models = "",
    lang: Lang = "ko",
    as_json: Json = False,
) -> None:
    """Read every face of pictures: box, expression by network and by vote. No picture is kept."""
    from fer_core.media.names import safe_name
    from fer_core.photos.explanation import Doubt, doubts
    from fer_core.photos.reading import PhotoReader
    from fer_core.photos.tables import photo_data, photos_csv, photos_json
    with said(lang):
        reader = PhotoReader.of(configure(device, models=models))
    photos: list[PhotoRead] = []
    reasons: dict[tuple[int, int], tuple[Doubt, ...]] = {}
    failed = False
    for file in files:
        try:
            found, _ = reader.read(file.read_bytes(), safe_name(file.name))
        except (PoiseError, OSError) as error:
            failed = True
            failure = error if isinstance(error, PoiseError) else PictureError(
                "error.picture.missing", detail=FileError.of(error))
            typer.echo(f"error: {file}: {explain(failure, lang)}", err=True)
            continue
        if why:
            reasons |= {(len(photos), seen.number): doubts(reader.recogniser, seen.crop, seen.vote)
                        for seen in found.faces}
        if as_json:
            of = {number: reason for (at, number), reason in reasons.items() if at == len(photos)}
            typer.echo(json.dumps(photo_data(found, of), ensure_ascii=False))
        else:
            typer.echo(_lines(found, lang))
        photos.append(found)
    if out is not None and photos:
        try:
            out.mkdir(parents=True, exist_ok=True)
            # utf-8-sig: spreadsheets take a CSV without the mark for another encoding.
            (out / "photos.csv").write_text(photos_csv(photos), "utf-8-sig")
            (out / "photos.json").write_text(photos_json(photos, reasons) + "\n", "utf-8")
        except OSError as error:
            typer.echo(f"error: {out}: {explain(unwritten(error), lang)}", err=True)
            failed = True
    if failed:
        raise typer.Exit(1)


def _lines(photo: "PhotoRead", lang: Language) -> str:
    """The picture in a line, each face in one more."""
    lines = [say("cli.photo.some" if photo.faces else "cli.photo.none", lang, name=photo.name,
                 count=len(photo.faces))]
    if photo.frames > 1:
        lines.append("  " + say("page.photo.moving", lang, frames=photo.frames))
    for seen in photo.faces:
        best = photo.labels.keys[int(seen.vote.argmax())]
        notes = [say(f"page.photo.note.{note}", lang) for note in ("small", "turned")
                 if getattr(seen, note)]
        lines.append(f"  {seen.number:2}  {say(f'emotion.{best}', lang)} {seen.vote.max():.0%}"
                     + "".join(f"  ({note})" for note in notes))
    return "\n".join(lines)
