"""The log of who did what, when, on what: append-only, each line bound to the one before by its
hash.

It holds no names and no sentences: members stand by their id, candidates and clips by a
pseudonym under the candidate's own key. Forgetting destroys the key; the lines stay, say of
nobody any more, and the chain still verifies.

A chain shows what was changed, removed or put in between. Whoever can write to the database
could make the whole chain anew, or drop its end together with the head: against that, note
``Verdict.mark`` elsewhere from time to time and verify with it.
"""

import csv
import hashlib
import hmac
import json
import re
import secrets
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal, TextIO, TypeAlias

import sqlalchemy as sa

from fer_core.desk.tables import AUDIT, HEAD
from fer_core.history.database import Database

NONE = "0" * 64
"""What stands before the first line."""
COLUMNS = ("line", "time", "who", "action", "opening", "thing", "detail", "previous", "hash")
_CODE = re.compile(r"[A-Za-z0-9_.:+-]{0,64}")

Detail: TypeAlias = Mapping[str, str | int | bool | None]
Broken: TypeAlias = Literal["changed", "removed", "inserted", "end", "mark"]


@dataclass(frozen=True)
class Fault:
    """Where the chain is broken, and what was done there.

    Attributes:
        line: the first that shows it.
        kind: the line was changed; lines before it were removed; it does not follow from the
            one before; the log does not end where its head says; the noted mark is not in it.
    """

    line: int
    kind: Broken


@dataclass(frozen=True)
class Verdict:
    """What verifying found.

    Attributes:
        mark: the last line's number and hash, to be noted elsewhere.
    """

    lines: int
    mark: str
    faults: tuple[Fault, ...]


def new_key() -> bytes:
    """A candidate's key: 32 bytes. With it gone, their pseudonyms are noise."""
    return secrets.token_bytes(32)


def pseudonym(key: bytes, kind: str, number: str) -> str:
    """Of a candidate or a clip: HMAC-SHA-256 under the candidate's key, its first 128 bits."""
    return f"{kind}:{hmac.digest(key, f'{kind}:{number}'.encode(), 'sha256').hex()[:32]}"


def append(connection: sa.Connection, who: str, action: str, *, opening: str = "",
           thing: str = "", detail: Detail | None = None, now: datetime | None = None) -> None:
    """Add a line, in the transaction of what it tells of: both stand, or neither.

    Args:
        connection: that writes; of two that append, one waits for the other.
        who: a member's id, or a pseudonym.
        opening: its id.
        thing: a pseudonym, or the id of something that is nobody.
        detail: short codes and numbers.

    Raises:
        ValueError: something is more than a code: a name or a sentence must not get in here.
    """
    told = json.dumps(dict(sorted((detail or {}).items())))
    for word in (who, action, opening, thing, *(v for pair in (detail or {}).items()
                                                for v in pair if isinstance(v, str))):
        if not _CODE.fullmatch(word):
            raise ValueError("the log takes codes, not words")
    head = connection.execute(sa.select(HEAD).with_for_update()).one()
    row = {"line": head.line + 1, "time": (now or datetime.now(UTC)).isoformat(), "who": who,
           "action": action, "opening": opening, "thing": thing, "detail": told,
           "previous": head.hash}
    made = _hash(row)
    connection.execute(AUDIT.insert().values(**row, hash=made))
    connection.execute(sa.update(HEAD).values(line=row["line"], hash=made))


def lines(connection: sa.Connection) -> Iterator[sa.Row[tuple[object, ...]]]:
    """All lines in order, a thousand in memory at a time."""
    yield from connection.execution_options(yield_per=1000).execute(
        sa.select(AUDIT).order_by(AUDIT.c.line))


def verify(database: Database, mark: str = "") -> Verdict:
    """Go through the whole chain.

    Args:
        mark: a ``Verdict.mark`` noted earlier, which must still be in the log.

    Raises:
        StorageError: the database cannot be read.
    """
    faults: list[Fault] = []
    expected, previous, last, marks = 1, NONE, 0, mark in ("", f"0:{NONE}")
    with database.reading() as connection:
        if not database.lite:  # the lines and their head as of one moment
            connection.execute(sa.text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ"))
        head = connection.execute(sa.select(HEAD)).first()
        for row in lines(connection):
            found = dict(row._mapping)
            last = found["line"]
            if last != expected:
                faults.append(Fault(last, "removed"))
            elif _hash(found) != found["hash"]:
                faults.append(Fault(last, "changed"))
            elif found["previous"] != previous:
                faults.append(Fault(last, "inserted"))
            marks = marks or f"{last}:{found['hash']}" == mark
            expected, previous = last + 1, found["hash"]
    if head is None or (head.line, head.hash) != (last, previous):
        faults.append(Fault(last, "end"))
    if not marks:
        faults.append(Fault(last, "mark"))
    return Verdict(last, f"{last}:{previous}", tuple(faults))


def export(database: Database, out: TextIO) -> int:
    """Write the log as CSV; how many lines that were."""
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    count = 0
    with database.reading() as connection:
        for row in lines(connection):
            writer.writerow([row._mapping[name] for name in COLUMNS])
            count += 1
    return count


def _hash(row: Mapping[str, object]) -> str:
    told = json.dumps([row[name] for name in COLUMNS if name != "hash"], ensure_ascii=True)
    return hashlib.sha256(told.encode()).hexdigest()
