"""Who somebody is that comes with the claims of a sign-in (OpenID Connect), or without any.

An address counts only where the provider says that it is verified: anybody can write one.
"""

from collections.abc import Mapping
from typing import Any, cast

from fer_core.config import DeskSettings
from fer_core.desk.openings import Openings
from fer_core.desk.policy import LOCAL, ROLES, Person, Role

TEAM = tuple(role for role in ROLES if role != "candidate")


def signed_in(claims: Mapping[str, Any] | None, openings: Openings,
              settings: DeskSettings | None = None) -> Person | None:
    """The person, None for whoever is of no team: they see nothing.

    Whom the settings or a claim name, and the table does not know yet, is entered into it.

    Args:
        claims: of a sign-in that was checked; None where nobody signed in.

    Raises:
        StorageError: the table cannot be read or written.
    """
    settings = settings or DeskSettings()
    if settings.mode == "own":
        return LOCAL
    if not claims or not claims.get("sub"):
        return None
    names = subjects(claims)
    claimed = _claimed(claims, settings)
    boss: set[Role] = {"admin"} if set(names) & {
        *settings.admins, *(a.lower() for a in settings.admins)} else set()
    known = next((found for found in map(openings.person, names) if found), None)
    if known is None and (claimed or boss):
        openings.add_member(LOCAL, names[0], str(claims.get("name") or names[0]),
                            sorted(claimed | boss))
        known = openings.person(names[0])
    if known is None:
        return None
    return Person(known.id, frozenset(claimed or known.roles) | boss, known.openings)


def subjects(claims: Mapping[str, Any]) -> tuple[str, ...]:
    """What the table may call somebody: the verified address first, then issuer and subject."""
    address = claims.get("email")
    verified = claims.get("email_verified") is True
    exact = f"{claims.get('iss', '')}|{claims['sub']}"
    return (str(address).strip().lower(), exact) if address and verified else (exact,)


def _claimed(claims: Mapping[str, Any], settings: DeskSettings) -> set[Role]:
    if not settings.roles_claim:
        return set()
    told = claims.get(settings.roles_claim)
    words = told.split() if isinstance(told, str) else told if isinstance(told, list) else []
    return {cast(Role, word) for word in words if word in TEAM}
