"""The short form of ``python -m tests.torture.killing``."""

import pytest

from tests.history.conftest import address, server, settings
from tests.torture.killing import Killing

__all__ = ["server", "settings"]


@pytest.mark.slow
def test_whatever_is_killed_nothing_is_half_or_lost(settings, tmp_path):
    (place := tmp_path / "place").mkdir()
    killing = Killing(place, address(settings), seed=4)
    assert len(list(killing.points(5))) == 5
