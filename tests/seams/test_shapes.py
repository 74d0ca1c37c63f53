"""What a program that visits pages holds on to: one shape for every error, and marks on what it looks for."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest
from django.core.management import call_command
from django.db import OperationalError
from django.test import Client, RequestFactory

from casemgmt import refusals
from casemgmt.audit import context
from casemgmt.base.errors import Conflict, NotThere
from tests.client_requests.story import House, make_house

PROGRAM = {"accept": "application/json"}
TESTID = re.compile(r'data-testid="([a-z-]+)"')


@pytest.fixture(scope="module")
def house(django_db_setup: None, django_db_blocker: Any) -> Iterator[House]:
    """One organisation with a request by a client who has the portal."""
    with django_db_blocker.unblock(), context.circumstances(context.AuditContext()):
        try:
            made = make_house()
            made.give_portal("daan")
            made.ask("daan")
            yield made
        finally:
            for alias in ("owner", "vault_owner"):
                call_command("flush", database=alias, verbosity=0, interactive=False, reset_sequences=False)


def error(answer: Any) -> dict[str, Any]:
    """The error in an answer, which has exactly this shape and stays in no cache."""
    assert answer.headers["Content-Type"] == "application/json", answer.content[:300]
    assert "no-store" in answer.headers["Cache-Control"]
    body = json.loads(answer.content)
    assert set(body) == {"error"} and set(body["error"]) == {"status", "title", "detail", "fields"}
    assert body["error"]["status"] == answer.status_code and body["error"]["title"] and body["error"]["detail"]
    found: dict[str, Any] = body["error"]
    return found


@pytest.mark.parametrize("path", ["/o/{slug}/", "/o/bestaat-niet/", "/mijn/{slug}/", "/o/{slug}/dossiers/"])
def test_a_program_that_nobody_signed_in_for_gets_401_and_a_person_the_door(house: House, path: str) -> None:
    address = path.format(slug=house.row.slug)
    answer = Client().get(address, headers=PROGRAM)
    assert answer.status_code == 401 and "WWW-Authenticate" in answer.headers
    assert error(answer)["fields"] == {}
    assert Client().get(address).status_code == 302


def test_an_unknown_organisation_is_answered_as_one_that_is_there(house: House) -> None:
    known, unknown = (Client().get(f"/o/{slug}/", headers=PROGRAM) for slug in (house.row.slug, "bestaat-niet"))
    assert (known.status_code, known.content) == (unknown.status_code, unknown.content)


def test_half_a_sign_in_opens_nothing_to_a_program(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("casemgmt.entrance.has_second_factor", lambda request: False)
    answer = house.client("noor").get(house.staff_url(), headers=PROGRAM)
    assert answer.status_code == 401 and "tweede stap" in error(answer)["detail"]


def test_what_may_not_and_what_is_not_there_have_the_same_shape(house: House) -> None:
    forbidden = house.client("noor").get(house.staff_url("goedkeuren/"), headers=PROGRAM)
    gone = house.client("noor").get(house.staff_url(f"dossiers/{uuid4()}/"), headers=PROGRAM)
    assert (forbidden.status_code, gone.status_code) == (403, 404)
    assert error(forbidden) and error(gone)


def test_a_form_that_is_not_right_names_its_fields(house: House) -> None:
    answer = house.client("noor").post(house.inside("verzoeken/opnemen/"), {"words": "x"}, headers=PROGRAM)
    assert answer.status_code == 422
    fields = error(answer)["fields"]
    assert fields and all(sentence for sentences in fields.values() for sentence in sentences)
    page = house.client("noor").post(house.inside("verzoeken/opnemen/"), {"words": "x"})
    assert page.status_code == 422 and page.headers["Content-Type"].startswith("text/html")
    assert all(f'name="{name}"' in page.content.decode() for name in fields)


@pytest.mark.parametrize(
    ("exception", "status"), [(Conflict("Iemand was u voor."), 409), (OperationalError("x"), 503), (NotThere(), 404)]
)
def test_what_cannot_be_now_has_it_too(exception: Exception, status: int) -> None:
    answer = refusals.page_for(RequestFactory().get("/", headers=PROGRAM), exception)
    assert answer is not None and answer.status_code == status and error(answer)["fields"] == {}


def marks(house: House, who: str, address: str) -> set[str]:
    """The marks on a page."""
    answer = house.client(who).get(address)
    assert answer.status_code == 200, (address, answer.status_code)
    return set(TESTID.findall(answer.content.decode()))


def test_rows_tasks_terms_states_and_letters_are_marked(house: House) -> None:
    assert {"task", "due", "row"} <= marks(house, "hanneke", house.staff_url("?later=1"))
    assert {"row", "due", "state"} <= marks(house, "noor", house.staff_url("verzoeken/"))
    assert {"row", "due", "state"} <= marks(house, "noor", house.inside("verzoeken/"))
    assert {"row", "state"} <= marks(house, "noor", house.staff_url("dossiers/"))
    assert "letter" in marks(house, "daan", house.portal_url("brieven/"))
    assert "row" in marks(house, "daan", house.portal_url("verzoeken/"))
