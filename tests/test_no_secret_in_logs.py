"""Planted secrets, and everything said when something goes wrong: none of them is in it."""

import logging
import os
import subprocess
import sys

import pytest
from pydantic import SecretStr

from fer_core import config
from fer_core.config import StorageSettings
from fer_core.desk.worker import hand_out
from fer_core.errors import StorageError
from fer_core.history.database import Database
from tests.browser import ROOT

PLANTED = {
    "POISE_DATABASE_URL": "postgresql://poise:planted-1@127.0.0.1:9/poise",
    "POISE_WEBRTC_TURN_SECRET": "planted-2", "POISE_WEBRTC_TURN_PASSWORD": "planted-3",
    "POISE_COACH_KEY": "planted-4"}
SETTINGS = (config.StorageSettings, config.WebRtcSettings, config.CoachSettings)


@pytest.mark.slow
@pytest.mark.parametrize("command", [
    ["fer_core.desk", "--alone"], ["fer_core", "backup", "nowhere.zip"]], ids=" ".join)
def test_a_process_that_fails_tells_none(command, tmp_path):
    done = subprocess.run([sys.executable, "-m", *command], cwd=ROOT, capture_output=True,
                          text=True, check=False, timeout=120,
                          env={**os.environ, **PLANTED, "POISE_HOME": str(tmp_path)})
    said = done.stdout + done.stderr
    assert done.returncode != 0
    assert said
    assert "planted" not in said


def test_settings_print_none(monkeypatch):
    for name, value in PLANTED.items():
        monkeypatch.setenv(name, value)
    for kind in SETTINGS:
        settings = kind()
        assert "planted" not in f"{settings!r} {settings} {settings.model_dump_json()}"


def test_neither_does_what_a_database_out_of_reach_logs(tmp_path, caplog):
    caplog.set_level(logging.DEBUG)
    settings = StorageSettings(home=tmp_path, database_url=SecretStr(
        PLANTED["POISE_DATABASE_URL"]))
    hand_out(settings)
    with pytest.raises(StorageError) as said:
        Database(settings)
    assert "could be woken" in caplog.text
    assert "planted" not in caplog.text + repr(said.value) + repr(said.value.__cause__)
