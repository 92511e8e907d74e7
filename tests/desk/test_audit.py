"""One chain, whoever writes at once; any line changed, removed or put in is found."""

import csv
import io
import json
import subprocess
import sys
from pathlib import Path

import pytest
import sqlalchemy as sa
from typer.testing import CliRunner

from fer_core.cli import app
from fer_core.desk import audit
from fer_core.desk.tables import AUDIT, HEAD
from fer_core.history.database import Database
from tests.history.conftest import address, lite

ROOT = Path(__file__).parents[2]
KEY = bytes(range(32))


@pytest.fixture
def database(settings):
    opened = Database(settings)
    yield opened
    opened.close()


def write(database, count: int, start: int = 0) -> None:
    for n in range(start, start + count):
        with database.writing() as connection:
            audit.append(connection, "member", "clip.watch", opening="o",
                         thing=audit.pseudonym(KEY, "clip", str(n)), detail={"at": n})


def tamper(database, *statements: str) -> None:
    """As somebody who owns the database can: past the triggers."""
    with database.writing() as connection:
        if database.lite:
            for act in ("update", "delete"):
                connection.execute(sa.text(f"DROP TRIGGER IF EXISTS audit_no_{act}"))
        else:
            connection.execute(sa.text("ALTER TABLE audit DISABLE TRIGGER ALL"))
        for statement in statements:
            connection.execute(sa.text(statement))


def test_an_untouched_log_verifies(database):
    assert audit.verify(database) == audit.Verdict(0, f"0:{audit.NONE}", ())
    write(database, 5)
    verdict = audit.verify(database)
    assert (verdict.lines, verdict.faults) == (5, ())
    write(database, 3, 5)
    assert audit.verify(database, verdict.mark).faults == ()


def test_a_changed_line_is_found(database):
    write(database, 5)
    with database.reading() as connection:
        row = connection.execute(sa.select(AUDIT).where(AUDIT.c.line == 3)).one()
    for column in set(audit.COLUMNS) - {"line", "hash"}:
        tamper(database, f"UPDATE audit SET {column} = 'other' WHERE line = 3")
        assert audit.verify(database).faults == (audit.Fault(3, "changed"),), column
        tamper(database, f"UPDATE audit SET {column} = '{row._mapping[column]}' WHERE line = 3")
        assert audit.verify(database).faults == ()


def test_a_changed_line_with_its_hash_made_anew_is_found(database):
    write(database, 5)
    with database.reading() as connection:
        row = dict(connection.execute(sa.select(AUDIT).where(AUDIT.c.line == 3)).one()._mapping)
    row["who"] = "other"
    tamper(database, f"UPDATE audit SET who = 'other', hash = '{audit._hash(row)}' "
                     "WHERE line = 3")
    assert audit.verify(database).faults == (audit.Fault(4, "inserted"),)


@pytest.mark.parametrize(("line", "faults"), [
    (1, (audit.Fault(2, "removed"),)), (3, (audit.Fault(4, "removed"),)),
    (5, (audit.Fault(4, "end"),))])
def test_a_removed_line_is_found(database, line, faults):
    write(database, 5)
    tamper(database, f"DELETE FROM audit WHERE line = {line}")
    assert audit.verify(database).faults == faults


def test_an_inserted_line_is_found(database):
    write(database, 3)
    with database.reading() as connection:
        row = dict(connection.execute(sa.select(AUDIT).where(AUDIT.c.line == 3)).one()._mapping)
    row.update(line=4, previous=row["hash"], who="forged")
    row["hash"] = audit._hash(row)
    with database.writing() as connection:  # what the triggers do not keep from happening
        connection.execute(AUDIT.insert().values(**row))
    assert audit.verify(database).faults == (audit.Fault(4, "end"),)
    write_between = [*(f"UPDATE audit SET line = {n + 1} WHERE line = {n}" for n in (4, 3)),
                     "INSERT INTO audit SELECT 3, time, 'forged', action, opening, thing, "
                     "detail, previous, hash FROM audit WHERE line = 2"]
    tamper(database, *write_between)
    assert audit.Fault(3, "changed") in audit.verify(database).faults


def test_a_log_made_anew_does_not_hold_a_mark_noted_before(database):
    write(database, 4)
    mark = audit.verify(database).mark
    tamper(database, "DELETE FROM audit", f"UPDATE audit_head SET line = 0, hash = '{audit.NONE}'")
    write(database, 4, 100)
    assert audit.verify(database).faults == ()
    assert audit.verify(database, mark).faults == (audit.Fault(4, "mark"),)
    with database.writing() as connection:
        connection.execute(sa.delete(HEAD))
    assert audit.verify(database).faults == (audit.Fault(4, "end"),)


def test_no_words_get_into_the_log(database):
    for words in ({"who": "김 지원"}, {"detail": {"why": "a sentence"}}, {"opening": "x" * 65},
                  {"thing": "mail@example.org"}, {"detail": {"Kim Ji-won ": 1}}):
        with pytest.raises(ValueError, match="codes"), database.writing() as connection:
            audit.append(connection, **{"who": "m", "action": "a", **words})
    assert audit.verify(database).lines == 0


def test_a_line_stands_and_falls_with_what_it_tells_of(database):
    def broken():
        with database.writing() as connection:
            audit.append(connection, "m", "a")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        broken()
    assert audit.verify(database) == audit.Verdict(0, f"0:{audit.NONE}", ())


def test_pseudonyms_tell_nothing_without_their_key():
    names = {audit.pseudonym(key, kind, "1") for key in (KEY, audit.new_key())
             for kind in ("clip", "candidate")}
    assert len(names) == 4
    assert all(len(name.partition(":")[2]) == 32 for name in names)


WRITER = """
import os, sys
from fer_core.config import StorageSettings
from fer_core.desk import audit
from fer_core.history.database import Database
database = Database(StorageSettings())
for n in range(int(sys.argv[2])):
    with database.writing() as connection:
        audit.append(connection, sys.argv[1], "clip.watch", detail={"n": n})
"""


def test_several_processes_at_once_write_one_chain(database, settings):
    place = {"POISE_HOME": str(settings.home), "POISE_DATABASE_URL": address(settings)}
    writers = [subprocess.Popen([sys.executable, "-c", WRITER, f"w{n}", "40"], cwd=ROOT,
                                env={"PATH": "", **place}) for n in range(3)]
    assert [w.wait(120) for w in writers] == [0, 0, 0]
    assert audit.verify(database).faults == ()
    with database.reading() as connection:
        wrote = [(row.who, json.loads(row.detail)["n"]) for row in audit.lines(connection)]
    assert sorted(wrote) == [(f"w{w}", n) for w in range(3) for n in range(40)]


def test_the_commands(database, settings, monkeypatch, tmp_path):
    monkeypatch.setenv("POISE_HOME", str(settings.home))
    if not lite(settings):
        monkeypatch.setenv("POISE_DATABASE_URL", address(settings))
    run = CliRunner().invoke
    write(database, 3)
    result = run(app, ["audit", "verify", "--json"])
    assert result.exit_code == 0
    said = json.loads(result.stdout)
    assert said == {"intact": True, "lines": 3, "mark": audit.verify(database).mark,
                    "faults": []}
    assert run(app, ["audit", "verify", "--mark", said["mark"], "--lang", "en"]).exit_code == 0
    exported = run(app, ["audit", "export", str(tmp_path / "log.csv")])
    assert exported.exit_code == 0
    rows = list(csv.reader(io.StringIO((tmp_path / "log.csv").read_text("utf-8"))))
    assert rows[0] == list(audit.COLUMNS)
    assert len(rows) == 4
    tamper(database, "DELETE FROM audit WHERE line = 2")
    broken = run(app, ["audit", "verify", "--json"])
    assert broken.exit_code == 1
    assert json.loads(broken.stdout)["faults"] == [{"line": 3, "kind": "removed"}]
    assert "3" in run(app, ["audit", "verify", "--lang", "ko"]).output
