"""``photo`` at the command line."""

import csv
import json

import numpy as np
import pytest
from typer.testing import CliRunner

from fer_core.cli import app
from tests.photos.files import encoded

pytestmark = pytest.mark.slow  # each loads the networks
run = CliRunner().invoke


@pytest.fixture
def pictures(astronaut, tmp_path):
    """A face, a wall, and a file that is no picture."""
    files = {"face.png": encoded(astronaut, "png"), "not.jpg": b"nothing",
             "wall.jpg": encoded(np.full((99, 99, 3), 90, np.uint8), "jpeg")}
    for name, data in files.items():
        (tmp_path / name).write_bytes(data)
    return tmp_path


def test_a_picture_without_a_face_is_data(pictures):
    result = run(app, ["photo", str(pictures / "face.png"), str(pictures / "wall.jpg"), "--lang",
                       "en", "--out", str(pictures / "out"), "--why"])
    assert result.exit_code == 0, result.output
    assert "face.png: faces: 1" in result.output
    assert "wall.jpg: no face" in result.output
    face, wall = json.loads((pictures / "out" / "photos.json").read_text("utf-8"))
    assert face["faces"][0]["expression"] == "happiness"
    assert len(face["faces"][0]["doubts"]) == 8
    assert wall["faces"] == []
    with (pictures / "out" / "photos.csv").open(encoding="utf-8-sig", newline="") as lines:
        assert [row["file"] for row in csv.DictReader(lines)] == ["face.png", "wall.jpg"]


def test_a_file_that_is_no_picture_fails_alone(pictures):
    result = run(app, ["photo", str(pictures / "not.jpg"), str(pictures / "none.jpg"),
                       str(pictures / "wall.jpg"), "--json"])
    assert result.exit_code == 1
    assert result.stderr.count("error: ") == 2
    assert "Traceback" not in result.output
    assert json.loads(result.stdout)["faces"] == []
