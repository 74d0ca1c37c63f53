"""A letter goes where it can be read, and never where it does harm."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import transaction

from casemgmt.accounts.models import User
from casemgmt.base.organisation import organisation
from casemgmt.vault.keys import load_keys
from casemgmt.work.models import Task
from dossiers.models import Person, PortalAccess
from dossiers.people.reaching import BY_HAND, addressee, way_to
from dossiers.verbs import Verb
from tests.client_requests.story import NOW, TODAY, House

pytestmark = pytest.mark.django_db(transaction=True, databases="__all__")


def reached(house: House, portal: str = "", **known: Any) -> tuple[str, tuple[str, ...]]:
    """How the father is reached when this is known of him and his portal is so."""
    user = house.give_portal("mark") if portal else None

    def know(_dossier: object) -> UUID:
        mark = Person.objects.get(id=house.people["mark"])
        for name, value in {"address": "Dorpsweg 1, 1234 AB Goirle", **known}.items():
            setattr(mark, name, value)
        mark.save()
        return UUID(str(mark.id))

    house.change("noor", Verb.CHANGE, know)
    if user is not None and portal != "unused":
        User.objects.filter(id=user.id).update(last_login=NOW)
    with organisation(house.id), transaction.atomic():
        load_keys([house.dossier_id])
        if portal == "frozen":
            access = PortalAccess.objects.get(person_id=house.people["mark"])
            access.frozen_until, access.frozen_why = TODAY + timedelta(days=3), "veiligheid"
            access.save()
        mark = Person.objects.get(id=house.people["mark"])
        return way_to(mark, TODAY).value, addressee(mark, TODAY).lines


def test_the_way_of_a_letter(house: House) -> None:
    assert reached(house) == ("post", ("Dorpsweg 1", "1234 AB Goirle"))
    assert reached(house, safe_contact="geen brieven") == ("hand", ())
    assert reached(house, safe_contact=None, address_secret=True) == ("hand", ())


@pytest.mark.parametrize(("portal", "way"), [("used", "portal"), ("unused", "post"), ("frozen", "hand")])
def test_a_portal_counts_when_it_can_be_opened(house: House, portal: str, way: str) -> None:
    assert reached(house, portal)[0] == way


def test_staff_must_hand_over_what_nobody_else_brings(house: House) -> None:
    house.ask("samira", "fien")
    with organisation(house.id), transaction.atomic():
        assert Task.objects.filter(kind=BY_HAND, dossier_id=house.dossier_id).count() == 1
