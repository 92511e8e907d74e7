"""The app that is killed: it says what it begins and what is done, line by line. ``python -m
tests.torture.killed JOURNAL``, which holds what was saved before."""

import io
import json
import random
import sys
from dataclasses import replace
from datetime import datetime, timedelta

from fer_core.config import StorageSettings
from fer_core.desk.criteria import example_sets
from fer_core.desk.desk import Desk
from fer_core.desk.policy import LOCAL
from fer_core.errors import StorageError
from fer_core.history.storage import Store, identity
from tests.planted import session

SECONDS = 40


def say(**what: object) -> None:
    print(json.dumps(what), flush=True)


def dated(number: int):
    """A session of its own: what it is known by is when it was."""
    day = datetime(2020, 1, 1) + timedelta(hours=number)
    return replace(session(SECONDS), created=f"{day.isoformat()}+00:00")


def main(first: int, kept: list[str]) -> None:
    say(begin="migrate")
    settings = StorageSettings()
    store, desk = Store(settings), Desk(settings)
    say(done="migrate")
    opening = desk.openings.create(LOCAL, "Clerk", "recruitment", "DE",
                                   example_sets()["technical"][:2])
    candidate = desk.candidates.add(LOCAL, opening, "Kim")
    chance = random.Random(first)
    for number in range(first, first + 100_000):
        act = chance.choice(["save", "upload", "delete"])
        try:
            if act == "save":
                made = dated(number)
                say(begin="save", id=identity(made))
                store.save(made, "ko")
                kept.append(identity(made))
                say(done="save", id=kept[-1])
            elif act == "upload":
                say(begin="upload")
                added = desk.clips.add(LOCAL, candidate, f"{number}.mp4",
                                       io.BytesIO(b"ok %d " % number + bytes(1 << 21)))
                say(done="upload", id=added.id)
            elif kept:
                gone = kept.pop(chance.randrange(len(kept)))
                say(begin="delete", id=gone)
                store.delete([gone])
                say(done="delete", id=gone)
        except StorageError as error:
            say(failed=act, key=error.key)
            return


if __name__ == "__main__":
    main(int(sys.argv[1]), json.loads(sys.stdin.readline()))
