"""``analyze`` is for own practice unless it is told otherwise; then the gate is asked first."""

import pytest
from typer.testing import CliRunner

from fer_core import cli, pipeline, say
from fer_core.errors import WeightsMissing

run = CliRunner().invoke


@pytest.fixture
def loads(monkeypatch):
    """How often the networks were asked for; they cannot be had."""
    calls = []

    def load(settings):
        calls.append(settings)
        raise WeightsMissing("error.model.missing", path="nowhere")

    monkeypatch.setattr(pipeline, "Analyser", load)
    return calls


def analyze(*more):
    return run(cli.app, ["analyze", "x.mp4", "--out", "o", "--lang", "en", *more])


def test_own_practice_is_the_default_and_said(loads):
    result = analyze()
    assert say("gate.practice", "en") in result.stderr
    assert len(loads) == 1


@pytest.mark.parametrize(("more", "named"), [
    (["--purpose", "recruitment", "--place", "EU", "--consent"], "Art. 5(1)(f)"),
    (["--purpose", "recruitment", "--place", "FR"], "Art. 5(1)(f)"),
    (["--purpose", "training", "--place", "DE", "--consent"], "Art. 5(1)(f)"),
    (["--purpose", "recruitment", "--place", "KR", "--consent"], "Information Protection Act"),
    (["--purpose", "training", "--place", "KR"], "Information Protection Act"),
    (["--purpose", "training", "--consent"], "closed by default"),
    (["--purpose", "training", "--place", "ZZ", "--consent"], "closed by default")])
def test_where_the_gate_is_closed_no_network_is_loaded_and_the_article_is_named(
        loads, more, named):
    result = analyze(*more)
    assert result.exit_code == 1
    assert named in result.stderr
    assert loads == []


@pytest.mark.parametrize(("place", "told"), [("KR", True), ("US-NY", True), ("EU", False),
                                             ("US-TX", False), ("ZZ", False)])
@pytest.mark.parametrize("role", ["candidate", "reviewer"])
def test_recruitment_is_told_where_signing_and_agreeing_open_something(loads, place, told, role):
    result = analyze("--purpose", "recruitment", "--place", place, "--role", role, "--consent")
    assert result.exit_code == 1
    assert (say("gate.at_the_desk", "en") in result.stderr) == told
    assert loads == []


def test_training_with_consent_is_read(loads):
    analyze("--purpose", "training", "--place", "KR", "--consent")
    analyze("--purpose", "training", "--place", "EU", "--consent", "--role", "candidate")
    assert len(loads) == 2
