"""Asking for inspection from the first page to reading, in all four organisations, through plain HTML forms."""

from __future__ import annotations

import re
from uuid import UUID

import pytest
from django.test import Client

from casemgmt.base.organisation import organisation
from casemgmt.letters.models import Letter
from client_requests.models import ClientRequest
from tests.client_requests.story import NOW, SLUGS, House, make_house

pytestmark = pytest.mark.django_db(transaction=True, databases="__all__")

DUE = {
    "sterk-huis": ("20 december 2026", "3.4.5a"),
    "veilig-thuis-hm": ("20 december 2026", "11.1"),
    "gebiedsteam-opsterland": ("20 december 2026", "18.2"),
    "buurteams-nijmegen": ("22 december 2026", "BT-rechten-11"),
}
WHERE_TO_GO = {
    "sterk-huis": "klachtencommissie",
    "veilig-thuis-hm": "bezwaar",
    "gebiedsteam-opsterland": "",
    "buurteams-nijmegen": "",
}
# Asked where another than college or board decides; elsewhere nobody looks at it.
MANDATE = {"mandated_on": "02-01-2020"}


def hidden(text: str, name: str) -> str:
    found = re.search(rf'name="{name}"[^>]*value="([^"]*)"', text)
    assert found, f"no {name} in the page"
    return found[1]


def ask(browser: Client, house: House, name: str = "milou", **more: object) -> str:
    """Walk through the questions; returns the address of the new request."""
    chosen = {"soort": "inspection", "over": str(house.people[name])} | more
    page = browser.get(house.portal_url("vragen/wat/"), {"soort": chosen["soort"], "over": chosen["over"]})
    assert page.status_code == 200
    filled = {**chosen, "row_id": hidden(page.content.decode(), "row_id"), "words": "Ik wil het lezen."}
    if 'name="categories"' in page.content.decode():
        filled["categories"] = ["care"]
    checked = browser.post(house.portal_url("vragen/nakijken/"), filled)
    assert checked.status_code == 200, checked.content.decode()[-500:]
    sent = browser.post(house.portal_url("vragen/versturen/"), filled)
    assert sent.status_code == 303, sent.content.decode()[-500:]
    return str(sent.headers["Location"])


@pytest.mark.parametrize("slug", SLUGS)
def test_a_girl_of_17_asks_inspection_and_reads_what_is_about_her_alone(slug: str) -> None:
    house = make_house(slug)
    house.entry("Milou ging deze week elke dag naar school.", "milou")
    house.entry("Milou en Fien maakten ruzie over de telefoon.", "milou", "fien")
    house.give_portal("milou")
    milou, noor, hanneke = house.client("milou"), house.client("noor"), house.client("hanneke")
    assert milou.get(house.portal_url("")).status_code == 200
    address = ask(milou, house)
    page = milou.get(address).content.decode()
    day, article = DUE[slug]
    assert day in page and article in page
    request_id = UUID(address.rstrip("/").rsplit("/", 1)[1])
    one = house.inside(f"verzoeken/{request_id}/")
    assert noor.get(one).status_code == 200
    assert noor.post(one + "identiteit/", {"how": "portal"}).status_code == 303
    desk = hanneke.get(one)
    assert desk.status_code == 200
    ruling = {"outcome": "partly", "ground": "privacy_of_other", "reason": "Over Fien mag jij niet lezen.", **MANDATE}
    decided = hanneke.post(one + "besluit/", {**ruling, "pieces": house.ticked(request_id)})
    assert decided.status_code == 303, re.findall("error-summary.*?</div>", decided.content.decode(), re.S)
    assert noor.get(one).status_code == 200
    assert noor.post(one + "uitvoeren/", {"how": "portal", "done_words": ""}).status_code == 422, "nobody read it"
    house.release(request_id)
    assert noor.post(one + "uitvoeren/", {"how": "portal", "done_words": ""}).status_code == 303
    seen = milou.get(address + "inzage/").content.decode()
    assert "elke dag naar school" in seen
    assert "ruzie" not in seen and "buurvrouw" not in seen
    letter = milou.get(house.portal_url("brieven/")).content.decode()
    assert "Ons besluit op uw verzoek: gedeeltelijk" in letter
    assert noor.post(one + "klaar/", {"done_words": ""}).status_code == 303
    assert house.request(request_id).state == "completed"
    assert milou.get(address + "inzage/").status_code == 200


@pytest.mark.parametrize("slug", SLUGS)
def test_the_letter_of_a_refusal_cites_article_and_route(slug: str) -> None:
    house = make_house(slug)
    house.give_portal("mark")
    mark, hanneke = house.client("mark"), house.client("hanneke")
    # Without custody his page lets him ask for nobody; on paper anybody can ask, and gets an answer.
    request_id = house.ask("mark", "milou")
    one = house.inside(f"verzoeken/{request_id}/")
    ruling = {"outcome": "refused", "ground": "age_or_capacity", "reason": "Milou beslist zelf.", **MANDATE}
    decided = hanneke.post(one + "besluit/", ruling)
    assert decided.status_code == 303, re.findall("error-summary.*?</div>", decided.content.decode(), re.S)
    row = house.request(request_id)
    assert row.state == "completed" and row.letter_id is not None
    page = mark.get(house.portal_url(f"brieven/{row.letter_id}/"))
    text = page.content.decode()
    assert page.status_code == 200
    assert ("Waarop wij dit baseren" in text and "rtikel" in text) or "BT-rechten" in text
    assert "Bent u het er niet mee eens?" in text and WHERE_TO_GO[slug] in text
    assert "Geheimlaan" not in text


def test_sending_twice_is_one_request(house: House) -> None:
    house.give_portal("milou")
    milou = house.client("milou")
    page = milou.get(house.portal_url("vragen/wat/"), {"soort": "inspection", "over": str(house.people["milou"])})
    filled = {
        "soort": "inspection",
        "over": str(house.people["milou"]),
        "row_id": hidden(page.content.decode(), "row_id"),
        "categories": ["care"],
        "words": "",
    }
    first = milou.post(house.portal_url("vragen/versturen/"), filled)
    second = milou.post(house.portal_url("vragen/versturen/"), filled)
    assert first.headers["Location"] == second.headers["Location"]
    with organisation(house.id):
        from django.db import transaction

        with transaction.atomic():
            assert ClientRequest.objects.count() == 1
            assert Letter.objects.count() == 1


def test_withdrawing_stops_the_term(house: House) -> None:
    house.give_portal("milou")
    milou = house.client("milou")
    address = ask(milou, house)
    assert milou.post(address + "intrekken/").status_code == 303
    assert milou.post(address + "intrekken/").status_code == 303
    assert "Je nam" in milou.get(address).content.decode() or "nam" in milou.get(address).content.decode()
    assert NOW
