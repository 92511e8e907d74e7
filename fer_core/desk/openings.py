"""Openings: a job with its questions, its scorecard, its place in the world and how long it keeps
what it is given; and who of the members sees it.
"""

import json
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, cast

import sqlalchemy as sa

from fer_core.desk.access import Access, Target
from fer_core.desk.criteria import Criterion, from_data, to_data
from fer_core.desk.gate import PURPOSES, Purpose, table
from fer_core.desk.observed import OBSERVABLE
from fer_core.desk.policy import ROLES, Person, Role, Thing, may
from fer_core.desk.tables import ASSIGNMENTS, MEMBERS, OPENINGS
from fer_core.errors import DeskError
from fer_core.history.database import aware

KEEP_DAYS = 180
"""d that clips are kept by default; Illinois (820 ILCS 42/15) asks for deletion within 30 days
of a request, which is done at once."""


@dataclass(frozen=True)
class Opening:
    """Attributes:
        place: ISO code, or EU.
        grants_report: candidates get their own report; only then are expressions read.
        observed: of ``OBSERVABLE``, what candidates are asked to let be observed.
        pitched: voices are disguised in the copies that are made from now on.
        signed_reason: an admin's, for reading more than people see; "" where none signed.
    """

    id: str
    title: str
    purpose: Purpose
    place: str
    questions: tuple[str, ...]
    criteria: tuple[Criterion, ...]
    retention_days: int
    blind: bool
    grants_report: bool
    signed_reason: str
    signed_by: str | None
    signed: datetime | None
    created: datetime
    pitched: bool
    observed: tuple[str, ...] = ()


@dataclass(frozen=True)
class Member:
    """Somebody of the team; ``subject`` is what their sign-in calls them."""

    id: str
    subject: str
    name: str
    roles: frozenset[Role]


class Openings:
    """The openings and the team.

    Raises:
        Forbidden, StorageError: from every method.
    """

    def __init__(self, access: Access) -> None:
        self._access = access

    def create(self, person: Person, title: str, purpose: str, place: str,
               criteria: Sequence[Criterion], questions: Sequence[str] = (), *,
               retention_days: int = KEEP_DAYS, blind: bool | None = None,
               grants_report: bool = False, pitched: bool = False,
               observed: Sequence[str] = ()) -> str:
        """A new opening, to which its maker is assigned; its id.

        Args:
            blind: None: in recruitment.
            pitched: voices are disguised in what reviewers hear.
            observed: of ``OBSERVABLE``, what candidates are asked to let be observed.

        Raises:
            DeskError: no title or no criterion, an unknown purpose or place, no days; something
                else to be observed.
        """
        _check(title, purpose, place, criteria, retention_days)
        number = secrets.token_hex(16)
        with self._access.acting(person, "opening.create") as act:
            act.connection.execute(OPENINGS.insert().values(
                id=number, title=title.strip(), purpose=purpose, place=place.strip().upper(),
                questions=json.dumps(list(questions), ensure_ascii=False),
                criteria=to_data(criteria), retention_days=retention_days,
                blind=purpose == "recruitment" if blind is None else blind,
                grants_report=grants_report, signed_reason="", created=datetime.now(UTC),
                created_by=person.id, pitched=pitched, observed=_observed(observed),
                numbers=0))
            act.connection.execute(ASSIGNMENTS.insert().values(
                opening=number, member=person.id))
            act.opening = number
        return number

    def list(self, person: Person) -> tuple[Opening, ...]:
        """Those that the person may see, the newest first."""
        with self._access.database.reading() as connection:
            found = connection.execute(sa.select(OPENINGS).order_by(
                OPENINGS.c.created.desc(), OPENINGS.c.id)).all()
        return tuple(_opening(r) for r in found if may(person, "opening.see", Thing(r.id)))

    def get(self, person: Person, number: str) -> Opening:
        """One opening."""
        with self._access.glancing(person, "opening.see", Target(number)) as act:
            return _opening(act.connection.execute(sa.select(OPENINGS).where(
                OPENINGS.c.id == act.opening)).one())

    def change(self, person: Person, number: str, *, title: str | None = None,
               retention_days: int | None = None, blind: bool | None = None,
               grants_report: bool | None = None, pitched: bool | None = None,
               observed: Sequence[str] | None = None) -> None:
        """Change what is given. Purpose, place and criteria stay as candidates met them.

        Raises:
            DeskError: no title, no days.
        """
        values: dict[str, Any] = {k: v for k, v in {
            "title": title and title.strip(), "retention_days": retention_days, "blind": blind,
            "grants_report": grants_report, "pitched": pitched,
            "observed": None if observed is None else _observed(observed),
        }.items() if v is not None}
        if title is not None and not title.strip():
            raise DeskError("error.desk.title")
        if retention_days is not None and retention_days < 1:
            raise DeskError("error.desk.retention")
        with self._access.acting(person, "opening.edit", Target(number)) as act:
            now = act.connection.execute(sa.select(OPENINGS).where(
                OPENINGS.c.id == number)).one()._mapping
            values = {k: v for k, v in values.items() if v != now[k]}
            if values:
                act.connection.execute(sa.update(OPENINGS).where(
                    OPENINGS.c.id == number).values(**values))
            act.detail = {k: _changed(k, now[k], v) for k, v in values.items()} or {
                "unchanged": True}

    def sign(self, person: Person, number: str, reason: str) -> None:
        """An admin's reason for reading more than people see; an empty one takes it back.

        It opens nothing by itself: the gate and each candidate's consent are asked as well.
        """
        signed = bool(reason.strip())
        with self._access.acting(person, "opening.sign", Target(number)) as act:
            act.connection.execute(sa.update(OPENINGS).where(OPENINGS.c.id == number).values(
                signed_reason=reason.strip(), signed_by=person.id if signed else None,
                signed=datetime.now(UTC) if signed else None))
            act.detail = {"signed": signed}

    def assign(self, person: Person, number: str, members: Sequence[str]) -> None:
        """Exactly these members see the opening from now on.

        Raises:
            DeskError: an unknown one.
        """
        with self._access.acting(person, "opening.assign", Target(number)) as act:
            known = set(act.connection.execute(sa.select(MEMBERS.c.id)).scalars())
            if not set(members) <= known | {person.id}:
                raise DeskError("error.desk.member")
            act.connection.execute(sa.delete(ASSIGNMENTS).where(ASSIGNMENTS.c.opening == number))
            for member in dict.fromkeys(members):
                act.connection.execute(ASSIGNMENTS.insert().values(
                    opening=number, member=member))
            act.detail = {"members": len(set(members))}

    def assigned(self, person: Person, number: str) -> tuple[str, ...]:
        """The ids of the members who see the opening."""
        with self._access.glancing(person, "opening.assign", Target(number)) as act:
            return tuple(act.connection.execute(sa.select(ASSIGNMENTS.c.member).where(
                ASSIGNMENTS.c.opening == number).order_by(ASSIGNMENTS.c.member)).scalars())

    def members(self, person: Person) -> tuple[Member, ...]:
        """The team, by name."""
        with self._access.glancing(person, "member.see") as act:
            found = act.connection.execute(sa.select(MEMBERS).order_by(MEMBERS.c.name)).all()
        return tuple(_member(row) for row in found)

    def add_member(self, person: Person, subject: str, name: str,
                   roles: Sequence[str]) -> str:
        """Let somebody in, or change their name and roles; their id.

        Raises:
            DeskError: no subject, no name, or not roles of the team.
        """
        if not subject.strip() or not name.strip():
            raise DeskError("error.desk.title")
        if not roles or not set(roles) <= set(ROLES) - {"candidate"}:
            raise DeskError("error.desk.role")
        values = {"name": name.strip(), "roles": " ".join(sorted(set(roles)))}
        with self._access.acting(person, "member.edit") as act:
            number = act.connection.execute(sa.select(MEMBERS.c.id).where(
                MEMBERS.c.subject == subject.strip())).scalar()
            if number is None:
                number = secrets.token_hex(16)
                act.connection.execute(MEMBERS.insert().values(
                    id=number, subject=subject.strip(), joined=datetime.now(UTC), **values))
            else:
                act.connection.execute(sa.update(MEMBERS).where(
                    MEMBERS.c.id == number).values(**values))
            act.about, act.detail = number, {"roles": values["roles"].replace(" ", "+")}
        return str(number)

    def remove_member(self, person: Person, number: str) -> None:
        """Let somebody out: they see nothing any more; what they wrote stays, under their id."""
        with self._access.acting(person, "member.edit") as act:
            act.connection.execute(sa.delete(ASSIGNMENTS).where(
                ASSIGNMENTS.c.member == number))
            gone = act.connection.execute(sa.delete(MEMBERS).where(
                MEMBERS.c.id == number)).rowcount
            act.detail = {"removed": gone}

    def person(self, subject: str) -> Person | None:
        """Who signs in, as the table has them now; None who is not of the team."""
        with self._access.database.reading() as connection:
            row = connection.execute(sa.select(MEMBERS).where(
                MEMBERS.c.subject == subject)).first()
            if row is None:
                return None
            openings = connection.execute(sa.select(ASSIGNMENTS.c.opening).where(
                ASSIGNMENTS.c.member == row.id)).scalars()
            return Person(row.id, _member(row).roles, frozenset(openings))


def _changed(name: str, before: Any, after: Any) -> str | bool:
    """What became of a setting, in the log's codes: ``180..30``, ``yes..no``; of what is observed,
    what came and went: ``+pauses-facing``. The title stays out of the log, which tells no names."""
    if name == "title":
        return True
    if name == "observed":
        old, new = before.split(), after.split()
        return "".join([*(f"+{f}" for f in new if f not in old),
                        *(f"-{f}" for f in old if f not in new)])
    return "..".join(("no", "yes")[v] if isinstance(v, bool) else str(v) for v in (before, after))


def _observed(features: Sequence[str]) -> str:
    if not set(features) <= set(OBSERVABLE):
        raise DeskError("error.desk.features")
    return " ".join(f for f in OBSERVABLE if f in features)


def _check(title: str, purpose: str, place: str, criteria: Sequence[Criterion],
           retention_days: int) -> None:
    for wrong, key in ((not title.strip(), "title"), (purpose not in PURPOSES, "purpose"),
                       (table().group(place) is None, "place"), (not criteria, "criteria"),
                       (retention_days < 1, "retention")):
        if wrong:
            raise DeskError(f"error.desk.{key}")


def _opening(row: Any) -> Opening:
    return Opening(
        row.id, row.title, row.purpose, row.place, tuple(json.loads(row.questions)),
        from_data(row.criteria), row.retention_days, bool(row.blind), bool(row.grants_report),
        row.signed_reason, row.signed_by, row.signed and aware(row.signed), aware(row.created),
        bool(row.pitched), tuple(row.observed.split()))


def _member(row: Any) -> Member:
    return Member(row.id, row.subject, row.name,
                  frozenset(cast(Role, r) for r in row.roles.split() if r in ROLES))
