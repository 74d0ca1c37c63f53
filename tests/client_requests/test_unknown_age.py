"""A client whose birth date nobody filled in: the page says so, nobody decides, and nobody counts as an adult by it."""

from datetime import date

import pytest
from django.db import transaction

from casemgmt.base.organisation import organisation
from casemgmt.policy.versions import profile_in_force
from casemgmt.vault.keys import load_keys
from client_requests import judging
from client_requests.acts import asked_of
from client_requests.models import ClientRequest
from dossiers.models import Person
from dossiers.verbs import Verb
from tests.client_requests.story import SLUGS, TODAY, House, make_house

pytestmark = pytest.mark.django_db(transaction=True, databases="__all__")

MISSING = "Geboortedatum ontbreekt"
RULINGS = (
    {"outcome": "granted", "reason": "Dat kan.", "mandated_on": "22-11-2026"},
    {"outcome": "refused", "ground": "age_or_capacity", "reason": "Nee.", "mandated_on": "22-11-2026"},
)


def born(house: House, name: str, day: date | None) -> None:
    """What the dossier knows of somebody's birth."""

    def act(dossier) -> None:
        person = Person.objects.get(dossier=dossier, id=house.people[name])
        person.birth_date = day
        person.save()

    house.change("noor", Verb.CHANGE, act)


def kinds_of(house: House) -> list[str]:
    """Every kind of request that the organisation takes."""
    with organisation(house.id), transaction.atomic():
        return [kind.value for kind, _rules in judging.kinds_offered(profile_in_force(TODAY))]


@pytest.mark.parametrize("slug", SLUGS)
def test_every_kind_of_request_about_a_client_without_a_birth_date_says_so_and_is_decided_by_nobody(slug: str) -> None:
    house = make_house(slug)
    born(house, "daan", None)
    worker, manager = house.client("noor"), house.client("hanneke")
    for kind in kinds_of(house):
        request_id = house.ask("daan", kind=kind)
        url = house.inside(f"verzoeken/{request_id}/")
        for_worker, for_manager = worker.get(url), manager.get(url)
        assert (for_worker.status_code, for_manager.status_code) == (200, 200), kind
        assert MISSING in for_worker.content.decode() and MISSING in for_manager.content.decode()
        assert house.inside(f"personen/{house.people['daan']}/") in for_worker.content.decode()
        for ruling in RULINGS:
            assert manager.post(url + "besluit/", ruling).status_code in (409, 422), (kind, ruling)
        assert house.request(request_id).decided_at is None


@pytest.mark.parametrize("slug", SLUGS)
def test_whoever_asks_about_a_client_of_unknown_age_is_not_told_that_the_client_is_an_adult(slug: str) -> None:
    house = make_house(slug)
    born(house, "daan", None)
    for asker in ("daan", "samira", "mark"):
        row = house.request(house.ask(asker, "daan", kind="destruction"))
        assert row.entitled["outcome"]["allowed"] is False and row.entitled["outcome"]["escalate"] is True, asker
        assert "geboortedatum" in row.entitled["explanation"] and "zelf" not in row.entitled["explanation"]
    page = house.client("noor").get(house.inside(f"verzoeken/{row_of(house, 'samira')}/")).content.decode()
    assert "ouder, gezag" in page


def row_of(house: House, asker: str) -> str:
    """The request of somebody."""
    with organisation(house.id), transaction.atomic():
        return str(ClientRequest.objects.get(asker_id=house.people[asker]).id)


def test_what_was_granted_is_not_handed_over_after_the_birth_date_is_gone_and_is_once_it_is_back() -> None:
    house = make_house()
    house.give_portal("milou")
    request_id = house.ask("milou")
    url = house.inside(f"verzoeken/{request_id}/")
    manager, worker = house.client("hanneke"), house.client("noor")
    assert worker.post(url + "identiteit/", {"how": "document"}).status_code == 303
    assert manager.post(url + "besluit/", RULINGS[0]).status_code == 303
    birth = date(2009, 1, 15)
    born(house, "milou", None)
    handing = {"how": "portal", "done_words": ""}
    assert worker.post(url + "uitvoeren/", handing).status_code == 409
    with organisation(house.id), transaction.atomic():
        row = house.request(request_id)
        load_keys([house.dossier_id])
        assert judging.may_be_shown(asked_of(row.dossier, row, TODAY), profile_in_force(TODAY), TODAY).absolute
    born(house, "milou", birth)
    assert worker.post(url + "uitvoeren/", handing).status_code == 303
