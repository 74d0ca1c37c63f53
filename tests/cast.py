"""The fixed cast: two organisations, people with and without a care relation, a family of every age.

Made through the acts, so the trail and the tokens are there as in real use.
Ages are on MOMENT: Sem 11, Yara 14, Milan 17; their mother Samira has custody,
their father Mark has not.
"""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from uuid import UUID, uuid4

from django.db import transaction

from casemgmt.accounts.models import User
from casemgmt.base.organisation import organisation
from casemgmt.organisations.actors import Actor
from casemgmt.organisations.models import Membership, Organisation, SignInPlace, Unit
from casemgmt.vault.keys import create_organisation_key
from dossiers.access import change_dossier
from dossiers.acts import NewDossier, create_dossier
from dossiers.models import Dossier
from dossiers.people.acts import NewPerson, add_person
from dossiers.people.representing import Represented
from dossiers.verbs import Verb

MOMENT = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
FIRST_DAY = date(2020, 1, 1)
WORKER = frozenset(
    {
        "dossier.open",
        Verb.READ,
        Verb.ADD,
        Verb.CHANGE,
        Verb.KEEP_NOTE,
        Verb.RECORD_CONSENT,
        Verb.PREPARE_DISCLOSURE,
        Verb.HANDLE_REQUEST,
        Verb.INVITE_TO_PORTAL,
        Verb.CLOSE,
        "search.use",
        "policy.read",
    }
)
MANAGER = frozenset({Verb.APPROVE_DISCLOSURE, Verb.DECIDE_REQUEST, Verb.REVIEW_REMOVAL, "policy.read"})


@dataclass(frozen=True)
class Place:
    """One organisation with its people; ``actor`` values as the entrance would build them."""

    id: UUID
    slug: str
    unit_id: UUID
    other_unit_id: UUID
    worker: Actor
    colleague: Actor
    manager: Actor


@dataclass(frozen=True)
class Family:
    """A dossier with its people."""

    dossier_id: UUID
    sem: UUID
    yara: UUID
    milan: UUID
    samira: UUID
    mark: UUID


def make_place(slug: str = "sterk-huis") -> Place:
    """An organisation with two teams, a worker and a manager in the first and a colleague in the second."""
    row = Organisation.objects.create(slug=slug, name=slug.title(), kind="test", abbreviation=slug[:2].upper())
    with organisation(row.id), transaction.atomic():
        create_organisation_key()
        team, other = Unit.objects.create(name="team Zuid"), Unit.objects.create(name="team Noord")
        worker = make_actor(row, team, "caseworker", WORKER, "Noor van Dalen")
        colleague = make_actor(row, other, "caseworker", WORKER, "Daan Postma")
        manager = make_actor(row, team, "manager", MANAGER, "Hanneke Vos")
    return Place(row.id, slug, team.id, other.id, worker, colleague, manager)


def make_actor(place: Organisation, unit: Unit, role: str, capabilities: frozenset[str], name: str) -> Actor:
    """A staff account with a membership, and the actor it is."""
    email = f"{name.split()[0].lower()}.{uuid4().hex[:6]}@example.org"
    user = User.objects.create_staff(email=email, name=name, password=None)
    SignInPlace.objects.create(user_id=user.id, organisation=place)
    Membership.objects.create(user_id=user.id, unit=unit, role=role, starts_on=FIRST_DAY)
    here = frozenset({unit.id})
    return Actor(
        user_id=user.id,
        name=name,
        organisation_id=place.id,
        units_by_role={role: here},
        units_by_capability={capability: here for capability in capabilities},
    )


def make_family(place: Place, number: str = "SH-2026-0418", at: datetime = MOMENT) -> Family:
    """A family's dossier, opened by the place's worker; call inside ``with organisation(place.id)``."""
    new = NewDossier(number=number, name="Gezin Bakker - El Idrissi", unit_id=place.unit_id)
    dossier_id = create_dossier(new, by=place.worker, at=at)
    children = [
        NewPerson("client", "Sem Bakker", date(2015, 3, 1), bsn="999990019"),
        NewPerson("client", "Yara Bakker", date(2012, 6, 30)),
        NewPerson("client", "Milan Bakker", date(2009, 1, 15)),
    ]
    samira = NewPerson("parent", "Samira El Idrissi", date(1988, 2, 29), address="Veilige laan 1", address_secret=True)
    mark = NewPerson("parent", "Mark Bakker", date(1985, 12, 31))

    def people(dossier: Dossier) -> list[UUID]:
        ids = [add_person(dossier, child).id for child in children]
        mother = add_person(dossier, replace(samira, represents=of(*ids)))
        return [*ids, mother.id, add_person(dossier, mark).id]

    return Family(dossier_id, *change_dossier(place.worker, dossier_id, Verb.ADD, people, data="person"))


def of(*clients: UUID) -> tuple[Represented, ...]:
    """Custody of these children, without days."""
    return tuple(Represented(client) for client in clients)
