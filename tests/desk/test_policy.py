"""Every role with every action, and every fact that may change an answer."""

from dataclasses import replace
from itertools import product

import pytest

from fer_core.desk.gate import table
from fer_core.desk.policy import ACTIONS, LOCAL, NOTHING, ROLES, Person, Thing, may, shown

HERE, ELSEWHERE, CANDIDATE, OTHER = "opening", "another", "candidate", "somebody"
PEOPLE = {
    "candidate": Person("", frozenset({"candidate"}), candidate=CANDIDATE),
    **{role: Person(role, frozenset({role}), frozenset({HERE}))
       for role in ("reviewer", "lead", "admin")},
    "guest": Person("share", frozenset({"guest"}), frozenset({HERE}))}
OPEN = Thing(HERE, CANDIDATE, "clip", author=OTHER,
             handed_in=frozenset({"reviewer", "lead", OTHER}), blind=False,
             grants_report=True, purpose="recruitment", place="KR",
             consented=frozenset(table().features))
"""The friendliest case: assigned, not blind, one's own card handed in, all consented."""

# What each may do in the friendliest case, written down by hand: candidate, reviewer, lead, admin.
MATRIX = {
    "member.see":         "..la", "member.edit":       "...a",
    "opening.create":     "..la", "opening.see":       "crla",
    "opening.edit":       "..la", "opening.assign":    "..la",
    "opening.sign":       "...a", "candidate.add":     "..l.",
    "candidate.invite":   "..l.",
    "candidate.see":      "crla", "candidate.identify": "crla",
    "candidate.hold":     "...a", "candidate.forget":  "c..a",
    "consent.give":       "c...", "consent.withdraw":  "c...",
    "consent.see":        "c.la", "objection.raise":   "c...",
    "objection.see":      "c.l.",
    "objection.answer":   "..l.", "group.enter":       "c..a",
    "clip.add":           "c.l.", "clip.change":       "..l.",
    "clip.watch":         "crl.", "clip.original":     "crl.",
    "reading.see":        "crl.", "scorecard.write":   ".rl.",
    "scorecard.see":      ".rl.", "comment.write":     ".rl.",
    "comment.see":        ".rl.", "consensus.write":   "..l.",
    "agreement.see":      "..l.", "decision.make":     "..l.",
    "decision.see":       ".rl.", "summary.see":        "..l.",
    "share.make":         "..l.", "audit.see":         "...a",
    "chapter.mark":       ".rl.", "comment.list":      ".rl.",
    "comment.delete":     "....",  # of a comment that is somebody else's
}
WITHOUT_A_PLACE = {"member.see", "opening.create"}
"""What a lead may do that belongs to no opening."""
SEALED = {"reading.see", "scorecard.see", "comment.see", "consensus.write", "agreement.see",
          "decision.make", "decision.see"}


def able(role, thing) -> set[str]:
    return {action for action in ACTIONS if may(PEOPLE[role], action, thing)}


def test_the_matrix():
    assert set(MATRIX) == set(ACTIONS)
    for (action, row), (place, role) in product(MATRIX.items(), enumerate(ROLES)):
        assert row[place] in (role[0], "."), action
        assert may(PEOPLE[role], action, OPEN) == (row[place] != "."), (role, action)


@pytest.mark.parametrize("role", ["reviewer", "lead"])
def test_who_is_not_assigned_sees_nothing(role):
    for facts in product([HERE, ELSEWHERE, None], [True, False], [True, False]):
        thing = replace(OPEN, opening=facts[0], blind=facts[1], author=role if facts[2] else OTHER)
        stranger = replace(PEOPLE[role], openings=frozenset({"third"}))
        assert {a for a in ACTIONS if may(stranger, a, thing)} == (
            WITHOUT_A_PLACE if role == "lead" else set())
        assert shown(stranger, thing) == frozenset()


def test_a_candidate_reaches_nobody_elses():
    for thing in (replace(OPEN, candidate=OTHER), replace(OPEN, candidate=None), NOTHING):
        assert able("candidate", thing) == set()
    nobody = Person("", frozenset({"candidate"}))
    assert not any(may(nobody, action, t) for action in ACTIONS
                   for t in (OPEN, NOTHING, replace(OPEN, candidate=None)))


@pytest.mark.parametrize("role", ["reviewer", "lead"])
def test_a_seal_holds_until_ones_own_card_is_handed_in(role):
    """Whoever else has handed in; one's own card and comments stay one's own."""
    sealed = replace(OPEN, handed_in=frozenset({OTHER}))
    assert able(role, OPEN) - able(role, sealed) == SEALED & able(role, OPEN)
    assert shown(PEOPLE[role], sealed) == frozenset()
    assert shown(PEOPLE[role], OPEN) == {"expressions", "facing", "speech_pace", "pauses"}
    own = able(role, replace(sealed, author=role))
    assert own - able(role, sealed) == {"scorecard.see", "comment.see", "comment.delete"}


def test_the_seal_holds_for_the_one_person_too():
    sealed = replace(OPEN, handed_in=frozenset())
    assert set(ACTIONS) - {a for a in ACTIONS if may(LOCAL, a, sealed)} >= SEALED
    theirs = replace(OPEN, opening="any", handed_in=frozenset({"local"}))
    assert set(ACTIONS) - {a for a in ACTIONS if may(LOCAL, a, theirs)} == {
        "consent.give", "consent.withdraw", "objection.raise", "comment.delete"}


def test_blindness_hides_names_and_faces_from_reviewers_alone():
    blind = replace(OPEN, blind=True)
    assert able("reviewer", OPEN) - able("reviewer", blind) == {
        "candidate.identify", "clip.original"}
    for role in ("candidate", "lead", "admin"):
        assert able(role, OPEN) == able(role, blind)


def test_no_reading_passes_a_closed_gate():
    closed = [replace(OPEN, consented=frozenset()), replace(OPEN, place="JP"),
              replace(OPEN, place=""), replace(OPEN, purpose=""),
              replace(OPEN, purpose="practice")]
    for role, thing in product(("reviewer", "lead"), closed):
        assert shown(PEOPLE[role], thing) == frozenset()
        assert able(role, OPEN) - able(role, thing) == {"reading.see"}
    assert shown(PEOPLE["lead"], replace(OPEN, consented=frozenset({"pauses"}))) == {"pauses"}
    for role in ROLES:
        assert not shown(PEOPLE[role], replace(OPEN, place="DE")) & {"expressions", "scores"}
    assert shown(PEOPLE["candidate"], OPEN) >= {"expressions", "scores"}
    assert shown(PEOPLE["candidate"], replace(OPEN, grants_report=False)) == frozenset()
    assert shown(PEOPLE["admin"], OPEN) == frozenset()


def test_a_hold_keeps_everybody_from_deleting():
    held = replace(OPEN, held=True)
    for role in ROLES:
        assert able(role, OPEN) - able(role, held) <= {"candidate.forget"}
        assert not may(PEOPLE[role], "candidate.forget", held)


def test_a_guest_watches_what_the_link_is_for_and_nothing_else():
    guest = PEOPLE["guest"]
    assert able("guest", OPEN) == {"clip.watch", "clip.original"}
    assert able("guest", replace(OPEN, blind=True)) == {"clip.watch"}
    assert shown(guest, OPEN) == frozenset()
    for thing in (replace(OPEN, opening=ELSEWHERE), replace(OPEN, clip=None), NOTHING):
        assert able("guest", thing) == set()
    assert may(replace(guest, clip="clip"), "clip.watch", OPEN)
    assert not may(replace(guest, clip="another"), "clip.watch", OPEN)


def test_an_unknown_action_may_nobody():
    for person in (*PEOPLE.values(), LOCAL):
        for action in ("", "*", "rank", "scorecard", "reading.sort"):
            assert not may(person, action, OPEN)
    assert not any(may(Person("x", frozenset(), None), action, OPEN) for action in ACTIONS)
