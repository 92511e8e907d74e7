"""The desk's pages under Streamlit's own test runner: everybody sees what is theirs, in every
state that a page can be in."""

import inspect
import json
import re
from pathlib import Path
from types import SimpleNamespace

import pytest
import sqlalchemy as sa

from fer_core import (
    LANGUAGES,
    LOCAL,
    OBSERVABLE,
    TEAM,
    Desk,
    Person,
    StorageSettings,
    say,
)
from fer_core.desk.clips import told
from fer_core.desk.consents import REPORT
from fer_core.desk.objections import KINDS
from fer_core.desk.openings import Openings
from fer_core.desk.policy import ACTIONS
from fer_core.desk.scorecards import CHOICES
from fer_core.desk.tables import CLIPS
from fer_core.errors import DeskError
from pages.parts import room, speech
from pages.parts.clock import local
from pages.parts.desk import log
from tests.browser import LEFT_TO_GC
from tests.pages.desks import CRITERIA, components, open_as, rated, send, text_of, zipped

pytestmark = LEFT_TO_GC
ROOT = Path(__file__).parents[2]


@pytest.fixture
def desk(tmp_path, monkeypatch):
    """The one that the pages open."""
    monkeypatch.setenv("POISE_HOME", str(tmp_path))
    monkeypatch.delenv("POISE_DESK", raising=False)
    opened = Desk(StorageSettings(home=tmp_path, database_url=""))
    monkeypatch.setattr(room, "desk", lambda: opened)
    yield opened
    opened.close()


@pytest.fixture
def team(desk):
    made = SimpleNamespace()
    roles = {"admin": ["admin"], "lead": ["lead"], "ann": ["reviewer"], "other": ["lead"]}
    ids = {n: desk.openings.add_member(LOCAL, f"{n}@x.org", n.title(), r)
           for n, r in roles.items()}
    made.opening = desk.openings.create(LOCAL, "Engineer", "recruitment", "KR", CRITERIA, ["Why?"],
                                        observed=["facing"])
    desk.openings.assign(LOCAL, made.opening, [ids["lead"], ids["ann"]])
    for name in roles:
        setattr(made, name, desk.openings.person(f"{name}@x.org"))
    made.kim = desk.candidates.add(made.lead, made.opening, "Kim Jiwon", "kim@home")
    made.link = desk.candidates.invite(made.lead, made.kim)
    made.as_kim = Person("", frozenset({"candidate"}), candidate=made.kim)
    return made


def t(key, language="en", **values):
    return say(f"page.desk.{key}", language, **values)


def part(app, name):
    """Choose a part of the opening."""
    next(g for g in app.get("button_group") if g.key == "desk_part").set_value(name).run()
    return app


def test_a_part_is_in_the_address_so_that_a_reload_keeps_it(desk, team, monkeypatch):
    app = part(open_as(monkeypatch, team.lead, "desk", opening=team.opening), "people")
    assert app.query_params["part"] == "people"
    again = open_as(monkeypatch, team.lead, "desk", opening=team.opening, part="people")
    assert "Kim Jiwon" in text_of(again)
    assert text_of(open_as(monkeypatch, team.ann, "desk", opening=team.opening, part="impact")
                   ) == text_of(open_as(monkeypatch, team.ann, "desk", opening=team.opening))


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_lead_sees_whether_an_admin_has_signed(desk, team, language, monkeypatch):
    def settings(person):
        app = open_as(monkeypatch, person, "desk", language, opening=team.opening, part="settings")
        assert not app.exception
        return app

    assert t("sign.waiting", language) in text_of(settings(team.lead))
    app = settings(team.admin)
    app.text_area(key=f"sign_reason_{team.opening}").set_value("They asked for it.")
    app.button(key="sign_go").click().run()
    assert "They asked for it." in text_of(app)
    app = settings(team.lead)
    assert "They asked for it." in text_of(app)
    assert not any(b.key == "sign_go" for b in app.button)


PARTS = {"admin": ["clips", "people", "settings"], "lead": ["clips", "people", "settings",
                                                            "impact"],
         "ann": ["clips", "people"], "LOCAL": ["clips", "people", "settings", "impact"]}


@pytest.mark.parametrize("who", PARTS)
def test_everybody_has_their_parts_of_an_opening_and_no_more(desk, team, who, monkeypatch):
    person = LOCAL if who == "LOCAL" else getattr(team, who)
    app = open_as(monkeypatch, person, "desk", opening=team.opening)
    assert not app.exception
    groups = [g for g in app.get("button_group") if g.key == "desk_part"]
    assert [o.content for o in groups[0].proto.options] == [t(f"parts.{p}") for p in PARTS[who]]
    assert bool(components(app)) == (who in ("lead", "LOCAL"))
    for name in PARTS[who]:
        part(app, name)
        assert not app.exception
        assert say("error.desk.forbidden", "en") not in text_of(app)
    said = text_of(part(app, "people"))
    assert ("Kim Jiwon" in said) == (who != "ann")
    keys = {b.key for b in app.button}
    assert (f"more_{team.kim}" in keys) == (who != "ann")  # she would find nothing in it
    if who == "ann":
        return
    app.button(key=f"more_{team.kim}").click().run()
    more = {b.key for b in app.button} - keys
    assert (f"invite_{team.kim}" in more) == (who in ("lead", "LOCAL"))
    assert (f"forget_{team.kim}" in more) == (who in ("admin", "LOCAL"))
    assert (f"hold_{team.kim}" in more) == (who in ("admin", "LOCAL"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_who_is_not_assigned_and_an_id_that_is_none_get_the_same_answer(
        desk, team, language, monkeypatch):
    said = []
    for number in (team.opening, "0" * 32, "../x"):
        app = open_as(monkeypatch, team.other, "desk", language, opening=number)
        assert not app.exception
        said.append(text_of(app))
        assert t("closed", language) in said[-1]
        assert "Engineer" not in said[-1]
    assert len(set(said)) == 1


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_empty_desk_says_what_to_do(desk, language, monkeypatch):
    assert t("empty_lead", language) in text_of(open_as(monkeypatch, LOCAL, "desk", language))
    nobody = Person("x", frozenset({"reviewer"}), frozenset())
    app = open_as(monkeypatch, nobody, "desk", language)
    assert t("empty_member", language) in text_of(app)
    assert not app.get("button_group") or all(
        g.key != "desk_room" for g in app.get("button_group"))


def test_an_opening_is_made_with_a_set_or_with_criteria_of_ones_own(desk, monkeypatch):
    app = open_as(monkeypatch, LOCAL, "desk")
    app.selectbox(key="make_place").set_value("EU").run()
    assert "5(1)(f)" in text_of(app)
    app.text_input(key="make_name").set_value("Clerk")
    app.text_area(key="make_questions").set_value("One?\n\n Two? ")
    app.button(key="make_create").click().run()
    (made,) = desk.openings.list(LOCAL)
    assert (made.title, made.place, made.blind, made.questions) == (
        "Clerk", "EU", True, ("One?", "Two?"))
    assert app.query_params["opening"] == made.id
    app = open_as(monkeypatch, LOCAL, "desk")
    app.selectbox(key="make_set").set_value("").run()
    app.text_input(key="make_name").set_value("Cook")
    app.text_input(key="own_1").set_value("Taste")
    app.button(key="make_create").click().run()
    assert say("error.desk.anchors", "en") in text_of(app)
    for n in range(1, 6):
        app.text_input(key=f"own_1_{n}").set_value(f"like {n}")
    app.button(key="make_create").click().run()
    assert [c.name["en"] for one in desk.openings.list(LOCAL) if one.title == "Cook"
            for c in one.criteria] == ["Taste"]


def test_many_clips_and_a_zip_come_in_and_what_is_refused_has_its_sentence(
        desk, team, monkeypatch):
    app = open_as(monkeypatch, team.lead, "desk", opening=team.opening)
    send(monkeypatch, app, ("a.mp4", b"one"), ("b.mp4", b""), ("d.zip", b"no zip"), (
        "c.zip", zipped({"lee/c.mp4": b"three", "lee/d.mp4": b"four", "e.mp4": b"one"})))
    app.button(key="take_go").click().run()
    assert not app.exception
    said = text_of(app)
    assert t("take.done", count=3) in said
    for key in ("error.video.empty", "error.desk.zip"):
        assert say(key, "en") in said
    assert t("take.known", state=t("state.queued"), earlier="a.mp4") in said
    names = [c.name for c in desk.candidates.list(team.lead, team.opening)]
    assert names == ["Kim Jiwon", "a", "lee"]
    assert [c.name for c in desk.clips.list(team.lead, team.opening)] == [
        "a.mp4", "c.mp4", "d.mp4"]
    assert [p for p in desk.inbox.folder.rglob("*") if p.is_file()] == []  # nothing is left there


def test_each_state_of_a_clip_is_told_with_what_can_be_done(desk, team, monkeypatch, tmp_path):
    import io
    ids = [desk.clips.add(team.lead, team.kim, f"{n}.mp4", io.BytesIO(b"%d" % n)).id
           for n in range(5)]
    states = [{"state": "running", "fraction": 0.25, "remaining": 12.4},
              {"state": "failed", "failure": told(DeskError("error.desk.crashed", times=3))},
              {"state": "done"}, {"state": "cancelled"},
              {"failure": told(DeskError("error.desk.full"))}]
    with desk.database.writing() as connection:
        for number, state in zip(ids, states, strict=True):
            connection.execute(sa.update(CLIPS).where(CLIPS.c.id == number).values(**state))
    app = open_as(monkeypatch, team.lead, "desk", opening=team.opening)
    said = text_of(app)
    for words in ("25%", say("page.upload.left_seconds", "en", count=12),
                  say("error.desk.crashed", "en", times=3), say("error.desk.full", "en")):
        assert words in said
    keys = {b.key for b in app.button}
    assert {f"cancel_{ids[0]}", f"cancel_{ids[4]}", *(f"retry_{ids[n]}" for n in (1, 2, 3))
            } <= keys
    app.button(key=f"cancel_{ids[4]}").click().run()
    app.button(key=f"retry_{ids[1]}").click().run()
    found = {c.id: c.state for c in desk.clips.list(team.lead, team.opening)}
    assert (found[ids[4]], found[ids[1]]) == ("cancelled", "queued")
    seen = {b.key for b in open_as(monkeypatch, team.ann, "desk", opening=team.opening).button}
    assert not any(k and k.startswith(("cancel_", "retry_")) for k in seen)


def test_a_folder_of_the_server_only_where_it_is_named(desk, team, monkeypatch, tmp_path):
    (tmp_path / "in" / "park").mkdir(parents=True)
    (tmp_path / "in" / "park" / "x.mp4").write_bytes(b"x")
    app = open_as(monkeypatch, team.lead, "desk", opening=team.opening)
    assert all(g.key != "take_way" for g in app.get("button_group"))
    monkeypatch.setenv("POISE_DESK_FOLDERS", json.dumps([str(tmp_path / "in")]))
    app = open_as(monkeypatch, team.lead, "desk", opening=team.opening)
    next(g for g in app.get("button_group") if g.key == "take_way").set_value("server").run()
    app.text_input(key="take_inner").set_value("../..").run()
    app.button(key="take_folder").click().run()
    assert say("error.desk.forbidden", "en") in text_of(app)
    app.text_input(key="take_inner").set_value("").run()
    app.button(key="take_folder").click().run()
    assert [c.name for c in desk.clips.list(team.lead, team.opening)] == ["x.mp4"]


def test_a_link_is_told_once_a_hold_keeps_and_forgetting_has_its_receipt(
        desk, team, monkeypatch):
    app = part(open_as(monkeypatch, LOCAL, "desk", opening=team.opening), "people")
    app.button(key=f"more_{team.kim}").click().run()
    app.button(key=f"invite_{team.kim}").click().run()
    token = app.code[0].value.rpartition("/consent?k=")[2]
    assert desk.candidates.known(token) is not None
    assert desk.candidates.known(team.link) is None
    assert app.run().code[0].value.endswith(token)
    app.button(key=f"close_invite_{team.kim}").click().run()
    assert not app.code
    app.text_input(key=f"hold_reason_{team.kim}").set_value("lawsuit").run()
    app.button(key=f"hold_{team.kim}").click().run()
    assert t("forget.held", reason="lawsuit") in text_of(app)
    assert not any(b.key == f"forget_{team.kim}" for b in app.button)
    app.button(key=f"unhold_{team.kim}").click().run()
    app.checkbox(key=f"forget_sure_{team.kim}").check().run()
    app.button(key=f"forget_{team.kim}").click().run()
    assert not app.exception
    assert t("receipt.nothing") in text_of(app.run())
    app.button(key="close_gone").click().run()
    assert t("receipt.nothing") not in text_of(app)
    assert desk.candidates.list(LOCAL, team.opening) == ()
    assert desk.log.verify(LOCAL).faults == ()


@pytest.mark.parametrize("language", LANGUAGES)
def test_impact_is_shown_of_sex_and_ethnicity_together(desk, team, language, monkeypatch):
    for n in range(10):
        number = desk.candidates.add(team.lead, team.opening, f"P{n}")
        desk.candidates.declare(team.admin, number, "sex", "female")
        if n < 5:
            desk.candidates.declare(team.admin, number, "ethnicity", "A")
        desk.scorecards.write(team.lead, number, rated())
        desk.scorecards.hand_in(team.lead, number)
        desk.scorecards.decide(team.lead, number, "selected", "x")
    app = part(open_as(monkeypatch, team.lead, "desk", language, opening=team.opening), "impact")
    assert t("impact.unknown", language, count=0)[:-3] not in text_of(app)
    app.selectbox(key="impact_category").set_value(("sex", "ethnicity")).run()
    assert not app.exception
    assert f"{t('groups.value_female', language)} · A" in text_of(app)
    assert t("impact.unknown", language, count=5) in text_of(app)


def test_objections_come_first_on_the_leads_page_and_can_be_answered(desk, team, monkeypatch):
    number = desk.objections.submit(team.as_kim, team.kim, "objection", "It was not me.")
    assert "It was not me." not in text_of(open_as(monkeypatch, team.ann, "desk"))
    app = open_as(monkeypatch, team.lead, "desk")
    assert "It was not me." in text_of(app)
    (one,) = desk.objections.waiting(team.lead)
    due = t("objection.due", day=local(one.due).strftime("%Y-%m-%d"))
    assert due in text_of(app)
    app.text_area(key=f"answer_text_{number}").set_value("We look again.")
    app.button(key=f"answer_go_{number}").click().run()
    assert desk.objections.waiting(team.lead) == ()
    assert due not in text_of(app)
    assert desk.objections.of(team.as_kim, team.kim)[0].answer == "We look again."


def test_the_log_is_seen_verified_and_exported_and_says_so(desk, team, monkeypatch):
    app = open_as(monkeypatch, team.admin, "desk")
    next(g for g in app.get("button_group") if g.key == "desk_room").set_value("log").run()
    assert not app.exception
    said = text_of(app)
    assert "Lead" in said
    assert "Kim Jiwon" not in said
    app.button(key="log_verify").click().run()
    assert "intact" in text_of(app.run())
    app.button(key="close_verdict").click().run()
    assert "intact" not in text_of(app)
    assert desk.log.export(team.admin).startswith("line,time,who")
    assert "audit.see" in {line.action for line in desk.log.newest(team.admin)}
    assert say("desk.action.audit.see", "en") in text_of(app)
    assert say("desk.detail.verify", "en") in text_of(app)
    assert '""verify"": true' in desk.log.export(team.admin)  # codes, as they are hashed
    app = open_as(monkeypatch, team.lead, "desk")
    assert all(g.key != "desk_room" for g in app.get("button_group"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_action_of_the_log_is_told_in_words(language):
    appended = {action for file in (ROOT / "fer_core" / "desk").glob("*.py")
                for action in re.findall(r'append\(\s*connection, [^")]*"(\w+\.\w+)"',
                                         file.read_text("utf-8"))}
    assert {"backup.make", "candidate.forget"} <= appended
    told = [say(f"desk.action.{action}", language) for action in {*ACTIONS, *appended}]
    assert len(set(told)) == len(told)


FLAGS = {*inspect.signature(Openings.change).parameters} - {"self", "person", "number"}
"""What a change of an opening may be of: its details are named after them."""


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_detail_of_the_log_is_told_in_words(language, monkeypatch):
    for module in (log, speech):
        monkeypatch.setattr(module, "language", lambda: language)
    noted = {key for file in (ROOT / "fer_core" / "desk").glob("*.py")
             for codes in re.findall(r"detail\s*=[^{\n]*\{([^}]*)\}", file.read_text("utf-8"))
             for key in re.findall(r'"(\w+)":', codes)}
    assert {"refused", "rewritten", "roles", "held"} <= noted
    values = {"decision": CHOICES, "kind": KINDS, "roles": ["+".join(TEAM)]}
    said = [log.told(key, value) for key in noted | FLAGS
            for value in values.get(key, [3])]
    said += [log.told(key, False) for key in ("held", "signed", "marked", "covered", "rewritten")]
    said += [log.told(feature, True) for feature in (*OBSERVABLE, *REPORT)]
    assert len(set(said)) == len(said)
    code = re.compile("_|True|False" + ("|(?!MB)[A-Za-z]{2}" if language == "ko" else ""))
    assert [words for words in said if code.search(words)] == []
    t = speech.words("desk")
    assert log.short(t, f"clip:{'a' * 32}") == t("log.clip", number="a" * 8)
    assert log.short(t, "candidate:gone") == t("log.gone")
    assert log.short(t, f"Clerk:{'a' * 32}") == f"Clerk:{'a' * 32}"  # a title
    assert log.told("question", 0) == say("desk.detail.question", language, value=1)
    for change in (("blind", "yes..no"), ("observed", "+pauses-speech_pace")):
        assert not code.search(log.told(*change))
    assert "180 → 30" in log.told("retention_days", "180..30")
    assert log.told("blind", "a..b") == "blind a..b"
    assert log.told("of_tomorrow", 3) == "of_tomorrow 3"
    assert log.told("decision", "of_tomorrow") == "decision of_tomorrow"


def test_the_team_is_changed_and_assigned(desk, team, monkeypatch):
    app = open_as(monkeypatch, team.admin, "desk")
    next(g for g in app.get("button_group") if g.key == "desk_room").set_value("team").run()
    app.text_input(key="member_subject").set_value("new@x.org")
    app.text_input(key="member_name_new").set_value("New")
    app.button(key="member_save_new").click().run()
    assert not app.exception
    new = desk.openings.person("new@x.org")
    assert new.roles == {"reviewer"}
    app = part(open_as(monkeypatch, team.lead, "desk", opening=team.opening), "settings")
    app.multiselect(key=f"assign_{team.opening}").set_value([team.lead.id, new.id])
    app.button(key="assign_save").click().run()
    assert desk.openings.person("new@x.org").openings == {team.opening}
    assert desk.openings.person("ann@x.org").openings == frozenset()
