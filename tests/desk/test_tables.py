"""The tables as the code knows them are those that the migrations make."""

from datetime import UTC, datetime

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.config import Config

from fer_core.desk import tables
from fer_core.history.database import MIGRATIONS, Database, open_engine


@pytest.fixture
def database(settings):
    opened = Database(settings)
    yield opened
    opened.close()


def test_the_migrations_make_the_tables_that_the_code_knows(database):
    found = sa.inspect(database.engine)
    for table in tables.TABLES.sorted_tables:
        columns = {c["name"]: c for c in found.get_columns(table.name)}
        assert set(columns) == set(table.c.keys()), table.name
        for column in table.c:
            assert columns[column.name]["nullable"] == column.nullable, (table.name, column)
        keys = found.get_pk_constraint(table.name)["constrained_columns"]
        assert set(keys) == {c.name for c in table.primary_key}


@pytest.mark.parametrize("act", ["UPDATE audit SET who = 'x'", "DELETE FROM audit"])
def test_the_log_takes_no_change(database, act):
    line = {"line": 1, "time": "t", "who": "w", "action": "a", "opening": "", "thing": "",
            "detail": "", "previous": "p", "hash": "h"}
    with database.writing() as connection:
        connection.execute(tables.AUDIT.insert().values(**line))
    with pytest.raises(sa.exc.DBAPIError, match="append-only"), \
            database.engine.connect() as connection, connection.begin():
        connection.execute(sa.text(act))
    with database.reading() as connection:
        assert dict(connection.execute(sa.select(tables.AUDIT)).one()._mapping) == line


def test_what_belongs_to_a_candidate_goes_with_them(database):
    """Cascades, so that no row is left over; they are checked on every table."""
    found = sa.inspect(database.engine)
    for table in ("candidates", "clips", "readings", "consents", "scorecards", "ratings",
                  "comments", "decisions", "objections", "shares", "protected_groups",
                  "assignments"):
        keys = found.get_foreign_keys(table)
        assert keys, table
        assert all(k["options"].get("ondelete") == "CASCADE" for k in keys), table


@pytest.mark.parametrize(("adds", "numbers"), [(6, 6), (0, 5)])
def test_an_older_desk_counts_on_from_the_numbers_that_it_gave(settings, adds, numbers):
    """As many as its log has, also of those who are gone; at the least, as its rows have."""
    config, now, engine = Config(), datetime.now(UTC), open_engine(settings)
    config.set_main_option("script_location", str(MIGRATIONS))
    opening = {c.name: "x" if isinstance(c.type, sa.String) else 0 for c in tables.OPENINGS.c
               if not c.nullable and c.name != "numbers"}
    opening |= {"created": now, "blind": True, "grants_report": False, "pitched": False}
    candidate = {"id": "k", "opening": "x", "place_in_line": 5, "name": "Kim", "contact": "",
                 "subject": "", "key": b"k", "added": now, "hold_reason": ""}
    line = {"time": "t", "who": "w", "action": "candidate.add", "opening": "x", "thing": "",
            "previous": "p", "hash": "h"}
    with engine.connect().execution_options(writes=True) as connection, connection.begin():
        config.attributes["connection"] = connection
        command.upgrade(config, "0011")
        connection.execute(tables.OPENINGS.insert().values(**opening))
        connection.execute(tables.CANDIDATES.insert().values(**candidate))
        for n in range(adds + 1):
            connection.execute(tables.AUDIT.insert().values(
                line=n + 1, detail='{"refused":true}' if n == adds else "{}", **line))
    engine.dispose()
    database = Database(settings)
    with database.reading() as connection:
        assert connection.execute(sa.select(tables.OPENINGS.c.numbers)).scalar_one() == numbers
    database.close()
