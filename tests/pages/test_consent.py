"""The candidate's page: the notice first, a choice without a default, their clips, their rights,
and the way out."""

import json
from datetime import UTC, datetime

import pytest

from fer_core import LANGUAGES, LOCAL, receipt_page, say, to_json
from fer_core.desk.tables import OPENINGS, READINGS
from tests.browser import LEFT_TO_GC
from tests.pages.desks import components, open_as, send, text_of
from tests.pages.test_desk import desk, team
from tests.planted import session

__all__ = ["desk", "team"]
pytestmark = LEFT_TO_GC


def t(key, language="en", **values):
    return say(f"page.consent.{key}", language, **values)


def come(monkeypatch, link, language="en"):
    return open_as(monkeypatch, None, "consent", language, k=link)


def choose(app, button, *features):
    for name in (*(f"agree_{f}" for f in features), "read"):
        app.checkbox(key=name).check()
    app.button(key=button).click().run()
    assert not app.exception
    return app


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_notice_comes_before_anything_can_be_sent(desk, team, language, monkeypatch):
    app = come(monkeypatch, team.link, language)
    said = text_of(app)
    told = desk.consents.notice(team.as_kim, team.kim, language)
    assert len(told.paragraphs) == 6
    for title, text in told.paragraphs:
        assert title in said
        assert text in said
    assert t("version", language, version=told.version) in said
    assert not components(app)
    assert [c.value for c in app.checkbox] == [False] * len(app.checkbox)  # nothing is ticked
    assert not app.get("page_link")  # a candidate sees no other page


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("link", ["", "x", "0" * 22])
def test_a_link_that_is_none_tells_nothing(desk, team, link, language, monkeypatch):
    said = text_of(come(monkeypatch, link, language))
    assert t("no_link.title", language) in said
    assert "Engineer" not in said


def test_a_choice_takes_reading_and_ticks_and_has_its_receipt(desk, team, monkeypatch):
    assert not any(c.key == "agree_expressions" for c in come(monkeypatch, team.link).checkbox)
    desk.openings.change(team.lead, team.opening, grants_report=True)
    app = come(monkeypatch, team.link)
    app.button(key="agree").click().run()
    assert t("choice.nothing_ticked") in text_of(app)
    app.checkbox(key="agree_facing").check()
    app.button(key="agree").click().run()
    assert t("choice.read_first") in text_of(app)
    assert desk.consents.newest(team.as_kim, team.kim) is None
    choose(app, "agree", "expressions")
    found = desk.consents.newest(team.as_kim, team.kim)
    assert set(found.features) == {"facing", "expressions"}
    assert json.loads(found.receipt)["notice"]
    assert app.get("download_button")[0].label == t("chosen.receipt")
    assert components(app)


def test_the_team_gets_the_page_that_the_candidate_gets(desk, team, monkeypatch):
    files = {}

    def button(label, data, file_name, mime, *, key, **_):
        files[key] = file_name, mime, data()

    monkeypatch.setattr("streamlit.download_button", button)
    choose(come(monkeypatch, team.link, "ko"), "refuse")
    app = open_as(monkeypatch, team.lead, "desk", opening=team.opening)
    next(g for g in app.get("button_group") if g.key == "desk_part").set_value("people").run()
    app.button(key=f"more_{team.kim}").click().run()
    assert not app.exception
    assert files[f"receipt_{team.kim}"] == files["receipt"]
    assert files["receipt"][1:] == ("text/html", receipt_page(
        desk.consents.newest(team.as_kim, team.kim).receipt))
    assert '<html lang="ko">' in files["receipt"][2]
    assert desk.consents.newest(team.as_kim, team.kim).version not in text_of(app)


def test_who_refuses_goes_on_and_is_not_measured(desk, team, monkeypatch):
    app = choose(come(monkeypatch, team.link), "refuse")
    assert desk.consents.newest(team.as_kim, team.kim).features == ()
    send(monkeypatch, app, ("me.mp4", b"clip"))
    app.button(key="own_send").click().run()
    assert not app.exception
    assert t("clips.taken") in text_of(app)
    (clip,) = desk.clips.of(team.as_kim, team.kim)
    assert (clip.name, clip.state) == ("me.mp4", "queued")
    send(monkeypatch, app, ("again.mp4", b"clip"))
    app.button(key="own_send").click().run()
    assert t("clips.known") in text_of(app)
    assert len(desk.clips.of(team.as_kim, team.kim)) == 1


def test_where_no_expression_may_be_read_the_article_is_named(desk, monkeypatch):
    from tests.pages.desks import CRITERIA
    opening = desk.openings.create(LOCAL, "Clerk", "recruitment", "EU", CRITERIA)
    link = desk.candidates.invite(LOCAL, desk.candidates.add(LOCAL, opening, "Kim"))
    app = come(monkeypatch, link)
    assert "5(1)(f)" in text_of(app)
    assert not any(c.key == "agree_expressions" for c in app.checkbox)


def test_their_own_report_only_where_it_is_granted(desk, team, monkeypatch):
    import io
    clip = desk.clips.add(team.lead, team.kim, "kim.mp4", io.BytesIO(b"clip")).id
    desk.openings.change(team.lead, team.opening, grants_report=True)
    desk.consents.give(team.as_kim, team.kim, "en", ["expressions", "scores"])
    desk.openings.change(team.lead, team.opening, grants_report=False)
    desk.openings.sign(LOCAL, team.opening, "because")
    with desk.database.writing() as connection:
        connection.execute(READINGS.insert().values(
            clip=clip, report=to_json(session(), "en"), made=datetime.now(UTC)))
    assert t("own.title") not in text_of(come(monkeypatch, team.link))
    desk.openings.change(team.lead, team.opening, grants_report=True)
    app = come(monkeypatch, team.link)
    app.button(key=f"own_report_{clip}").click().run()
    assert not app.exception
    said = text_of(app)
    assert t("own.alone") in said
    assert t("own.sound") in said  # its sound was not listened to: that it has none is not said
    assert say("score.confidence.label", "en") in said
    # Expressions alone are no report.
    desk.consents.give(team.as_kim, team.kim, "en", ["expressions"])
    app = come(monkeypatch, team.link)
    app.button(key=f"own_report_{clip}").click().run()
    assert t("own.no_scores") in text_of(app)
    assert say("score.confidence.label", "en") not in text_of(app)


def test_an_objection_reaches_the_lead_and_the_answer_comes_back(desk, team, monkeypatch):
    app = choose(come(monkeypatch, team.link), "refuse")
    app.text_area(key="ask_text").set_value("How was I judged?")
    app.radio(key="ask_kind").set_value("explanation")
    app.button(key="ask_go").click().run()
    assert t("ask.sent") in text_of(app)
    assert t("ask.answered") not in text_of(app)
    (found,) = desk.objections.waiting(team.lead)
    assert (found.kind, found.text) == ("explanation", "How was I judged?")
    desk.objections.answer(team.lead, found.id, "By two people.")
    app = come(monkeypatch, team.link)
    assert t("ask.answered") in text_of(app)
    assert "By two people." in text_of(app)


@pytest.mark.parametrize("chosen", [True, False])
def test_withdrawing_deletes_and_shows_the_receipt(desk, team, chosen, monkeypatch):
    app = come(monkeypatch, team.link)
    if chosen:
        choose(app, "agree", "facing")
    app.checkbox(key="leave_sure").check().run()
    app.button(key="leave_go").click().run()
    assert not app.exception
    said = text_of(app)
    assert t("gone.title") in said
    assert t("gone.all", clips=0) in said
    assert t("gone.nothing") in said
    for name in ("log", "backups", "whom"):  # what stays, why, whom to ask
        assert t(f"gone.{name}") in said
    assert desk.candidates.list(LOCAL, team.opening) == ()
    other = desk.candidates.invite(LOCAL, desk.candidates.add(LOCAL, team.opening, "Lee"))
    app.query_params["k"] = other  # another link in the same tab is another person's
    assert t("choice.title") in text_of(app.run())
    assert t("no_link.title") in text_of(come(monkeypatch, team.link))


@pytest.mark.parametrize("language", LANGUAGES)
def test_who_withdraws_reads_no_names_of_tables(desk, team, language, monkeypatch):
    """What is still found is counted for them; where, is for those who run the desk."""
    with desk.database.writing() as connection:
        connection.execute(OPENINGS.update().values(questions=f'["{team.kim}"]'))
    app = come(monkeypatch, team.link, language)
    app.checkbox(key="leave_sure").check().run()
    app.button(key="leave_go").click().run()
    said = text_of(app)
    assert t("gone.found", language, count=2) in said  # the table's column and its file
    assert "openings" not in said
    assert "poise.db" not in said
    assert t("gone.nothing", language) not in said


@pytest.mark.parametrize("chosen", [True, False])
def test_a_legal_hold_is_told(desk, team, chosen, monkeypatch):
    desk.candidates.hold(LOCAL, team.kim, "lawsuit")
    app = come(monkeypatch, team.link)
    if chosen:
        choose(app, "agree", "facing")
    app.checkbox(key="leave_sure").check().run()
    app.button(key="leave_go").click().run()
    assert t("gone.held") in text_of(app)
    assert "lawsuit" not in text_of(app)
    assert len(desk.candidates.list(LOCAL, team.opening)) == 1
    found = desk.consents.newest(team.as_kim, team.kim)
    assert (found is None) if not chosen else (found.withdrawn is not None)


def test_groups_are_told_of_ones_own_free_will(desk, team, monkeypatch):
    app = choose(come(monkeypatch, team.link), "refuse")
    app.selectbox(key=f"value_{team.kim}_sex").set_value("other").run()
    app.button(key=f"group_{team.kim}").click().run()
    assert not app.exception
    assert desk.scorecards.impact(team.lead, team.opening, "sex").rows == ()  # nobody is decided on


def test_a_link_made_anew_ends_a_visit_under_way(desk, team, monkeypatch):
    app = come(monkeypatch, team.link)
    desk.candidates.invite(team.lead, team.kim)
    assert t("no_link.title") in text_of(app.run())
