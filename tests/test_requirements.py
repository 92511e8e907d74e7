"""What is installed: one list, its extras, and the lock that holds every package by its hash."""

import re
import sys
import tomllib

import pytest
from packaging.requirements import Requirement
from packaging.version import Version
from pydantic import SecretStr

from fer_core.config import StorageSettings
from fer_core.errors import StorageError
from fer_core.history.database import open_engine
from tests.browser import ROOT

LISTS = {name: ROOT / f"requirements{suffix}.txt" for name, suffix in (
    ("app", ""), ("speech", "-speech"), ("postgres", "-postgres"))}
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
LOCK = re.findall(r"^(\S.*?) \\\n((?:    --hash=sha256:[0-9a-f]{64}(?: \\)?\n?)+)",
                  (ROOT / "requirements.lock").read_text("utf-8"), re.MULTILINE)
SYSTEMS = [{"sys_platform": s, "platform_system": p, "platform_machine": m, "os_name": o,
            "python_version": f"3.{v}", "python_full_version": f"3.{v}.0",
            "implementation_name": "cpython", "platform_python_implementation": "CPython"}
           for s, p, m, o in (("linux", "Linux", "x86_64", "posix"),
                              ("darwin", "Darwin", "arm64", "posix"),
                              ("win32", "Windows", "AMD64", "nt")) for v in (11, 12, 13)]


def asked(name: str) -> list[Requirement]:
    return [Requirement(line) for line in LISTS[name].read_text("utf-8").splitlines()
            if line and line[0] != "#"]


def test_every_pin_is_in_the_lock_with_hashes_on_every_system():
    """Where this fails: make lock."""
    locked = [Requirement(line) for line, _ in LOCK]
    for wish in (r for name in LISTS for r in asked(name)):
        for system in SYSTEMS:
            found = {str(one.specifier) for one in locked if one.name == wish.name.lower() and (
                one.marker is None or one.marker.evaluate(system))}
            assert found == {str(wish.specifier)}, (wish, system)
    lines = [line for line in (ROOT / "requirements.lock").read_text("utf-8").splitlines()
             if line and not line.startswith(("#", " "))]
    assert len(LOCK) == len(lines) > 100


def test_the_readme_names_the_torch_that_is_pinned():
    readme = (ROOT / "README.md").read_text("utf-8")
    for pin in (r for r in asked("app") if r.name in ("torch", "torchvision")):
        assert f"{pin.name}{pin.specifier}" in readme


def test_without_the_servers_driver_a_sentence_says_how_to_get_it(monkeypatch):
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(StorageError) as said:
        open_engine(StorageSettings(database_url=SecretStr("postgresql://a@b/c")))
    assert said.value.key == "error.storage.driver"


def test_the_lock_holds_exact_versions_only():
    for line, hashes in LOCK:
        (pin,) = Requirement(line).specifier
        assert pin.operator == "=="
        assert str(Version(pin.version)) == pin.version
        assert hashes.count("--hash=sha256:") >= 1


def test_extras_say_the_same_as_the_lists_and_the_tests_have_all_of_them():
    extras = PROJECT["project"]["optional-dependencies"]
    tested = set(PROJECT["dependency-groups"]["dev"])
    for name in ("speech", "postgres"):
        assert {Requirement(r) for r in extras[name]} == set(asked(name))
    assert {r for extra in extras.values() for r in extra} <= tested
