"""A request came in while there was somebody who asked, a client and a regulation; of before the dossier is said so."""

import re
from datetime import date
from html import unescape
from typing import Any
from uuid import uuid4

import pytest
from django.db import transaction

from casemgmt.base.organisation import organisation
from client_requests.models import ClientRequest

from .story import House

pytestmark = pytest.mark.django_db(transaction=True, databases="__all__")

TYPED = "Zij wil alles lezen."
# The dossier was opened on 1 March 2026; the first regulation of Sterk Huis is of 1 January 2017.
TICK = {"before_opening": "on"}


def paper(house: House, day: str, asker: str = "samira", about: str = "fien", **more: Any) -> dict[str, Any]:
    people = {"asker": str(house.people[asker]), "about": str(house.people[about])}
    said = {"row_id": str(uuid4()), "kind": "copy", "channel": "written", "received_on": day, "words": TYPED}
    return people | said | more


def post(house: House, said: dict[str, Any]) -> tuple[int, str]:
    answer = house.client("noor").post(house.inside("verzoeken/opnemen/"), said)
    return answer.status_code, unescape(answer.content.decode())


def received(house: House) -> list[date]:
    with organisation(house.id), transaction.atomic():
        return list(ClientRequest.objects.values_list("received_on", flat=True))


@pytest.mark.parametrize(
    ("day", "asker", "about", "why"),
    [
        ("28-02-2015", "samira", "fien", "Fien Bakker was toen nog niet geboren."),
        ("29-06-2011", "daan", "milou", "Daan Bakker was toen nog niet geboren."),
        ("31-12-2016", "samira", "milou", "Het eerste reglement is van 1 januari 2017"),
        ("01-01-1990", "mark", "milou", "Milou Bakker was toen nog niet geboren."),
    ],
)
def test_a_day_on_which_nobody_could_ask_is_a_mistake_beside_its_field_whatever_is_ticked(
    house: House, day: str, asker: str, about: str, why: str
) -> None:
    status, page = post(house, paper(house, day, asker, about, **TICK))
    assert status == 422 and why in page and TYPED in page
    (beside,) = re.findall(r'<[^>]*name="received_on"[^>]*>', page)
    assert 'aria-invalid="true"' in beside and day in beside
    assert received(house) == []


def test_a_request_of_before_the_dossier_is_taken_by_who_says_that_it_is_one(house: House) -> None:
    page = house.client("noor").get(house.inside("verzoeken/opnemen/")).content.decode()
    assert 'name="before_opening"' not in page, "asked only when the day asks for it"
    said = paper(house, "28-02-2026")
    status, page = post(house, said)
    assert status == 422 and "Dit dossier is geopend op 1 maart 2026." in page and TYPED in page
    assert 'name="before_opening"' in page and "28-02-2026" in page
    assert received(house) == []
    assert post(house, said | TICK)[0] == 303
    assert received(house) == [date(2026, 2, 28)], "the term runs from the day it came in"


@pytest.mark.parametrize("day", ["01-03-2026", "22-11-2026"])
def test_a_request_of_the_day_of_the_dossier_or_later_asks_nothing_more(house: House, day: str) -> None:
    assert post(house, paper(house, day))[0] == 303
