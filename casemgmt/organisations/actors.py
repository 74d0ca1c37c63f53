"""Who is at work: one value that every act, door and page receives.

Built afresh for every request from the memberships of today, so a right that
was taken away is gone with the next click.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from casemgmt.accounts.models import User
from casemgmt.base.db import reads
from casemgmt.base.organisation import current
from casemgmt.organisations.models import Membership

# Which capabilities a role has is a profile's business; `policy` (to our right) answers here.
RoleCapabilities = Mapping[str, frozenset[str]]
_capabilities: list[Callable[[date], RoleCapabilities]] = []
_supervised: list[Callable[[date], frozenset[str]]] = []


@dataclass(frozen=True, slots=True)
class Actor:
    """A person, or the application itself, acting in one organisation.

    ``units_by_role`` maps a role key to the units in which it is held today,
    ``units_by_capability`` a capability to the units where today's roles give it. A role under a
    supervisor gives its capabilities in no unit: being in a team opens nothing to it (SH-2.5.5).
    """

    user_id: UUID | None
    name: str
    organisation_id: UUID
    is_portal: bool = False
    units_by_role: Mapping[str, frozenset[UUID]] = field(default_factory=dict, hash=False)
    units_by_capability: Mapping[str, frozenset[UUID]] = field(default_factory=dict, hash=False)

    def may(self, capability: str) -> bool:
        """Whether any of today's roles gives ``capability``."""
        return capability in self.units_by_capability

    def units_where(self, capability: str) -> frozenset[UUID]:
        """The units in which a role of today gives ``capability`` without a supervisor."""
        return self.units_by_capability.get(capability, frozenset())

    def only_supervised(self, capability: str) -> bool:
        """Whether every role of today that gives ``capability`` needs a supervisor for it."""
        return self.may(capability) and not self.units_where(capability)

    @property
    def roles(self) -> tuple[str, ...]:
        """The keys of today's roles, sorted."""
        return tuple(sorted(self.units_by_role))

    @property
    def capabilities(self) -> frozenset[str]:
        """Everything today's roles give somewhere."""
        return frozenset(self.units_by_capability)


def provide_capabilities(answer: Callable[[date], RoleCapabilities]) -> None:
    """Tell what each role may do on a date in the current organisation; called once, by `policy`."""
    _capabilities[:] = [answer]


def provide_supervised(answer: Callable[[date], frozenset[str]]) -> None:
    """Tell which roles work under a supervisor on a date; called once, by `policy`."""
    _supervised[:] = [answer]


@reads
def actor_for(user: User, on: date) -> Actor:
    """The actor that ``user`` is in the current organisation on ``on``; nobody special when unknown."""
    by_role = _units_by_role(user, on)
    return Actor(
        user_id=user.id,
        name=user.name,
        organisation_id=current(),
        is_portal=user.is_portal,
        units_by_role=by_role,
        units_by_capability=_units_by_capability(by_role, on),
    )


def _units_by_role(user: User, on: date) -> dict[str, frozenset[UUID]]:
    units: dict[str, set[UUID]] = {}
    if user.is_active and not user.is_portal:
        held = Membership.objects.filter(user_id=user.id, starts_on__lte=on)
        for role, unit_id, ends_on in held.values_list("role", "unit_id", "ends_on"):
            if ends_on is None or ends_on >= on:
                units.setdefault(role, set()).add(unit_id)
    return {role: frozenset(ids) for role, ids in units.items()}


def _units_by_capability(by_role: Mapping[str, frozenset[UUID]], on: date) -> dict[str, frozenset[UUID]]:
    if not by_role or not _capabilities:
        return {}
    given: dict[str, set[UUID]] = {}
    of_role = _capabilities[0](on)
    supervised = _supervised[0](on) if _supervised else frozenset()
    for role, units in by_role.items():
        for capability in of_role.get(role, frozenset()):
            given.setdefault(capability, set()).update(() if role in supervised else units)
    return {capability: frozenset(units) for capability, units in given.items()}


def operator() -> Actor:
    """Whoever works with the commands of the machine itself: nobody's account, and no capability to read."""
    return Actor(user_id=None, name="", organisation_id=current())
