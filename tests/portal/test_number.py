"""A dossier's number is called a number, not a quantity: one English word had two meanings."""

import re

import pytest

from tests.client_requests.story import House

pytestmark = pytest.mark.django_db(transaction=True, databases="__all__")


def test_staff_and_client_read_the_same_word_for_the_number_of_a_dossier(house: House) -> None:
    house.give_portal("milou")
    form = house.client("noor").get(house.staff_url("dossiers/nieuw/")).content.decode()
    mine = house.client("milou").get(house.portal_url("over-mij/")).content.decode()
    assert re.search(r"<label[^>]*>\s*Dossiernummer", form)
    assert re.search(r"<dt[^>]*>\s*Dossiernummer", mine)
    assert "Aantal" not in form + mine
