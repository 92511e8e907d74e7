"""What ``pip install .`` gives: a wheel that needs nothing of the checkout."""

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from fer_core import launch

ROOT = Path(__file__).parent.parent
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run([sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)],
                   cwd=ROOT, check=True, capture_output=True)
    (file,) = folder.glob("poise-*.whl")
    return file


def test_the_wheel_holds_pages_weights_and_what_is_no_source(wheel):
    assert wheel.stat().st_size < 80e6
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
        entry = archive.read(next(n for n in names if n.endswith("entry_points.txt"))).decode()
        told = archive.read(next(n for n in names if n.endswith("METADATA"))).decode()
    beside = [ROOT / "app.py", ROOT / "server.py", *(p for folder in ("pages", ".streamlit")
                                 for p in (ROOT / folder).rglob("*"))]
    wanted = {f"fer_core/app/{p.relative_to(ROOT).as_posix()}" for p in beside if p.is_file()}
    wanted |= {f"fer_core/{p.relative_to(ROOT).as_posix()}"
               for p in (ROOT / "weights").glob("*.*")}
    wanted |= {p.relative_to(ROOT).as_posix() for p in (ROOT / "fer_core").rglob("*.*")
               if p.is_file()}
    assert {n for n in wanted if "__pycache__" not in n} <= names
    assert "poise = fer_core.__main__:main" in entry
    assert all(f"Provides-Extra: {extra}" in told for extra in ("speech", "cluster", "postgres"))
    assert "Requires-Dist: streamlit==" in told


def test_unpacked_elsewhere_it_finds_its_own_pages_and_weights(wheel, tmp_path):
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(tmp_path)
    code = ("from fer_core import config, launch; from pathlib import Path; "
            "print(config.WEIGHTS, launch.app_file(), sep='\\n')")
    told = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, check=True, text=True,
                          capture_output=True).stdout.splitlines()
    assert [Path(line) for line in told] == [tmp_path / "fer_core" / "weights",
                                             tmp_path / "fer_core" / "app" / "server.py"]
    assert all(Path(line).exists() for line in told)


def test_in_a_checkout_it_is_the_checkout():
    assert launch.app_file() == ROOT / "server.py"
