"""Who received data, as each who may read that list reads it: nobody is told of a yes that they never said."""

from __future__ import annotations

from uuid import UUID

import pytest

from casemgmt.accounts.models import User
from casemgmt.base.organisation import organisation
from casemgmt.organisations.models import Organisation
from tests.client_requests.story import House
from tests.disclosures.story import Case, agreed, approve, hand_over, make_case
from tests.disclosures.test_pages import text
from tests.disclosures.test_secret_words import father

pytestmark = pytest.mark.django_db(transaction=True, databases="__all__")


def portal_of(case: Case, **people: UUID) -> House:
    """The portal of this case for these people."""
    worker = User.objects.get(id=case.place.worker.user_id)
    row = Organisation.objects.get(id=case.place.id)
    house = House(row, case.place.unit_id, {"noor": worker}, people=people, dossier_id=case.dossier_id)
    for name in people:
        house.give_portal(name)
    return house


@pytest.mark.rule("SH-3.7.7")
def test_only_who_said_yes_reads_that_it_went_with_their_yes() -> None:
    case = make_case("sterk-huis")
    with organisation(case.place.id):
        row = agreed(case)
        approve(case, row)
        hand_over(case, row)
        kees = father(case)  # he has custody from now on, and nobody asked him then
        house = portal_of(case, yara=case.client, samira=case.mother, kees=kees)
    for name in ("yara", "samira", "kees"):
        page = text(house.client(name).get(house.portal_url("wie-kreeg/")))
        assert "Huisartsenpraktijk De Linde" in page and "Zonder ja" not in page
        assert ("Met uw ja." in page) is (name != "kees"), name
        assert ("Met toestemming." in page) is (name == "kees"), name
