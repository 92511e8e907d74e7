"""Links for outsiders open one thing, for a while; objections reach the lead and are answered."""

import io
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from fer_core.desk import audit
from fer_core.desk.tables import SHARES
from fer_core.desk.turns import Turns
from fer_core.errors import DeskError, Forbidden
from tests.desk.conftest import sqlite as settings

__all__ = ["settings"]


@pytest.fixture
def watched(desk, team):
    """Two clips that are done, Kim's and Lee's, and one that waits; in an opening not blind."""
    desk.openings.change(team.lead, team.opening, blind=False)
    ids = [desk.clips.add(team.lead, who, "a.mp4", io.BytesIO(content)).id for who, content in (
        (team.kim, b"1"), (team.lee, b"2"), (team.lee, b"3"))]
    turns = Turns(desk.database, desk.clips.folder, "w")
    for _ in range(2):
        turns.finish(turns.take().id, None)
    return ids


def test_a_link_opens_its_opening_or_its_clip(desk, team, watched):
    kim, lee, _ = watched
    guest, label = desk.shares.guest(desk.shares.make(team.lead, team.opening, " Dr. Choi ", 7))
    assert label == "Dr. Choi"
    assert desk.shares.clips(guest) == (kim, lee)
    assert desk.clips.original(guest, kim).read_bytes() == b"1"
    one, _ = desk.shares.guest(desk.shares.make(team.lead, team.opening, "x", 7, clip=lee))
    assert desk.shares.clips(one) == (lee,)
    with pytest.raises(Forbidden):
        desk.clips.original(one, kim)
    for call in (desk.readings.see, desk.comments.list):
        with pytest.raises(Forbidden):
            call(guest, kim)
    desk.openings.change(team.lead, team.opening, blind=True)
    with pytest.raises(Forbidden):
        desk.clips.original(guest, kim)
    assert desk.shares.clips(team.other) == ()


def test_a_link_ends_by_itself_by_hand_and_with_its_clip(desk, team, watched):
    now = datetime.now(UTC)
    token = desk.shares.make(team.lead, team.opening, "x", 7, now=now)
    assert desk.shares.guest(token, now + timedelta(days=6, hours=23))
    assert desk.shares.guest(token, now + timedelta(days=7)) is None
    (share,) = desk.shares.list(team.lead, team.opening)
    with pytest.raises(Forbidden):
        desk.shares.revoke(team.other, team.elsewhere + "x", share.id)
    desk.shares.revoke(team.other, team.elsewhere, share.id)  # of another opening: nothing
    assert desk.shares.guest(token)
    desk.shares.revoke(team.lead, team.opening, share.id)
    assert desk.shares.guest(token) is None
    other = desk.shares.make(team.lead, team.opening, "x", 7, clip=watched[0])
    desk.forgetting.forget(team.admin, team.kim)
    assert desk.shares.guest(other) is None
    for wrong in ("", "0" * 22, token[:-1]):
        assert desk.shares.guest(wrong) is None


def test_a_token_is_kept_as_its_hash_and_its_use_is_logged(desk, team, watched):
    token = desk.shares.make(team.lead, team.opening, "x", 7)
    assert len(token) >= 22  # 128 bits in base64
    with desk.database.reading() as connection:
        row = connection.execute(sa.select(SHARES)).one()
    assert token not in " ".join(map(str, row))
    desk.shares.guest(token)
    with desk.database.reading() as connection:
        last = list(audit.lines(connection))[-1]
    assert (last.who, last.action, last.opening) == (row.id, "share.use", team.opening)
    for days in (0, 31):
        with pytest.raises(DeskError, match="days"):
            desk.shares.make(team.lead, team.opening, "x", days)
    with pytest.raises(DeskError, match="title"):
        desk.shares.make(team.lead, team.opening, " ", 3)
    with pytest.raises(Forbidden):
        desk.shares.make(team.other, team.elsewhere, "x", 3, clip=watched[0])


def test_an_objection_reaches_the_lead_and_its_answer_the_candidate(desk, team):
    first = desk.objections.submit(team.as_kim, team.kim, "explanation", " Why? ")
    desk.objections.submit(team.as_kim, team.kim, "objection", "That is not me.")
    waiting = desk.objections.waiting(team.lead)
    assert [o.text for o in waiting] == ["Why?", "That is not me."]
    assert [(o.due - o.raised).days for o in waiting] == [30, 30]
    for person in (team.ann, team.other, team.admin):
        assert desk.objections.waiting(person) == ()
    desk.objections.answer(team.lead, first, "Because.")
    assert len(desk.objections.waiting(team.lead)) == 1
    assert [o.answer for o in desk.objections.of(team.as_kim, team.kim)] == ["Because.", ""]
    with pytest.raises(DeskError, match="answered"):
        desk.objections.answer(team.lead, first, "Or not.")
    with pytest.raises(DeskError, match="reason"):
        desk.objections.submit(team.as_kim, team.kim, "objection", " ")
    with pytest.raises(Forbidden):
        desk.objections.answer(team.lead, "0" * 32, "x")
