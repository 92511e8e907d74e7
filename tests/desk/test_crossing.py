"""Nothing crosses: every call of the desk by everybody, on what is theirs and what is not."""

import inspect
import io
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from fer_core.desk import audit, candidates, clips, comments, consents, openings
from fer_core.desk import readings as reading
from fer_core.desk import scorecards as cards
from fer_core.desk.policy import Person
from fer_core.desk.readings import cut
from fer_core.desk.tables import READINGS
from fer_core.errors import DeskError, Forbidden
from fer_core.reports.export import to_json
from tests.desk.conftest import CRITERIA, rated
from tests.planted import session

SCORED = session()


@pytest.fixture
def planted(desk, team):
    """A clip of Kim's with a reading, everything consented to, the lead's and Ann's cards in."""
    team.clip = desk.clips.add(team.lead, team.kim, "kim.mp4", io.BytesIO(b"clip")).id
    copy = clips.copy_path(desk.clips.folder, team.clip, "covered")
    copy.parent.mkdir()
    copy.write_bytes(b"covered")
    desk.openings.sign(team.admin, team.opening, "because")
    desk.openings.change(team.lead, team.opening, grants_report=True)
    desk.consents.give(team.as_kim, team.kim, "ko", ["expressions", "scores", "facing"])
    with desk.database.writing() as connection:
        connection.execute(READINGS.insert().values(
            clip=team.clip, report=to_json(SCORED, "ko"),
            made=clips.datetime.now(clips.UTC)))
    for person in (team.lead, team.ann):
        desk.scorecards.write(person, team.kim, rated())
        desk.scorecards.hand_in(person, team.kim)
    team.comment = desk.comments.write(team.bob, team.clip, 1.0, "bob's")
    team.guest = desk.shares.guest(desk.shares.make(team.lead, team.opening, "Dr. Choi", 7))[0]
    team.objection = desk.objections.submit(team.as_kim, team.kim, "explanation", "how")
    team.as_lee = Person("", frozenset({"candidate"}), candidate=team.lee)
    return team


def calls(desk, team):
    """Name -> (call, who may), for every public method; who may is written down by hand."""
    kim, clip, opening = team.kim, team.clip, team.opening
    c, s = desk.candidates, desk.scorecards
    return {
        "openings.get": (lambda p: desk.openings.get(p, opening), "lead ann bob admin"),
        "openings.change": (lambda p: desk.openings.change(p, opening, title="x"), "lead admin"),
        "openings.sign": (lambda p: desk.openings.sign(p, opening, "x"), "admin"),
        "openings.assign": (lambda p: desk.openings.assign(
            p, opening, [team.ids[n] for n in ("lead", "ann", "bob")]), "lead admin"),
        "openings.assigned": (lambda p: desk.openings.assigned(p, opening), "lead admin"),
        "openings.members": (desk.openings.members, "lead admin other"),
        "openings.add_member": (lambda p: desk.openings.add_member(
            p, "new@example.org", "New", ["reviewer"]), "admin"),
        "openings.remove_member": (lambda p: desk.openings.remove_member(p, "0" * 32), "admin"),
        "openings.create": (lambda p: desk.openings.create(
            p, "x", "training", "KR", CRITERIA), "lead admin other"),
        "candidates.add": (lambda p: c.add(p, opening, "New"), "lead"),
        "candidates.invite": (lambda p: c.invite(p, kim), "lead"),
        "candidates.list": (lambda p: c.list(p, opening), "lead ann bob admin"),
        "candidates.get": (lambda p: c.get(p, kim), "lead ann bob admin as_kim"),
        "candidates.hold": (lambda p: c.hold(p, kim, ""), "admin"),
        "candidates.declare": (lambda p: c.declare(p, kim, "sex", "f"), "admin as_kim"),
        "consents.notice": (lambda p: desk.consents.notice(p, kim, "ko"), "lead admin as_kim"),
        "consents.give": (lambda p: desk.consents.give(p, kim, "ko", [
            "expressions", "scores", "facing"]), "as_kim"),
        "consents.newest": (lambda p: desk.consents.newest(p, kim), "lead admin as_kim"),
        "clips.add": (lambda p: desk.clips.add(p, kim, "a", io.BytesIO(b"clip")), "lead as_kim"),
        "clips.add_new": (lambda p: desk.clips.add_new(
            p, opening, lambda: kim, "a", io.BytesIO(b"clip")), "lead"),
        "clips.admits": (lambda p: desk.clips.admits(p, candidate=kim), "lead as_kim"),
        "clips.list": (lambda p: desk.clips.list(p, opening), "lead ann bob admin"),
        "clips.of": (lambda p: desk.clips.of(p, kim), "lead ann bob admin as_kim"),
        "clips.cancel": (lambda p: desk.clips.cancel(p, clip), "lead"),
        "clips.original": (lambda p: desk.clips.original(p, clip), "lead as_kim"),  # blind
        "clips.watch": (lambda p: desk.clips.watch(p, clip), "lead ann bob as_kim guest"),
        "chapters.mark": (lambda p: desk.chapters.mark(p, clip, 0, 1.5), "lead ann bob"),
        "chapters.list": (lambda p: desk.chapters.list(p, clip), "lead ann bob as_kim guest"),
        "objections.submit": (lambda p: desk.objections.submit(
            p, kim, "objection", "why"), "as_kim"),
        "objections.of": (lambda p: desk.objections.of(p, kim), "lead as_kim"),
        "objections.answer": (lambda p: desk.objections.answer(p, team.objection, "so"), "lead"),
        "log.newest": (desk.log.newest, "admin"),
        "log.verify": (desk.log.verify, "admin"),
        "log.export": (desk.log.export, "admin"),
        "shares.make": (lambda p: desk.shares.make(p, opening, "Dr. Choi", 7), "lead"),
        "shares.list": (lambda p: desk.shares.list(p, opening), "lead"),
        "shares.revoke": (lambda p: desk.shares.revoke(p, opening, "0" * 32), "lead"),
        "comments.write": (lambda p: desk.comments.write(p, clip, 1, "x"), "lead ann bob"),
        "comments.list": (lambda p: desk.comments.list(p, clip), "lead ann bob"),
        "readings.features": (lambda p: desk.readings.features(p, clip),
                              "lead ann bob as_kim guest"),
        "observations.see": (lambda p: desk.observations.see(p, clip), "lead ann as_kim"),
        "observations.transcript": (lambda p: desk.observations.transcript(p, clip),
                                    "lead ann bob as_kim guest"),  # who says nothing to a guest
        "readings.see": (lambda p: desk.readings.see(p, clip), "lead ann as_kim"),
        "scorecards.own": (lambda p: s.own(p, kim), "lead ann bob"),
        "scorecards.all": (lambda p: s.all(p, kim), "lead ann"),
        "scorecards.compare": (lambda p: s.compare(p, [kim, team.lee]), ""),  # one is sealed
        "scorecards.agree": (lambda p: s.agree(p, kim, rated(), "x"), "lead"),
        "scorecards.agreed": (lambda p: s.agreed(p, kim), "lead ann"),
        "scorecards.agreement": (lambda p: s.agreement(p, opening), "lead"),
        "scorecards.impact": (lambda p: s.impact(p, opening, "sex"), "lead"),
        "scorecards.decide": (lambda p: s.decide(p, kim, "on_hold", "x", "X"), "lead"),
        "scorecards.decisions": (lambda p: s.decisions(p, kim), "lead ann"),
        "scorecards.write": (lambda p: s.write(p, kim, rated()), "bob"),  # the others' are in
        "scorecards.hand_in": (lambda p: s.hand_in(p, kim), "bob"),
        "comments.delete": (lambda p: desk.comments.delete(p, team.comment), "bob"),
        "clips.retry": (lambda p: desk.clips.retry(p, clip), "lead"),
        "consents.withdraw": (lambda p: desk.consents.withdraw(p, kim), "as_kim"),
        # An admin may as well, but somebody can be forgotten only once.
        "forgetting.forget": (lambda p: desk.forgetting.forget(p, kim), "admin"),
    }


PEOPLE = ("admin", "lead", "ann", "bob", "other", "as_kim", "as_lee", "guest")
ASKS_NOBODY = {"openings.list", "objections.waiting", "shares.clips", "shares.questions",
               "openings.person", "candidates.come", "candidates.known", "shares.guest",
               "clips.path", "forgetting.withdraw", "forgetting.forget_old"}
"""Those that filter by themselves; who comes in; not of a person; made of others; the worker's."""


def test_everybody_gets_what_is_theirs_and_nothing_else(desk, planted):
    every = calls(desk, planted)
    for name, (call, who) in every.items():
        may = set(who.split())
        # Who may not comes first: what they do must leave everything to those who may.
        for person in sorted(PEOPLE, key=lambda p: p in may):
            if (name, person) == ("forgetting.forget", "as_kim"):
                continue
            try:
                call(getattr(planted, person))
                passed = True
            except Forbidden:
                passed = False
            except DeskError as error:  # past the policy, and refused as handed in already
                assert name in ("scorecards.write", "scorecards.hand_in"), (name, person)
                passed = "handed_in" not in error.key
            assert passed == (person in may), (name, person)
    assert audit.verify(desk.database).faults == ()


def test_every_call_is_in_the_table(desk, planted):
    parts = {"openings": openings.Openings, "candidates": candidates.Candidates,
             "consents": consents.Consents, "clips": clips.Clips, "comments": comments.Comments,
             "chapters": type(desk.chapters),
             "observations": type(desk.observations),
             "readings": reading.Readings, "objections": type(desk.objections),
             "shares": type(desk.shares), "scorecards": cards.Scorecards,
             "forgetting": type(desk.forgetting), "log": type(desk.log)}
    # (batches has no way of its own: it asks candidates and clips)
    public = {f"{part}.{name}" for part, kind in parts.items()
              for name, _ in inspect.getmembers(kind, inspect.isfunction) if name[0] != "_"}
    assert public == set(calls(desk, planted)) | ASKS_NOBODY
    assert set(vars(desk)) == {*parts, "batches", "inbox", "own_inbox", "settings", "database"}


def test_reviewers_see_expressions_and_no_score(desk, planted):
    found = desk.readings.see(planted.ann, planted.clip)
    assert found.session is None
    assert found.features == {"expressions", "facing"}
    assert np.array_equal(found.timeline.probabilities, SCORED.timeline.probabilities,
                          equal_nan=True)
    assert set(found.timeline.columns) == {"coverage", "yaw", "pitch", "roll"}
    own = desk.readings.see(planted.as_kim, planted.clip)
    assert [s.name for s in own.session.scores] == [s.name for s in SCORED.scores]


def test_what_may_not_be_seen_is_cut_away():
    none = cut(SCORED, frozenset({"pauses"}))
    assert np.isnan(none.timeline.probabilities).all()
    assert set(none.timeline.columns) <= {"coverage"}
    assert none.timeline.members == {}
    assert none.session is None
    assert cut(SCORED, frozenset({"scores"})).session is None


SCORE_NAMES = {s.name for s in SCORED.scores}


def test_nothing_that_the_desk_lists_of_several_people_holds_a_score(desk, planted):
    """Whatever comes back for more than one candidate has no field that a score would fit in."""
    listed = [*desk.clips.list(planted.lead, planted.opening),
              *desk.candidates.list(planted.lead, planted.opening)]
    for row in listed:
        assert not SCORE_NAMES & set(vars(row))
        assert not any(isinstance(v, float) and k not in ("fraction", "remaining")
                       for k, v in vars(row).items())
    for kind in (openings.Openings, candidates.Candidates, clips.Clips, cards.Scorecards):
        for name, method in inspect.getmembers(kind, inspect.isfunction):
            asked = set(inspect.signature(method).parameters)
            assert not asked & {"sort", "order", "rank", "threshold", "minimum", "by"}, name


def test_a_number_is_never_given_twice(desk, team):
    desk.forgetting.forget(team.admin, team.lee)
    desk.candidates.add(team.lead, team.opening, "Park")
    assert [c.number for c in desk.candidates.list(team.ann, team.opening)] == [1, 3]
    assert desk.candidates.get(team.other, desk.candidates.add(
        team.other, team.elsewhere, "Cho")).number == 1


def test_candidates_added_at_once_get_a_number_each(desk, team):
    with ThreadPoolExecutor(4) as threads:
        list(threads.map(lambda n: desk.candidates.add(team.lead, team.opening, f"c{n}"),
                         range(20)))
    assert [c.number for c in desk.candidates.list(team.ann, team.opening)] == list(range(1, 23))
    assert audit.verify(desk.database).faults == ()
