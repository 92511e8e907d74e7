"""What each of a team sees of openings and candidates, and what everybody's consent does."""

import io
import json

import pytest

from fer_core.desk import audit
from fer_core.desk.access import Target, find
from fer_core.desk.consents import asked, offered
from fer_core.desk.policy import LOCAL, Person, shown
from fer_core.errors import DeskError, Forbidden
from fer_core.texts import LANGUAGES
from tests.desk.conftest import CRITERIA
from tests.desk.conftest import sqlite as settings

__all__ = ["settings"]


def test_members_see_the_openings_they_are_assigned_to(desk, team):
    for person in (team.lead, team.ann, team.bob):
        assert [o.id for o in desk.openings.list(person)] == [team.opening]
    assert [o.id for o in desk.openings.list(team.other)] == [team.elsewhere]
    assert {o.id for o in desk.openings.list(team.admin)} == {team.opening, team.elsewhere}
    assert {o.id for o in desk.openings.list(LOCAL)} == {team.opening, team.elsewhere}
    opening = desk.openings.get(team.ann, team.opening)
    assert (opening.title, opening.place, opening.blind) == ("Engineer", "KR", True)
    assert opening.criteria == CRITERIA
    assert opening.retention_days == 180


def test_an_id_guessed_or_of_another_opening_is_refused_alike(desk, team):
    said = set()
    for opening in (team.opening, "0" * 32, "x'; DROP TABLE audit; --", ""):
        with pytest.raises(Forbidden) as refused:
            desk.candidates.list(team.other, opening)
        said.add(str(refused.value))
        with pytest.raises(Forbidden):
            desk.openings.get(team.other, opening)
    for candidate in (team.kim, "0" * 32, ""):
        for call in (desk.candidates.get, desk.scorecards.all, desk.scorecards.own,
                     desk.scorecards.decisions, desk.consents.newest):
            with pytest.raises(Forbidden) as refused:
                call(team.other, candidate)
            said.add(str(refused.value))
    assert len(said) == 1
    assert audit.verify(desk.database).faults == ()


def test_a_change_of_team_counts_at_once(desk, team):
    desk.openings.assign(team.lead, team.opening, [team.ids["lead"], team.ids["bob"]])
    ann = desk.openings.person("ann@example.org")
    assert desk.openings.list(ann) == ()
    desk.openings.remove_member(team.admin, team.ids["bob"])
    assert desk.openings.person("bob@example.org") is None
    assert desk.openings.person("nobody@example.org") is None
    desk.openings.add_member(team.admin, "ann@example.org", "Ann B.", ["lead"])
    assert desk.openings.person("ann@example.org").roles == {"lead"}
    assert {m.name for m in desk.openings.members(team.lead)} == {
        "Admin", "Lead", "Ann B.", "Other"}
    for person in (team.lead, team.ann):
        with pytest.raises(Forbidden):
            desk.openings.add_member(person, "me@example.org", "Me", ["admin"])
    with pytest.raises(DeskError, match="member"):
        desk.openings.assign(team.lead, team.opening, ["nobody"])


def test_blind_reviewers_know_a_number(desk, team):
    assert [(c.number, c.name, c.contact) for c in
            desk.candidates.list(team.ann, team.opening)] == [(1, None, None), (2, None, None)]
    assert [c.name for c in desk.candidates.list(team.lead, team.opening)] == [
        "Kim Jiwon", "Lee Seojun"]
    assert desk.candidates.get(team.as_kim, team.kim).name == "Kim Jiwon"
    desk.openings.change(team.lead, team.opening, blind=False)
    assert desk.candidates.get(team.ann, team.kim).name == "Kim Jiwon"


def test_a_candidate_comes_by_a_link_of_their_own(desk, team):
    old, new = (desk.candidates.invite(team.lead, team.kim) for _ in range(2))
    assert desk.candidates.come(new) == team.as_kim
    for wrong in (old, "", new[:-1], new.upper()):
        assert desk.candidates.come(wrong) is None
    with desk.database.reading() as connection:
        lines = list(audit.lines(connection))
    assert lines[-1].action == "candidate.come"
    assert lines[-1].who == lines[-2].thing == lines[-1].thing
    desk.forgetting.forget(team.as_kim, team.kim)
    assert desk.candidates.come(new) is None


@pytest.mark.parametrize(("change", "key"), [
    ({"title": " "}, "title"), ({"purpose": "fun"}, "purpose"), ({"place": "ZZ"}, "place"),
    ({"criteria": ()}, "criteria"), ({"retention_days": 0}, "retention")])
def test_an_impossible_opening_is_refused_with_a_sentence(desk, change, key):
    good = {"title": "x", "purpose": "training", "place": "kr", "criteria": CRITERIA}
    with pytest.raises(DeskError, match=key):
        desk.openings.create(LOCAL, **{**good, **change})
    number = desk.openings.create(LOCAL, **good)
    assert not desk.openings.get(LOCAL, number).blind


def seen(desk, person, candidate) -> frozenset[str]:
    with desk.database.reading() as connection:
        thing = find(connection, Target(candidate=candidate)).thing
    handed_in = thing.__class__(**{**vars(thing), "handed_in": frozenset({person.id})})
    return shown(person, handed_in)


def test_readings_open_with_notice_consent_and_signature_together(desk, team):
    def consent(*features):
        return desk.consents.give(team.as_kim, team.kim, "ko", features)

    assert seen(desk, team.ann, team.kim) == frozenset()
    desk.openings.change(team.lead, team.opening, grants_report=True)
    consent("expressions", "facing")
    assert seen(desk, team.ann, team.kim) == frozenset()
    with pytest.raises(Forbidden):
        desk.openings.sign(team.lead, team.opening, "because")
    desk.openings.sign(team.admin, team.opening, "candidates asked for it")
    assert seen(desk, team.ann, team.kim) == {"expressions", "facing"}
    assert seen(desk, team.ann, team.lee) == frozenset()
    consent()  # to nothing: a refusal
    assert seen(desk, team.ann, team.kim) == frozenset()
    consent("expressions")
    desk.openings.sign(team.admin, team.opening, "")
    assert seen(desk, team.ann, team.kim) == frozenset()
    desk.openings.sign(team.admin, team.opening, "again")
    desk.consents.withdraw(team.as_kim, team.kim)
    assert seen(desk, team.ann, team.kim) == frozenset()
    assert desk.consents.newest(team.lead, team.kim).withdrawn is not None
    with pytest.raises(DeskError, match="no_consent"):
        desk.consents.withdraw(team.as_kim, team.kim)


def test_a_receipt_holds_what_was_read_and_agreed_to(desk, team):
    for language in LANGUAGES:
        notice = desk.consents.notice(team.as_kim, team.kim, language)
        assert "Engineer" in notice.paragraphs[0][1]
        given = desk.consents.give(team.as_kim, team.kim, language, ["facing"])
        receipt = json.loads(given.receipt)
        assert receipt["features"] == ["facing"]
        assert receipt["version"] == notice.version
        assert [tuple(p) for p in receipt["notice"]] == list(notice.paragraphs)
        assert desk.consents.newest(team.as_kim, team.kim).receipt == given.receipt
    assert "180" in notice.paragraphs[2][1]
    for person in (team.lead, team.ann, LOCAL,
                   Person("", frozenset({"candidate"}), candidate=team.lee)):
        with pytest.raises(Forbidden):
            desk.consents.give(person, team.kim, "ko", ["facing"])


def test_nothing_is_offered_that_no_consent_opens(desk, team):
    assert offered("recruitment", "DE") == ("facing", "speech_pace", "pauses", "transcript")
    assert offered("recruitment", "JP") == offered("recruitment", "ZZ") == ()
    assert "expressions" in offered("recruitment", "KR")
    number = desk.openings.create(team.lead, "Ingenieurin", "recruitment", "DE", CRITERIA)
    lead = desk.openings.person("lead@example.org")
    eva = desk.candidates.add(lead, number, "Eva")
    as_eva = Person("", frozenset({"candidate"}), candidate=eva)
    with pytest.raises(DeskError, match="features"):
        desk.consents.give(as_eva, eva, "en", ["expressions"])
    assert desk.consents.newest(as_eva, eva) is None


def test_a_candidate_is_asked_only_for_what_is_measured():
    for place in ("DE", "JP", "KR"):
        assert asked("recruitment", place) == ()
    wish = ("facing", "pauses")
    assert asked("recruitment", "KR", wish) == asked("recruitment", "DE", wish, True) == wish
    assert asked("recruitment", "KR", (), True) == ("expressions", "scores")
    assert asked("recruitment", "JP", wish, True) == ()


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_notice_names_what_measures_what_is_asked_for_and_nothing_else(desk, team, language):
    def words():
        told = desk.consents.notice(team.as_kim, team.kim, language)
        return " ".join(text for _, text in told.paragraphs)

    two = {"ko": "두 신경망", "en": "Two neural networks"}[language]
    no = {"ko": "표정은 읽지 않고", "en": "reads no expression and"}[language]
    desk.openings.change(team.lead, team.opening, observed=["facing", "pauses"])
    assert two not in words()
    assert no in words()
    desk.openings.change(team.lead, team.opening, grants_report=True)
    assert two in words()
    assert no not in words()


@pytest.mark.parametrize("place", ["US-NY", "US-IL"])
def test_who_lives_in_new_york_is_told_of_another_process(desk, place):
    opening = desk.openings.create(LOCAL, "Clerk", "recruitment", place, CRITERIA,
                                   grants_report=True, observed=["facing"])
    kim = desk.candidates.add(LOCAL, opening, "Kim")
    as_kim = Person("", frozenset({"candidate"}), candidate=kim)

    def told():
        return " ".join(t for _, t in desk.consents.notice(as_kim, kim, "en").paragraphs)

    assert ("ten business days" in told()) == (place == "US-NY")
    desk.openings.change(LOCAL, opening, grants_report=False)  # an observation is no such tool
    assert "ten business days" not in told()


@pytest.mark.parametrize(("purpose", "place", "reviewers"), [
    ("recruitment", "KR", True), ("training", "DE", False), ("training", "KR", True)])
def test_a_candidate_is_told_who_sees_what_before_they_agree(desk, purpose, place, reviewers):
    opening = desk.openings.create(LOCAL, "Course", purpose, place, CRITERIA, grants_report=True)
    kim = desk.candidates.add(LOCAL, opening, "Kim")
    told = desk.consents.notice(Person("", frozenset({"candidate"}), candidate=kim), kim, "en")
    names = dict(zip(told.features, told.names, strict=True))
    assert ("reviewers" in names["expressions"]) == reviewers
    assert "alone" in names["scores"]
    text = " ".join(text for _, text in told.paragraphs)
    assert ("only after handing in their own card: facial expressions" in text) == reviewers
    assert ("see nothing that a machine measured" in text) != reviewers
    assert "along with the clip" not in text
    desk.openings.change(LOCAL, opening, grants_report=False, observed=["transcript"])
    told = desk.consents.notice(Person("", frozenset({"candidate"}), candidate=kim), kim, "en")
    text = " ".join(text for _, text in told.paragraphs)
    assert "seen along with the clip. Who looked" in text
    assert "see nothing that a machine measured" not in text


def test_the_law_on_hiring_is_not_told_in_a_training(desk):
    opening = desk.openings.create(LOCAL, "Course", "training", "US-NY", CRITERIA,
                                   grants_report=True, observed=["facing"])
    kim = desk.candidates.add(LOCAL, opening, "Kim")
    told = desk.consents.notice(Person("", frozenset({"candidate"}), candidate=kim), kim, "en")
    assert not [text for _, text in told.paragraphs if "ten business days" in text]


def test_everything_done_looked_at_and_refused_is_in_the_log_without_names(desk, team):
    desk.candidates.get(team.ann, team.kim)
    with pytest.raises(Forbidden):
        desk.candidates.get(team.other, team.kim)
    desk.consents.give(team.as_kim, team.kim, "ko", ["facing"])
    with desk.database.reading() as connection:
        lines = list(audit.lines(connection))
    last = [(r.who, r.action, json.loads(r.detail)) for r in lines[-3:]]
    assert last[0] == (team.ann.id, "candidate.see", {})
    assert last[1] == (team.other.id, "candidate.see", {"refused": True})
    assert last[2][1] == "consent.give"
    assert lines[-1].who == lines[-1].thing == lines[-2].thing  # the candidate's pseudonym
    told = " ".join(str(value) for row in lines for value in row)
    for name in ("Kim", "Jiwon", "home", "Engineer", "example", team.kim):
        assert name not in told
    assert audit.verify(desk.database).faults == ()


def test_the_log_tells_of_a_changed_opening_what_was_changed_and_only_that(desk, team):
    def last():
        with desk.database.reading() as connection:
            return json.loads(list(audit.lines(connection))[-1].detail)

    same = {"blind": True, "grants_report": False, "observed": ["facing"]}
    desk.openings.change(team.lead, team.opening, title="Engineer", retention_days=30,
                         **{**same, "observed": ["pauses", "facing"]})
    assert last() == {"retention_days": "180..30", "observed": "+pauses"}
    desk.openings.change(team.lead, team.opening, title="Baker", **{**same, "blind": False,
                                                                    "observed": []})
    assert last() == {"title": True, "blind": "yes..no", "observed": "-facing-pauses"}
    desk.openings.change(team.lead, team.opening, title="Baker")
    assert last() == {"unchanged": True}


def test_the_log_tells_a_look_from_a_deed_and_a_clip_once(desk, team):
    def done(person):
        with desk.database.reading() as connection:
            return [r.action for r in audit.lines(connection) if r.who == person.id]

    before = len(done(team.lead))
    clip = desk.clips.add(team.lead, team.kim, "kim.mp4", io.BytesIO(b"clip")).id
    assert desk.clips.add(team.lead, team.kim, "again.mp4", io.BytesIO(b"clip")).known
    assert done(team.lead)[before:] == ["clip.add"]
    desk.comments.list(team.ann, clip)
    desk.comments.write(team.ann, clip, 1.0, "well said")
    assert done(team.ann) == ["comment.list", "comment.write"]


def test_a_look_is_in_the_log_once_a_visit_and_a_refusal_every_time(desk, team, monkeypatch):
    def looks(person) -> int:
        with desk.database.reading() as connection:
            return sum(r.who == person.id and r.action == "candidate.see"
                       for r in audit.lines(connection))

    for _ in range(3):  # a page that is drawn anew
        desk.candidates.get(team.ann, team.kim)
    assert looks(team.ann) == 1
    desk.candidates.get(team.ann, team.lee)
    desk.candidates.get(team.bob, team.kim)
    assert (looks(team.ann), looks(team.bob)) == (2, 1)
    monkeypatch.setattr("fer_core.desk.access.VISIT", 0.0)  # half an hour went by
    desk.candidates.get(team.ann, team.kim)
    assert looks(team.ann) == 3
    for _ in range(2):
        with pytest.raises(Forbidden):
            desk.candidates.get(team.other, team.kim)
    assert looks(team.other) == 2
