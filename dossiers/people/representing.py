"""Who represents whom in a dossier, and what somebody therefore is to one client on a day.

Custody, guardianship and mentorship are written down per client. What a
representative may do stands in the rules; here stands only who is one.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext as _

from casemgmt.base.errors import Conflict, NotThere
from casemgmt.policy.rules.representation import is_adult
from casemgmt.policy.schema.vocabulary import Person as Who
from dossiers.models import Dossier, Person, Representation
from dossiers.people.vocabulary import PersonRole

# Pairs of a representative and a client.
Held = Collection[tuple[UUID, UUID]]

_OF_A_MINOR: Mapping[str, Who] = {
    PersonRole.PARENT: Who.PARENT_WITHOUT_CUSTODY,
    PersonRole.STEPPARENT: Who.STEPPARENT_WITHOUT_CUSTODY,
}
_OF_AN_ADULT: Mapping[str, Who] = {
    PersonRole.PARENT: Who.PARENT,
    PersonRole.PARTNER: Who.SPOUSE_OR_PARTNER,
}


@dataclass(frozen=True, slots=True)
class Represented:
    """A client whom somebody represents, from and up to and including a day; None: no such bound is known."""

    client_id: UUID
    starts_on: date | None = None
    ends_on: date | None = None


def held_on(dossier: Dossier, on: date) -> frozenset[tuple[UUID, UUID]]:
    """Who represents whom in this dossier on a day; one query."""
    begun = Q(starts_on__isnull=True) | Q(starts_on__lte=on)
    not_over = Q(ends_on__isnull=True) | Q(ends_on__gte=on)
    rows = Representation.objects.filter(begun, not_over, dossier=dossier)
    return frozenset(rows.values_list("representative_id", "client_id"))


def standing_to(person: Person, client: Person, held: Held, on: date) -> Who:
    """What somebody is to this client: custody ends at 18, a guardian of an adult is a mentor or curator.

    A brother, sister or child acts only as an adult; one whose age nobody knows acts for nobody. A partner or child
    is the client's own only where the client is known to be an adult: in a child's dossier it is a parent's. While
    nobody knows a client's age, custody that was written down stays custody; what it allows no rule says before then.
    """
    if person.id == client.id:
        return Who.CLIENT
    minor = not is_adult(client.birth_date, on)
    if (person.id, client.id) in held and (minor or person.role == PersonRole.GUARDIAN):
        return Who.LEGAL_REPRESENTATIVE
    if person.role == PersonRole.SIBLING:
        return Who.ADULT_SIBLING if is_adult(person.birth_date, on) else Who.NETWORK_PERSON
    if person.role == PersonRole.CHILD:
        own = not minor and is_adult(person.birth_date, on)
        return Who.ADULT_CHILD if own else Who.NETWORK_PERSON
    return (_OF_A_MINOR if minor else _OF_AN_ADULT).get(person.role, Who.NETWORK_PERSON)


def representatives_of(client: Person, people: Iterable[Person], held: Held, on: date) -> tuple[Person, ...]:
    """The legal representatives of one client, in the order of the dossier."""
    return tuple(one for one in people if standing_to(one, client, held, on) is Who.LEGAL_REPRESENTATIVE)


def clients_of(dossier: Dossier) -> list[Person]:
    """The clients of a dossier in their order; the key must be loaded."""
    return list(Person.objects.filter(dossier=dossier, role=PersonRole.CLIENT).order_by("position", "id"))


def representations_in(dossier: Dossier) -> list[Representation]:
    """Everything that is written down about who represents whom, also what is over or still to come."""
    return list(Representation.objects.filter(dossier=dossier).order_by("client_id", "representative_id"))


def represented_by(person: Person) -> tuple[Represented, ...]:
    """Whom somebody represents, with the days as they were written down, also those over or still to come."""
    rows = Representation.objects.filter(dossier_id=person.dossier_id, representative=person)
    return tuple(Represented(row.client_id, row.starts_on, row.ends_on) for row in rows.order_by("client_id"))


def represent(dossier: Dossier, person: Person, wanted: Sequence[Represented]) -> None:
    """Let somebody represent these clients of the same dossier and no others; each change leaves a row in the trail.

    Raises NotThere for somebody who is no client here or is this person, and Conflict
    for a reporter: a representative is named on pages and in letters, a reporter never.
    """
    if wanted and person.role == PersonRole.REPORTER:
        raise Conflict(_("A reporter is named nowhere, so cannot be somebody's representative here."))
    asked = {one.client_id: one for one in wanted}
    here = {client.id for client in clients_of(dossier)} - {person.id}
    if not asked.keys() <= here:
        raise NotThere
    for row in Representation.objects.select_for_update().filter(dossier=dossier, representative=person):
        new = asked.pop(row.client_id, None)
        if new is None:
            row.delete()
        elif (row.starts_on, row.ends_on) != (new.starts_on, new.ends_on):
            row.starts_on, row.ends_on = new.starts_on, new.ends_on
            row.save(update_fields=["starts_on", "ends_on"])
    for new in asked.values():
        Representation.objects.create(
            dossier=dossier,
            representative=person,
            client_id=new.client_id,
            starts_on=new.starts_on,
            ends_on=new.ends_on,
        )


def represented_no_more(dossier: Dossier, person: Person) -> None:
    """Whoever is no client any more is represented by nobody, so that no custody wakes up with the role."""
    for row in Representation.objects.select_for_update().filter(dossier=dossier, client=person):
        row.delete()
