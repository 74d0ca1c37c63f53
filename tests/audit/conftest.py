"""Two organisations with a dossier each, and the owner's hands for what only a superuser could do."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from uuid import UUID, uuid4

import pytest
from django.db import connections, transaction

from casemgmt.audit import events
from casemgmt.audit.vocabulary import Action, Outcome
from casemgmt.base.organisation import organisation
from casemgmt.organisations.models import Organisation
from casemgmt.vault import keys

Tamper = Callable[..., None]


@dataclass(frozen=True)
class Place:
    """An organisation and a dossier in it."""

    id: UUID
    slug: str
    dossier_id: UUID


@pytest.fixture
def places(transactional_db: None) -> list[Place]:
    made = []
    for slug in ("sterk-huis", "veilig-thuis-hm"):
        row = Organisation.objects.create(slug=slug, name=slug, kind="test", abbreviation="T")
        dossier_id = uuid4()
        with organisation(row.id):
            keys.create_organisation_key()
            keys.create_dossier_key(dossier_id)
        made.append(Place(row.id, slug, dossier_id))
    return made


@pytest.fixture
def place(places: list[Place]) -> Place:
    return places[0]


def look(place: Place, times: int = 1) -> list[UUID]:
    """Write so many events about the dossier, each in a transaction of its own."""
    made = []
    with organisation(place.id):
        for _ in range(times):
            with transaction.atomic():
                row = events.record(
                    Action.READ,
                    outcome=Outcome.SHOWN,
                    dossier_id=place.dossier_id,
                    data="timeline",
                    ground="assignment",
                )
            made.append(row.id)
    return made


@pytest.fixture
def tamper(place: Place) -> Iterator[Tamper]:
    """Do as a superuser would: SQL on the first organisation's rows with every trigger of ours off."""
    tables = ("audit_accessevent", "audit_logentry", "audit_platformevent")

    def run(sql: str, *values: object, triggers_off: bool = True) -> None:
        with transaction.atomic(using="owner"), connections["owner"].cursor() as cursor:
            cursor.execute("select set_config('app.organisation', %s, true)", [str(place.id)])
            for table in tables if triggers_off else ():
                cursor.execute(f"alter table {table} disable trigger user")
            cursor.execute(sql, list(values))
            for table in tables if triggers_off else ():
                cursor.execute(f"alter table {table} enable trigger user")

    yield run
