"""How often one address may upload or try to sign in: more is answered with 429 before anything
is read. A whole office may share one address, so the limits are wide (``LimitSettings``)."""

import math
import time
from collections.abc import Mapping

from limits import RateLimitItem, RateLimitItemPerMinute
from limits.aio.storage import MemoryStorage
from limits.aio.strategies import MovingWindowRateLimiter
from starlette.datastructures import QueryParams
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from fer_core import LimitSettings

WINDOW = 10
"""Minutes over which is counted."""
SIGN_IN = ("/auth/login", "/oauth2callback")
STREAMLITS, OURS = "/_stcore/upload_file/", "/clips/in/"
"""Where uploads come: whole to Streamlit's own address, in parts to the desk's."""


class Limits:
    """Around the app. Addresses are counted in memory alone, and forgotten with the window."""

    def __init__(self, app: ASGIApp, settings: LimitSettings | None = None) -> None:
        settings = settings or LimitSettings()
        self._app = app
        self._limiter = MovingWindowRateLimiter(MemoryStorage())
        self._rules: Mapping[str, RateLimitItem] = {
            name: RateLimitItemPerMinute(most, WINDOW)
            for name, most in (("upload", settings.uploads), ("sign_in", settings.sign_ins))}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        kind = counted(scope)
        if kind is not None:
            rule, who = self._rules[kind], (kind, (scope.get("client") or ("", 0))[0])
            if not await self._limiter.hit(rule, *who):
                until = (await self._limiter.get_window_stats(rule, *who)).reset_time
                wait = max(1, math.ceil(until - time.time()))
                await PlainTextResponse("too many requests", 429, {"retry-after": str(wait)})(
                    scope, receive, send)
                return
        await self._app(scope, receive, send)


def counted(scope: Scope) -> str | None:
    """``upload`` or ``sign_in``; None for what may come as often as it likes."""
    if scope["type"] != "http":
        return None
    if scope["path"] in SIGN_IN:
        return "sign_in"
    if scope["method"] not in ("PUT", "POST"):
        return None
    first = QueryParams(scope["query_string"]).get("at") == "0"
    return "upload" if (scope["path"].startswith(STREAMLITS)
                        or (scope["path"].startswith(OURS) and first)) else None
