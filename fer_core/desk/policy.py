"""Who may do what: one table, which every query asks.

``may`` is a pure function of the person, the action and the facts about the thing. Whatever is
not in the table is not allowed. Readings must pass the gate as well, which is asked here, and
nobody sees another's rating or any reading before handing in a card of their own.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias, get_args

from fer_core.desk.gate import features_allowed

Role: TypeAlias = Literal["candidate", "reviewer", "lead", "admin"]
TRANSCRIPT = "transcript"
"""The feature that is no reading: words are read beside the clip that they were said in."""
ROLES: tuple[Role, ...] = get_args(Role)
Seat: TypeAlias = Literal[Role, "guest"]
"""A role, or that of an outside reviewer, who comes by a share link."""


@dataclass(frozen=True)
class Person:
    """Somebody who asks.

    Attributes:
        id: of the member, or of a guest's link; of a candidate, "".
        roles: what they are; each alone may suffice.
        openings: those a member is assigned to; None: all, on one's own machine.
        candidate: the candidate they are, None for members.
        clip: the one clip that a guest's link is for; None: all of the opening.
    """

    id: str
    roles: frozenset[Seat]
    openings: frozenset[str] | None = frozenset()
    candidate: str | None = None
    clip: str | None = None


LOCAL = Person("local", frozenset({"reviewer", "lead", "admin"}), None)
"""The one person of one's own machine, where nobody signs in: all is theirs."""


@dataclass(frozen=True)
class Thing:
    """What is asked about, as far as a rule needs to know it.

    Attributes:
        opening: whose it is; None of what belongs to none.
        candidate: whom it is about.
        clip: of the candidate, that it is or belongs to.
        author: the member who wrote it.
        handed_in: the members whose own card about the candidate is handed in.
        blind: names, addresses and faces are hidden from reviewers.
        grants_report: candidates get their own report, for which expressions are read.
        held: it must not be deleted for now.
        purpose, place: of the opening, which the gate is asked.
        consented: the gate's features for which all is on record that a consent takes.
    """

    opening: str | None = None
    candidate: str | None = None
    clip: str | None = None
    author: str | None = None
    handed_in: frozenset[str] = frozenset()
    blind: bool = True
    grants_report: bool = False
    held: bool = False
    purpose: str = ""
    place: str = ""
    consented: frozenset[str] = frozenset()


NOTHING = Thing()


def _anything(person: Person, thing: Thing) -> bool:
    return True


def _assigned(person: Person, thing: Thing) -> bool:
    return thing.opening is not None and (
        person.openings is None or thing.opening in person.openings)


def _own(person: Person, thing: Thing) -> bool:
    return person.candidate is not None and person.candidate == thing.candidate


def _sighted(person: Person, thing: Thing) -> bool:
    return _assigned(person, thing) and not thing.blind


def _shared(person: Person, thing: Thing) -> bool:
    return _assigned(person, thing) and thing.clip is not None and person.clip in (
        None, thing.clip)


def _shared_sighted(person: Person, thing: Thing) -> bool:
    return _shared(person, thing) and not thing.blind


def _author(person: Person, thing: Thing) -> bool:
    return _assigned(person, thing) and bool(person.id) and person.id == thing.author


def _unsealed(person: Person, thing: Thing) -> bool:
    return _assigned(person, thing) and person.id in thing.handed_in


def _author_or_unsealed(person: Person, thing: Thing) -> bool:
    return _author(person, thing) or _unsealed(person, thing)


def _own_granted(person: Person, thing: Thing) -> bool:
    return _own(person, thing) and thing.grants_report


def _own_free(person: Person, thing: Thing) -> bool:
    return _own(person, thing) and not thing.held


def _free(person: Person, thing: Thing) -> bool:
    return not thing.held


Condition: TypeAlias = Callable[[Person, Thing], bool]
RULES: Mapping[str, Mapping[Seat, Condition]] = {
    # People and openings.
    "member.see": {"lead": _anything, "admin": _anything},
    "member.edit": {"admin": _anything},
    "opening.create": {"lead": _anything, "admin": _anything},
    "opening.see": {"candidate": _own, "reviewer": _assigned, "lead": _assigned,
                    "admin": _anything},
    "opening.edit": {"lead": _assigned, "admin": _anything},
    "opening.assign": {"lead": _assigned, "admin": _anything},
    "opening.sign": {"admin": _anything},
    # Candidates, their consent, their clips.
    "candidate.add": {"lead": _assigned},
    "candidate.invite": {"lead": _assigned},
    "candidate.see": {"candidate": _own, "reviewer": _assigned, "lead": _assigned,
                      "admin": _anything},
    "candidate.identify": {"candidate": _own, "reviewer": _sighted, "lead": _assigned,
                           "admin": _anything},
    "candidate.hold": {"admin": _anything},
    "candidate.forget": {"candidate": _own_free, "admin": _free},
    "consent.give": {"candidate": _own},
    "consent.withdraw": {"candidate": _own},
    "consent.see": {"candidate": _own, "lead": _assigned, "admin": _anything},
    "objection.raise": {"candidate": _own},
    "objection.see": {"candidate": _own, "lead": _assigned},
    "objection.answer": {"lead": _assigned},
    "group.enter": {"candidate": _own, "admin": _anything},
    "clip.add": {"candidate": _own, "lead": _assigned},
    "clip.change": {"lead": _assigned},
    "clip.watch": {"candidate": _own, "reviewer": _assigned, "lead": _assigned,
                   "guest": _shared},
    "clip.original": {"candidate": _own, "reviewer": _sighted, "lead": _assigned,
                      "guest": _shared_sighted},
    # Judging.
    "reading.see": {"candidate": _own_granted, "reviewer": _unsealed, "lead": _unsealed},
    "scorecard.write": {"reviewer": _assigned, "lead": _assigned},
    "scorecard.see": {"reviewer": _author_or_unsealed, "lead": _author_or_unsealed},
    "comment.write": {"reviewer": _assigned, "lead": _assigned},
    "comment.delete": {"reviewer": _author, "lead": _author},
    "comment.list": {"reviewer": _assigned, "lead": _assigned},
    "comment.see": {"reviewer": _author_or_unsealed, "lead": _author_or_unsealed},
    "chapter.mark": {"reviewer": _assigned, "lead": _assigned},
    "consensus.write": {"lead": _unsealed},
    "agreement.see": {"lead": _unsealed},
    "decision.make": {"lead": _unsealed},
    "decision.see": {"reviewer": _unsealed, "lead": _unsealed},
    "summary.see": {"lead": _assigned},
    # Sharing and proving.
    "share.make": {"lead": _assigned},
    "audit.see": {"admin": _anything},
}
ACTIONS = tuple(RULES)


def may(person: Person, action: str, thing: Thing = NOTHING) -> bool:
    """Whether a person may do something. An unknown action may nobody."""
    rules = RULES.get(action, {})
    return any(role in rules and rules[role](person, thing)
               and (action != "reading.see" or bool(_gated(role, thing)))
               for role in person.roles)


def shown(person: Person, thing: Thing) -> frozenset[str]:
    """The gate's features that a person may see of a clip; none where they may see nothing."""
    rules = RULES["reading.see"]
    return frozenset(feature for role in person.roles
                     if role in rules and rules[role](person, thing)
                     for feature in _gated(role, thing))


def _gated(role: Seat, thing: Thing) -> frozenset[str]:
    without, given = (features_allowed(thing.purpose, thing.place, role, consent)
                      for consent in (False, True))
    return frozenset(feature for feature in given if feature != TRANSCRIPT and (
        given if feature in thing.consented else without)[feature].allowed)
