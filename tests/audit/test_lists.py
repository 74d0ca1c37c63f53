"""Somebody saw my name in a list: each list tells it, staff and clients read it in plain words, and it outlives me."""

import re
from collections.abc import Callable, Iterator
from datetime import date
from typing import Any
from uuid import UUID

import pytest
from django.db import transaction
from django.test import Client

from casemgmt.audit import context
from casemgmt.audit.chain import verify
from casemgmt.audit.models import AccessEvent, EventSubject
from casemgmt.base import clock
from casemgmt.base.organisation import organisation
from casemgmt.vault.keys import load_keys
from casemgmt.work.acts import create_task
from dossiers.looks import PAGE, looks_at
from dossiers.models import Dossier
from retention import night
from retention.models import Removal
from tests.cast import MOMENT, make_family
from tests.client_requests.story import House, make_house
from tests.dossiers.pages import World, make_world
from tests.retention import places
from tests.retention.test_pages import destroyed
from tests.work.test_tasks import KIND

pytestmark = pytest.mark.django_db(transaction=True, databases="__all__")


@pytest.fixture(autouse=True)
def circumstances(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Whoever signed in for one test is nobody in the next; a page that asks who it is was answered."""
    monkeypatch.setattr("casemgmt.accounts.confirm.confirmed", lambda request: True)
    with context.circumstances(context.AuditContext()):
        yield


@pytest.fixture
def world() -> World:
    return make_world()


@pytest.fixture
def house() -> House:
    house = make_house()
    house.give_portal("milou")
    return house


@pytest.fixture
def keeping() -> tuple[places.House, UUID, UUID]:
    """A house with a dossier whose term has passed, and its proposed removal."""
    house = places.settle()
    dossier_id = places.dossier(house, closed_on=date(2010, 6, 1))
    with organisation(house.id):
        night.propose_due(house.id)
        with transaction.atomic():
            return house, dossier_id, Removal.objects.get().id


def subjects(organisation_id: UUID, data: str) -> set[UUID]:
    """The dossiers of the newest event with this word."""
    with organisation(organisation_id), transaction.atomic():
        event = AccessEvent.objects.filter(data=data).latest("at")
        rows = EventSubject.objects.filter(list_id=event.list_id)
        assert event.list_id is not None
        return set(rows.values_list("dossier_id", flat=True))


def text(page: Any) -> str:
    assert page.status_code == 200, page.content.decode()[:2000]
    return re.sub(r"\s+", " ", page.content.decode())


LISTS: list[tuple[str, Callable[[World, Client], Any]]] = [
    ("worklist", lambda world, client: client.get(world.here("dossiers/"))),
    ("worklist", lambda world, client: client.get(world.here())),
    ("name", lambda world, client: client.post(world.here("zoeken/"), {"q": "bakker"})),
    ("number", lambda world, client: client.post(world.here("zoeken/"), {"q": "SH-2026-0418"})),
    ("bsn", lambda world, client: client.post(world.here("zoeken/"), {"q": "999990019"})),
]


@pytest.mark.parametrize(("data", "ask"), LISTS, ids=["worklist", "day", "name", "number", "bsn"])
def test_a_list_tells_of_the_dossier_it_shows_and_to_a_stranger_shows_and_tells_nothing(world, data, ask) -> None:
    assert "Bakker" in text(ask(world, world.worker))
    assert subjects(world.place.id, data) == {world.family.dossier_id}
    assert "Gezin Bakker" not in text(ask(world, world.colleague))
    assert subjects(world.place.id, data) == set()


def test_a_search_tells_of_what_it_found_and_not_of_what_it_passed_over(world) -> None:
    with organisation(world.place.id):
        other = make_family(world.place, "SH-2026-0500")
    world.worker.post(world.here("zoeken/"), {"q": "0500"})
    assert subjects(world.place.id, "number") in (set(), {other.dossier_id})
    world.worker.post(world.here("zoeken/"), {"q": "SH-2026-0500"})
    assert subjects(world.place.id, "number") == {other.dossier_id}


def test_a_list_of_tasks_tells_of_the_dossiers_it_names_and_not_of_those_it_keeps_closed(world) -> None:
    for user_id in (world.place.worker.user_id, world.place.colleague.user_id):
        with organisation(world.place.id):
            create_task(
                kind=KIND,
                dossier_id=world.family.dossier_id,
                assignee_id=user_id,
                title="Antwoord",
                due_on=clock.today(),
                at=MOMENT,
            )
    world.worker.get(world.here())
    assert subjects(world.place.id, "tasks") == {world.family.dossier_id}
    world.colleague.get(world.here())
    assert subjects(world.place.id, "tasks") == set()


def test_the_list_of_requests_and_the_inbox_of_decisions_tell_of_their_dossiers(house) -> None:
    house.client("noor").get(house.staff_url("verzoeken/"))
    assert subjects(house.id, "requests") == set()
    house.ask("milou")
    assert "Milou" in text(house.client("noor").get(house.staff_url("verzoeken/")))
    assert subjects(house.id, "requests") == {house.dossier_id}
    assert "Milou" in text(house.client("hanneke").get(house.staff_url("goedkeuren/")))
    assert subjects(house.id, "approvals") == {house.dossier_id}


def test_the_removal_list_and_its_inbox_tell_of_the_numbers_they_show(keeping) -> None:
    house, dossier_id, removal_id = keeping
    assert "SH-2004-0001" in text(house.client("karin").get(house.url("bewaren/")))
    assert subjects(house.id, "removals") == {dossier_id}
    review = house.url(f"bewaren/lijst/{removal_id}/beoordelen/")
    assert house.client("karin").post(review, {"judgement": "agree"}).status_code == 303
    assert "SH-2004-0001" in text(house.client("ria").get(house.url("goedkeuren/")))
    assert subjects(house.id, "approvals") == {dossier_id}


def test_what_the_lists_told_stays_without_personal_data_when_the_dossier_goes(keeping, monkeypatch) -> None:
    house, dossier_id, removal_id = keeping
    house.client("karin").get(house.url("bewaren/"))
    destroyed(house, removal_id, monkeypatch)
    with organisation(house.id), transaction.atomic():
        assert not Dossier.objects.filter(id=dossier_id).exists()
        assert EventSubject.objects.filter(dossier_id=dossier_id).exists()
    assert verify(house.id).ok


def test_staff_reads_one_line_a_day_for_all_lists_of_a_colleague(world) -> None:
    for _time in range(4):
        world.worker.get(world.here("dossiers/"))
    world.worker.post(world.here("zoeken/"), {"q": "bakker"})
    world.worker.get(world.at())
    page = text(world.worker.get(world.at("wie-keek/")))
    assert page.count("in een lijst gezien") == 1
    assert "de werklijst (4 keer), wat bij een naam gevonden is" in page
    assert "de tijdlijn" in page


def test_lists_do_not_count_in_the_figure_of_the_half_year(world) -> None:
    def figure() -> int:
        with organisation(world.place.id), transaction.atomic():
            load_keys([world.family.dossier_id])
            dossier = Dossier.objects.get(id=world.family.dossier_id)
            return sum(looks_at(dossier, world.place.worker, clock.today()).per_day.values())

    before = figure()
    for _time in range(3):
        world.worker.get(world.here("dossiers/"))
    assert figure() == before


def test_pages_of_who_looked_go_on_where_the_last_one_ended(world) -> None:
    for _time in range(PAGE):
        world.worker.get(world.at())
    world.worker.get(world.here("dossiers/"))
    first = text(world.worker.get(world.at("wie-keek/")))
    assert first.count("in een lijst gezien") == 1
    (after,) = re.findall(r'wie-keek/\?after=([^"]+)"', first)
    second = text(world.worker.get(world.at(f"wie-keek/?after={after}")))
    assert "in een lijst gezien" not in second
    assert "aangemaakt" in second


def test_a_client_reads_who_saw_the_dossier_in_which_list_beside_what_was_opened(house) -> None:
    for _time in range(3):
        house.client("noor").get(house.staff_url("dossiers/"))
    house.client("bas").get(house.staff_url("dossiers/"))
    page = text(house.client("milou").get(house.portal_url("wie-keek/")))
    assert page.count("Noor van Dalen") == 1
    assert "Zag de naam van uw dossier in een lijst: de werklijst" in page and "keer)" not in page
    assert "Bas van Dalen" not in page
    house.client("noor").get(house.inside())
    page = text(house.client("milou").get(house.portal_url("wie-keek/")))
    assert page.count("Noor van Dalen") == 1
    assert "Las in uw dossier: de tijdlijn. Zag ook de naam van uw dossier in een lijst: de werklijst" in page


def test_the_first_page_of_a_client_tells_of_reads_only(house) -> None:
    house.client("noor").get(house.staff_url("dossiers/"))
    assert "lijst" not in text(house.client("milou").get(house.portal_url("")))
    house.client("noor").get(house.inside())
    assert "Noor van Dalen" in text(house.client("milou").get(house.portal_url("")))


def test_whoever_may_not_see_who_looked_does_not_see_the_lists_either(house) -> None:
    house.give_portal("mark")
    house.client("noor").get(house.staff_url("dossiers/"))
    assert "Noor van Dalen" not in text(house.client("mark").get(house.portal_url("wie-keek/")))


def test_the_role_of_a_client_is_said_in_words(house) -> None:
    house.client("milou").get(house.portal_url(""))
    page = text(house.client("noor").get(house.inside("wie-keek/")))
    assert "een eigen pagina in het portaal" in page
    assert ">portaal<" in page and ">portal<" not in page
