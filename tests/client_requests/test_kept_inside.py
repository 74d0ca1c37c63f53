"""What colleagues did with an inspection stays inside: no page, letter or copy of a client holds it."""

from __future__ import annotations

import pytest
from django.db import transaction

from casemgmt.base.organisation import organisation
from casemgmt.base.treatments import declared
from casemgmt.trail import load_treatments
from casemgmt.vault.keys import load_keys
from client_requests.models import ClientRequest

from .story import House
from .test_pieces import SAFE, TOLD, for_the_father, letter_of

pytestmark = pytest.mark.django_db(transaction=True, databases="__all__")

WHY = "MERK-REDEN: moeder wordt bedreigd."


def inner(house: House) -> set[str]:
    """What is kept of a request for colleagues alone: the reason for closing, who did it, and the marks of secrets."""
    with organisation(house.id), transaction.atomic():
        load_keys([house.dossier_id])
        details = ClientRequest.objects.get().details
    marks = {mark for one in details["released"].values() for mark in one["secret"].values()}
    assert marks, "an address was secret when it was released"
    return marks | {WHY, "MERK-REDEN"} | {one["by"] for one in details["handled"]}


def test_why_an_inspection_closed_and_what_was_secret_then_come_in_no_page_letter_or_copy_of_a_client(
    house: House,
) -> None:
    house.give_portal("samira")
    request_id, at, (told, safe) = for_the_father(house, TOLD, SAFE)
    noor = house.client("noor")
    assert noor.post(at + "vrijgeven/", {"pieces": f"{safe}:1"}).status_code == 303
    assert noor.post(at + "dichthouden/", {"kept": f"{told}:1", "said": "Bel ons."}).status_code == 303
    assert noor.post(at + "uitvoeren/", {"how": "portal"}).status_code == 303
    pages = ["", "verzoeken/", f"verzoeken/{request_id}/", f"verzoeken/{request_id}/inzage/"]
    pages += ["brieven/", f"brieven/{house.request(request_id).letter_id}/", "wie-keek/", "wie-kreeg/", "over-mij/"]
    shown = [house.client("mark").get(house.portal_url(rest)).content.decode() for rest in pages]
    assert any("MERK-VEILIG" in text for text in shown) and any("Bel ons." in text for text in shown)
    assert noor.post(at + "sluiten/", {"why": WHY}).status_code == 303
    for who in ("mark", "samira"):
        shown += [house.client(who).get(house.portal_url(rest)).content.decode() for rest in pages]
    kept = inner(house)
    assert [one for one in kept for text in (*shown, letter_of(house, request_id)) if one in text] == []


def test_the_details_of_a_request_as_a_whole_go_into_no_copy() -> None:
    """They hold what colleagues did and marks of secret addresses beside what the asker filled in."""
    load_treatments()
    assert declared.get("client_requests.ClientRequest").fields["details"].export == "omit"
