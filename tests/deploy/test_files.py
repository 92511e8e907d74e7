"""The files of ``deploy/``, as far as they can be judged where no Docker runs."""

import base64
import hashlib
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import streamlit
from ruamel.yaml import YAML

from fer_core.config import DeskSettings, StorageSettings, WebRtcSettings
from tests.browser import ROOT

DEPLOY = ROOT / "deploy"
COMPOSE = (DEPLOY / "compose.yaml").read_text("utf-8")
TOOLS = Path(sys.executable).parent
VALUES = {"DOMAIN": "poise.example.org", "ADMIN": "ann@example.org", "POSTGRES_PASSWORD": "p",
          "TURN_SECRET": "s"}


def run(*command, **more):
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=False,
                          env={**os.environ, **more})
    assert done.returncode == 0, done.stdout + done.stderr


def filled() -> dict:
    """compose.yaml with its variables filled in, as ``docker compose config`` shows it."""
    def value(found: re.Match) -> str:
        name, default = found["name"], found["default"]
        return default[1:] if default and default[0] == "-" else VALUES[name]

    variable = r"\$\{(?P<name>\w+):?(?P<default>[-?][^}]*)?\}"
    return YAML(typ="safe").load(re.sub(variable, value, COMPOSE))


def test_the_dockerfile_is_well_made():
    run(str(TOOLS / "hadolint"), str(DEPLOY / "Dockerfile"))


def test_compose_is_what_it_may_be():
    run(str(TOOLS / "check-jsonschema"), "--builtin-schema", "vendor.compose-spec",
        str(DEPLOY / "compose.yaml"))


def test_what_has_no_default_stands_in_the_example():
    asked = set(re.findall(r"\$\{(\w+):\?", COMPOSE))
    assert asked == set(VALUES)
    example = dict(line.split("=", 1) for line in (
        DEPLOY / "env.example").read_text("utf-8").splitlines() if "=" in line and line[0] != "#")
    assert asked <= set(example)
    assert not example["POSTGRES_PASSWORD"]
    assert not example["TURN_SECRET"]


def test_every_service_is_closed_in_and_healthy_or_says_why_not():
    for name, service in filled()["services"].items():
        assert service["read_only"] is True
        assert service["cap_drop"] == ["ALL"]
        assert service["logging"]["options"]["max-size"], name
        assert service["user" if name == "turn" else "image"]
        limits = service.get("deploy", {}).get("resources", {}).get("limits", {})
        assert name == "backup" or set(limits) == {"cpus", "memory"}
        # The image brings the app's.
        assert name == "app" or "healthcheck" in service


def test_only_the_door_and_the_relay_are_open():
    services = filled()["services"]
    assert {n for n, s in services.items() if s.get("ports")} == {"caddy"}
    assert {n for n, s in services.items() if s.get("network_mode") == "host"} == {"turn"}
    assert "outside" not in {*services["db"]["networks"], *services["worker"]["networks"]}


def test_what_is_mounted_is_there():
    for service in filled()["services"].values():
        for volume in service.get("volumes", ()):
            source = volume.split(":")[0]
            if source.startswith("./") and source not in ("./secrets.toml", "./backups"):
                assert (DEPLOY / source).is_file(), source


def test_poise_understands_its_environment(monkeypatch):
    services = filled()
    for name, value in services["services"]["app"]["environment"].items():
        monkeypatch.setenv(name, value)
    webrtc = WebRtcSettings()
    assert webrtc.turn == ("turns:poise.example.org:5349?transport=tcp",
                           "turn:poise.example.org:3478")
    assert (webrtc.turn_secret.get_secret_value(), webrtc.turn_only) == ("s", True)
    assert (DeskSettings().mode, DeskSettings().admins) == ("team", ("ann@example.org",))
    assert StorageSettings().database_url.get_secret_value() == "postgresql://poise:p@db/poise"
    # The relay lets in streams to the app, and the app believes Caddy.
    addresses = {n: s["networks"]["outside"]["ipv4_address"] for n, s in
                 services["services"].items() if isinstance(s.get("networks"), dict)}
    assert f"allowed-peer-ip={addresses['app']}\n" in (
        DEPLOY / "turnserver.conf").read_text("utf-8")
    assert addresses["caddy"] == services["services"]["app"]["environment"]["FORWARDED_ALLOW_IPS"]


@pytest.mark.skipif(shutil.which("caddy") is None, reason="not installed: caddy")
def test_caddy_takes_its_file(tmp_path):
    run("caddy", "validate", "--config", str(DEPLOY / "Caddyfile"), "--adapter", "caddyfile",
        DOMAIN="poise.example.org", XDG_DATA_HOME=str(tmp_path), XDG_CONFIG_HOME=str(tmp_path))


def test_the_policy_knows_the_script_in_streamlits_page():
    """After an upgrade of Streamlit: put the new hash into the Caddyfile."""
    page = (Path(streamlit.__file__).parent / "static/index.html").read_text("utf-8")
    hashes = {base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
              for script in re.findall("<script>(.*?)</script>", page, re.DOTALL)}
    known = re.findall(r"'sha256-([^']+)'", (DEPLOY / "Caddyfile").read_text("utf-8"))
    assert hashes == set(known)


@pytest.mark.skipif(shutil.which("awk") is None, reason="not installed: awk")
def test_without_cuda_the_image_keeps_all_else_by_its_hash():
    file = (DEPLOY / "Dockerfile").read_text("utf-8")
    (kept,) = re.findall(r"awk '([^']+)'", file)
    lock = (ROOT / "requirements.lock").read_text("utf-8")
    left = subprocess.run(["awk", kept], input=lock, capture_output=True, text=True,
                          check=True).stdout
    names = [set(re.findall(r"^([a-z][\w.-]*)==", text, re.MULTILINE)) for text in (lock, left)]
    gone = names[0] - names[1]
    assert {"torch", "torchvision", "triton", "nvidia-cublas"} <= gone
    assert all(re.match("torch|torchvision|triton|nvidia-|cuda-", name) for name in gone)
    assert not any("nvidia" in name or "cuda" in name for name in names[1])
    assert left.count("==") <= left.count("--hash=")


def test_nothing_secret_gets_into_an_image():
    kept = (ROOT / ".dockerignore").read_text("utf-8").splitlines()
    assert kept[1] == "*"
    assert ".streamlit/secrets.toml" in kept
    copied = re.findall(r"^COPY (?!--from)(.+) \S+$", (DEPLOY / "Dockerfile").read_text("utf-8"),
                        re.MULTILINE)
    for name in " ".join(copied).split():
        assert f"!{name}" in kept
        assert (ROOT / name).exists()
