"""How somebody is reached stands on no screen until it is asked for, and a reporter not around the dossier at all."""

from datetime import date

import pytest
from django.db import transaction

from casemgmt.audit.models import AccessEvent
from casemgmt.base.organisation import organisation
from casemgmt.vault.keys import load_keys
from dossiers.access import change_dossier
from dossiers.models import Person
from dossiers.people.acts import NewPerson, add_person
from dossiers.verbs import Verb
from tests.dossiers.pages import World, hidden, make_world

pytestmark = pytest.mark.django_db(transaction=True, databases="__all__")

MOTHER = {"phone": "06-11112222", "address": "Schuilweg 9", "address_secret": True}
UNCLE = {"phone": "06-33334444", "address": "Dorpsweg 4"}
BSN = "999990019"
REPORTER = {
    "phone": "06-55556666",
    "address": "Meldersteeg 2",
    "address_secret": True,
    "safe_contact": "alleen overdag bellen",
    "warning": "wil onbekend blijven",
}


@pytest.fixture
def world() -> World:
    return make_world()


def somebody(world: World, role: str, name: str, known: dict) -> Person:
    new = NewPerson(role, name, date(1980, 1, 1), **known)
    with organisation(world.place.id):
        person_id = change_dossier(
            world.place.worker, world.family.dossier_id, Verb.ADD, lambda d: add_person(d, new).id, data="person"
        )
    return person_id


def test_a_phone_and_an_address_show_by_a_post_and_leave_a_row(world):
    mother = somebody(world, "parent", "Samira Twee", MOTHER)
    uncle = somebody(world, "network", "Oom Twee", UNCLE)
    page = world.worker.get(world.at("personen/")).content.decode()
    assert "Samira Twee" in page and "Oom Twee" in page
    for kept in ("06-11112222", "06-33334444", "Schuilweg", "Dorpsweg"):
        assert kept not in page
    shown = {who: world.worker.post(world.at(f"personen/{who}/contact/")).content.decode() for who in (mother, uncle)}
    assert "06-11112222" in shown[mother] and "Schuilweg" not in shown[mother]
    assert "06-33334444" in shown[uncle] and "Dorpsweg 4" in shown[uncle]
    assert world.worker.get(world.at(f"personen/{uncle}/contact/")).status_code == 405
    refused = world.colleague.post(world.at(f"personen/{uncle}/contact/"))
    assert refused.status_code == 403 and "06-" not in refused.content.decode()
    assert world.worker.post(world.at(f"personen/{world.family.mark}/contact/")).status_code == 404
    with organisation(world.place.id), transaction.atomic():
        rows = AccessEvent.objects.filter(dossier_id=world.family.dossier_id, data="contact").order_by("at")
        assert [row.outcome for row in rows] == ["shown", "shown", "denied", "unknown"]


def in_form(page: str, name: str) -> str:
    """What stands in a field of one line."""
    return page.split(f' name="{name}"')[1].split('value="')[1].split('"')[0]


def test_putting_somebody_right_shows_no_secret_address_or_phone_and_an_empty_field_keeps_them(world):
    mother = somebody(world, "parent", "Samira Twee", MOTHER)
    path = world.at(f"personen/{mother}/")
    sent = {"role": "parent", "name": "Samira Twee", "birth_date": "01-01-1980", "address_secret": "on"}
    sent |= {"seen": hidden(world.worker, path, "seen")}
    wrong = world.worker.post(path, sent | {"birth_date": "01-01-2190"})
    assert wrong.status_code == 422
    for page in (world.worker.get(path).content.decode(), wrong.content.decode()):
        assert "Schuilweg" not in page and "06-11112222" not in page
        assert in_form(page, "address") == in_form(page, "phone") == ""
        for door in ("adres", "contact"):
            assert page.count(f'action="{path}{door}/"') == 1, door
    assert world.worker.post(path, sent | {"name": "Samira Drie"}).status_code == 303
    assert reached(mother, world) == ("Schuilweg 9", True, "06-11112222")
    sent["seen"] = hidden(world.worker, path, "seen")
    assert world.worker.post(path, sent | {"address": "Nieuwe laan 2", "phone_gone": "on"}).status_code == 303
    assert reached(mother, world) == ("Nieuwe laan 2", True, None)
    sent["seen"] = hidden(world.worker, path, "seen")
    assert world.worker.post(path, sent | {"address_gone": "on"}).status_code == 422  # a secret needs an address


def test_putting_somebody_right_whose_address_is_no_secret_shows_and_empties_it_as_it_says(world):
    uncle = somebody(world, "network", "Oom Twee", UNCLE)
    path = world.at(f"personen/{uncle}/")
    page = world.worker.get(path).content.decode()
    assert (in_form(page, "address"), in_form(page, "phone")) == ("Dorpsweg 4", "06-33334444")
    sent = {"role": "network", "name": "Oom Twee", "birth_date": "01-01-1980", "relevance": "Oppas"}
    sent |= {"seen": in_form(page, "seen"), "phone": "06-33334444", "address_gone": "on"}
    assert world.worker.post(path, sent).status_code == 303
    assert reached(uncle, world) == (None, False, "06-33334444")


def test_putting_somebody_right_shows_no_bsn_and_an_empty_field_keeps_it(world):
    """Also not when the form is refused, or somebody was quicker; removing it stays possible."""
    sem, other = world.family.sem, "111222333"
    path = world.at(f"personen/{sem}/")
    sent = {"role": "client", "name": "Sem Bakker", "birth_date": "01-03-2015"}
    sent |= {"seen": hidden(world.worker, path, "seen")}
    wrong = world.worker.post(path, sent | {"birth_date": "01-01-2190"})
    typed_wrong = world.worker.post(path, sent | {"bsn": "123456789"})
    assert wrong.status_code == typed_wrong.status_code == 422
    for page in (world.worker.get(path).content.decode(), wrong.content.decode()):
        assert BSN not in page and in_form(page, "bsn") == "" and page.count(f'action="{path}bsn/"') == 1
    page = typed_wrong.content.decode()
    assert BSN not in page and in_form(page, "bsn") == "123456789", "what was typed is not lost"
    assert world.worker.post(path, sent | {"name": "Sem Drie"}).status_code == 303
    assert bsn_of(sem, world) == BSN
    late = world.worker.post(path, sent | {"bsn": other})
    assert late.status_code == 409 and BSN not in late.content.decode() and other in late.content.decode()
    sent["seen"] = hidden(world.worker, path, "seen")
    assert world.worker.post(path, sent | {"bsn": other}).status_code == 303
    assert bsn_of(sem, world) == other
    sent["seen"] = hidden(world.worker, path, "seen")
    assert world.worker.post(path, sent | {"bsn_gone": "on"}).status_code == 303
    assert bsn_of(sem, world) is None and "bsn_gone" not in world.worker.get(path).content.decode()


def test_a_bsn_shows_by_a_post_of_who_may_put_it_right_and_leaves_a_row(world):
    path = world.at(f"personen/{world.family.sem}/bsn/")
    people = world.worker.get(world.at("personen/")).content.decode()
    assert BSN not in people and people.count(f'action="{path}"') == 1
    assert BSN in world.worker.post(path).content.decode()
    assert world.worker.get(path).status_code == 405
    refused = world.colleague.post(path)
    assert refused.status_code == 403 and BSN not in refused.content.decode()
    assert world.worker.post(world.at(f"personen/{world.family.mark}/bsn/")).status_code == 404
    with organisation(world.place.id), transaction.atomic():
        rows = AccessEvent.objects.filter(dossier_id=world.family.dossier_id, data="person-bsn").order_by("at")
        assert [row.outcome for row in rows] == ["shown", "denied", "unknown"]


def bsn_of(person_id, world: World) -> str | None:
    with organisation(world.place.id), transaction.atomic():
        load_keys([world.family.dossier_id])
        return Person.objects.get(id=person_id).bsn


def reached(person_id, world: World) -> tuple:
    with organisation(world.place.id), transaction.atomic():
        load_keys([world.family.dossier_id])
        found = Person.objects.get(id=person_id)
        return found.address, found.address_secret, found.phone


def test_a_reporter_stands_nowhere_around_the_pages_of_the_dossier(world):
    reporter = somebody(world, "reporter", "Wilhelmina Melder", REPORTER)
    page = world.worker.get(world.at()).content.decode()
    for kept in ("Wilhelmina", "overdag bellen", "onbekend blijven", str(reporter)):
        assert kept not in page
    assert f"personen/{world.family.samira}/adres/" in page, "the mother's secret address is still announced"
