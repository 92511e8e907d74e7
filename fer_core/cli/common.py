"""What all commands share: the application, its options, the settings, how errors are said."""

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Annotated, Any, Literal

import typer
from pydantic import ValidationError

from fer_core.config import Settings
from fer_core.desk.gate import EXPRESSIONS, Purpose, features_allowed, open_to_some
from fer_core.emotions import LABEL_SETS, LabelSet, heads
from fer_core.errors import PoiseError
from fer_core.reports import export
from fer_core.texts import Language, explain, say

app = typer.Typer(add_completion=False, no_args_is_help=True, pretty_exceptions_enable=False,
                  help="Poise: faces to emotions to timeline to scores to report.")

Device = Literal["auto", "cpu", "cuda"]
Json = Annotated[bool, typer.Option("--json", help="Print the result as JSON.")]
Lang = Annotated[Language, typer.Option(help="Language of the report and of messages.")]
Split = Literal["train", "val", "test"]
Labels = Annotated[str, typer.Option(help="Label set of the data.")]
Save = Annotated[bool, typer.Option("--save", help="Write the figures into results.json beside "
                                    "the manifest: the Models page and the report read it.")]
Limit = Annotated[int | None, typer.Option(min=1, help="That many pictures, drawn at random.")]
Models = Annotated[str, typer.Option(help="Names from the manifest, comma-separated.")]


def on_processor() -> Settings:
    """The settings of what is trained on the processor, and torch's threads set by them."""
    import torch

    from fer_core.config import choose_threads
    settings = configure("cpu")
    torch.set_num_threads(choose_threads(settings.recogniser.threads))
    return settings


def configure(device: Device = "auto", fps: float | None = None, models: str = "") -> Settings:
    """The environment's settings with what the command line says on top.

    Raises:
        typer.BadParameter: the environment sets something impossible.
    """
    try:
        settings = Settings()
    except ValidationError as error:
        wrong = "; ".join(f"POISE_{'__'.join(map(str, e['loc'])).upper()}: {e['msg']}"
                          for e in error.errors())
        raise typer.BadParameter(wrong, param_hint="environment") from None
    recogniser = settings.recogniser.model_copy(update={
        "device": device, "members": tuple(m for m in models.split(",") if m)
        or settings.recogniser.members})
    changes: dict[str, Any] = {"recogniser": recogniser}
    if fps is not None:
        changes["video"] = type(settings.video)(**{**settings.video.model_dump(), "fps": fps})
    return settings.model_copy(update=changes)


def label_sets(names: str) -> tuple[LabelSet, ...]:
    """The named label sets.

    Raises:
        typer.BadParameter: an unknown one.
    """
    try:
        return heads(names)
    except KeyError as error:
        raise typer.BadParameter(f"{error}; known: {', '.join(LABEL_SETS)}") from None


def factors(assignments: Sequence[str], heads: tuple[LabelSet, ...]) -> dict[str, float]:
    """``["fer2013.fear=1.3"]`` as ``{"fer2013.fear": 1.3}``.

    Raises:
        typer.BadParameter: not a class of these heads, or not a positive number.
    """
    known = [f"{head.name}.{key}" for head in heads for key in head.keys]
    out = {}
    for assignment in assignments:
        name, _, factor = assignment.partition("=")
        if name not in known or not re.fullmatch(r"\d*\.?\d+", factor) or float(factor) <= 0:
            raise typer.BadParameter(f"{assignment}; known: {', '.join(known)}, = a factor")
        out[name] = float(factor)
    return out


def formats_of(text: str) -> tuple[str, ...]:
    """The formats of ``html,pdf``, each once.

    Raises:
        typer.BadParameter: one is not known, or none is named.
    """
    names = tuple(dict.fromkeys(n.strip().lower() for n in text.split(",") if n.strip()))
    unknown = [n for n in names if n not in export.WRITERS]
    if unknown or not names:
        raise typer.BadParameter(f"{', '.join(unknown) or text!r}; known: "
                                 f"{', '.join(export.WRITERS)}", param_hint="--format")
    return names


def ask_gate(purpose: Purpose, place: str, role: str, consent: bool, lang: Language) -> None:
    """A report has expressions and scores: where one of them may not be read, it ends here,
    before a network is loaded. In recruitment it always does: who signs and who agreed is known
    at the desk alone, where both are logged and can be taken back.

    Raises:
        typer.Exit: the gate is closed.
    """
    if purpose == "practice":
        typer.echo(say("gate.practice", lang), err=True)
        return
    recruits = purpose == "recruitment"
    found = features_allowed(purpose, place, role, consent and not recruits)
    for feature in (EXPRESSIONS, "scores"):
        if not found[feature].allowed:
            typer.echo("error: " + say("gate.closed", lang, reason=found[feature].reason[lang],
                                       source=found[feature].source[lang]), err=True)
            if recruits and open_to_some(EXPRESSIONS, purpose, place, consent=True):
                typer.echo(say("gate.at_the_desk", lang), err=True)
            raise typer.Exit(1)


@contextmanager
def said(language: Language) -> Iterator[None]:
    """A PoiseError becomes one line on stderr and exit status 1."""
    try:
        yield
    except PoiseError as error:
        typer.echo(f"error: {explain(error, language)}", err=True)
        raise typer.Exit(1) from None
