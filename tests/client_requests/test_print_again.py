"""A letter whose print failed is printed again by whoever may read it, and by nobody else."""

from __future__ import annotations

from uuid import UUID, uuid4

import pytest
from django.db import transaction

from casemgmt.audit.models import AccessEvent
from casemgmt.base.models import Job
from casemgmt.base.organisation import organisation
from casemgmt.letters import acts
from casemgmt.letters.models import Letter
from casemgmt.letters.vocabulary import Kind, State

from .story import House, make_house

pytestmark = pytest.mark.django_db(transaction=True, databases="__all__")
WORDS = "kon niet worden afgedrukt"


@pytest.fixture
def refused(house: House) -> UUID:
    """The letter of a request that the printer refused; its job is done."""
    house.ask("daan")
    with organisation(house.id):
        with transaction.atomic():
            letter_id = Letter.objects.get(kind=Kind.REQUEST_RECEIVED).id
        acts.give_up(letter_id=letter_id)
    Job.objects.all().delete()
    return UUID(str(letter_id))


def state(house: House, letter_id: UUID) -> str:
    with organisation(house.id), transaction.atomic():
        return str(Letter.objects.values_list("state", flat=True).get(id=letter_id))


def printing(letter_id: UUID) -> bool:
    return Job.objects.filter(kind="letters.render", subject=letter_id, failed_at=None).exists()


def test_the_page_says_that_it_failed_and_prints_it_again(house: House, refused: UUID) -> None:
    noor, page = house.client("noor"), house.inside(f"brieven/{refused}/")
    assert WORDS in noor.get(page).content.decode()
    assert noor.post(page + "opnieuw/").status_code == 303
    assert state(house, refused) == State.WAITING and printing(refused)
    assert WORDS not in noor.get(page).content.decode()
    with organisation(house.id), transaction.atomic():
        (event,) = AccessEvent.objects.filter(action="print", data="letter", object_id=refused)
    assert event.user_id == house.staff["noor"].id and event.ground == "again"
    assert noor.post(page + "opnieuw/").status_code == 409, "it is being printed already"
    assert noor.get(page + "opnieuw/").status_code == 405


def test_a_letter_that_waits_while_its_work_was_given_up_is_printed_again(house: House, refused: UUID) -> None:
    with organisation(house.id), transaction.atomic():
        Letter.objects.filter(id=refused).update(state=State.WAITING)
    noor, page = house.client("noor"), house.inside(f"brieven/{refused}/")
    assert WORDS in noor.get(page).content.decode()
    assert noor.post(page + "opnieuw/").status_code == 303 and printing(refused)


def test_who_may_not_read_it_is_refused_and_prints_nothing(house: House, refused: UUID) -> None:
    for name in ("bas", "ida"):
        assert house.client(name).post(house.inside(f"brieven/{refused}/opnieuw/")).status_code == 403
    assert state(house, refused) == State.FAILED and not printing(refused)
    with organisation(house.id), transaction.atomic():
        denied = set(AccessEvent.objects.filter(outcome="denied").values_list("user_id", flat=True))
    assert denied >= {house.staff["bas"].id, house.staff["ida"].id}


def test_a_letter_with_a_code_is_not_printed_again_by_who_may_not_read_it(house: House, refused: UUID) -> None:
    """Whoever decides on requests comes to this dossier, but invites nobody to the portal."""
    with organisation(house.id), transaction.atomic():
        Letter.objects.filter(id=refused).update(kind=Kind.PORTAL_INVITATION)
    desks = [name for name in house.staff if not house.actor(name).may("portal.invite")]
    answers = {house.client(name).post(house.inside(f"brieven/{refused}/opnieuw/")).status_code for name in desks}
    assert answers == {403} and state(house, refused) == State.FAILED


def test_another_letter_and_another_organisations_are_not_there(house: House, refused: UUID) -> None:
    other = make_house("veilig-thuis-hm")
    assert house.client("noor").post(house.inside(f"brieven/{uuid4()}/opnieuw/")).status_code == 404
    answer = other.client("noor").post(other.inside(f"brieven/{refused}/opnieuw/"))
    assert answer.status_code == 404 and state(house, refused) == State.FAILED
