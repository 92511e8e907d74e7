"""What import-linter cannot say of pages: they know the public names of fer_core only."""

import ast
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

import fer_core

ROOT = Path(__file__).parent.parent
PAGES = [ROOT / "app.py", ROOT / "server.py", *sorted((ROOT / "pages").rglob("*.py"))]
FORBIDDEN = {"torch", "torchvision", "timm", "cv2", "facenet_pytorch", "av", "sqlalchemy"}


def test_pages_import_public_names_only():
    assert [f"{page.name}: {name}" for page in PAGES for name in imported(page)
            if name.split(".")[0] in FORBIDDEN or (name.startswith("fer_core.")
            and name.removeprefix("fer_core.") not in fer_core.__all__)] == []


def imported(page):
    """Full names of all that a source imports."""
    for node in ast.walk(ast.parse(page.read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom):
            yield from (f"{node.module}.{a.name}" for a in node.names)
        elif isinstance(node, ast.Import):
            yield from (a.name for a in node.names)


def test_importing_the_package_does_not_load_torch():
    code = "import sys, fer_core; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False).returncode == 0


def test_the_home_page_waits_for_no_network():
    """An empty app costs the server 0.9 s, torch alone five more. Whose profile it is comes from
    the database: its driver is needed."""
    code = ("import sys\n"
            "from streamlit.testing.v1 import AppTest\n"
            "page = AppTest.from_file(sys.argv[1]).run(timeout=120)\n"
            "assert not page.exception and page.get('page_link')\n"
            "print(*sys.modules)\n")
    ran = subprocess.run([sys.executable, "-W", "ignore", "-c", code, str(ROOT / "app.py")],
                         cwd=ROOT, check=True, capture_output=True, text=True)
    heavy = {"torch", "timm", "cv2", "av", "aiortc", "pandas", "scipy", "pyarrow"}
    assert heavy & set(ran.stdout.splitlines()[-1].split()) == set()


def test_every_public_name_exists():
    for name in fer_core.__all__:
        assert getattr(fer_core, name) is not None
    assert "Analyser" in dir(fer_core)
    with pytest.raises(AttributeError):
        _ = fer_core.nothing


def test_a_page_shows_only_what_it_draws():
    """Streamlit's magic would print a constant's docstring at the head of a page."""
    settings = tomllib.loads((ROOT / ".streamlit/config.toml").read_text("utf-8"))
    assert settings["runner"]["magicEnabled"] is False
