"""Empty databases, as the history's tests have them."""

from tests.history.conftest import server, settings

__all__ = ["server", "settings"]
