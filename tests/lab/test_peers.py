"""Peers' environments, played by small scripts of this Python's."""

import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from fer_core.cli import app
from fer_core.lab import peers
from tests.clips import clock, even, write_clip

SCRIPTED = """
import time
clock = [0.0]
time.perf_counter = lambda: clock[0]
def load():
    pass
def read(clip, step):
    assert open(clip, "rb").read(8) and step == 2
    frames = 10 if clip.endswith("1.mp4") else 30
    clock[0] += frames * {each}
    return frames
"""


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """An environment that reads, one that fails and none."""
    growing = SCRIPTED.format(each="0.002 * (frames / 10)")
    failing = "def load():\n    raise OSError('no weights')\n"
    monkeypatch.setattr(peers, "PEERS", {
        "scripted": peers.Peer("scripted==1", growing), "failing": peers.Peer("b", failing),
        "missing": peers.Peer("missing==2", "", "big")})
    monkeypatch.setattr(peers, "_OURS", SCRIPTED.format(each="0.001"))
    for name in ("scripted", "failing"):
        place = tmp_path / "peers" / name / "bin"
        place.mkdir(parents=True)
        # A link would take its environment with it.
        python = place / "python"
        python.write_text(f'#!/bin/sh\nexec {sys.executable} "$@"\n')
        python.chmod(0o755)
    return tmp_path / "peers"


@pytest.mark.skipif(sys.platform == "win32", reason="a shell script stands for python")
def test_peers_that_are_there_are_measured_and_others_told_how(folder, tmp_path, monkeypatch):
    monkeypatch.setenv("POISE_VIDEO__FPS", "8")
    clip = write_clip(tmp_path / "clip.mp4", clock(even(2, 16)))
    result = CliRunner().invoke(app, ["benchmark", "--peers", str(folder), "--clip", str(clip)])
    assert result.exit_code == 0, result.output
    assert "scripted" in result.output
    assert "failing    not measured: OSError: no weights" in result.output
    place = folder / "missing"
    assert f"python3.11 -m venv {place} && {place}/bin/pip install missing==2  # big" \
        in result.output
    rows = peers.compare(clip, folder, 8)
    assert (rows["scripted"]["frames"], rows["scripted"]["frames_per_s"]) == (10, 500)
    assert (rows["scripted"]["longer"], rows["poise"]["longer"]) == (3, 1)
    assert rows["scripted"]["peak_mb"] > 1
    assert rows["missing"] == {"absent": f"no {place / 'bin' / 'python'}"}


def test_every_peer_says_how_it_is_made_and_how_it_reads():
    for name, peer in peers.PEERS.items():
        assert {"load", "read"} <= set(compile(peer.reads, name, "exec").co_names)
        assert peer.needs in peers.how(name, Path("/x"))
