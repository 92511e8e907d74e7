"""The gate is closed by default; every purpose, place, role and consent is gone through."""

import json
import re
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from fer_core.cli import app
from fer_core.desk.gate import (
    PURPOSES,
    Rule,
    Table,
    features_allowed,
    open_to_some,
    table,
)
from fer_core.texts import LANGUAGES

PLACES = [code for codes in table().places.values() for code in codes.split()]
MEMBERS = [  # of the Union, and of the EEA beside it
    "AT", "BE", "BG", "HR", "CY", "CZ", "DK", "EE", "FI", "FR", "DE", "GR", "HU", "IE", "IT", "LV",
    "LT", "LU", "MT", "NL", "PL", "PT", "RO", "SK", "SI", "ES", "SE", "IS", "LI", "NO"]
ELSEWHERE = ("GB", "KR", "US-IL", "US-NY", "US-CO", "US-MD")
NEVER = {"score_in_list", "ranking", "filtering", "automatic_decision"}
INFERRED = {"expressions", "scores"}
OBSERVED = {"facing", "speech_pace", "pauses", "transcript"}
ALL = list(product(PURPOSES, PLACES, table().roles, (False, True)))


def allowed(*case) -> set[str]:
    return {name for name, p in features_allowed(*case).items() if p.allowed}


def test_every_combination_is_answered_in_both_languages_with_a_source():
    for case in ALL:
        found = features_allowed(*case)
        assert tuple(found) == table().features
        for permission in found.values():
            assert set(permission.reason) == set(LANGUAGES)
            assert all(permission.reason.values())
            assert set(permission.source) == set(LANGUAGES)
            assert all(permission.source.values())


def test_no_combination_lines_people_up_or_decides():
    assert set(table().features) > NEVER
    assert not any(allowed(*case) & NEVER for case in ALL)


def test_a_consent_only_opens_and_never_what_article_5_forbids():
    for purpose, place, role in product(PURPOSES, PLACES, table().roles):
        without, given_ = (allowed(purpose, place, role, c) for c in (False, True))
        assert without <= given_
        if place in (*MEMBERS, "EU") and (purpose == "recruitment" or (
                purpose == "training" and role != "candidate")):
            assert not given_ & INFERRED
            assert "5(1)(f)" in features_allowed(
                purpose, place, role, True)["expressions"].source["en"] or role == "admin"


def test_the_union_is_whole():
    assert set(table().places["eu"].split()) == {"EU", *MEMBERS}
    assert len(MEMBERS) == 27 + 3


@pytest.mark.parametrize("place", [*MEMBERS, "EU", "eu", " de "])
def test_in_the_union_no_network_runs_for_recruitment(place):
    for consent in (False, True):
        assert not open_to_some("expressions", "recruitment", place, consent)
    assert allowed("recruitment", place, "reviewer", False) == set()
    assert allowed("recruitment", place, "reviewer", True) == OBSERVED
    # The person's own training, seen by themselves alone.
    assert allowed("training", place, "candidate", True) == INFERRED | OBSERVED
    assert allowed("training", place, "candidate", False) == set()
    assert allowed("training", place, "lead", True) == OBSERVED
    assert allowed("practice", place, "candidate") == INFERRED | OBSERVED


@pytest.mark.parametrize("place", ELSEWHERE)
def test_recruitment_elsewhere_is_off_until_all_is_on_record(place):
    for role in ("candidate", "reviewer", "lead"):
        assert allowed("recruitment", place, role, False) == set()
        assert allowed("recruitment", place, role, True) >= {"expressions"} | OBSERVED
    for role in ("reviewer", "lead"):
        assert "scores" not in allowed("recruitment", place, role, True)
    assert not open_to_some("expressions", "recruitment", place, False)
    assert open_to_some("expressions", "recruitment", place, True)


def test_practice_is_ones_own_everywhere():
    for place in PLACES:
        assert allowed("practice", place, "candidate", False) == INFERRED | OBSERVED
        for role in ("reviewer", "lead", "admin"):
            assert allowed("practice", place, role, True) == set()


@pytest.mark.parametrize("place", ["US", "US-CA", "US-TX", "JP", "CH", "other"])
def test_a_place_whose_law_is_not_entered_is_open_for_practice_alone(place):
    for role, consent in product(table().roles, (False, True)):
        assert allowed("recruitment", place, role, consent) == set()
        assert allowed("training", place, role, consent) == set()
    assert allowed("practice", place, "candidate")


@given(*(st.text(max_size=6) for _ in range(3)), st.booleans())
def test_what_is_unknown_is_answered_with_nothing(purpose, place, role, consent):
    known = (purpose in PURPOSES, table().group(place) is not None, role in table().roles)
    if not all(known):
        assert allowed(purpose, place, role, consent) == set()
    for case in (("hiring", "KR", "reviewer"), ("recruitment", "ZZ", "reviewer"),
                 ("recruitment", "KR", "Reviewer"), ("practice", "", "candidate")):
        found = features_allowed(*case, True)
        assert not any(p.allowed for p in found.values())
        assert {p.source["en"] for p in found.values()} == {"Poise: closed by default"}


@given(st.lists(st.builds(
    Rule, ko=st.just("가"), en=st.just("a"), source=st.just("s"),
    features=st.sampled_from([("expressions",), ("ranking",), ("expressions", "ranking")]),
    purpose=st.sampled_from([*PURPOSES, "*"]), places=st.sampled_from(["*", ("eu",), ("kr",)]),
    roles=st.sampled_from(["*", ("lead",)]),
    allowed=st.sampled_from(["always", "consent", "never"])), max_size=4),
    st.randoms(use_true_random=False))
def test_added_rules_open_nothing_that_is_closed_whatever_their_order(added, chance):
    rules = [*table().rule, *added]
    chance.shuffle(rules)
    changed = table().model_copy(update={"rule": tuple(rules)})
    for place, role, consent in product(("EU", "KR"), ("candidate", "lead"), (False, True)):
        found = features_allowed("recruitment", place, role, consent, changed)
        assert not found["ranking"].allowed
        assert place == "KR" or not found["expressions"].allowed


LAWS = {"eu": ["AI Act (EU)", "(?<!UK )GDPR"], "uk": ["UK GDPR", "Equality Act"],
        "kr": ["제\\d+조"], "us_il": ["ILCS"], "us_ny": ["NYC", "RCNY"], "us_co": ["Colorado"],
        "us_md": ["Md\\. Code"]}
"""Group of places -> what only its laws are called."""


@pytest.mark.parametrize("group", table().places)
def test_a_place_is_told_its_own_laws_alone(group):
    place = table().places[group].split()[0]
    for case in product(PURPOSES, (place,), table().roles, (False, True)):
        for language, permission in product(LANGUAGES, features_allowed(*case).values()):
            source = permission.source[language]
            for other, names in LAWS.items():
                assert other == group or not any(re.search(n, source) for n in names), source
            if group == "kr" and "제" in source and language == "en":
                assert re.search(r"Act Art\. [\d, -]+.*\([가-힣]", source)


def test_without_rules_nothing_is_allowed():
    empty = table().model_copy(update={"rule": ()})
    assert not any(p.allowed for case in ALL[::97] for p in
                   features_allowed(*case, empty).values())


def test_the_table_speaks_of_nothing_it_does_not_know_and_has_no_idle_rule():
    t: Table = table()
    assert len(PLACES) == len(set(PLACES))
    assert tuple(t.purposes) == PURPOSES
    spoken = set()
    for case in ALL:
        spoken |= {p.reason["en"] for p in features_allowed(*case).values()}
    for rule in t.rule:
        assert set(rule.features) <= set(t.features)
        assert rule.places == "*" or set(rule.places) <= set(t.places)
        assert rule.roles == "*" or set(rule.roles) <= set(t.roles)
        assert rule.en in spoken


def test_the_command_prints_what_the_gate_says():
    run = CliRunner().invoke
    result = run(app, ["gate", "--purpose", "recruitment", "--place", "US-IL", "--role",
                       "reviewer", "--consent", "--json", "--lang", "en"])
    assert result.exit_code == 0
    said = json.loads(result.stdout)
    assert list(said) == ["features"]
    for name, permission in features_allowed("recruitment", "US-IL", "reviewer", True).items():
        assert said["features"][name] == {
            "allowed": permission.allowed, "reason": permission.reason["en"],
            "source": permission.source["en"]}
    unknown = run(app, ["gate", "--purpose", "practice", "--place", "Atlantis", "--role",
                        "candidate", "--json"])
    assert unknown.exit_code == 0
    assert not any(p["allowed"] for p in json.loads(unknown.stdout)["features"].values())
    assert run(app, ["gate", "--purpose", "hiring", "--place", "KR", "--role", "lead"]
               ).exit_code == 2
    plain = run(app, ["gate", "--purpose", "recruitment", "--place", "DE", "--role", "lead"])
    assert "- expressions" in plain.stdout
    assert "5(1)(f)" in plain.stdout


def test_a_rule_for_recruitment_that_takes_consent_says_that_an_admin_must_sign():
    rules = [r for r in table().rule if (r.purpose, r.allowed) == ("recruitment", "consent")]
    assert rules
    for rule in rules:
        assert "서명" in rule.ko
        assert "administrator's signed reason" in rule.en
