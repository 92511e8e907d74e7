"""Pages that are files: templates that escape by themselves, and data that stands in them."""

from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template
from markupsafe import Markup


@cache
def template(file: Path) -> Template:
    """A page to be filled; what it is not given is an error."""
    return Environment(
        loader=FileSystemLoader(file.parent), autoescape=True, undefined=StrictUndefined,
        trim_blocks=True, lstrip_blocks=True).get_template(file.name)


def embedded(text: str) -> Markup:
    """JSON that cannot end the element it stands in."""
    return Markup(text.replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e"))
