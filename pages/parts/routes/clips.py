"""Clips in and out: uploads go to the disk block by block and on from where they broke off; copies
come from it as far as they are played. A page gives the pass, and every request asks the policy."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from anyio import to_thread
from starlette.requests import ClientDisconnect, Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import Route

from fer_core import DeskError, Forbidden, Inbox, OutOfStep, PoiseError
from pages.parts.passes import Passes

BLOCK = 2**20
"""Bytes that are written at once."""
OWN = {"cache-control": "private, no-store", "content-disposition": "inline",
       "x-content-type-options": "nosniff"}


@dataclass(frozen=True)
class Sending:
    """Attributes:
        inbox: where it goes.
        sender: who sends, and for what.
        check: raises Forbidden where they may not any more.
    """

    inbox: Inbox
    sender: str
    check: Callable[[], object]


Watching: TypeAlias = Callable[[], Path]
"""The file that is watched; raises a PoiseError where it may not be any more."""
SENDING: Passes[Sending] = Passes()
WATCHING: Passes[Watching] = Passes()


async def held(request: Request) -> Response:
    """How many bytes of an upload are here."""
    try:
        sending = await to_thread.run_sync(_sending, request)
        size = await to_thread.run_sync(sending.inbox.size, sending.sender, _name(request))
    except PoiseError as error:
        return _refused(error)
    return JSONResponse({"size": size})


async def take(request: Request) -> Response:
    """The next bytes of an upload. What came before it broke off stays."""
    try:
        sending = await to_thread.run_sync(_sending, request)
        at, whole = (int(request.query_params.get(n, "")) for n in ("at", "whole"))

        async def keep(block: bytes) -> int:
            return await to_thread.run_sync(
                sending.inbox.append, sending.sender, _name(request), at, whole, block)

        block = bytearray()
        async for part in request.stream():
            block += part
            if len(block) >= BLOCK:
                at = await keep(bytes(block))
                block.clear()
        return JSONResponse({"size": await keep(bytes(block))})
    except OutOfStep:
        return Response(status_code=409)
    except (ValueError, ClientDisconnect):
        return Response(status_code=400)
    except PoiseError as error:
        return _refused(error)


async def watch(request: Request) -> Response:
    """A copy, as much of it as is asked for."""
    try:
        path = await to_thread.run_sync(_watching, request)
    except PoiseError as error:
        return _refused(error)
    return FileResponse(path, media_type="video/mp4", headers=OWN)


def _sending(request: Request) -> Sending:
    found = SENDING.use(request.path_params["made"], _browser(request))
    found.check()
    return found


def _watching(request: Request) -> Path:
    return WATCHING.use(request.path_params["made"], _browser(request))()


def _browser(request: Request) -> str:
    # Not before the server runs: what is imported with it asks for one.
    from pages.parts import compat
    return compat.signed_in_as(request.cookies)


def _name(request: Request) -> str:
    return request.query_params.get("name", "")


def _refused(error: PoiseError) -> Response:
    """The key of the sentence; what is not allowed and what is not there look alike."""
    status = (403 if isinstance(error, Forbidden) else 413 if isinstance(error, DeskError)
              else 507)
    return JSONResponse({"key": error.key}, status)


ROUTES = (Route("/clips/in/{made}", held, methods=["GET"]),
          Route("/clips/in/{made}", take, methods=["PUT"]),
          Route("/clips/out/{made}", watch, methods=["GET", "HEAD"]))
