"""Who comes is who the provider says, if it says it surely; everybody else is nobody."""

import pytest

from fer_core.config import DeskSettings
from fer_core.desk.policy import LOCAL
from fer_core.desk.signin import signed_in
from tests.desk.conftest import sqlite as settings

__all__ = ["settings"]

TEAM = DeskSettings(mode="team")
ANN = {"iss": "https://id.example.org", "sub": "17", "email": "Ann@example.org",
       "email_verified": True, "name": "Ann B."}


def who(desk, claims, **settings):
    return signed_in(claims, desk.openings, DeskSettings(mode="team", **settings))


def test_on_ones_own_machine_all_is_ones_own(desk, monkeypatch):
    monkeypatch.delenv("POISE_DESK", raising=False)
    assert signed_in(None, desk.openings) is LOCAL
    monkeypatch.setenv("POISE_DESK", "team")
    assert signed_in(None, desk.openings) is None


def test_a_member_is_who_the_table_says(desk, team):
    found = who(desk, ANN)
    assert (found.id, found.roles, found.openings) == (
        team.ids["ann"], {"reviewer"}, {team.opening})


@pytest.mark.parametrize("claims", [
    None, {}, {**ANN, "sub": ""}, {**ANN, "email_verified": False},
    {**ANN, "email_verified": "true"}, {k: v for k, v in ANN.items() if k != "email_verified"},
    {**ANN, "email": "stranger@example.org"}])
def test_who_is_not_surely_of_the_team_is_nobody(desk, team, claims):
    assert who(desk, claims) is None
    assert len(desk.openings.members(LOCAL)) == 5  # and nobody was entered


def test_the_first_admin_comes_from_the_settings(desk):
    assert who(desk, ANN) is None
    boss = who(desk, ANN, admins=("ann@example.org",))
    assert boss.roles == {"admin"}
    assert who(desk, {**ANN, "email_verified": False}, admins=("ann@example.org",)) is None
    assert [m.name for m in desk.openings.members(boss)] == ["Ann B."]
    desk.openings.add_member(boss, "bob@example.org", "Bob", ["lead"])
    both = who(desk, {**ANN, "sub": "2", "email": "bob@example.org"}, admins=("Bob@example.org",))
    assert both.roles == {"lead", "admin"}
    exact = who(desk, {"iss": "i", "sub": "1"}, admins=("i|1",))
    assert exact.roles == {"admin"}
    assert exact.id != boss.id


def test_roles_from_a_claim_go_before_the_table_and_never_beyond_the_team(desk, team):
    claims = {**ANN, "groups": ["lead", "candidate", "root", 7]}
    assert who(desk, claims).roles == {"reviewer"}
    assert who(desk, claims, roles_claim="groups").roles == {"lead"}
    assert who(desk, {**ANN, "groups": "lead admin"}, roles_claim="groups").roles == {
        "lead", "admin"}
    assert who(desk, {**ANN, "groups": {"admin": 1}}, roles_claim="groups").roles == {"reviewer"}
    new = {**ANN, "sub": "18", "email": "new@example.org", "groups": ["reviewer"]}
    found = who(desk, new, roles_claim="groups")
    assert (found.roles, found.openings) == ({"reviewer"}, frozenset())
    assert TEAM.folders == ()
