"""Clips come in as files, never as names; turns are fair, leases end, crashes count."""

import io
import itertools
from datetime import UTC, datetime, timedelta

import pytest

from fer_core.desk import clips as taking
from fer_core.desk.clips import clip_path
from fer_core.desk.tables import CLIPS, READINGS
from fer_core.desk.turns import CRASHES, Turns
from fer_core.errors import DeskError, Forbidden, StorageError, VideoUnreadable
from fer_core.texts import explain
from tests.desk.rows import clip_row
from tests.planted import session

NOW = datetime(2026, 11, 28, tzinfo=UTC)
numbers = (f"{n:032x}" for n in itertools.count())


def add(desk, team, content=b"clip", name="a.mp4", candidate=None):
    return desk.clips.add(team.lead, candidate or team.kim, name, io.BytesIO(content))


def queued(desk, candidate, **changes) -> str:
    number = next(numbers)
    with desk.database.writing() as connection:
        connection.execute(CLIPS.insert().values(**clip_row(number, candidate, **changes)))
    return number


def row(desk, number):
    with desk.database.reading() as connection:
        return connection.execute(CLIPS.select().where(CLIPS.c.id == number)).one()


def turns(desk, name="w", lease=30.0) -> Turns:
    return Turns(desk.database, desk.clips.folder, name, lease)


@pytest.mark.parametrize("name", ["../../etc/passwd", "/tmp/x.mp4", "a\x00b.mp4", "김지원 면접.mp4",
                                  "a" * 400 + ".mp4"])
def test_a_name_is_shown_and_never_a_path(desk, team, name):
    added = add(desk, team, name=name)
    assert [f.name for f in desk.clips.folder.iterdir()] == [added.id]
    assert desk.clips.path(added.id).read_bytes() == b"clip"
    (clip,) = desk.clips.list(team.lead, team.opening)
    assert "/" not in clip.name
    assert len(clip.name) <= 100
    assert desk.clips.list(team.ann, team.opening)[0].name is None  # blind
    for wrong in ("", "..", "../" + added.id, added.id.upper(), "x" * 32):
        with pytest.raises(ValueError, match="id"):
            clip_path(desk.clips.folder, wrong)


def test_what_cannot_be_taken_leaves_nothing(desk, team, monkeypatch):
    with pytest.raises(VideoUnreadable, match="empty"):
        add(desk, team, b"")
    with pytest.raises(DeskError, match="too_big") as refused:
        desk.clips.add(team.lead, team.kim, "a.mp4", io.BytesIO(b"x" * 11), most=10)
    assert "GB" in explain(refused.value, "ko")
    for person in (team.ann, team.other, team.admin):
        with pytest.raises(Forbidden):
            desk.clips.add(person, team.kim, "a.mp4", io.BytesIO(b"x"))

    def no_room(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(taking.os, "fsync", no_room)
    with pytest.raises(StorageError, match=r"desk\.full"):
        add(desk, team)
    assert list(desk.clips.folder.iterdir()) == []
    assert desk.clips.list(team.lead, team.opening) == ()


def test_the_same_clip_twice_is_offered_its_earlier_result(desk, team):
    first = add(desk, team)
    again = add(desk, team, name="b.mp4", candidate=team.lee)
    assert (again.id, again.known, first.known) == (first.id, True, False)
    assert len(list(desk.clips.folder.iterdir())) == len(
        desk.clips.list(team.lead, team.opening)) == 1
    assert not add(desk, team, b"other").known


def test_a_candidate_is_told_of_their_own_clips_alone(desk, team):
    """What was taken in for somebody else is neither told to them nor in their way."""
    other = add(desk, team, candidate=team.lee)
    own = desk.clips.add(team.as_kim, team.kim, "mine.mp4", io.BytesIO(b"clip"))
    assert (own.known, own.id == other.id) == (False, False)
    assert [c.id for c in desk.clips.of(team.as_kim, team.kim)] == [own.id]
    again = desk.clips.add(team.as_kim, team.kim, "again.mp4", io.BytesIO(b"clip"))
    assert (again.known, again.id) == (True, own.id)


def test_it_is_read_block_by_block(desk, team):
    class Endless(io.RawIOBase):
        left, most = 40, 0

        def read(self, size=-1):
            assert 0 < size <= 2**20
            self.left -= 1
            return bytes(size) if self.left >= 0 else b""

    added = desk.clips.add(team.lead, team.kim, "long.mp4", Endless())
    assert desk.clips.path(added.id).stat().st_size == 40 * 2**20


def test_turns_go_round_among_people(desk, team):
    """Ann's twenty clips do not keep Bob waiting for his two."""
    ann = [queued(desk, team.kim, added_by="ann", turn=NOW + timedelta(seconds=n))
           for n in range(6)]
    bob = [queued(desk, team.kim, added_by="bob", turn=NOW + timedelta(seconds=100 + n))
           for n in range(2)]
    at = turns(desk)
    order = []
    for n in range(8):
        turn = at.take(NOW + timedelta(seconds=1000 + n))
        order.append(turn.id)
        at.finish(turn.id, None)
    assert order == [ann[0], bob[0], ann[1], bob[1], *ann[2:]]
    assert at.take() is None


def test_a_clip_is_one_workers_and_ends_once(desk, team):
    number = queued(desk, team.kim)
    one, two = turns(desk, "one"), turns(desk, "two")
    assert one.take(NOW).id == number
    assert two.take(NOW) is None
    assert two.beat(number) == "lost"
    assert not two.finish(number, session())
    assert one.beat(number, 0.5, 12.0, NOW) == "go"
    assert (row(desk, number).fraction, row(desk, number).remaining) == (0.5, 12.0)
    assert one.finish(number, session())
    assert not one.finish(number, session())
    (clip,) = desk.clips.list(team.lead, team.opening)
    assert (clip.state, clip.fraction, clip.measured) == ("done", 1.0, True)


def test_a_lease_that_is_over_gives_the_clip_to_another(desk, team):
    number = queued(desk, team.kim)
    dead, living = turns(desk, "dead"), turns(desk, "living")
    dead.take(NOW)
    assert living.mend(NOW + timedelta(seconds=29)) == 0
    assert living.mend(NOW + timedelta(seconds=31)) == 1
    assert living.take(NOW + timedelta(seconds=31)).id == number
    # The dead one was only slow: what it found comes too late, and no half of it is kept.
    assert not dead.finish(number, session())
    dead.fail(number, VideoUnreadable("error.video.unreadable"))
    assert row(desk, number).state == "running"
    assert living.finish(number, session())
    with desk.database.reading() as connection:
        assert len(connection.execute(READINGS.select()).all()) == 1


def test_three_crashes_set_a_clip_aside_and_the_rest_goes_on(desk, team):
    bad, good = queued(desk, team.kim, turn=NOW), queued(desk, team.kim)
    at = turns(desk)
    for crash in range(CRASHES):
        later = NOW + timedelta(minutes=crash)
        taken = at.take(later)
        while taken.id != bad:
            at.give_back(taken.id)
            taken = at.take(later)
        at.mend(later + timedelta(seconds=31))
    clip = next(c for c in desk.clips.list(team.lead, team.opening) if c.id == bad)
    assert clip.state == "set_aside"
    assert "3" in explain(clip.failure, "en")
    assert at.take().id == good
    at.finish(good, None)
    desk.clips.retry(team.lead, bad)
    assert (row(desk, bad).state, row(desk, bad).crashes) == ("queued", 0)


def test_cancelling_what_waits_what_runs_and_what_has_ended(desk, team):
    waits, at = queued(desk, team.kim), turns(desk)
    desk.clips.cancel(team.lead, waits)
    assert row(desk, waits).state == "cancelled"
    runs = queued(desk, team.kim)
    at.take(NOW)
    desk.clips.cancel(team.lead, runs)
    assert at.beat(runs) == "cancel"
    at.stop(runs)
    assert row(desk, runs).state == "cancelled"
    done = queued(desk, team.kim)
    at.take(NOW)
    at.finish(done, session())
    desk.clips.cancel(team.lead, done)
    assert row(desk, done).state == "done"
    for person in (team.ann, team.other, team.admin, team.as_kim):
        with pytest.raises(Forbidden):
            desk.clips.cancel(person, done)
    desk.clips.retry(team.lead, done)
    assert not any(c.measured for c in desk.clips.list(team.lead, team.opening))


def test_a_cancelled_clip_whose_worker_died_is_cancelled(desk, team):
    number, at = queued(desk, team.kim), turns(desk)
    at.take(NOW)
    desk.clips.cancel(team.lead, number)
    at.mend(NOW + timedelta(minutes=1))
    assert row(desk, number).state == "cancelled"


def test_the_networks_wait_for_law_and_consent(desk, team):
    def reads() -> bool:
        queued(desk, team.kim)
        at = turns(desk)
        turn = at.take()
        at.finish(turn.id, None)
        return turn.networks

    assert not reads()
    desk.openings.change(team.lead, team.opening, grants_report=True)
    desk.consents.give(team.as_kim, team.kim, "ko", ["expressions"])
    assert not reads()
    desk.openings.sign(team.admin, team.opening, "because")
    assert reads()
    desk.openings.change(team.lead, team.opening, grants_report=False)
    assert not reads()
    desk.openings.change(team.lead, team.opening, grants_report=True)
    with desk.database.writing() as connection:
        from fer_core.desk.tables import OPENINGS
        connection.execute(OPENINGS.update().values(place="FR"))
    assert not reads()
