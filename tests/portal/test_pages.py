"""The client's own pages: they open for whose they are and for nobody else."""

import pytest

from tests.client_requests.story import House

pytestmark = pytest.mark.django_db(transaction=True, databases="__all__")

PAGES = (
    "",
    "brieven/",
    "wie-keek/",
    "wie-kreeg/",
    "over-mij/",
    "vragen/",
    "vragen/voor/?soort=inspection",
    "verzoeken/",
)


@pytest.mark.parametrize("rest", PAGES)
def test_each_page_opens_for_the_child(house: House, rest: str) -> None:
    house.give_portal("daan")
    house.ask("daan")
    answer = house.client("daan").get(house.portal_url(rest))
    assert answer.status_code == 200, answer.content.decode()[-600:]
