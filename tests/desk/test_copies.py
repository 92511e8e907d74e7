"""The copies that reviewers watch: made by the worker, whole or not at all, forgotten with the
clip."""

import io
import os
import secrets
import time
from contextlib import closing

import pytest

from fer_core.config import VideoSettings
from fer_core.desk.analysis import analysing
from fer_core.desk.clips import copy_path
from fer_core.desk.cover import Detectors
from fer_core.desk.forgetting import LEFT_OVER
from fer_core.desk.turns import Found, Turns
from fer_core.desk.worker import Pace, Worker
from fer_core.errors import Cancelled, DeskError, VideoUnreadable
from fer_core.media import read_frames
from tests.clips import even, person, write_clip
from tests.desk.test_cover import Scripted, face, sharpness
from tests.desk.test_worker import rows


@pytest.fixture
def settings(sqlite):
    return sqlite


@pytest.fixture
def clip(tmp_path, astronaut):
    """A second of somebody."""
    return write_clip(tmp_path / "clip.mp4", person(astronaut, even(1, 6)))


def given(desk, team, file) -> str:
    with file.open("rb") as opened:
        return desk.clips.add(team.lead, team.kim, "kim.mp4", opened).id


def copies(desk) -> list[str]:
    return sorted(f.name for f in desk.clips.folder.parent.glob("copies/*"))


def found() -> Detectors:
    """Sees the candidate in the first picture and nobody after it."""
    return Detectors(Scripted([face()]), Scripted(), Scripted())


def work(desk, analyse=None, find=found) -> None:
    """One turn of a worker."""
    with closing(Worker(desk.settings, analyse or analysing(find=find),
                        Pace(pause=0.05))) as worker:
        worker.turn()


def test_a_worker_makes_the_copy_and_reviewers_get_nothing_else(desk, team, clip):
    number = given(desk, team, clip)
    with pytest.raises(DeskError, match="no_copy"):
        desk.clips.watch(team.ann, number)
    work(desk)
    assert rows(desk)[0].state == "done"
    assert copies(desk) == [f"{number}.covered"]
    path = desk.clips.watch(team.ann, number)
    assert path == copy_path(desk.clips.folder, number, "covered")
    pictures = list(read_frames(path, VideoSettings(fps=60)))
    assert len(pictures) == 6
    assert sharpness(pictures[0].image) > 10 * sharpness(pictures[-1].image)


def test_an_opening_that_is_not_blind_covers_nobody_and_needs_no_detector(desk, team, clip):
    desk.openings.change(team.lead, team.opening, blind=False, pitched=True)
    number = given(desk, team, clip)
    work(desk, find=lambda: pytest.fail("loaded"))
    assert copies(desk) == [f"{number}.plain"]
    assert desk.clips.watch(team.ann, number).name == f"{number}.plain"
    desk.openings.change(team.lead, team.opening, blind=True)
    with pytest.raises(DeskError, match="no_copy"):
        desk.clips.watch(team.ann, number)
    desk.clips.retry(team.lead, number)
    work(desk)
    assert desk.clips.watch(team.ann, number).name == f"{number}.covered"


def test_nothing_half_is_left_of_a_copy_that_was_not_finished(desk, team, clip):
    number = given(desk, team, clip)
    seen = []

    def analyse(turn, tell, stopped):
        turn.copy.parent.mkdir(exist_ok=True)
        turn.copy.write_bytes(b"half")
        seen.append(copies(desk))
        raise Cancelled if len(seen) == 1 else VideoUnreadable("error.video.unreadable", name="")

    for state in ("queued", "failed"):
        work(desk, analyse)
        assert copies(desk) == []
        assert rows(desk)[0].state == state
    assert [len(names) for names in seen] == [1, 1]
    assert not copy_path(desk.clips.folder, number, "covered").exists()


def test_what_a_dead_worker_left_goes_when_the_clip_is_taken_again(desk, team, clip):
    number = given(desk, team, clip)
    left = desk.clips.folder.parent / "copies" / f"{number}.covered.dead"
    left.parent.mkdir()
    left.write_bytes(b"half")
    assert Turns(desk.database, desk.clips.folder, "w").take().id == number
    assert not left.exists()


def test_a_copy_is_forgotten_with_its_clip_and_searched_for(desk, team, clip):
    number = given(desk, team, clip)
    work(desk)
    kept = copy_path(desk.clips.folder, number, "covered").read_bytes()
    assert len(kept) > 4096
    half = desk.clips.folder.parent / "copies" / f"{number}.covered.{'b' * 32}"
    half.write_bytes(b"by a worker that is at it")
    elsewhere = desk.settings.home / "elsewhere"
    elsewhere.write_bytes(secrets.token_bytes(4096) + kept)  # a block of it, in another file
    assert desk.forgetting.forget(team.admin, team.kim).found == ("elsewhere",)
    assert copies(desk) == []
    elsewhere.unlink()


def test_a_worker_that_was_at_the_copy_of_somebody_forgotten_leaves_none(desk, team, clip):
    given(desk, team, clip)

    def analyse(turn, tell, stopped):
        turn.copy.parent.mkdir(exist_ok=True)
        desk.forgetting.forget(team.admin, team.kim)
        turn.copy.write_bytes(b"covered")  # it did not hear in time
        return Found()

    work(desk, analyse)
    assert copies(desk) == []
    assert rows(desk) == []


def test_copies_that_belong_to_nobody_go_at_night(desk, team, clip):
    number = given(desk, team, clip)
    work(desk)
    stray = desk.clips.folder.parent / "copies" / f"{'f' * 32}.covered"
    stray.write_bytes(b"whose?")
    for file in stray.parent.iterdir():
        os.utime(file, (time.time() - 2 * LEFT_OVER,) * 2)
    desk.forgetting.forget_old()
    assert copies(desk) == [f"{number}.covered"]


def test_a_clip_that_cannot_be_read_fails_without_its_id(desk, team):
    desk.clips.add(team.lead, team.kim, "kim.mp4", io.BytesIO(b"no clip at all" * 999))
    work(desk)
    (row,) = rows(desk)
    assert (row.state, copies(desk)) == ("failed", [])
    assert row.id not in row.failure
