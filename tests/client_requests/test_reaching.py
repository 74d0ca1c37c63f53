"""A letter goes where it can be read, and never where it does harm."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import transaction

from casemgmt.audit.models import AccessEvent
from casemgmt.base.organisation import organisation
from casemgmt.vault.keys import load_keys
from casemgmt.work.models import Task
from casemgmt.work.queries import task_for
from dossiers.models import Person, PortalAccess
from dossiers.people.reaching import BY_HAND, addressee, way_to
from dossiers.verbs import Verb
from tests.client_requests.story import TODAY, House, employ

pytestmark = pytest.mark.django_db(transaction=True, databases="__all__")


def reached(house: House, portal: str = "", **known: Any) -> tuple[str, tuple[str, ...]]:
    """How the father is reached when this is known of him and his portal is so."""
    if portal:
        house.give_portal("mark", came_in=portal != "unused")

    def know(_dossier: object) -> UUID:
        mark = Person.objects.get(id=house.people["mark"])
        for name, value in {"address": "Dorpsweg 1, 1234 AB Goirle", **known}.items():
            setattr(mark, name, value)
        mark.save()
        return UUID(str(mark.id))

    house.change("noor", Verb.CHANGE, know)
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


def by_hand(house: House) -> list[Task]:
    with organisation(house.id), transaction.atomic():
        return list(Task.objects.filter(kind=BY_HAND, dossier_id=house.dossier_id).order_by("made_at", "id"))


def test_the_task_to_hand_a_letter_over_leads_to_it_and_says_why_and_ends_there(house: House) -> None:
    house.ask("samira", "fien")
    (task,) = by_hand(house)
    with organisation(house.id):
        shown = task_for(house.actor("noor"), task.id)
    assert shown is not None and shown.detail == "Het adres is geheim, dus het gaat niet per post."
    assert shown.address.endswith(house.inside(f"brieven/{task.object_id}/"))
    noor, giving = house.client("noor"), house.inside(f"brieven/{task.object_id}/overhandigd/")
    page = noor.get(shown.address).content.decode()
    assert "Geef deze brief persoonlijk aan Samira El Idrissi" in page and shown.detail in page and giving in page
    assert noor.get(giving).status_code == 405
    assert house.client("bas").post(giving).status_code in (403, 404)
    assert [one.state for one in by_hand(house)] == ["open"]
    assert noor.post(giving).status_code == 303
    (task,) = by_hand(house)
    assert (task.state, task.done_by_id) == ("done", house.staff["noor"].id)
    assert 'data-testid="by-hand"' not in noor.get(shown.address).content.decode()
    assert noor.post(giving).status_code == 409


def test_reading_the_letter_in_the_portal_ends_the_task_and_leaves_its_row(house: House) -> None:
    house.ask("samira", "fien")
    house.ask("samira", "daan")
    house.give_portal("samira")
    first, second = by_hand(house)
    address = house.portal_url(f"brieven/{first.object_id}/")
    assert house.client("samira").get(address).status_code == 200
    assert [one.state for one in by_hand(house)] == ["done", second.state] == ["done", "open"]
    assert by_hand(house)[0].done_by_id == house.clients["samira"].id
    with organisation(house.id), transaction.atomic():
        row = AccessEvent.objects.get(data="task", object_id=first.id, ground="done")
    assert (row.action, row.user_id, row.dossier_id) == ("change", house.clients["samira"].id, house.dossier_id)


def test_a_desk_that_reads_no_dossiers_reads_letters_of_requests(house: House) -> None:
    house.ask("samira", "fien")
    (task,) = by_hand(house)
    employ(house, "desk", "records_administrator")
    assert house.client("desk").get(house.inside(f"brieven/{task.object_id}/")).status_code == 200
