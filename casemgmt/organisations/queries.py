"""What those who manage users look at: one colleague with every role there was, is and will be; and the teams."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import Q

from casemgmt.accounts import staff
from casemgmt.accounts.models import User
from casemgmt.base import clock
from casemgmt.base.db import reads
from casemgmt.base.errors import NotThere
from casemgmt.base.organisation import current
from casemgmt.organisations.actors import Actor
from casemgmt.organisations.acts import own_account, works_elsewhere
from casemgmt.organisations.models import Membership, SignInPlace, Unit
from casemgmt.organisations.roles import Role, roles_on


@dataclass(frozen=True, slots=True)
class Held:
    """One role of somebody: in which team, from when until when; ``state`` is "now", "later" or "over"."""

    id: UUID
    label: str
    role: Role | None
    unit: str
    starts_on: date
    ends_on: date | None
    state: str


@dataclass(frozen=True, slots=True)
class Colleague:
    """Somebody who works here or was invited. ``invited_until`` while an invitation was not used.

    ``why_not`` says why nothing can be changed here. ``here``: came in; of who did not, nothing of elsewhere is told,
    also not that the account was closed. ``to_withdraw``: an invitation, or roles given with it, that can be ended.
    """

    id: UUID
    name: str
    email: str
    active: bool
    held: tuple[Held, ...]
    invited_until: datetime | None
    invitation_over: bool
    why_not: str
    here: bool
    elsewhere: bool
    to_withdraw: bool


@dataclass(frozen=True, slots=True)
class UnitLine:
    """A team, with how many people work in it today."""

    id: UUID
    name: str
    closed_on: date | None
    people: int


@reads
def colleague(user_id: UUID, by: Actor, at: datetime) -> Colleague:
    """One colleague of the current organisation; raises NotThere for a stranger."""
    user = User.objects.filter(id=user_id, kind=User.Kind.STAFF).first()
    invitation = staff.open_invitations([user_id]).get(user_id)
    here = SignInPlace.objects.filter(user_id=user_id, organisation_id=current()).exists()
    if user is None or not (here or invitation):
        raise NotThere
    on = clock.local_date(at)
    rows = Membership.objects.filter(user_id=user_id).select_related("unit").order_by("-starts_on", "unit__name", "id")
    known = roles_on(on)
    held = tuple(_held(row, known.get(row.role), on) for row in rows)
    over = invitation is not None and at >= invitation.expires_at
    return Colleague(
        id=user.id,
        # Of an account that another organisation made, the name is told once its owner accepted.
        name=(invitation.name if invitation else "") or user.name,
        email=user.email or "",
        active=user.is_active or not here,
        held=held,
        invited_until=invitation.expires_at if invitation else None,
        invitation_over=over,
        why_not=own_account() if user.id == by.user_id else "",
        here=here,
        elsewhere=here and works_elsewhere(user.id),
        to_withdraw=not here and (not over or any(one.state != "over" for one in held)),
    )


@reads
def units(on: date) -> list[UnitLine]:
    """The teams by name, those that were closed last."""
    today = Q(starts_on__lte=on) & (Q(ends_on__isnull=True) | Q(ends_on__gte=on))
    people: dict[UUID, set[UUID]] = {}
    for unit_id, user_id in Membership.objects.filter(today).values_list("unit_id", "user_id"):
        people.setdefault(unit_id, set()).add(user_id)
    rows = sorted(Unit.objects.all(), key=lambda unit: (unit.closed_on is not None, unit.name.casefold()))
    return [UnitLine(unit.id, unit.name, unit.closed_on, len(people.get(unit.id, ()))) for unit in rows]


@reads
def unit(unit_id: UUID, on: date) -> UnitLine:
    """One team; raises NotThere."""
    found = next((each for each in units(on) if each.id == unit_id), None)
    if found is None:
        raise NotThere
    return found


@reads
def open_units() -> list[tuple[str, str]]:
    """The teams in which somebody can begin, as choices, by name."""
    rows = Unit.objects.filter(closed_on=None).order_by("name").values_list("id", "name")
    return [(str(unit_id), name) for unit_id, name in rows]


def _held(row: Membership, role: Role | None, on: date) -> Held:
    over = row.ends_on is not None and row.ends_on < on
    state = "over" if over else "later" if row.starts_on > on else "now"
    label = role.label if role else row.role
    ends_on = row.ends_on and max(row.ends_on, row.starts_on)  # ended at once on its first day
    return Held(row.id, label, role, row.unit.name, row.starts_on, ends_on, state)
