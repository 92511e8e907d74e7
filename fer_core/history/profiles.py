"""Who somebody is to Poise: what they want to be called and what they prepare for.

One row a person, under the id by which the desk knows them too; alone on one's own machine there
is one person. Everything may be left open, and nothing of it is sent anywhere.
"""

import json
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

import sqlalchemy as sa

from fer_core.history import rewriting
from fer_core.history.database import Database
from fer_core.history.tables import PROFILES
from fer_core.records import Tone
from fer_core.texts import Language

Experience = Literal["", "new", "some", "long"]
EXPERIENCES: tuple[Experience, ...] = ("", "new", "some", "long")
"""None said, no job yet, up to five years, more."""
LONGEST = 300
"""Characters of a line of a profile."""


@dataclass(frozen=True)
class Profile:
    """What somebody tells of themselves.

    Attributes:
        name: as they want to be addressed; empty: not at all.
        job: the job that they look for, in their own words.
        field: the field of work chosen for it (``sessions.jobs``); empty: by the job's words.
        strengths: a line each.
        interview: the day of the interview, in their own time zone.
        language: to be spoken to in; None: as the link says.
        tone: how the coach speaks.
        emoticon: the traits of their emoticon, as JSON values; None where they made none.
    """

    name: str = ""
    job: str = ""
    field: str = ""
    experience: Experience = ""
    strengths: tuple[str, ...] = ()
    interview: date | None = None
    language: Language | None = None
    tone: Tone = "polite"
    emoticon: dict[str, Any] | None = None


class Profiles:
    """The profiles in a database. Safe to use from any thread.

    Raises:
        StorageError: from every method, where the database cannot be read or written.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def load(self, person: str) -> Profile | None:
        """The profile of a person, None where they told nothing yet."""
        with self._database.reading() as connection:
            found = connection.execute(sa.select(PROFILES).where(
                PROFILES.c.person == person)).first()
        return None if found is None else Profile(
            found.name, found.job, found.field, found.experience,
            tuple(line for line in found.strengths.split("\n") if line), found.interview,
            found.language, found.tone,
            None if found.emoticon is None else json.loads(found.emoticon))

    def save(self, person: str, profile: Profile) -> None:
        """Keep a profile in place of what was kept before, which is gone for good."""
        row = {**vars(profile), "name": _line(profile.name), "job": _line(profile.job),
               "strengths": "\n".join(filter(None, map(_line, profile.strengths))),
               "emoticon": None if profile.emoticon is None else json.dumps(
                   profile.emoticon, ensure_ascii=False, sort_keys=True)}
        with self._database.writing() as connection:
            if connection.execute(sa.delete(PROFILES).where(
                    PROFILES.c.person == person)).rowcount:
                rewriting.mark(connection)
            connection.execute(PROFILES.insert().values(person=person, **row))
        rewriting.finish(self._database)

    def delete(self, person: str) -> None:
        """Delete a profile for good; nothing where there is none."""
        with rewriting.deleting(self._database) as connection:
            connection.execute(sa.delete(PROFILES).where(PROFILES.c.person == person))


def _line(text: str) -> str:
    return " ".join(text.split())[:LONGEST]
