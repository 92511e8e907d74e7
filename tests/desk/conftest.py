"""Empty databases, as the history's tests have them, and a desk with a small team."""

from types import SimpleNamespace

import pytest

from fer_core.desk.criteria import example_sets
from fer_core.desk.desk import Desk
from fer_core.desk.policy import LOCAL, Person
from fer_core.desk.scorecards import Rating
from tests.history.conftest import server, settings

__all__ = ["server", "settings"]

CRITERIA = example_sets()["technical"][:2]
FIRST, SECOND = (c.id for c in CRITERIA)


def rated(first: int = 3, second: int = 4) -> dict[str, Rating]:
    return {FIRST: Rating(first, "said so"), SECOND: Rating(second, "did so")}


@pytest.fixture
def desk(settings):
    opened = Desk(settings)
    yield opened
    opened.close()


@pytest.fixture
def team(desk):
    """An opening in Korea with two candidates; an admin, a lead and two reviewers who are
    assigned to it, and a lead of another opening."""
    made = SimpleNamespace()
    roles = {"admin": ["admin"], "lead": ["lead"], "ann": ["reviewer"], "bob": ["reviewer"],
             "other": ["lead", "reviewer"]}
    ids = {name: desk.openings.add_member(LOCAL, f"{name}@example.org", name.title(), role)
           for name, role in roles.items()}
    made.ids = ids
    boss = desk.openings.person("admin@example.org")
    made.opening = desk.openings.create(boss, "Engineer", "recruitment", "KR", CRITERIA)
    desk.openings.assign(boss, made.opening, [ids["lead"], ids["ann"], ids["bob"]])
    made.elsewhere = desk.openings.create(
        desk.openings.person("other@example.org"), "Clerk", "recruitment", "KR", CRITERIA)
    for name in roles:
        setattr(made, name, desk.openings.person(f"{name}@example.org"))
    made.kim, made.lee = (desk.candidates.add(made.lead, made.opening, name, f"{name}@home")
                          for name in ("Kim Jiwon", "Lee Seojun"))
    made.as_kim = Person("", frozenset({"candidate"}), candidate=made.kim)
    return made
