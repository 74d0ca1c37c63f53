"""Which roles people can have here and which no one person may hold together; the profile, to our right, answers."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date

MANAGE = "users.manage"


@dataclass(frozen=True, slots=True)
class Role:
    """A role as people know it: its name, the sentence and articles that it rests on, and what it may do."""

    key: str
    label: str
    sentence: str
    articles: tuple[str, ...]
    capabilities: frozenset[str]


Roles = Mapping[str, Role]
KeptApart = Callable[[Iterable[str], date], tuple[str, str] | None]
_roles: list[Callable[[date], Roles]] = []
_apart: list[KeptApart] = []


def provide_roles(roles: Callable[[date], Roles], kept_apart: KeptApart) -> None:
    """Say which roles there are on a date and which two may not be one person's; called once, by `policy`."""
    _roles[:], _apart[:] = [roles], [kept_apart]


def roles_on(on: date) -> Roles:
    """The roles of the current organisation by key, in the profile's order; none without a regulation."""
    return _roles[0](on)


def kept_apart(keys: Iterable[str], on: date) -> tuple[str, str] | None:
    """Two of these roles that one person may not hold at once, or None."""
    return _apart[0](keys, on)


def roles_to_give(on: date) -> list[Role]:
    """The roles that open anything: one whose people get no access is not given with an account."""
    return [role for role in roles_on(on).values() if role.capabilities]


def managing(on: date) -> list[str]:
    """The keys of the roles that manage users."""
    return [role.key for role in roles_on(on).values() if MANAGE in role.capabilities]
