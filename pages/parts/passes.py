"""What a page lets a browser do at an address beside it: 128 random bits, for whoever the page was
drawn for, for as long as they are used, and never longer than the person themselves may."""

import hmac
import secrets
import threading
import time
from typing import Generic, TypeVar

from fer_core import Forbidden

T = TypeVar("T")
IDLE = 12 * 3600.0
"""s after which a pass that nobody used is gone: a reviewer's day."""
MOST = 10_000


class Passes(Generic[T]):
    """The passes for one kind of thing. Safe to use from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._held: dict[str, tuple[T, str, float]] = {}

    def issue(self, what: T, browser: str, now: float | None = None) -> str:
        """A new pass.

        Args:
            what: it is for; asks the policy again whenever it is used.
            browser: who has signed in there, "" where nobody has; no other may use it.
        """
        now, made = now or time.monotonic(), secrets.token_urlsafe(16)
        with self._lock:
            self._held = {k: v for k, v in self._held.items() if now - v[2] < IDLE}
            while len(self._held) >= MOST:  # in the order of their last use
                del self._held[next(iter(self._held))]
            self._held[made] = what, browser, now
        return made

    def use(self, made: str, browser: str, now: float | None = None) -> T:
        """What a pass is for.

        Raises:
            Forbidden: there is none such, or it is somebody else's.
        """
        now = now or time.monotonic()
        with self._lock:
            what, whose, used = self._held.pop(made, (None, "", 0.0))
            if what is None or now - used >= IDLE:
                raise Forbidden("error.desk.forbidden")
            own = hmac.compare_digest(whose, browser)
            self._held[made] = what, whose, now if own else used
        if not own:
            raise Forbidden("error.desk.forbidden")
        return what
