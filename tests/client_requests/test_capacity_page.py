"""Whether a client can weigh own interests: on the page of a person, where the regulation names who judges that."""

import pytest
from django.db import transaction

from casemgmt.base.organisation import organisation
from dossiers.models import Person
from tests.client_requests.story import make_house
from tests.dossiers.pages import hidden

pytestmark = pytest.mark.django_db(transaction=True, databases="__all__")

FILLED_IN = {"role": "client", "name": "Fien Bakker", "birth_date": "01-03-2015"}


@pytest.mark.parametrize(("slug", "judged"), [("gebiedsteam-opsterland", False), ("sterk-huis", True)])
def test_a_worker_judges_only_where_no_judge_is_named(slug: str, judged: bool) -> None:
    house = make_house(slug)
    browser = house.client("noor")
    url = house.inside(f"personen/{house.people['fien']}/")
    page = browser.get(url).content.decode()
    assert ("wie dit beoordeelt" in page) is not judged
    relevance = {"relevance": "cliënt"} if 'name="relevance"' in page else {}
    assert browser.post(url, FILLED_IN | relevance | {"seen": hidden(browser, url, "seen")}).status_code == 303
    with organisation(house.id), transaction.atomic():
        fien = Person.objects.get(id=house.people["fien"])
    assert fien.capable is not judged
    assert (fien.capable_judged_by_id == house.staff["noor"].id) is judged
