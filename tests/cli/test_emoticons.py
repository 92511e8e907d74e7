"""``emoticon`` at the command line."""

import json

import numpy as np
import pytest
from PIL import Image
from typer.testing import CliRunner

from fer_core.cli import app
from fer_core.emoticons.traits import Traits
from fer_core.texts import say
from tests.photos.files import encoded

pytestmark = pytest.mark.slow  # each loads the networks
run = CliRunner().invoke


def test_a_picture_becomes_a_set(astronaut, tmp_path):
    (tmp_path / "me.png").write_bytes(encoded(astronaut, "png"))
    result = run(app, ["emoticon", str(tmp_path / "me.png"), "--out", str(tmp_path / "out"),
                       "--json"])
    assert result.exit_code == 0, result.output
    told = json.loads(result.stdout)
    assert told["expression"] == "happiness"
    assert Traits.model_validate(told["traits"]).glasses == "none"
    assert {p.name for p in (tmp_path / "out").iterdir()} == set(told["files"]) == {
        "me.svg", "me.png", "me.moving.webp", "me.moving.png", "me.emoticons.zip"}
    with Image.open(tmp_path / "out" / "me.moving.webp") as film:
        assert film.n_frames == 8


def test_of_an_animation_the_first_picture_is_drawn_and_said(astronaut, tmp_path):
    first = Image.fromarray(astronaut)
    first.save(tmp_path / "me\ntoo.webp", save_all=True, append_images=[first.rotate(180)])
    result = run(app, ["emoticon", str(tmp_path / "me\ntoo.webp"), "--lang", "en"])
    assert result.exit_code == 0, result.output
    said, drawn = result.output.splitlines()
    assert said == say("page.photo.moving", "en", frames=2)
    assert drawn.startswith("metoo.webp: Happiness")


def test_no_face_is_data_and_no_picture_an_error(tmp_path):
    (tmp_path / "wall.jpg").write_bytes(encoded(np.full((99, 99, 3), 90, np.uint8), "jpeg"))
    (tmp_path / "not.jpg").write_bytes(b"nothing")
    wall = run(app, ["emoticon", str(tmp_path / "wall.jpg"), "--lang", "en"])
    assert wall.exit_code == 1  # nothing was made
    assert "no face" in wall.stderr
    for name in ("not.jpg", "none.jpg", "none.mp4"):
        wrong = run(app, ["emoticon", str(tmp_path / name), "--json"])
        assert wrong.exit_code == 1
        assert wrong.stderr.startswith("error: ")
        assert "Traceback" not in wrong.output


def test_a_clips_expressions_move(shared_data, tmp_path):
    result = run(app, ["emoticon", str(shared_data / "clips" / "face_noface.mov"), "--out",
                       str(tmp_path), "--json"])
    assert result.exit_code == 0, result.output
    told = json.loads(result.stdout)
    assert told["faces"] == 1
    assert not told["traits"]["mask"]
    assert (tmp_path / "face_noface.moving.webp").stat().st_size > 1000
