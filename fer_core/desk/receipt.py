"""A candidate's receipt as a page that anybody can read and keep; the record stands in it."""

import json
from datetime import datetime
from pathlib import Path

from fer_core.desk.consents import feature_name
from fer_core.reports.export.markup import embedded, template
from fer_core.texts import local, say


def receipt_page(receipt: str) -> str:
    """HTML in the language of the notice that was shown, without any request to anywhere.

    Args:
        receipt: the JSON of ``Consent.receipt``.
    """
    found = json.loads(receipt)
    language = found["language"]
    names = [feature_name(feature, language) for feature in found["features"]]
    return template(Path(__file__).with_name("receipt.html.jinja")).render(
        **found, t=lambda key, **values: say(f"desk.receipt.{key}", language, **values),
        names=names, when=local(datetime.fromisoformat(found["given"])).strftime(
            "%Y-%m-%d %H:%M %Z"),
        record=embedded(receipt))
