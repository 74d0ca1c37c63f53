"""The same form once more: unchanged it is one act; with something else in it nothing is dropped in silence."""

import re
from collections.abc import Callable
from html import unescape
from typing import Any
from uuid import uuid4

import pytest
from django.db import transaction
from django.test import Client

from casemgmt.base.organisation import organisation
from client_requests.models import ClientRequest
from consent.models import Consent
from disclosures.models import Disclosure
from tests.client_requests.conftest import confirmed, house, now, own_circumstances
from tests.client_requests.story import House

pytestmark = pytest.mark.django_db(transaction=True, databases="__all__")
__all__ = ["confirmed", "house", "now", "own_circumstances"]

Form = tuple[Client, str, dict[str, Any], dict[str, Any], type[Any]]
TYPED = "Vader was erbij, en schreef het zelf op."


def consent(house: House) -> Form:
    fien = str(house.people["fien"])
    said = {"row_id": str(uuid4()), "about": fien, "purpose": "disclosure", "person": str(house.people["samira"])}
    said |= {"state": "given", "form": "oral", "given_on": "22-11-2026", "recipient_kind": "gp", "recipient": "Linde"}
    said["what_for"] = "Samen kijken naar het slapen."
    return house.client("noor"), house.inside("toestemming/vastleggen/"), said, {"state": "refused"}, Consent


def consent_to_one(house: House) -> Form:
    worker, address, proposal, _other, _model = disclosure(house)
    assert worker.post(address, proposal).status_code == 303
    one = house.staff_url(f"verstrekken/{house.dossier_id}/{proposal['row_id']}/")
    person = re.findall(r"toestemming/([0-9a-f-]{36})/", worker.get(one).content.decode())[0]
    said = {"row_id": str(uuid4()), "state": "given", "form": "oral", "given_on": "22-11-2026"}
    shown = worker.get(f"{one}toestemming/{person}/").content.decode()
    said["seen"] = re.findall(r'name="seen" value="([0-9a-f]{64})"', shown)[0]
    return worker, f"{one}toestemming/{person}/", said, {"state": "refused"}, Consent


def request_on_paper(house: House) -> Form:
    daan = str(house.people["daan"])
    said = {"row_id": str(uuid4()), "asker": daan, "about": daan, "kind": "inspection", "channel": "written"}
    said |= {"received_on": "20-11-2026", "categories": "care", "words": "Alles."}
    return house.client("noor"), house.inside("verzoeken/opnemen/"), said, {"received_on": "21-11-2026"}, ClientRequest


def request_in_portal(house: House) -> Form:
    house.give_portal("milou")
    said = {"row_id": str(uuid4()), "soort": "inspection", "over": str(house.people["milou"])}
    said |= {"categories": "care", "words": "Alles."}
    other = {"words": "Alleen over school."}
    return house.client("milou"), house.portal_url("vragen/versturen/"), said, other, ClientRequest


def disclosure(house: House) -> Form:
    said = {
        "row_id": str(uuid4()),
        "about": str(house.people["daan"]),
        "recipient_kind": "gp",
        "name": "dokter Sikkema",
    }
    said |= {"organisation": "De Linde", "purpose": "Om te beoordelen of hulp nodig is.", "requested": "no"}
    address = house.staff_url(f"verstrekken/{house.dossier_id}/nieuw/")
    return house.client("noor"), address, said, {"organisation": "De Berk"}, Disclosure


@pytest.mark.parametrize("form", [consent, consent_to_one, request_on_paper, request_in_portal, disclosure])
def test_another_answer_in_a_form_that_was_sent_before_is_said_and_kept_and_can_be_sent(
    house: House, form: Callable[[House], Form]
) -> None:
    browser, address, said, other, model = form(house)
    assert browser.post(address, said).status_code == 303
    assert browser.post(address, said).status_code == 303, "sent twice unchanged"
    assert _kept(house, model) == 1
    changed = said | other | ({"note": TYPED} if model is Consent else {})
    answer = browser.post(address, changed)
    page = unescape(answer.content.decode())
    assert answer.status_code == 409 and "Dit formulier is eerder verstuurd" in page and "error-summary" in page
    for typed in changed.values():
        assert typed in page or typed == said["row_id"], typed
    assert _kept(house, model) == 1, "nothing is written down for who only meant to look"
    (fresh,) = set(re.findall(r'name="row_id"[^>]*value="([^"]+)"', page))
    assert fresh != said["row_id"]
    assert browser.post(address, changed | {"row_id": fresh}).status_code == 303
    assert _kept(house, model) == 2


def _kept(house: House, model: type[Any]) -> int:
    with organisation(house.id), transaction.atomic():
        return int(model.objects.count())


def test_the_form_of_another_persons_request_is_not_there(house: House) -> None:
    """Whose id it is, the portal does not tell: not that it exists, and not what stands in it."""
    request_id = house.ask("daan")
    milou, address, said, _other, _model = request_in_portal(house)
    assert milou.post(address, said | {"row_id": str(request_id)}).status_code == 404
