"""What somebody tells of themselves: kept, replaced, and really gone."""

import secrets
from datetime import date

import sqlalchemy as sa

from fer_core.history.profiles import LONGEST, Profile
from tests.history.conftest import lite
from tests.history.test_rewriting import held

MINE = Profile("민지", "백엔드 개발자", "it", "new", ("끈기", "꼼꼼함"), date(2026, 12, 24), "ko",
               "casual", {"skin": 41.0, "hair": "dark"})


def test_a_profile_comes_back_as_it_was_and_is_one_persons(store):
    assert store.profiles.load("local") is None
    store.profiles.save("local", MINE)
    store.profiles.save("ann@example.org", Profile(name="Ann"))
    assert store.profiles.load("local") == MINE
    assert store.profiles.load("ann@example.org") == Profile(name="Ann")
    store.profiles.save("local", Profile())
    assert store.profiles.load("local") == Profile()
    store.profiles.delete("local")
    store.profiles.delete("local")
    assert store.profiles.load("local") is None
    assert store.profiles.load("ann@example.org") is not None


def test_lines_stay_lines_however_long(store):
    store.profiles.save("local", Profile(" a\nb ", "x" * 999, strengths=("  ", "a\n b", "y" * 999)))
    found = store.profiles.load("local")
    assert (found.name, found.job) == ("a b", "x" * LONGEST)
    assert found.strengths == ("a b", "y" * LONGEST)


def test_what_is_replaced_or_deleted_is_gone_from_the_files(store, settings):
    first, second = secrets.token_hex(12), secrets.token_hex(12)
    if not lite(settings):
        with store._database.writing() as connection:
            connection.execute(sa.text(
                "ALTER TABLE profiles ALTER COLUMN strengths SET STORAGE EXTERNAL"))
    store.profiles.save("local", Profile(name=first))
    store.profiles.save("local", Profile(name=second))
    assert held(settings, first, second) == [second]
    store.delete_all()
    assert held(settings, first, second) == []
