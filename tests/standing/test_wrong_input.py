"""A wrong day is a mistake to mend, not a page of conflict: the error stands beside the field and nothing is lost."""

import re
from collections.abc import Callable
from html import unescape
from uuid import UUID

import pytest
from django.db import transaction
from django.test import Client

from casemgmt.audit import context
from casemgmt.base.organisation import organisation
from disclosures.models import Disclosure
from dossiers.models import PortalAccess
from tests.client_requests.conftest import confirmed, house, now, own_circumstances
from tests.client_requests.story import House
from tests.disclosures.story import make_case
from tests.disclosures.test_pages import browser, steps
from tests.disclosures.test_waiting import NOT_POSSIBLE, put_off, soon
from tests.standing.test_sent_before import Form, consent, consent_to_one, request_on_paper

pytestmark = pytest.mark.django_db(transaction=True, databases="__all__")
__all__ = ["confirmed", "house", "now", "own_circumstances"]

TYPED = "Vader schreef het zelf op."


def freeze(house: House) -> Form:
    house.give_portal("daan")
    with organisation(house.id), transaction.atomic():
        access: UUID = PortalAccess.objects.get().id
    said = {"until": "22-11-2026", "why": TYPED}
    return house.client("noor"), house.inside(f"portaal/{access}/bevriezen/"), said, {}, PortalAccess


@pytest.mark.parametrize(
    ("form", "field", "wrong", "text"),
    [
        (consent, "given_on", "23-11-2026", "note"),
        (consent_to_one, "given_on", "23-11-2026", "note"),
        (request_on_paper, "received_on", "23-11-2026", "words"),
        (request_on_paper, "received_on", "28-02-2010", "words"),
        (freeze, "until", "21-11-2026", "why"),
    ],
)
def test_a_day_that_cannot_be_gets_its_error_beside_it_and_the_text_stays(
    house: House, form: Callable[[House], Form], field: str, wrong: str, text: str
) -> None:
    client, address, said, _other, _model = form(house)
    _mended(client, address, said | {text: TYPED, field: wrong}, field)
    assert client.post(address, said | {text: TYPED}).status_code == 303, "today is right"


def test_telling_later_than_the_house_rule_allows_is_said_beside_the_day(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("casemgmt.entrance.has_second_factor", lambda request: True)
    case = make_case("buurteams-nijmegen")
    with context.circumstances(context.AuditContext()), organisation(case.place.id):
        row: Disclosure = put_off(case, NOT_POSSIBLE)
        said = {"reason": ["0"], "why": TYPED}
        for day in (soon(0), soon(15)):
            _mended(browser(case.place.worker), f"{steps(case)}/{row.id}/later/", said | {"until": day}, "until")


def _mended(client: Client, address: str, said: dict[str, object], field: str) -> None:
    answer = client.post(address, said)
    page = unescape(answer.content.decode())
    assert answer.status_code == 422 and "error-summary" in page
    (beside,) = re.findall(rf'<[^>]*name="{field}"[^>]*>', page)
    assert 'aria-invalid="true"' in beside and str(said[field]) in beside
    assert TYPED in page
