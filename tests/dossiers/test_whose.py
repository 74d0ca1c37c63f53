"""The trail says of whom something was shown, to whom it may say that."""

from dataclasses import replace
from typing import Any

import pytest
from django.db import transaction

from casemgmt.audit.models import AccessEvent
from casemgmt.audit.words import said_to_staff
from casemgmt.base import clock
from casemgmt.base.organisation import organisation
from casemgmt.vault.keys import load_keys
from dossiers.looks import looks_at
from dossiers.models import Dossier, Person
from dossiers.people.vocabulary import PersonRole
from dossiers.verbs import Verb
from tests.dossiers.pages import World, make_world

pytestmark = pytest.mark.django_db(transaction=True, databases="__all__")


@pytest.fixture
def world() -> World:
    return make_world()


@pytest.mark.parametrize(
    ("step", "word", "data"),
    [("adres/", "address", {}), ("contact/", "contact", {}), ("bsn/", "person-bsn", {}), ("", "person", None)],
)
def test_the_trail_says_of_whom_something_was_shown_and_to_a_guard_only_what_they_are_here(
    world: World, step: str, word: str, data: dict[str, Any] | None
) -> None:
    worker, on, place = world.place.worker, clock.today(), world.place
    path = world.at(f"personen/{world.family.samira}/{step}")
    with organisation(place.id), transaction.atomic():
        load_keys([world.family.dossier_id])
        mother = Person.objects.get(id=world.family.samira)
        mother.phone, mother.bsn = "06 12345678", "999990019"
        mother.save()
    answer = world.worker.get(path) if data is None else world.worker.post(path, data)
    assert answer.status_code == 200
    guard = replace(worker, units_by_capability={Verb.READ_TRAIL: frozenset()})
    with organisation(place.id), transaction.atomic():
        load_keys([world.family.dossier_id])
        dossier = Dossier.objects.get(id=world.family.dossier_id)
        assert AccessEvent.objects.filter(action="read", data=word, object_id=world.family.samira).count() == 1
        said = said_to_staff(word)
        told = [{(row.data, row.whom) for row in looks_at(dossier, actor, on).rows} for actor in (worker, guard)]
    assert (said, "Samira El Idrissi") in told[0]
    assert (said, PersonRole.PARENT.label) in told[1] and not [one for one in told[1] if "Samira" in one[1]]
    page = world.worker.get(world.at("wie-keek/")).content.decode()
    assert '<span class="private">Samira El Idrissi</span>' in page, "it goes with the names when those are hidden"
