"""Cards stay sealed until one's own is handed in; a consensus has a reason, a decision a name."""

from collections import Counter

import pytest

from fer_core.desk.criteria import LEVELS, Criterion, example_sets, own_criterion, set_name
from fer_core.desk.policy import LOCAL
from fer_core.desk.scorecards import Rating, disagreements
from fer_core.errors import DeskError, Forbidden
from fer_core.texts import LANGUAGES
from tests.desk.conftest import CRITERIA, FIRST, SECOND, rated
from tests.desk.conftest import sqlite as settings

__all__ = ["settings"]


def hand_in(desk, person, candidate, *ratings):
    desk.scorecards.write(person, candidate, rated(*ratings))
    desk.scorecards.hand_in(person, candidate)


def test_nobody_sees_a_card_before_handing_in_their_own(desk, team):
    cards = desk.scorecards
    hand_in(desk, team.ann, team.kim, 5, 4)
    cards.write(team.bob, team.kim, rated(2, 4))
    sealed = (cards.all, cards.agreed, cards.decisions)
    for person, call in [(p, c) for p in (team.bob, team.lead) for c in sealed]:
        with pytest.raises(Forbidden):
            call(person, team.kim)
    for person in (team.admin, team.other, team.as_kim):
        with pytest.raises(Forbidden):
            cards.all(person, team.kim)
    assert cards.own(team.bob, team.kim).ratings == rated(2, 4)
    assert cards.own(team.lead, team.kim) is None
    # Only what is handed in opens, to whoever has handed in.
    assert [c.member for c in cards.all(team.ann, team.kim)] == [team.ann.id]
    cards.hand_in(team.bob, team.kim)
    for person in (team.ann, team.bob):
        assert [c.member for c in cards.all(person, team.kim)] == [team.ann.id, team.bob.id]
    with pytest.raises(Forbidden):  # of another candidate the seal still holds
        cards.all(team.ann, team.lee)


def test_a_card_handed_in_is_final(desk, team):
    hand_in(desk, team.ann, team.kim)
    for act in (lambda: desk.scorecards.write(team.ann, team.kim, rated(1, 1)),
                lambda: desk.scorecards.hand_in(team.ann, team.kim)):
        with pytest.raises(DeskError, match="handed_in"):
            act()
    assert desk.scorecards.own(team.ann, team.kim).ratings == rated()


@pytest.mark.parametrize(("ratings", "key"), [
    ({FIRST: Rating(3, " ")}, "evidence"), ({FIRST: Rating(0, "x")}, "rating"),
    ({FIRST: Rating(6, "x")}, "rating"), ({FIRST: Rating(True, "x")}, "rating"),
    ({FIRST: Rating(2.5, "x")}, "rating"), ({"looks": Rating(3, "x")}, "criterion")])
def test_a_rating_needs_its_evidence_and_its_scale(desk, team, ratings, key):
    with pytest.raises(DeskError, match=key):
        desk.scorecards.write(team.ann, team.kim, ratings)
    assert desk.scorecards.own(team.ann, team.kim) is None


def test_a_card_is_handed_in_whole(desk, team):
    desk.scorecards.write(team.ann, team.kim, {FIRST: Rating(3, "x")})
    with pytest.raises(DeskError, match="incomplete"):
        desk.scorecards.hand_in(team.ann, team.kim)
    with pytest.raises(DeskError, match="incomplete"):
        desk.scorecards.hand_in(team.bob, team.kim)


def test_two_points_apart_is_to_be_talked_about(desk, team):
    hand_in(desk, team.ann, team.kim, 5, 3)
    hand_in(desk, team.bob, team.kim, 3, 4)
    found = desk.scorecards.all(team.ann, team.kim)
    assert disagreements(found) == (FIRST,)
    assert disagreements(found, by=1) == (FIRST, SECOND)
    assert disagreements(found[:1]) == disagreements([]) == ()


def test_from_cards_to_a_decision(desk, team):
    cards = desk.scorecards
    for person in (team.ann, team.bob, team.lead):
        hand_in(desk, person, team.kim)
    for person in (team.ann, team.bob):
        with pytest.raises(Forbidden):
            cards.agree(person, team.kim, rated(), "we talked")
        with pytest.raises(Forbidden):
            cards.decide(person, team.kim, "selected", "good")
    with pytest.raises(DeskError, match="consensus"):
        cards.decide(team.lead, team.kim, "selected", "good")
    with pytest.raises(DeskError, match="reason"):
        cards.agree(team.lead, team.kim, rated(), " ")
    with pytest.raises(DeskError, match="incomplete"):
        cards.agree(team.lead, team.kim, {FIRST: Rating(3, "x")}, "we talked")
    cards.agree(team.lead, team.kim, rated(2, 2), "first thought")
    cards.agree(team.lead, team.kim, rated(4, 4), "we talked")
    agreed = cards.agreed(team.ann, team.kim)
    assert (agreed.ratings, agreed.reason) == (rated(4, 4), "we talked")
    assert len(cards.all(team.lead, team.kim)) == 3  # the consensus is none of them
    with pytest.raises(DeskError, match="reason"):
        cards.decide(team.lead, team.kim, "selected", "")
    with pytest.raises(DeskError, match="decision"):
        cards.decide(team.lead, team.kim, "ranked first", "x")
    cards.decide(team.lead, team.kim, "on_hold", "one more talk")
    cards.decide(team.lead, team.kim, "selected", "as agreed", name="Somebody Else")
    assert [(d.decision, d.name) for d in cards.decisions(team.ann, team.kim)] == [
        ("on_hold", "Lead"), ("selected", "Lead")]


def test_one_person_alone_signs_by_name(desk):
    number = desk.openings.create(LOCAL, "Clerk", "recruitment", "KR", CRITERIA)
    kim = desk.candidates.add(LOCAL, number, "Kim")
    with pytest.raises(Forbidden):
        desk.scorecards.decide(LOCAL, kim, "declined", "x", name="Me")
    hand_in(desk, LOCAL, kim)
    with pytest.raises(DeskError, match="title"):
        desk.scorecards.decide(LOCAL, kim, "declined", "x")
    desk.scorecards.decide(LOCAL, kim, "declined", "x", name="Me")
    assert desk.scorecards.decisions(LOCAL, kim)[0].name == "Me"


def test_candidates_side_by_side_come_in_no_order_and_never_more_than_three(desk, team):
    chosen = [team.kim, team.lee, *(desk.candidates.add(team.lead, team.opening, f"c{n}")
                                    for n in range(2))]
    for candidate in chosen:
        hand_in(desk, team.ann, candidate)
    for wrong in (chosen, chosen[:1], [chosen[0]] * 2):
        with pytest.raises(DeskError, match="compare"):
            desk.scorecards.compare(team.ann, wrong)
    first = Counter(desk.scorecards.compare(team.ann, chosen[:2])[0][0] for _ in range(40))
    assert set(first) == set(chosen[:2])  # wrong once in 2**39
    with pytest.raises(Forbidden):
        desk.scorecards.compare(team.bob, chosen[:2])


def test_agreement_is_told_of_what_is_open(desk, team):
    assert desk.scorecards.agreement(team.lead, team.opening) is None
    for person in (team.ann, team.bob):
        hand_in(desk, person, team.kim, 1, 5)
        hand_in(desk, person, team.lee, 2, 4)
    assert desk.scorecards.agreement(team.lead, team.opening) is None  # all sealed to the lead
    hand_in(desk, team.lead, team.kim, 1, 5)
    hand_in(desk, team.lead, team.lee, 2, 4)
    assert desk.scorecards.agreement(team.lead, team.opening) == pytest.approx(1)
    for person in (team.ann, team.admin, team.other):
        with pytest.raises(Forbidden):
            desk.scorecards.agreement(person, team.opening)


def test_impact_counts_categories_alone_and_together_and_whom_it_cannot(desk, team):
    people = [desk.candidates.add(team.lead, team.opening, f"P{n}") for n in range(11)]
    for n, number in enumerate(people):
        desk.candidates.declare(team.admin, number, "sex", "female" if n < 5 else "male")
        if n < 10:
            desk.candidates.declare(team.admin, number, "ethnicity", "A")
        hand_in(desk, team.lead, number)
        desk.scorecards.decide(team.lead, number, "on_hold", "soon")
        desk.scorecards.decide(team.lead, number, "selected" if n in (0, 5, 6) else "declined", "x")
    for number in (team.kim, team.lee):
        hand_in(desk, team.lead, number)
    desk.scorecards.decide(team.lead, team.kim, "selected", "nobody knows their group")
    desk.scorecards.decide(team.lead, team.lee, "on_hold", "not decided")

    def counted(*categories):
        found = desk.scorecards.impact(team.lead, team.opening, *categories)
        return {r.group: (r.selected, r.people) for r in found.rows}, found.hidden, found.unknown

    assert counted("sex") == ({("female",): (1, 5), ("male",): (2, 6)}, 0, 1)
    # Of six men five are A: beside the table above, that row would tell of the sixth.
    assert counted("sex", "ethnicity") == ({("female", "A"): (1, 5)}, 5, 2)


def test_comments_are_sealed_like_ratings(desk, team):
    from fer_core.desk.tables import CLIPS
    from tests.desk.rows import clip_row
    with desk.database.writing() as connection:
        connection.execute(CLIPS.insert().values(**clip_row("clip", team.kim)))
    for person, second in ((team.ann, 9.5), (team.bob, 3.0)):
        desk.comments.write(person, "clip", second, f" by {person.id} ")
    mine = desk.comments.list(team.ann, "clip")
    assert [(c.member, c.second) for c in mine] == [(team.ann.id, 9.5)]
    hand_in(desk, team.ann, team.kim)
    both = desk.comments.list(team.ann, "clip")
    assert [c.second for c in both] == [3.0, 9.5]
    # The log tells when the seal was first looked behind, within one visit too.
    assert [r.action for r in desk.log.newest(team.admin)
            if r.action in ("comment.list", "comment.see")] == ["comment.see", "comment.list"]
    with pytest.raises(Forbidden):
        desk.comments.delete(team.ann, both[0].id)
    desk.comments.delete(team.ann, mine[0].id)
    assert [c.second for c in desk.comments.list(team.ann, "clip")] == [3.0]
    for second, text in ((-1, "x"), (float("nan"), "x"), (1, " ")):
        with pytest.raises(DeskError, match="second"):
            desk.comments.write(team.ann, "clip", second, text)
    for person in (team.other, team.admin, team.as_kim):
        with pytest.raises(Forbidden):
            desk.comments.list(person, "clip")


def test_example_sets_say_what_each_rating_looks_like():
    sets = example_sets()
    assert len(sets) == 4
    for name, criteria in sets.items():
        assert all(set_name(name, language) for language in LANGUAGES)
        assert 4 <= len({c.id for c in criteria}) == len(criteria)
        for criterion in criteria:
            assert len(criterion.anchors) == len(LEVELS)
            for language in LANGUAGES:
                anchors = [a[language] for a in criterion.anchors]
                assert len(set(anchors)) == len(LEVELS)
                assert criterion.name[language]
                assert criterion.about[language]


def test_a_criterion_of_ones_own_needs_every_anchor():
    assert own_criterion(1, "Wit", "", ["a", "b", "c", "d", "e"]).name["ko"] == "Wit"
    for anchors in (["a"] * 4, ["a", "b", " ", "d", "e"]):
        with pytest.raises(DeskError, match="anchors"):
            own_criterion(1, "Wit", "", anchors)
    with pytest.raises(DeskError, match="criteria"):
        Criterion("no id", {"ko": "a", "en": "a"}, {}, ({"ko": "a", "en": "a"},) * 5)
