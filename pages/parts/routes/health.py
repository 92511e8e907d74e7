"""``/healthz``: whether the app can do its work, for whoever starts it anew where it cannot."""

from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from fer_core import PoiseError
from pages.parts import room


def healthz(_: Request) -> PlainTextResponse:
    """200 where the database answers, else 503; why not is in the server's log."""
    try:
        room.desk().ping()
    except PoiseError:
        return PlainTextResponse("no database", 503)
    return PlainTextResponse("ok")


ROUTES = (Route("/healthz", healthz),)
