"""The short form of ``python -m tests.torture.killing``."""

import pytest

from tests.history.conftest import server, settings
from tests.torture.killing import Killing

__all__ = ["server", "settings"]


@pytest.mark.slow
def test_whatever_is_killed_nothing_is_half_or_lost(settings, tmp_path):
    killing = Killing(tmp_path / "place", settings, seed=4)
    assert len(list(killing.points(5))) == 5
