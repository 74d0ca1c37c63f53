"""The profile's roles as those who manage users see them, and which of them one person never holds together."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from itertools import permutations

from casemgmt.organisations.roles import Role
from casemgmt.policy.schema.basics import FORBIDDEN_TO
from casemgmt.policy.schema.vocabulary import Capability, RoleKey
from casemgmt.policy.versions import NoVersion, profile_in_force


def roles_on(on: date) -> dict[str, Role]:
    """The roles of the profile in force, in its order; none while an organisation has no regulation."""
    try:
        table = profile_in_force(on).roles.table
    except NoVersion:
        return {}
    return {
        key.value: Role(
            key=key.value,
            label=role.label,
            sentence=role.sentence,
            articles=tuple(role.articles),
            capabilities=frozenset(given.value for given in role.capabilities),
        )
        for key, role in table.items()
    }


def kept_apart(keys: Iterable[str], on: date) -> tuple[str, str] | None:
    """Two of these roles that must be two people, or None.

    What the schema forbids to a role it would get after all by a second role of the same person: the administrator
    never reads dossiers, the keeper of records no working notes. Who manages users is not who reads the trail.
    """
    given = roles_on(on)
    known = [key for key in keys if key in given]
    for one, other in permutations(known, 2):
        if _forbidden_to(one, given[one].capabilities) & given[other].capabilities:
            return one, other
    return None


def _forbidden_to(key: str, capabilities: frozenset[str]) -> set[str]:
    forbidden = {each.value for each in FORBIDDEN_TO.get(RoleKey(key), ())}
    if Capability.USERS_MANAGE.value in capabilities:
        forbidden.add(Capability.AUDIT_READ.value)
    return forbidden
