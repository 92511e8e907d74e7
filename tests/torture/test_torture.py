"""The short form of ``python -m tests.torture``: clips made by the tests, light networks."""

import pytest

from tests.torture import damage
from tests.torture.run import torture


@pytest.mark.slow
def test_every_clip_ends_in_a_report_or_a_sentence(tmp_path):
    (place := tmp_path / "place").mkdir()
    numbers = [*range(18), *range(26, 90, 9)]  # two of every damage; a few more made wrong
    rows = list(torture(place, numbers, 21, damage.small(tmp_path)))
    assert [row for row in rows if row.bad] == []
    assert len(rows) == len(numbers)
    assert {"report", "error.video.unreadable"} <= {row.outcome for row in rows}


def test_a_seed_makes_the_same_clips(tmp_path):
    whole = damage.small(tmp_path)

    def made(folder):
        folder.mkdir()
        found = []
        for number in range(9):
            (one := folder / str(number)).mkdir()
            kind, path = damage.clip(one, 3, number, whole)
            found.append((kind, path.name, path.read_bytes()))
        return found

    assert made(tmp_path / "a") == made(tmp_path / "b")
