"""Nobody is ever lined up, ordered or filtered by a score: every page, export and receipt is made
over people with planted scores, and looked through for them."""

import io
import re
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa
from streamlit.testing.v1 import AppTest

from fer_core import LOCAL, say, to_json
from fer_core.desk.tables import CLIPS, READINGS
from pages.parts import frame
from tests.browser import LEFT_TO_GC
from tests.pages.desks import ROOT, open_as, rated
from tests.pages.test_desk import desk, part, team
from tests.planted import session

__all__ = ["desk", "team"]
pytestmark = LEFT_TO_GC
PLANTED = (83.4719, 61.9283)
"""Scores that stand nowhere by chance."""
WRITTEN = [re.compile(rf"(?<![\d.#]){re.escape(text)}(?!\d)") for value in PLANTED
           for text in (f"{value:.4f}", f"{value:.2f}", f"{value:.1f}")]
WHOLE = [re.compile(rf"(?<![\d.:#-]){value:.0f}(?![\d:%-])") for value in PLANTED]
RANDOM = re.compile(r"[\w-]{20,}")
"""Ids and hashes, in which any two digits may stand."""
NAMES = tuple(say(f"score.{name}.label", language)
              for name in ("confidence", "composure", "engagement", "attentiveness", "delivery")
              for language in ("ko", "en"))
SORTERS = ("arrow_data_frame", "arrow_vega_lite_chart", "plotly_chart")
"""Elements whose columns a reader may sort, or whose axis is an order."""


@pytest.fixture
def people(desk, team):
    """Two candidates, measured, consented, judged, each with a score of their own."""
    team.lee = desk.candidates.add(team.lead, team.opening, "Lee Seojun")
    desk.openings.sign(LOCAL, team.opening, "because")
    desk.openings.change(LOCAL, team.opening, grants_report=True)
    whole = session()
    for number, value in zip((team.kim, team.lee), PLANTED, strict=True):
        person = desk.candidates.known(desk.candidates.invite(team.lead, number))
        desk.consents.give(person, number, "en", ["expressions", "scores", "facing"])
        clip = desk.clips.add(team.lead, number, f"{number}.mp4",
                              io.BytesIO(number.encode())).id
        scores = tuple(replace(s, value=value, low=value - 1, high=value + 1, parts=(
            replace(s.parts[0], value=value, weight=1.0),)) if s.value is not None else s
                       for s in whole.scores)
        with desk.database.writing() as connection:
            connection.execute(sa.update(CLIPS).where(CLIPS.c.id == clip).values(state="done"))
            connection.execute(READINGS.insert().values(
                clip=clip, report=to_json(replace(
                    whole, scored=replace(whole.scored, scores=scores)), "en"),
                made=datetime.now(UTC)))
        for judge in (team.lead, LOCAL):
            desk.scorecards.write(judge, number, rated())
            desk.scorecards.hand_in(judge, number)
    return team


def told(app: AppTest) -> list[tuple[str, str]]:
    """Every element of a page: its kind and all that it says or holds."""
    found = []
    for block in (app.main, app.sidebar):
        for element in block:
            walk(element, found)
    return found


def walk(node, found) -> None:
    children = getattr(node, "children", None)
    if children:
        for child in children.values():
            walk(child, found)
    proto = getattr(node, "proto", None)
    if proto is not None and not children:
        found.append((node.type, RANDOM.sub("", str(proto))))


def faults(where: str, elements: list[tuple[str, str]], numbered: bool = False) -> list[str]:
    """Where scores of two people stand together, or a widget could order people by one.

    Args:
        numbered: its lines have numbers, which may be any.
    """
    wrong = []
    for kind, text in elements:
        if any(p.search(text) for p in WRITTEN) or (
                not numbered and all(p.search(text) for p in WHOLE)):
            wrong.append(f"{where}: a {kind} holds a planted score: {text[:200]}")
        if kind in SORTERS:
            wrong.append(f"{where}: a {kind} can be sorted")
        if kind in ("selectbox", "multiselect", "slider", "select_slider", "radio",
                    "button_group", "number_input") and any(n in text for n in NAMES):
            wrong.append(f"{where}: a {kind} chooses by a score: {text[:200]}")
    return wrong


@pytest.mark.slow
def test_no_page_and_no_export_lines_people_up(desk, people, monkeypatch):
    wrong = []
    pages = {*(p.stem for p in (ROOT / "pages").glob("*.py"))}
    assert {Path(file).stem for file, _ in frame.NAVIGATION.values()} - {"app"} <= pages
    # Pages of one's own practice know nobody of the desk; the report's is one person's.
    for name in sorted(pages - {"consent", "practice", "stage", "models", "report"}):
        for who in ("LOCAL", "lead", "ann", "admin"):
            person = LOCAL if who == "LOCAL" else getattr(people, who)
            for params in ({}, {"opening": people.opening}):
                app = open_as(monkeypatch, person, name, **params)
                assert not app.exception, (name, who, params)
                wrong += faults(f"{name} {params} {who}", told(app))
    for where in ("people", "settings", "impact"):
        app = part(open_as(monkeypatch, LOCAL, "desk", opening=people.opening), where)
        assert not app.exception
        wrong += faults(f"desk {where}", told(app))
        for button in [b.key for b in app.button if b.key and b.key.startswith("more_")]:
            wrong += faults(f"desk {button}", told(app.button(key=button).click().run()))
    for where in ("team", "log"):
        app = open_as(monkeypatch, LOCAL, "desk")
        next(g for g in app.get("button_group") if g.key == "desk_room").set_value(where).run()
        wrong += faults(f"desk {where}", told(app), where == "log")
    exports = {"log": desk.log.export(LOCAL)} | {
        f"receipt {number}": desk.consents.newest(people.lead, number).receipt
        for number in (people.kim, people.lee)}
    for name, text in exports.items():
        wrong += faults(name, [("export", text)], name == "log")
    assert wrong == []


def test_the_search_would_find_one():
    table = "<table><tr><td>Kim</td><td>83</td></tr><tr><td>Lee</td><td>62</td></tr></table>"
    assert faults("x", [("html", table)])
    assert faults("x", [("html", "83.47")])
    assert faults("x", [("selectbox", f"Sort by {NAMES[1]}")])
    assert faults("x", [("arrow_data_frame", "")])
    assert not faults("x", [("html", "Candidate 83"), ("html", "62 MB")])


def test_their_own_report_shows_one_person_alone(desk, people, monkeypatch):
    link = desk.candidates.invite(people.lead, people.kim)
    app = open_as(monkeypatch, None, "consent", k=link)
    clip, = desk.clips.of(people.as_kim, people.kim)
    app.button(key=f"own_report_{clip.id}").click().run()
    text = " ".join(text for _, text in told(app))
    assert f"<b>{PLANTED[0]:.0f}</b>" in text
    assert f"<b>{PLANTED[1]:.0f}</b>" not in text
