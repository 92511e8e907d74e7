"""The reviewers' room under Streamlit's own test runner: what is sealed stays sealed, what is
hidden stays hidden, and a card gets from the first look to the decision."""

import io
import json
import re
from html import unescape
from pathlib import Path
from types import SimpleNamespace

import pytest
from streamlit.testing.v1 import AppTest

from fer_core import (
    LANGUAGES,
    LOCAL,
    Desk,
    Forbidden,
    Observed,
    Rating,
    StorageSettings,
    say,
    to_json,
)
from fer_core.desk.clips import copy_path, datetime
from fer_core.desk.criteria import example_sets
from fer_core.desk.observed import to_text
from fer_core.desk.policy import Person
from fer_core.desk.tables import AUDIT, CLIPS, OBSERVATIONS, READINGS
from pages.parts import room
from pages.parts.review import player
from pages.parts.routes.clips import WATCHING
from tests.browser import LEFT_TO_GC
from tests.planted import session

pytestmark = LEFT_TO_GC
ROOT = Path(__file__).parents[2]
CRITERIA = example_sets()["technical"][:2]
ANN, BOB = (Person(name, frozenset({"reviewer"}), None) for name in ("ann", "bob"))


def rated(first: int, second: int, why: str) -> dict[str, Rating]:
    return {c.id: Rating(r, f"{why} {c.id}") for c, r in zip(CRITERIA, (first, second),
                                                             strict=True)}


def played(desk, candidate: str, name: str) -> str:
    """A clip that was worked off, its copy beside it."""
    number = desk.clips.add(LOCAL, candidate, name, io.BytesIO(f"original {name}".encode())).id
    copy = copy_path(desk.clips.folder, number, "covered")
    copy.parent.mkdir(exist_ok=True)
    copy.write_bytes(f"covered {number}".encode())
    with desk.database.writing() as connection:
        connection.execute(CLIPS.update().where(CLIPS.c.id == number).values(state="done"))
    return number


def measured(desk, place: str) -> tuple[str, str, str]:
    """An opening that reads expressions, somebody in it, and a clip of theirs that was read."""
    opening = desk.openings.create(LOCAL, "Clerk", "recruitment", place, CRITERIA,
                                   grants_report=True, observed=["facing"])
    candidate = desk.candidates.add(LOCAL, opening, "Choi Ara")
    clip = played(desk, candidate, "choi.mp4")
    with desk.database.writing() as connection:
        connection.execute(READINGS.insert().values(
            clip=clip, report=to_json(session(), "ko"), made=datetime.now()))
    desk.openings.sign(LOCAL, opening, "because")
    return opening, candidate, clip


@pytest.fixture
def planted(tmp_path, monkeypatch):
    """A blind opening with two candidates; Ann has handed in her cards, Bob has not."""
    monkeypatch.setenv("POISE_HOME", str(tmp_path))
    desk = Desk(StorageSettings())
    made = SimpleNamespace(desk=desk)
    made.opening = desk.openings.create(LOCAL, "Engineer", "recruitment", "KR", CRITERIA,
                                        ["Why us?", "What went wrong?"])
    made.kim, made.lee = (desk.candidates.add(LOCAL, made.opening, name, f"{name}@home")
                          for name in ("Kim Jiwon", "Lee Seojun"))
    made.clip, made.other = (played(desk, c, n) for c, n in (
        (made.kim, "kim jiwon.mp4"), (made.lee, "lee.mp4")))
    for candidate in (made.kim, made.lee):
        desk.scorecards.write(ANN, candidate, rated(2, 4, "anns"))
        desk.scorecards.hand_in(ANN, candidate)
    desk.comments.write(ANN, made.clip, 3.0, "anns note")
    yield made
    desk.close()
    room.desk().close()
    room._open.clear()


@pytest.fixture
def shown(monkeypatch):
    """What the player was given, and every file that a page served."""
    found = SimpleNamespace(data=None, files=[], made="")

    def mounted(data, **_):
        found.made = data["address"].rpartition("/")[2]
        found.files.append(WATCHING.use(found.made, "")())
        found.data = {**data, "address": ""}  # whose random letters could spell a name

    monkeypatch.setattr(player, "_player", mounted)
    return found


def open_room(language: str = "en", person: Person | None = None, monkeypatch=None,
              **params: str) -> AppTest:
    if person is not None:
        monkeypatch.setattr(room, "person", lambda: person)
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60)
    app.switch_page("pages/review.py")
    for key, value in {**params, "lang": language}.items():
        app.query_params[key] = value
    app.run()
    assert not app.exception
    return app


def text_of(app: AppTest) -> str:
    """All that the page says, its widgets included."""
    drawn = " ".join(re.sub("<[^>]*>", " ", e.proto.body) for e in app.get("html"))
    widgets = " ".join(str(e.proto) for kind in (
        "button", "radio", "selectbox", "multiselect", "page_link", "text_area", "expander")
        for e in app.get(kind))
    return unescape(" ".join((drawn + " " + widgets).split()))


def rate(app: AppTest, candidate: str, criterion: str, rating: int | None, evidence: str | None
         ) -> AppTest:
    if rating is not None:
        app.radio(key=f"rating_{candidate}_{criterion}_en").set_value(rating).run()
    if evidence is not None:
        app.text_area(key=f"evidence_{candidate}_{criterion}_en").set_value(evidence).run()
    return app


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_cold_room_says_what_comes_next(language, planted):
    app = open_room(language)
    assert say("page.review.title", language) in text_of(app)
    assert "Engineer" in text_of(app)
    inside = text_of(open_room(language, opening=planted.opening))
    assert say("page.review.blind", language) in inside
    assert say("page.review.candidate", language, n=2) in inside
    assert inside.count(say("page.review.state.ready", language)) == 2


def test_an_empty_room_and_what_is_not_theirs(planted, monkeypatch):
    nobody = Person("eve", frozenset({"reviewer"}), frozenset())
    assert say("page.review.empty", "en") in text_of(open_room(
        person=nobody, monkeypatch=monkeypatch))
    for params in ({"opening": planted.opening}, {"opening": "0" * 32},
                   {"opening": planted.opening, "candidate": planted.kim}):
        app = open_room(person=nobody, monkeypatch=monkeypatch, **params)
        assert say("page.review.closed", "en") in text_of(app)
        assert "Engineer" not in text_of(app)


def test_blind_shows_no_name_and_serves_no_original(planted, shown, monkeypatch):
    """To whoever asks: reviewer, lead, and a guest by a link."""
    lead = Person("lead", frozenset({"lead", "reviewer"}), None)
    token = planted.desk.shares.make(LOCAL, planted.opening, "Dr. Choi", 7)
    monkeypatch.setattr(type(planted.desk.clips), "original", None)
    said = []
    for person in (LOCAL, BOB, ANN, lead):
        for params in ({}, {"candidate": planted.kim}, {"candidate": planted.lee}):
            app = open_room(person=person, monkeypatch=monkeypatch, opening=planted.opening,
                            **params)
            said.append(text_of(app) + json.dumps(shown.data))
    said.append(text_of(open_room(share=token)) + json.dumps(shown.data))
    for hidden in ("Kim", "Lee", "@home", ".mp4"):
        assert not [text for text in said if hidden.lower() in text.lower()]
    originals = set(planted.desk.clips.folder.iterdir())
    assert len(originals) == 2
    assert len(shown.files) == 9
    assert {file.parent.name for file in shown.files} == {"copies"}
    contents = {file.read_bytes() for file in originals}
    assert not contents & {file.read_bytes() for file in shown.files}


def test_a_copy_that_is_not_covered_is_not_shown_blind(planted, shown):
    covered = copy_path(planted.desk.clips.folder, planted.clip, "covered")
    covered.rename(covered.with_suffix(".plain"))
    app = open_room(opening=planted.opening, candidate=planted.kim)
    assert say("error.desk.no_copy", "en") in text_of(app)
    assert shown.files == []
    planted.desk.openings.change(LOCAL, planted.opening, blind=False)
    sighted = text_of(open_room(opening=planted.opening, candidate=planted.kim))
    assert "Kim Jiwon" in sighted
    assert shown.files == [covered.with_suffix(".plain")]


def test_a_card_is_kept_while_it_is_written_and_opens_the_others_once_in(
        planted, shown, monkeypatch):
    app = open_room(person=BOB, monkeypatch=monkeypatch, opening=planted.opening,
                    candidate=planted.kim)
    first, second = (c.id for c in CRITERIA)
    assert "anns" not in text_of(app)
    assert shown.data["notes"] == []
    rate(app, planted.kim, first, 4, None)
    assert planted.desk.scorecards.own(BOB, planted.kim) is None  # no rating without evidence
    rate(app, planted.kim, first, None, "bobs first")
    assert dict(planted.desk.scorecards.own(BOB, planted.kim).ratings) == {
        first: Rating(4, "bobs first")}
    app.button(key="hand_in").click().run()
    assert CRITERIA[1].name["en"] in text_of(app).partition("Still missing")[2]
    again = open_room(person=BOB, monkeypatch=monkeypatch, opening=planted.opening,
                      candidate=planted.kim)
    assert again.radio(key=f"rating_{planted.kim}_{first}_en").value == 4
    rate(again, planted.kim, second, 4, "bobs second")
    again.button(key="hand_in").click().run()
    assert planted.desk.scorecards.own(BOB, planted.kim).handed_in is None  # asked once more
    again.button(key="hand_in_yes").click().run()
    assert planted.desk.scorecards.own(BOB, planted.kim).handed_in is not None
    text = text_of(again)
    assert all(word in text for word in (f"anns {first}", "bobs second", "Reviewer 1", "You"))
    assert text.count(say("page.review.results.talk", "en")) == 1  # 2 against 4
    assert [note["text"] for note in shown.data["notes"]] == ["anns note"]
    assert not [b for b in again.button if b.key in ("agree", "decide_0")]  # a lead's


def test_the_lead_agrees_and_decides_by_name(planted, shown):
    first, second = (c.id for c in CRITERIA)
    for candidate in (planted.kim, planted.lee):
        planted.desk.scorecards.write(LOCAL, candidate, rated(4, 4, "mine"))
        planted.desk.scorecards.hand_in(LOCAL, candidate)
    app = open_room(opening=planted.opening, candidate=planted.kim)
    assert app.radio(key=f"agree_{second}").value == 4  # where all agree
    assert app.radio(key=f"agree_{first}").value is None
    decision = {"decide_choice": "selected", "decide_reason": "for this", "decide_name": "Park"}

    def decide():
        app.radio(key="decide_choice_0").set_value(decision["decide_choice"])
        app.text_area(key="decide_reason_0").set_value(decision["decide_reason"])
        app.text_input(key="decide_name_0").set_value(decision["decide_name"])
        app.button(key="decide_0").click().run()

    decide()
    assert say("error.desk.consensus", "en") in text_of(app)
    app.radio(key=f"agree_{first}").set_value(3)
    for name in (first, second):
        app.text_input(key=f"agree_evidence_{name}").set_value("we saw")
    app.text_area(key="agree_reason").set_value("we talked")
    app.button(key="agree").click().run()
    agreed = planted.desk.scorecards.agreed(LOCAL, planted.kim)
    assert (agreed.ratings[first].rating, agreed.reason) == (3, "we talked")
    decide()
    (made,) = planted.desk.scorecards.decisions(LOCAL, planted.kim)
    assert (made.decision, made.name, made.reason) == ("selected", "Park", "for this")
    assert "Park" in text_of(app)
    (again,) = (e for e in app.expander if e.label == say("page.review.decision.again", "en"))
    assert not again.proto.expanded  # the form is away, and empty
    assert app.radio(key="decide_choice_1").value is None
    overview = text_of(open_room(opening=planted.opening))
    assert re.search(r"alpha -?\d\.\d\d", overview)


def test_candidates_are_compared_by_evidence_and_nothing_is_added_up(planted):
    for candidate in (planted.kim, planted.lee):
        planted.desk.scorecards.write(LOCAL, candidate, rated(5, 5, "mine"))
        planted.desk.scorecards.hand_in(LOCAL, candidate)
    app = open_room(opening=planted.opening)
    assert app.multiselect(key="compared").proto.max_selections == 3
    app.multiselect(key="compared").set_value([planted.kim, planted.lee]).run()
    tables = [e.proto.body for e in app.get("html") if 'class="p-beside"' in e.proto.body]
    assert len(tables) == len(CRITERIA)
    for table in tables:
        assert re.findall(r"<b>(\d+)</b>", table).count("5") == 2  # ratings, and nothing else
        assert len(re.findall(r"<b>", table)) == 4
        assert table.count("<h4>") == 2
    with planted.desk.database.reading() as connection:
        def seen():
            return connection.execute(AUDIT.select().where(
                AUDIT.c.action == "scorecard.see")).all()
        before = len(seen())
        app.run()  # still on the screen: not looked at anew
        assert len(seen()) == before


def test_a_guest_watches_under_a_watermark_until_the_link_ends(planted, shown):
    desk = planted.desk
    token = desk.shares.make(LOCAL, planted.opening, "Dr. Choi", 7, planted.clip)
    app = open_room(share=token)
    assert shown.data["watermark"].startswith("Dr. Choi · 20")
    assert shown.data["texts"]["keys"] == say("page.review.player.keys_of_guest", "en")
    assert not shown.data["writes"]
    assert shown.data["notes"] == []
    assert [q["text"] for q in shown.data["questions"]] == ["Why us?", "What went wrong?"]
    assert shown.files[-1].name == f"{planted.clip}.covered"
    assert not list(app.get("page_link"))  # no other page
    assert "anns" not in text_of(app)
    app.run()
    with desk.database.reading() as connection:
        used = connection.execute(AUDIT.select().where(AUDIT.c.action == "share.use")).all()
        watched = connection.execute(AUDIT.select().where(AUDIT.c.action == "clip.watch")).all()
    assert (len(used), len(watched)) == (1, 1)
    desk.shares.revoke(LOCAL, planted.opening, desk.shares.list(LOCAL, planted.opening)[0].id)
    with pytest.raises(Forbidden):  # what is on their screen plays on no further
        WATCHING.use(shown.made, "")()
    shown.files.clear()
    for wrong in (token, "nonsense"):
        app = open_room(share=wrong)
        assert say("page.review.guest.over_title", "en") in text_of(app)
        assert shown.files == []


def test_a_link_stands_until_it_is_closed_or_ended_or_the_page_is_left(planted):
    app = open_room(opening=planted.opening)

    def made():
        app.text_input(key="share_label").set_value("Dr. Choi")
        app.button(key="share_make").click().run()
        (link,) = [e.value for e in app.code]
        assert planted.desk.shares.guest(link.partition("share=")[2]) is not None
        return link

    link = made()
    assert [e.value for e in app.run().code] == [link]
    app.button(key=f"close_share_{planted.opening}").click().run()
    assert not app.code
    assert made() != link
    newest = planted.desk.shares.list(LOCAL, planted.opening)[0]
    app.button(key=f"revoke_{newest.id}").click().run()
    assert planted.desk.shares.list(LOCAL, planted.opening)[0].revoked is not None
    assert not app.code
    made()
    app.switch_page("pages/models.py").run()
    app.switch_page("pages/review.py")
    app.query_params["opening"] = planted.opening
    assert not app.run().exception
    assert not app.code


def test_what_is_done_in_the_player_is_kept(planted):
    player._do(BOB, planted.clip, {"kind": "note", "second": 2.5, "text": "here"})
    player._do(BOB, planted.clip, {"kind": "mark", "question": 1, "second": 4.0})
    (note,) = planted.desk.comments.list(BOB, planted.clip)
    assert (note.second, note.text) == (2.5, "here")
    assert planted.desk.chapters.list(ANN, planted.clip) == {1: 4.0}
    player._do(ANN, planted.clip, {"kind": "unmark", "question": 1})
    player._do(BOB, planted.clip, {"kind": "delete", "id": note.id})
    assert planted.desk.chapters.list(ANN, planted.clip) == {}
    assert planted.desk.comments.list(BOB, planted.clip) == ()


def test_facing_is_shown_once_as_it_was_observed(planted, shown, monkeypatch):
    """Of a clip that the networks read as well, which have a number of their own for it."""
    desk = planted.desk
    opening, candidate, clip = measured(desk, "KR")
    with desk.database.writing() as connection:
        connection.execute(OBSERVATIONS.insert().values(
            clip=clip, report=to_text(Observed(0.37)), made=datetime.now()))
    desk.consents.give(Person("", frozenset({"candidate"}), candidate=candidate), candidate,
                       "ko", ["expressions", "facing"])
    desk.scorecards.write(ANN, candidate, rated(3, 3, "anns"))
    desk.scorecards.hand_in(ANN, candidate)
    text = text_of(open_room(person=ANN, monkeypatch=monkeypatch, opening=opening,
                             candidate=candidate))
    facing = say("page.review.reading.facing", "en")
    assert re.findall(f"{facing} +([0-9]+)%", text) == ["37"]
    assert say("emotion.happiness", "en") in text
    with desk.database.reading() as connection:
        (line,) = connection.execute(AUDIT.select().where(AUDIT.c.action == "reading.see")).all()
    assert json.loads(line.detail) == {"expressions": True, "facing": True}


@pytest.mark.parametrize("place", ["KR", "DE"])
def test_a_reading_waits_for_card_gate_and_candidate(place, planted, shown, monkeypatch):
    desk = planted.desk
    opening, candidate, _ = measured(desk, place)

    def page() -> str:
        return text_of(open_room(person=ANN, monkeypatch=monkeypatch, opening=opening,
                                 candidate=candidate))

    def hand_in():
        desk.scorecards.write(ANN, candidate, rated(3, 3, "anns"))
        desk.scorecards.hand_in(ANN, candidate)

    title, happy = say("page.review.reading.title", "en"), say("emotion.happiness", "en")
    themselves = Person("", frozenset({"candidate"}), candidate=candidate)
    desk.consents.give(themselves, candidate, "ko", [] if place == "DE" else
                       ["expressions", "facing"])
    assert title not in page()
    hand_in()
    text = page()
    for shares in (say("page.review.reading.facing", "en"), happy):
        assert (shares in text) == (place == "KR")
    desk.consents.withdraw(themselves, candidate)
    text = page()
    assert happy not in text
    assert (say("page.review.reading.consent", "en") in text) == (place == "KR")
    assert ("Art. 5(1)(f)" in text) == (place == "DE")
