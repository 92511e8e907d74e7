"""What the worker and the database write into a server's log when something goes wrong: ids, and
nobody's name."""

import io
import logging
import traceback
from contextlib import closing

import pytest

from fer_core.desk.tables import CANDIDATES
from fer_core.desk.worker import Pace, Worker
from fer_core.errors import StorageError

NAMES = ("Kim Jiwon", "kim-jiwon-answers.mp4")


def test_a_clip_that_cannot_be_analysed(desk, team, settings, caplog):
    caplog.set_level(logging.DEBUG)
    desk.clips.add(team.lead, team.kim, NAMES[1], io.BytesIO(b"clip"))

    def fail(turn, tell, stopped):
        raise RuntimeError(f"cannot read {turn.path}")

    with closing(Worker(settings, fail, Pace(pause=0.01))) as worker:
        worker.turn()
    assert "could not be analysed" in caplog.text
    assert not any(name in caplog.text for name in NAMES)


def test_a_row_that_cannot_be_kept(desk, team, settings):
    with desk.database.reading() as connection:
        row = connection.execute(CANDIDATES.select().where(
            CANDIDATES.c.id == team.kim)).mappings().one()
    with pytest.raises(StorageError) as said, desk.database.writing() as connection:
        connection.execute(CANDIDATES.insert().values(**row))
    told = "".join(traceback.format_exception(said.value))
    assert "INSERT INTO candidates" in told
    assert not any(name in told for name in NAMES)
