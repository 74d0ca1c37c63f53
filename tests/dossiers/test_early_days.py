"""An entry is about somebody who was there, or was expected; what happened before a birth can be recorded of others."""

import re
from datetime import date
from html import unescape
from uuid import UUID

import pytest
from django.db import transaction

from casemgmt.base.organisation import organisation
from casemgmt.policy.calendar import add_months
from dossiers.access import change_dossier
from dossiers.models import Entry
from dossiers.people.acts import NewPerson, add_person
from dossiers.verbs import Verb
from tests.dossiers.pages import World, make_world
from tests.dossiers.test_pages import an_entry

pytestmark = pytest.mark.django_db(transaction=True, databases="__all__")

# Yara's birth day is 30 June 2012, Sem's 1 March 2015.
EXPECTED = date(2011, 8, 30)
TYPED = "Moeder was toen zelf uit huis geplaatst."


@pytest.fixture
def world() -> World:
    return make_world()


def somebody(world: World, role: str, born_on: date | None) -> UUID:
    with organisation(world.place.id):
        new = NewPerson(role, "Aaltje Bakker", born_on)
        added: UUID = change_dossier(
            world.place.worker, world.family.dossier_id, Verb.ADD, lambda d: add_person(d, new).id, data="person"
        )
        return added


def kept(world: World) -> int:
    with organisation(world.place.id), transaction.atomic():
        return int(Entry.objects.count())


def post(world: World, on: date, *about: UUID) -> tuple[int, str]:
    said = an_entry(world, text=TYPED, happened_on=on.strftime("%d-%m-%Y"), about_whom=[str(one) for one in about])
    answer = world.worker.post(world.at("vermelding/"), said)
    return answer.status_code, unescape(answer.content.decode())


@pytest.mark.parametrize("on", [date(1900, 1, 1), date(2011, 8, 29)])
def test_a_day_long_before_the_child_was_born_is_a_mistake_beside_its_field(world: World, on: date) -> None:
    status, page = post(world, on, world.family.yara, world.family.sem)
    assert status == 422 and "Niemand over wie dit gaat, was toen al geboren." in page and TYPED in page
    (beside,) = re.findall(r'<[^>]*name="happened_on"[^>]*>', page)
    assert 'aria-invalid="true"' in beside and on.strftime("%d-%m-%Y") in beside
    assert kept(world) == 0


def test_what_happened_while_a_child_was_expected_is_about_that_child(world: World) -> None:
    assert add_months(date(2012, 6, 30), -10) == EXPECTED
    assert post(world, EXPECTED, world.family.yara)[0] == 303


def test_what_a_family_went_through_before_the_child_is_recorded_of_who_was_there(world: World) -> None:
    long_ago = date(1990, 1, 1)
    unknown = somebody(world, "network", None)
    for other in (world.family.samira, unknown):
        assert post(world, long_ago, world.family.yara, other)[0] == 303
        assert post(world, long_ago, other)[0] == 303
    assert kept(world) == 4


def test_of_a_client_without_a_birth_date_any_day_can_be_recorded(world: World) -> None:
    assert post(world, date(1990, 1, 1), somebody(world, "client", None))[0] == 303
