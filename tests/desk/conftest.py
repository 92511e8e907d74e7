"""Empty databases, as the history's tests have them, and a desk with a small team."""

import shutil
from types import SimpleNamespace

import pytest

from fer_core.config import StorageSettings
from fer_core.desk.criteria import example_sets
from fer_core.desk.desk import Desk
from fer_core.desk.policy import LOCAL, Person
from fer_core.desk.scorecards import Rating
from fer_core.history.database import Database
from tests.history.conftest import lite, server, settings

__all__ = ["server", "settings"]

CRITERIA = example_sets()["technical"][:2]
FIRST, SECOND = (c.id for c in CRITERIA)


def rated(first: int = 3, second: int = 4) -> dict[str, Rating]:
    return {FIRST: Rating(first, "said so"), SECOND: Rating(second, "did so")}


@pytest.fixture(scope="session")
def migrated(tmp_path_factory):
    """An empty database in SQLite with the newest schema, made once."""
    home = tmp_path_factory.mktemp("migrated")
    Database(StorageSettings(home=home, database_url="")).close()
    return home / "poise.db"


@pytest.fixture
def sqlite(tmp_path):
    """Taken as ``settings`` by tests of which one kind of database is enough: that the desk's
    every call works in both is for test_crossing to show."""
    return StorageSettings(home=tmp_path / "home", database_url="")


@pytest.fixture
def desk(settings, migrated):
    if lite(settings):
        settings.home.mkdir(parents=True)
        shutil.copy(migrated, settings.home)
    opened = Desk(settings)
    yield opened
    opened.close()


@pytest.fixture
def team(desk):
    """An opening in Korea that asks for facing, with two candidates; an admin, a lead and two
    reviewers who are
    assigned to it, and a lead of another opening."""
    made = SimpleNamespace()
    roles = {"admin": ["admin"], "lead": ["lead"], "ann": ["reviewer"], "bob": ["reviewer"],
             "other": ["lead", "reviewer"]}
    ids = {name: desk.openings.add_member(LOCAL, f"{name}@example.org", name.title(), role)
           for name, role in roles.items()}
    made.ids = ids
    boss = desk.openings.person("admin@example.org")
    made.opening = desk.openings.create(boss, "Engineer", "recruitment", "KR", CRITERIA,
                                        observed=["facing"])
    desk.openings.assign(boss, made.opening, [ids["lead"], ids["ann"], ids["bob"]])
    made.elsewhere = desk.openings.create(
        desk.openings.person("other@example.org"), "Clerk", "recruitment", "KR", CRITERIA)
    for name in roles:
        setattr(made, name, desk.openings.person(f"{name}@example.org"))
    made.kim, made.lee = (desk.candidates.add(made.lead, made.opening, name, f"{name}@home")
                          for name in ("Kim Jiwon", "Lee Seojun"))
    made.as_kim = Person("", frozenset({"candidate"}), candidate=made.kim)
    return made
