"""Commands backup and restore."""

from pathlib import Path
from typing import Annotated

import typer

from fer_core.cli.common import Lang, app, said
from fer_core.desk import backup as backups
from fer_core.desk import restore as restores
from fer_core.texts import say


@app.command()
def backup(
    target: Annotated[Path, typer.Argument(help="A folder, made where it is not there, in which it "
                                           "gets a name by the time; or a file, such as "
                                           "poise.zip. Never in POISE_HOME.")],
    days: Annotated[int | None, typer.Option(min=1, help="Delete the folder's backups that "
                                             "are older, and what was forgotten with them."
                                             )] = None,
    lang: Lang = "ko",
) -> None:
    """Write history and desk, rows and clips, into one file; the app may go on."""
    if days is not None and not backups.in_folder(target):
        raise typer.BadParameter("needs a folder", param_hint="--days")
    with said(lang):
        file, about = backups.backup(target)
        typer.echo(say("backup.made", lang, path=file, sessions=about.sessions,
                       clips=about.clips, size=f"{file.stat().st_size / 2**20:.1f}"))
        if days is not None:
            dropped = backups.drop_old(target, days)
            typer.echo(say("backup.dropped", lang, count=dropped, days=days))


@app.command()
def restore(
    file: Annotated[Path, typer.Argument(help="What `backup` wrote.")],
    over: Annotated[bool, typer.Option("--over", help="Replace what is there now.")] = False,
    log: Annotated[list[Path] | None, typer.Option(help="A CSV of `audit export`: whoever was "
                                                   "forgotten after the backup stays so.")] = None,
    lang: Lang = "ko",
) -> None:
    """Put a backup back, into an empty POISE_HOME or PostgreSQL database of either kind."""
    with said(lang):
        about, forgotten = restores.restore(file, over=over, logs=tuple(log or ()))
    typer.echo(say("backup.restored", lang, made=f"{about.made:%Y-%m-%d %H:%M} UTC",
                   sessions=about.sessions, clips=about.clips))
    if forgotten:
        typer.echo(say("backup.forgotten", lang, count=forgotten))
    typer.echo(say("backup.again", lang))
