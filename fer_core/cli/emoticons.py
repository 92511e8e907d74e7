"""Commands about emoticons: emoticon."""

import json
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from fer_core.cli.common import Device, Json, Lang, app, configure, said
from fer_core.config import Settings
from fer_core.errors import FileError, PictureError, unwritten
from fer_core.media.names import CLIP_SUFFIXES, safe_name, safe_stem
from fer_core.texts import say

if TYPE_CHECKING:
    from fer_core.emoticons.reading import TraitsRead


@app.command()
def emoticon(
    file: Annotated[Path, typer.Argument(help="A picture, or a clip whose expressions change.")],
    out: Annotated[Path | None, typer.Option(help="Folder for the emoticons: SVG, PNG, one that "
                                             "moves, and a ZIP of eight.")] = None,
    device: Device = "auto",
    lang: Lang = "ko",
    as_json: Json = False,
) -> None:
    """Draw the emoticons of whoever a picture or a clip shows; exit status 1 where nobody is seen.
    No picture is kept."""
    with said(lang):
        moves = file.suffix.lower() in CLIP_SUFFIXES
        found = (_clip if moves else _picture)(file, configure(device))
        name = safe_name(file.name)
        told: dict[str, Any] = {"file": name, "faces": found.faces}
        if not moves:
            told["frames"] = found.frames
        if found.read is not None:
            worn = {of: round(sure, 4) for of, sure in vars(found.read.worn).items()}
            told |= {"expression": found.expression, "share": round(found.share, 4),
                     "worn": worn, "traits": found.read.traits.model_dump()}
            if out is not None:
                told["files"] = _write(out, safe_stem(file.name), found)
    if as_json:
        typer.echo(json.dumps(told, ensure_ascii=False))
        raise typer.Exit(int(found.read is None))
    if found.frames > 1:
        typer.echo(say("page.photo.moving", lang, frames=found.frames))
    if found.read is None:
        typer.echo(say("cli.emoticon.none", lang, name=name), err=True)
        raise typer.Exit(1)
    if found.faces > 1:
        typer.echo(say("cli.emoticon.several", lang, name=name, count=found.faces))
    if found.doubtful:
        typer.echo(say("page.emoticon.small", lang))
    typer.echo(say("cli.emoticon.drawn", lang, name=name,
                   emotion=say(f"emotion.{found.expression}", lang),
                   percent=f"{found.share:.0%}", glasses=f"{found.read.worn.glasses:.0%}",
                   mask=f"{found.read.worn.mask:.0%}", files=", ".join(told.get("files", ["-"]))))


@dataclass(frozen=True)
class _Found:
    """What a file shows.

    Attributes:
        faces: how many; ``read`` is the largest one's, None where there is none.
        expression: the likeliest of a picture, with its probability as ``share``; of a clip the
            one that ruled most seconds, with their share.
        moving: expressions one after the other, and their seconds.
        frames: pictures in a picture's file, of which the first was read.
        doubtful: the face is too small, or turned away.
    """

    faces: int
    read: "TraitsRead | None" = None
    expression: str = "neutral"
    share: float = 0.0
    moving: tuple[tuple[str, float], ...] = ()
    frames: int = 1
    doubtful: bool = False


def _picture(file: Path, settings: Settings) -> _Found:
    from fer_core.emoticons.exports import EIGHT
    from fer_core.emoticons.reading import TraitsReader
    from fer_core.photos.reading import PhotoReader
    try:
        data = file.read_bytes()
    except OSError as error:
        raise PictureError("error.picture.missing", detail=FileError.of(error)) from error
    photo, picture = PhotoReader.of(settings).read(data, safe_name(file.name))
    if not photo.faces:
        return _Found(0, frames=photo.frames)
    faces = photo.in_pixels(picture)
    largest = max(range(len(faces)), key=lambda i: faces[i].size)
    (read,) = TraitsReader.of(settings).read(picture, [faces[largest]])
    seen = photo.faces[largest]
    return _Found(len(faces), read, photo.labels.keys[int(seen.vote.argmax())],
                  float(seen.vote.max()), tuple((key, 1.0) for key in EIGHT), photo.frames,
                  seen.small or seen.turned)


def _clip(file: Path, settings: Settings) -> _Found:
    from fer_core.emoticons.clips import of_clip
    from fer_core.emoticons.exports import shown
    from fer_core.emoticons.reading import TraitsReader
    from fer_core.pipeline import Analyser
    analyser = Analyser(settings)
    read = of_clip(file, TraitsReader.of(settings), analyser.detector)
    timeline = analyser.analyse(file, sound=False).timeline if read else None
    moving = shown(timeline) if timeline else []
    if timeline is None or not moving:
        return _Found(0)
    seen = timeline.probabilities[timeline.seen]
    ruled = Counter(timeline.labels.keys[i] for i in seen.argmax(axis=1))
    (best, most), = ruled.most_common(1)
    return _Found(1, read, best, most / ruled.total(), tuple(moving))


def _write(out: Path, stem: str, found: _Found) -> list[str]:
    from fer_core.emoticons.drawing import svg
    from fer_core.emoticons.exports import animated, pack, png
    assert found.read is not None
    traits = found.read.traits
    drawing = svg(traits, found.expression)
    files = {f"{stem}.svg": drawing.encode(), f"{stem}.png": png(drawing),
             f"{stem}.moving.webp": animated(traits, found.moving),
             f"{stem}.moving.png": animated(traits, found.moving, "apng"),
             f"{stem}.emoticons.zip": pack(traits)}
    try:
        out.mkdir(parents=True, exist_ok=True)
        for name, data in files.items():
            (out / name).write_bytes(data)
    except OSError as error:
        raise unwritten(error) from error
    return list(files)
