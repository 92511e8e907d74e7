"""Report."""

from pages.parts import frame
from pages.parts.speech import Words


def body(t: Words) -> None:
    pass


with frame.page("report") as t:
    body(t)
