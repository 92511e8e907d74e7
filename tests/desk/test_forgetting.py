"""Forgotten means gone: looked for in every file and row, found nowhere; the log still holds."""

import io
import os
import secrets
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from fer_core.desk import audit
from fer_core.desk.forgetting import LEFT_OVER
from fer_core.desk.scorecards import Rating
from fer_core.desk.tables import AUDIT, CANDIDATES, TABLES
from fer_core.errors import Forbidden
from fer_core.history import rewriting
from fer_core.history.storage import Store
from tests.desk.conftest import FIRST, rated
from tests.history.conftest import lite
from tests.history.test_rewriting import held, reader
from tests.planted import session

CLIP = secrets.token_bytes(3 * 4096 + 100)


@pytest.fixture
def full(desk, team):
    """All that may be kept of somebody, words that can be searched for in it."""
    words = [f"{kind}{secrets.token_hex(8)}" for kind in ("clip", "evidence", "comment", "reason")]
    clip = desk.clips.add(team.lead, team.kim, f"{words[0]}.mp4", io.BytesIO(CLIP)).id
    from fer_core.desk.turns import Turns
    turns = Turns(desk.database, desk.clips.folder, "w")
    turns.take()
    turns.finish(clip, session())
    desk.consents.give(team.as_kim, team.kim, "ko", ["facing"])
    desk.scorecards.write(team.lead, team.kim, rated() | {FIRST: Rating(3, words[1])})
    desk.scorecards.hand_in(team.lead, team.kim)
    desk.comments.write(team.lead, clip, 1.0, words[2])
    desk.scorecards.agree(team.lead, team.kim, rated(), words[3])
    desk.scorecards.decide(team.lead, team.kim, "selected", words[3])
    desk.candidates.declare(team.as_kim, team.kim, "sex", "f")
    return clip, [*words, "Kim Jiwon", "Kim Jiwon@home", team.kim, clip]


def rows(desk) -> dict[str, int]:
    with desk.database.reading() as connection:
        return {table.name: connection.execute(sa.select(
            sa.func.count()).select_from(table)).scalar_one()
            for table in TABLES.sorted_tables}


def test_nothing_is_left_of_a_candidate(desk, team, settings, full):
    words = full[1]
    keep = desk.clips.add(team.lead, team.lee, "lee.mp4", io.BytesIO(secrets.token_bytes(9000))).id
    if lite(settings):
        assert set(held(settings, *words)) == set(words)
    receipt = desk.forgetting.forget(team.as_kim, team.kim)
    assert receipt.found == ()
    assert receipt.rewritten
    assert (receipt.clips, receipt.unsearched) == (1, 0)
    assert receipt.files >= 1
    assert receipt.rows > 10
    assert receipt.server != lite(settings)
    assert held(settings, *words) == []
    assert [f.name for f in desk.clips.folder.iterdir()] == [keep]
    left = rows(desk)
    assert (left["candidates"], left["clips"]) == (1, 1)
    assert {name: n for name, n in left.items() if n and name not in (
        "candidates", "clips", "audit", "audit_head", "members", "openings", "assignments")} == {}


def test_the_log_still_verifies_and_speaks_of_nobody(desk, team, full):
    with desk.database.reading() as connection:
        key = connection.execute(sa.select(CANDIDATES.c.key).where(
            CANDIDATES.c.id == team.kim)).scalar_one()
    name = audit.pseudonym(key, "candidate", team.kim)
    before = audit.verify(desk.database)
    desk.forgetting.forget(team.admin, team.kim)
    after = audit.verify(desk.database, before.mark)
    assert after.faults == ()
    assert after.lines == before.lines + 2
    with desk.database.reading() as connection:
        lines = list(audit.lines(connection))
        keys = connection.execute(sa.select(CANDIDATES.c.key)).scalars().all()
    assert [(r.action, r.thing) for r in lines[-2:]] == [
        ("candidate.forget", name), ("forget.verified", name)]
    assert key not in keys  # so that nobody can make the pseudonym again
    with pytest.raises(Forbidden):
        desk.candidates.get(team.as_kim, team.kim)
    with desk.database.reading() as connection:
        assert connection.execute(sa.select(AUDIT.c.who).order_by(
            AUDIT.c.line.desc())).scalars().first() == "candidate:gone"


def test_the_search_finds_what_is_left(desk, team, settings, full):
    """A copy of a clip within another file, its name in a note, a file that is called so."""
    clip, words = full
    odd = settings.home / "notes"
    odd.mkdir(parents=True, exist_ok=True)
    (odd / "copy.bin").write_bytes(bytes(4096 * 5) + CLIP[4096:8192])
    (odd / "note.txt").write_text("x" * (2**24 - 4) + words[0] + ".mp4")
    (odd / clip).write_bytes(b"")
    (odd / "innocent").write_bytes(bytes(2**16) + secrets.token_bytes(2**16))
    receipt = desk.forgetting.forget(team.admin, team.kim)
    assert sorted(receipt.found) == sorted(
        ["notes/copy.bin", "notes/note.txt", f"notes/{clip}"])
    with desk.database.writing() as connection:
        connection.execute(sa.text("UPDATE openings SET questions = :w"), {"w": team.lee})
    assert "openings.questions" in desk.forgetting.forget(team.admin, team.lee).found


def test_a_reader_delays_the_rewriting_and_the_receipt_says_so(desk, team, settings, full,
                                                               monkeypatch):
    monkeypatch.setattr(rewriting, "PATIENCE", 0.1)
    with reader(settings, "candidates"):
        receipt = desk.forgetting.forget(team.admin, team.kim)
    assert not receipt.rewritten
    assert bool(receipt.found) == lite(settings)  # a server's files are not ours to read
    assert rewriting.finish(desk.database)
    assert held(settings, *full[1]) == []


def test_a_name_that_somebody_else_has_is_not_called_a_trace(desk, team):
    twin = desk.candidates.add(team.lead, team.opening, "Kim Jiwon")
    short = desk.candidates.add(team.lead, team.opening, "Al")
    receipt = desk.forgetting.forget(team.admin, team.kim)
    assert (receipt.found, receipt.unsearched) == ((), 1)
    assert desk.forgetting.forget(team.admin, twin).unsearched == 0
    assert desk.forgetting.forget(team.admin, short).unsearched == 1


def test_a_practice_session_of_the_same_files_name_is_no_trace(desk, team, settings):
    desk.clips.add(team.lead, team.kim, "interview.mp4", io.BytesIO(CLIP))
    store, one = Store(settings), session()
    store.save(replace(one, source=replace(one.source, name="interview.mp4")), "ko")
    store.close()
    receipt = desk.forgetting.forget(team.as_kim, team.kim)
    assert (receipt.found, receipt.unsearched) == ((), 1)


def test_a_clip_that_somebody_gave_to_another_opening_too_stays_there(desk, team, full):
    desk.openings.assign(team.admin, team.elsewhere, [team.ids["lead"]])
    lead = desk.openings.person("lead@example.org")
    again = desk.candidates.add(lead, team.elsewhere, "Kim Jiwon")
    twin = desk.clips.add(lead, again, "other.mp4", io.BytesIO(CLIP)).id
    receipt = desk.forgetting.forget(team.admin, team.kim)
    assert (receipt.found, receipt.unsearched) == ((), 2)  # the name and the clip
    assert desk.clips.original(lead, twin).read_bytes() == CLIP
    assert desk.forgetting.forget(team.admin, again).found == ()


def test_a_hold_keeps_all_and_a_withdrawal_still_takes_the_readings(desk, team, full):
    desk.candidates.hold(team.admin, team.kim, "lawsuit")
    for person in (team.admin, team.as_kim):
        with pytest.raises(Forbidden):
            desk.forgetting.forget(person, team.kim)
    assert desk.forgetting.withdraw(team.as_kim, team.kim) is None
    assert rows(desk)["readings"] == 0
    assert rows(desk)["clips"] == 1
    desk.candidates.hold(team.admin, team.kim, "")
    desk.consents.give(team.as_kim, team.kim, "ko", ["facing"])
    assert desk.forgetting.withdraw(team.as_kim, team.kim).found == ()
    assert rows(desk)["candidates"] == 1


@pytest.mark.parametrize("who", ["lead", "ann", "other"])
def test_nobody_else_may_forget(desk, team, who):
    with pytest.raises(Forbidden):
        desk.forgetting.forget(getattr(team, who), team.kim)
    assert rows(desk)["candidates"] == 2


def test_the_old_go_by_their_openings_age_and_so_does_what_uploads_left(desk, team, full,
                                                                        settings):
    desk.openings.change(team.lead, team.opening, retention_days=30)
    desk.candidates.hold(team.admin, team.lee, "lawsuit")
    half = desk.clips.folder / ("f" * 32)
    half.write_bytes(b"half an upload")
    os.utime(half, (time.time() - 2 * LEFT_OVER,) * 2)
    now = datetime.now(UTC)
    assert desk.forgetting.forget_old(now + timedelta(days=29)) is None
    assert not half.exists()
    park = desk.candidates.add(team.lead, team.opening, "Park Minho")
    receipt = desk.forgetting.forget_old(now + timedelta(days=31))
    assert (receipt.people, receipt.clips, receipt.found) == (2, 1, ())
    with desk.database.reading() as connection:
        last = [r.action for r in audit.lines(connection)][-4:]
    assert last == ["candidate.forget"] * 2 + ["forget.verified"] * 2
    assert held(settings, *full[1], park, "Park Minho") == []
    assert [c.id for c in desk.candidates.list(team.lead, team.opening)] == [team.lee]


def test_a_worker_at_a_clip_of_somebody_forgotten_keeps_nothing(desk, team):
    from fer_core.desk.turns import Turns
    clip = desk.clips.add(team.lead, team.kim, "a.mp4", io.BytesIO(CLIP)).id
    turns = Turns(desk.database, desk.clips.folder, "w")
    assert turns.take().id == clip
    desk.forgetting.forget(team.admin, team.kim)
    assert turns.beat(clip) == "lost"
    assert not turns.finish(clip, session())
    assert rows(desk)["readings"] == rows(desk)["clips"] == 0
