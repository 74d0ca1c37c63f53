"""Who will be able to read an entry: said before it is saved."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import Q

from casemgmt.accounts.models import User
from casemgmt.organisations.models import Membership
from casemgmt.policy.words import role_capabilities, supervised_roles
from dossiers.frame import Decider, deciders_of, people_of
from dossiers.models import Assignment, Dossier
from dossiers.people.representing import held_on
from dossiers.verbs import Verb


@dataclass(frozen=True, slots=True)
class Colleague:
    """Somebody of staff who works with a dossier, and why."""

    user_id: UUID
    name: str
    ground: str
    role: str
    assignment_id: UUID | None
    starts_on: date | None
    ends_on: date | None


@dataclass(frozen=True, slots=True)
class Readers:
    """Staff by name, and per client who may ask to read by right."""

    team: str
    staff: tuple[Colleague, ...]
    by_right: tuple[Decider, ...]


def readers_of(dossier: Dossier, on: date) -> Readers:
    """Everybody who may read this dossier's entries today, without the working notes."""
    return Readers(
        team=dossier.unit.name,
        staff=colleagues_of(dossier, on),
        by_right=deciders_of(people_of(dossier), held_on(dossier, on), on),
    )


def colleagues_of(dossier: Dossier, on: date) -> tuple[Colleague, ...]:
    """Members of the dossier's team whose role reads dossiers, and everybody with an assignment today."""
    supervised = supervised_roles(on)
    may_read = [role for role, given in role_capabilities(on).items() if Verb.READ in given and role not in supervised]
    today = Q(starts_on__lte=on) & (Q(ends_on__isnull=True) | Q(ends_on__gte=on))
    members = Membership.objects.filter(today, unit_id=dossier.unit_id, role__in=may_read)
    team = dict(members.values_list("user_id", "role"))
    assigned = list(
        Assignment.objects.filter(content_object=dossier).filter(Q(ends_on__isnull=True) | Q(ends_on__gte=on))
    )
    ids = {*team, *(row.user_id for row in assigned)}
    names = dict(User.objects.filter(id__in=ids, is_active=True).values_list("id", "name"))
    found = [
        Colleague(user_id, names[user_id], "team", role, None, None, None)
        for user_id, role in team.items()
        if user_id in names
    ]
    found += [
        Colleague(
            row.user_id, names[row.user_id], "assignment", row.role_in_care or "", row.id, row.starts_on, row.ends_on
        )
        for row in assigned
        if row.user_id in names
    ]
    return tuple(sorted(found, key=lambda one: (one.ground, one.name)))


def may_be_added(dossier: Dossier, on: date) -> list[tuple[UUID, str]]:
    """Colleagues who do not reach this dossier yet and may work without a supervisor, by name."""
    here = {one.user_id for one in colleagues_of(dossier, on)}
    today = Q(starts_on__lte=on) & (Q(ends_on__isnull=True) | Q(ends_on__gte=on))
    alone = Membership.objects.filter(today).exclude(role__in=supervised_roles(on))
    ids = set(alone.values_list("user_id", flat=True)) - here
    rows = User.objects.filter(id__in=ids, is_active=True).order_by("name", "id").values_list("id", "name")
    return list(rows)
