"""Who is at work: one value that every act, door and page receives.

Built afresh for every request from the memberships of today, so a right that
was taken away is gone with the next click.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from casemgmt.accounts.models import User
from casemgmt.base.db import reads
from casemgmt.base.organisation import current
from casemgmt.organisations.models import Membership

# Which capabilities a role has is a profile's business; `policy` (to our right) answers here.
CapabilitiesOf = Callable[[date, Iterable[str]], frozenset[str]]
_capabilities_of: list[CapabilitiesOf] = []


@dataclass(frozen=True, slots=True)
class Actor:
    """A person, or the application itself, acting in one organisation.

    ``units_by_role`` maps a role key to the units in which it is held today.
    """

    user_id: UUID | None
    name: str
    organisation_id: UUID
    is_portal: bool = False
    capabilities: frozenset[str] = frozenset()
    units_by_role: dict[str, frozenset[UUID]] = field(default_factory=dict, hash=False)

    def may(self, capability: str) -> bool:
        """Whether any of today's roles gives ``capability``."""
        return capability in self.capabilities

    @property
    def roles(self) -> tuple[str, ...]:
        """The keys of today's roles, sorted."""
        return tuple(sorted(self.units_by_role))

    @property
    def units(self) -> frozenset[UUID]:
        """The units in which this person has any role today."""
        return frozenset().union(*self.units_by_role.values())


def provide_capabilities(answer: CapabilitiesOf) -> None:
    """Tell how roles map to capabilities on a date; called once, by `policy`."""
    _capabilities_of[:] = [answer]


def capabilities_of(on: date, roles: Iterable[str]) -> frozenset[str]:
    """The capabilities that the profile in force on ``on`` gives to these roles."""
    return _capabilities_of[0](on, roles) if _capabilities_of else frozenset()


@reads
def actor_for(user: User, on: date) -> Actor:
    """The actor that ``user`` is in the current organisation on ``on``; nobody special when unknown."""
    units: dict[str, set[UUID]] = {}
    if user.is_active and not user.is_portal:
        held = Membership.objects.filter(user_id=user.id, starts_on__lte=on).values_list("role", "unit_id", "ends_on")
        for role, unit_id, ends_on in held:
            if ends_on is None or ends_on >= on:
                units.setdefault(role, set()).add(unit_id)
    return Actor(
        user_id=user.id,
        name=user.name,
        organisation_id=current(),
        is_portal=user.is_portal,
        capabilities=capabilities_of(on, units),
        units_by_role={role: frozenset(ids) for role, ids in units.items()},
    )


def system_actor() -> Actor:
    """The application itself, for what time does; it has no capability to read."""
    return Actor(user_id=None, name="", organisation_id=current())
