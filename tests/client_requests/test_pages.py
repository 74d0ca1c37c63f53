"""The pages of staff: who may open them, what they do, and what bad input gets."""

from __future__ import annotations

import pytest

from .story import House

pytestmark = pytest.mark.django_db(transaction=True, databases="__all__")

PAGES = ("verzoeken/", "verzoeken/opnemen/", "portaal/")


@pytest.mark.parametrize("rest", PAGES)
def test_the_worker_opens_the_pages_of_a_dossier(house: House, rest: str) -> None:
    house.ask("daan")
    house.give_portal("daan")
    answer = house.client("noor").get(house.inside(rest))
    assert answer.status_code == 200, answer.content.decode()[-800:]


def test_the_worker_and_the_manager_open_the_request(house: House) -> None:
    request_id = house.ask("daan")
    for name in ("noor", "hanneke"):
        answer = house.client(name).get(house.inside(f"verzoeken/{request_id}/"))
        assert answer.status_code == 200, answer.content.decode()[-800:]
        text = answer.content.decode()
        assert ("20 december 2026" in text and "SH-3.4.5a" in text) or "3.4.5a" in text
    assert house.client("noor").get(house.staff_url("verzoeken/")).status_code == 200
