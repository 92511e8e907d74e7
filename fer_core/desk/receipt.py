"""A candidate's receipt as a page that anybody can read and keep; the record stands in it."""

import json
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from fer_core.desk.consents import feature_name
from fer_core.texts import local, say

if TYPE_CHECKING:
    from jinja2 import Template


def receipt_page(receipt: str) -> str:
    """HTML in the language of the notice that was shown, without any request to anywhere.

    Args:
        receipt: the JSON of ``Consent.receipt``.
    """
    found = json.loads(receipt)
    language = found["language"]
    names = [feature_name(feature, language) for feature in found["features"]]
    return _template().render(
        **found, t=lambda key, **values: say(f"desk.receipt.{key}", language, **values),
        names=names, when=local(datetime.fromisoformat(found["given"])).strftime(
            "%Y-%m-%d %H:%M %Z"),
        record=receipt.replace("<", "\\u003c"))


@cache
def _template() -> "Template":
    from jinja2 import Environment, FileSystemLoader, StrictUndefined
    here = Path(__file__)
    return Environment(loader=FileSystemLoader(here.parent), autoescape=True,
                       undefined=StrictUndefined, trim_blocks=True,
                       lstrip_blocks=True).get_template(f"{here.stem}.html.jinja")
