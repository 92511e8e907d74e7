"""Scorecards: ratings with their evidence, sealed until one's own is handed in; then side by
side, the consensus with its reason, the decision of a named person.

Nothing here adds ratings up or orders people by them.
"""

import secrets
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal, TypeAlias, get_args

import sqlalchemy as sa

from fer_core.desk.access import CONSENSUS, OWN, Access, Act, Target, find
from fer_core.desk.agreement import alpha
from fer_core.desk.criteria import LEVELS, from_data
from fer_core.desk.impact import Group, Impact, impact
from fer_core.desk.policy import Person, may
from fer_core.desk.tables import (
    CANDIDATES,
    DECISIONS,
    GROUPS,
    MEMBERS,
    OPENINGS,
    RATINGS,
    SCORECARDS,
)
from fer_core.errors import DeskError
from fer_core.history.database import aware

Choice: TypeAlias = Literal["selected", "declined", "on_hold"]
CHOICES: tuple[Choice, ...] = get_args(Choice)
MOST_COMPARED = 3
"""Candidates seen side by side: more become a ranking."""


@dataclass(frozen=True)
class Rating:
    """1 to 5, and what the candidate said or did that shows it."""

    rating: int
    evidence: str


@dataclass(frozen=True)
class Card:
    """Attributes:
        member: the id of who wrote it.
        ratings: criterion -> rating, in the order of the opening's criteria.
        reason: of a consensus.
        handed_in: None while it is a draft.
    """

    id: str
    candidate: str
    member: str
    ratings: Mapping[str, Rating]
    reason: str
    handed_in: datetime | None


@dataclass(frozen=True)
class Decision:
    """Attributes:
        name: of the person who decided, as it was then.
    """

    decision: Choice
    name: str
    reason: str
    decided: datetime


class Scorecards:
    """The cards and what follows from them.

    Raises:
        Forbidden, StorageError: from every method.
    """

    def __init__(self, access: Access) -> None:
        self._access = access

    def write(self, person: Person, candidate: str, ratings: Mapping[str, Rating]) -> None:
        """Keep one's own card as a draft: exactly these ratings.

        Raises:
            DeskError: a rating without evidence or out of 1 to 5, an unknown criterion, a card
                that is handed in.
        """
        with self._access.acting(person, "scorecard.write", Target(candidate=candidate)) as act:
            _check(act, ratings)
            _write(act, _own(act, person), ratings)
            act.detail = {"ratings": len(ratings)}

    def hand_in(self, person: Person, candidate: str) -> None:
        """Hand one's own card in. It cannot be changed from then on, and the others' open.

        Raises:
            DeskError: a criterion is not rated, or it is handed in already.
        """
        with self._access.acting(person, "scorecard.write", Target(candidate=candidate)) as act:
            card = _own(act, person)
            rated = set(act.connection.execute(sa.select(RATINGS.c.criterion).where(
                RATINGS.c.scorecard == card)).scalars())
            if rated != set(_criteria(act)):
                raise DeskError("error.desk.incomplete")
            act.connection.execute(sa.update(SCORECARDS).where(SCORECARDS.c.id == card).values(
                handed_in=datetime.now(UTC)))
            act.detail = {"handed_in": True}

    def own(self, person: Person, candidate: str) -> Card | None:
        """One's own card, a draft or handed in."""
        with self._access.glancing(person, "scorecard.write", Target(candidate=candidate)) as act:
            found = _cards(act, SCORECARDS.c.member == person.id, SCORECARDS.c.kind == OWN)
        return found[0] if found else None

    def all(self, person: Person, candidate: str) -> tuple[Card, ...]:
        """Every card that is handed in, one's own among them, in the order of their coming."""
        with self._access.looking(person, "scorecard.see", Target(candidate=candidate)) as act:
            return _cards(act, SCORECARDS.c.kind == OWN, SCORECARDS.c.handed_in.is_not(None))

    def compare(self, person: Person, candidates: Sequence[str]
                ) -> tuple[tuple[str, tuple[Card, ...]], ...]:
        """Up to three candidates of one opening with their cards, drawn in a random order.

        Raises:
            DeskError: fewer than two or more than three, or not of one opening.
        """
        chosen = list(dict.fromkeys(candidates))
        if not 2 <= len(chosen) <= MOST_COMPARED:
            raise DeskError("error.desk.compare")
        secrets.SystemRandom().shuffle(chosen)
        openings, found = set(), []
        for candidate in chosen:
            with self._access.acting(
                    person, "scorecard.see", Target(candidate=candidate)) as act:
                openings.add(act.opening)
                found.append((candidate, _cards(act, SCORECARDS.c.kind == OWN,
                                                SCORECARDS.c.handed_in.is_not(None))))
        if len(openings) > 1:
            raise DeskError("error.desk.compare")
        return tuple(found)

    def agree(self, person: Person, candidate: str, ratings: Mapping[str, Rating],
              reason: str) -> None:
        """The consensus card, in place of an earlier one.

        Raises:
            DeskError: as ``write``; a criterion is not rated; no reason.
        """
        if not reason.strip():
            raise DeskError("error.desk.reason")
        with self._access.acting(person, "consensus.write", Target(candidate=candidate)) as act:
            _check(act, ratings)
            if set(ratings) != set(_criteria(act)):
                raise DeskError("error.desk.incomplete")
            act.connection.execute(sa.delete(SCORECARDS).where(
                SCORECARDS.c.candidate == candidate, SCORECARDS.c.kind == CONSENSUS))
            card, now = secrets.token_hex(16), datetime.now(UTC)
            act.connection.execute(SCORECARDS.insert().values(
                id=card, candidate=candidate, member=person.id, kind=CONSENSUS,
                reason=reason.strip(), begun=now, handed_in=now))
            _write(act, card, ratings)

    def agreed(self, person: Person, candidate: str) -> Card | None:
        """The consensus card, for whoever handed their own in."""
        with self._access.looking(person, "decision.see", Target(candidate=candidate)) as act:
            found = _cards(act, SCORECARDS.c.kind == CONSENSUS)
        return found[0] if found else None

    def decide(self, person: Person, candidate: str, decision: Choice, reason: str,
               name: str = "") -> None:
        """The decision of a named person, with its reason. A later one stands beside it.

        Args:
            name: of the person, on a machine where nobody signs in.

        Raises:
            DeskError: no reason, no name, an unknown choice; several cards and no consensus.
        """
        if decision not in CHOICES:
            raise DeskError("error.desk.decision")
        if not reason.strip():
            raise DeskError("error.desk.reason")
        with self._access.acting(person, "decision.make", Target(candidate=candidate)) as act:
            named = act.connection.execute(sa.select(MEMBERS.c.name).where(
                MEMBERS.c.id == person.id)).scalar() or name.strip()
            if not named:
                raise DeskError("error.desk.title")
            if len(act.thing.handed_in) > 1 and not _cards(act, SCORECARDS.c.kind == CONSENSUS):
                raise DeskError("error.desk.consensus")
            act.connection.execute(DECISIONS.insert().values(
                id=secrets.token_hex(16), candidate=candidate, member=person.id, name=named,
                decision=decision, reason=reason.strip(), decided=datetime.now(UTC)))
            act.detail = {"decision": decision}

    def decisions(self, person: Person, candidate: str) -> tuple[Decision, ...]:
        """Every decision on a candidate, the newest last."""
        with self._access.looking(person, "decision.see", Target(candidate=candidate)) as act:
            found = act.connection.execute(sa.select(DECISIONS).where(
                DECISIONS.c.candidate == candidate).order_by(DECISIONS.c.decided)).all()
        return tuple(Decision(r.decision, r.name, r.reason, aware(r.decided)) for r in found)

    def agreement(self, person: Person, opening: str) -> float | None:
        """Krippendorff's alpha of the reviewers over the candidates whose seal is open to the
        person: 1 where they agree, 0 as by chance; None where it cannot be told."""
        units: list[dict[str, int]] = []
        with self._access.looking(person, "summary.see", Target(opening)) as act:
            numbers = act.connection.execute(sa.select(CANDIDATES.c.id).where(
                CANDIDATES.c.opening == opening)).scalars().all()
            for number in numbers:
                found = find(act.connection, Target(candidate=number))
                if found is None or not may(person, "agreement.see", found.thing):
                    continue
                cards = _cards(found, SCORECARDS.c.kind == OWN,
                               SCORECARDS.c.handed_in.is_not(None))
                units += [{card.member: card.ratings[c].rating for card in cards}
                          for c in _criteria(found)]
        return alpha(units)

    def impact(self, person: Person, opening: str, *categories: str) -> Impact:
        """How often people of each group were selected, of several categories together; of the
        newest decisions alone."""
        with self._access.looking(person, "summary.see", Target(opening)) as act:
            decisions = act.connection.execute(
                sa.select(DECISIONS.c.candidate, DECISIONS.c.decision)
                .join(CANDIDATES, CANDIDATES.c.id == DECISIONS.c.candidate)
                .where(CANDIDATES.c.opening == opening).order_by(DECISIONS.c.decided)).all()
            groups = act.connection.execute(
                sa.select(GROUPS.c.candidate, GROUPS.c.category, GROUPS.c.value)
                .join(CANDIDATES, CANDIDATES.c.id == GROUPS.c.candidate)
                .where(CANDIDATES.c.opening == opening)).all()
        said = {(r.candidate, r.category): r.value for r in groups}
        newest = {r.candidate: r.decision for r in decisions}

        def group(candidate: str) -> Group | None:
            known = tuple(said[candidate, c] for c in categories if (candidate, c) in said)
            return known if len(known) == len(categories) else None

        decided = {candidate: decision == "selected"
                   for candidate, decision in newest.items() if decision != "on_hold"}
        alone = [Counter(said[candidate, c] for candidate in decided if (candidate, c) in said)
                 for c in categories] if len(categories) > 1 else ()
        return impact([(group(candidate), chosen) for candidate, chosen in decided.items()],
                      alone)


def disagreements(cards: Sequence[Card], by: int = 2) -> tuple[str, ...]:
    """The criteria on which two ratings lie ``by`` or more apart: what to talk about."""
    names = dict.fromkeys(name for card in cards for name in card.ratings)
    rated = {name: [c.ratings[name].rating for c in cards if name in c.ratings] for name in names}
    return tuple(name for name, values in rated.items() if max(values) - min(values) >= by)


def _check(act: Act, ratings: Mapping[str, Rating]) -> None:
    for wrong, key in (
            (not set(ratings) <= set(_criteria(act)), "criterion"),
            (any(isinstance(r.rating, bool) or r.rating not in LEVELS
                 for r in ratings.values()), "rating"),
            (not all(r.evidence.strip() for r in ratings.values()), "evidence")):
        if wrong:
            raise DeskError(f"error.desk.{key}")


def _criteria(act: Act) -> tuple[str, ...]:
    return tuple(c.id for c in from_data(act.connection.execute(sa.select(
        OPENINGS.c.criteria).where(OPENINGS.c.id == act.opening)).scalar_one()))


def _own(act: Act, person: Person) -> str:
    """The id of one's own card, made if there is none.

    Raises:
        DeskError: it is handed in.
    """
    row = act.connection.execute(sa.select(SCORECARDS).where(
        SCORECARDS.c.candidate == act.candidate, SCORECARDS.c.member == person.id,
        SCORECARDS.c.kind == OWN).with_for_update()).first()
    if row is None:
        number = secrets.token_hex(16)
        act.connection.execute(SCORECARDS.insert().values(
            id=number, candidate=act.candidate, member=person.id, kind=OWN, reason="",
            begun=datetime.now(UTC)))
        return number
    if row.handed_in is not None:
        raise DeskError("error.desk.handed_in")
    return str(row.id)


def _write(act: Act, card: str, ratings: Mapping[str, Rating]) -> None:
    act.connection.execute(sa.delete(RATINGS).where(RATINGS.c.scorecard == card))
    if ratings:
        act.connection.execute(RATINGS.insert(), [
            {"scorecard": card, "criterion": name, "rating": r.rating,
             "evidence": r.evidence.strip()} for name, r in ratings.items()])


def _cards(act: Act, *which: sa.ColumnElement[bool]) -> tuple[Card, ...]:
    rows = act.connection.execute(sa.select(SCORECARDS).where(
        SCORECARDS.c.candidate == act.candidate, *which).order_by(
            SCORECARDS.c.handed_in, SCORECARDS.c.id)).all()
    return tuple(_card(act, row) for row in rows)


def _card(act: Act, row: Any) -> Card:
    found = {r.criterion: Rating(r.rating, r.evidence) for r in act.connection.execute(
        sa.select(RATINGS).where(RATINGS.c.scorecard == row.id))}
    return Card(row.id, row.candidate, row.member,
                {name: found[name] for name in _criteria(act) if name in found}, row.reason,
                row.handed_in and aware(row.handed_in))
