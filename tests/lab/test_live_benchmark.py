"""The live benchmark without its measuring."""

from types import SimpleNamespace

import pytest

from fer_core.config import Settings
from fer_core.lab import live_benchmark
from tests.clips import clock, even, write_clip


@pytest.fixture(scope="module")
def clip(tmp_path_factory):
    return write_clip(tmp_path_factory.mktemp("clips") / "a.mp4", clock(even(0.5, 10)))


def test_a_camera_gives_a_clips_pictures_at_its_own_size_and_pace(clip):
    settings = Settings()
    pictures = live_benchmark.camera_pictures(settings, clip)
    assert pictures
    assert {(p.width, p.height, p.pts) for p in pictures} == {
        (settings.live.width, settings.live.height, None)}


@pytest.mark.parametrize("named", [True, False])
def test_the_usual_clip_is_asked_for_once_and_only_where_none_is_named(named, clip, monkeypatch):
    asked, row = [], {"displayed": 1.0}
    monkeypatch.setattr(live_benchmark, "usual_clip", lambda settings: asked.append(1) or clip)
    for measured in ("_poise", "_naive"):
        monkeypatch.setattr(live_benchmark, measured, lambda *_: row)
    monkeypatch.setattr(live_benchmark, "_spoken", lambda settings: [])
    monkeypatch.setattr(live_benchmark, "Analyser", lambda settings: SimpleNamespace(
        recogniser=SimpleNamespace(precision=None)))
    monkeypatch.setattr(live_benchmark.precision, "name", lambda precision: "float32")
    found = live_benchmark.run(Settings(), clip if named else None)
    assert found["clip"] == clip.name
    assert len(asked) == (not named)
