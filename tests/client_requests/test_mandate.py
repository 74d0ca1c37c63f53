"""Where the college or the board decides, another role decides by their written mandate only, and says so (GT-21)."""

from datetime import date, timedelta
from uuid import UUID

import pytest
from django.db import transaction

from casemgmt.audit.models import AccessEvent
from casemgmt.base.errors import NotAllowed
from casemgmt.base.organisation import organisation
from casemgmt.letters.queries import opened
from casemgmt.vault.keys import load_keys
from client_requests import acts
from client_requests.acts import Ruling
from dossiers.verbs import Verb

from .story import NOW, TODAY, House, employ, make_house

pytestmark = [pytest.mark.django_db(transaction=True, databases="__all__"), pytest.mark.rule("GT-21", "VT-20.x")]
MANDATE = date(2026, 3, 3)
BY_MANDATE = ["gebiedsteam-opsterland", "veilig-thuis-hm"]
IN_OWN_RIGHT = ["sterk-huis", "buurteams-nijmegen"]
REFUSAL = {"outcome": "refused", "ground": "age_or_capacity", "reason": "Dat vraagt wie het gezag heeft."}


def asked_in(slug: str) -> tuple[House, UUID]:
    """A girl of eleven asks alone, which every organisation refuses."""
    house = make_house(slug)
    employ(house, "dirk", "director", "bestuur")
    return house, house.ask("fien")


def decide(house: House, request_id: UUID, by: str, mandated_on: date | None) -> None:
    actor, ruling = house.actor(by), Ruling(**REFUSAL, mandated_on=mandated_on)
    house.change(by, Verb.DECIDE_REQUEST, lambda d: acts.decide(d, request_id, ruling, by=actor, at=NOW).id)


def letter_of(house: House, request_id: UUID) -> str:
    with organisation(house.id), transaction.atomic():
        load_keys([house.dossier_id])
        found = opened(house.dossier_id, house.request(request_id).letter_id)
        return str(found)


def mandates(house: House) -> list[AccessEvent]:
    with organisation(house.id), transaction.atomic():
        return list(AccessEvent.objects.filter(action="decide", data="request-mandate"))


@pytest.mark.parametrize("slug", BY_MANDATE)
def test_a_manager_decides_by_the_mandate_that_the_form_asks_and_the_letter_names(slug: str) -> None:
    house, request_id = asked_in(slug)
    page, address = house.inside(f"verzoeken/{request_id}/"), house.inside(f"verzoeken/{request_id}/besluit/")
    manager = house.client("hanneke")
    assert 'name="mandated_on"' in manager.get(page).content.decode()
    for day in ("", f"{TODAY + timedelta(days=1):%d-%m-%Y}"):
        answer = manager.post(address, {**REFUSAL, "mandated_on": day})
        assert answer.status_code == 422 and REFUSAL["reason"] in answer.content.decode()
    assert house.request(request_id).state == "received" and mandates(house) == []
    assert manager.post(address, {**REFUSAL, "mandated_on": f"{MANDATE:%d-%m-%Y}"}).status_code == 303
    assert "met schriftelijk mandaat van 3 maart 2026" in letter_of(house, request_id)
    (event,) = mandates(house)
    assert event.object_id == request_id and event.sealed
    assert house.request(request_id).decided["mandate"] == {"of": "director", "on": "2026-03-03"}


@pytest.mark.parametrize("slug", BY_MANDATE)
@pytest.mark.parametrize("mandated_on", [None, TODAY + timedelta(days=1)])
def test_whoever_sends_no_mandate_or_a_coming_one_decides_nothing(slug: str, mandated_on: date | None) -> None:
    house, request_id = asked_in(slug)
    with pytest.raises(NotAllowed, match="mandaat"):
        decide(house, request_id, "hanneke", mandated_on)
    assert house.request(request_id).state == "received"


@pytest.mark.parametrize(
    ("slug", "by"), [*((slug, "dirk") for slug in BY_MANDATE), *((slug, "hanneke") for slug in IN_OWN_RIGHT)]
)
def test_who_decides_in_their_own_right_is_asked_no_mandate(slug: str, by: str) -> None:
    house, request_id = asked_in(slug)
    page = house.client(by).get(house.inside(f"verzoeken/{request_id}/")).content.decode()
    assert 'name="outcome"' in page and 'name="mandated_on"' not in page
    decide(house, request_id, by, None)
    assert house.request(request_id).outcome == "refused" and mandates(house) == []
    assert "schriftelijk mandaat" not in letter_of(house, request_id)
