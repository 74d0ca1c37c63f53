"""Whatever ends in a no leaves a row, although the transaction it happened in was undone."""

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse

from casemgmt.audit.models import AccessEvent, PlatformEvent
from casemgmt.base.errors import Conflict, NotAllowed, NotThere
from casemgmt.base.organisation import organisation
from dossiers.access import change_dossier, open_dossier
from dossiers.models import Dossier
from dossiers.verbs import Verb
from portal.door import change_portal, open_portal
from tests.client_requests.story import House, make_house
from tests.dossiers.conftest import nobody
from tests.dossiers.pages import World, make_world

pytestmark = pytest.mark.django_db(transaction=True, databases="__all__")
__all__ = ["nobody"]
NOES = [
    (Conflict("nee"), ("denied", "conflict")),
    (NotAllowed("nee"), ("denied", "not-allowed")),
    (NotThere(), ("unknown", None)),
]


@pytest.fixture
def world() -> World:
    return make_world()


@pytest.fixture
def house() -> House:
    house = make_house()
    house.give_portal("milou")
    return house


def rows(organisation_id: object, data: str) -> list[AccessEvent]:
    with organisation(organisation_id), transaction.atomic():
        return list(AccessEvent.objects.filter(data=data))


def says(no: Exception, change: bool = False):
    def act(inside):
        if change:
            Dossier.objects.filter(state="open").update(number="half-done")
        raise no

    return act


@pytest.mark.parametrize(("no", "left"), NOES, ids=["conflict", "not-allowed", "not-there"])
@pytest.mark.parametrize("door", [open_dossier, change_dossier], ids=["open", "change"])
def test_a_no_from_inside_a_dossier_leaves_its_row_and_nothing_else(world, door, no, left):
    actor, dossier_id = world.place.worker, world.family.dossier_id
    with organisation(world.place.id), pytest.raises(type(no)):
        door(actor, dossier_id, Verb.ADD, says(no, change=door is change_dossier), data="probe")
    (row,) = rows(world.place.id, "probe")
    assert (row.outcome, row.dossier_id) == (left[0], dossier_id)
    assert row.ground == left[1] or (left[1] is None and row.ground in ("team", "assignment"))
    with organisation(world.place.id), transaction.atomic():
        assert not Dossier.objects.filter(number="half-done").exists()


@pytest.mark.parametrize(("no", "left"), NOES, ids=["conflict", "not-allowed", "not-there"])
@pytest.mark.parametrize("door", [open_portal, change_portal], ids=["open", "change"])
def test_a_no_in_the_portal_leaves_its_row(house, door, no, left):
    with organisation(house.id), pytest.raises(type(no)):
        door(house.actor("milou"), says(no), data="probe")
    (row,) = rows(house.id, "probe")
    assert (row.outcome, row.dossier_id) == (left[0], house.dossier_id)
    assert row.ground == (left[1] or "own")


def test_a_form_with_a_wrong_token_leaves_a_row_of_the_platform():
    answer = Client(enforce_csrf_checks=True).post(reverse("account_login"), {})
    assert answer.status_code == 403
    row = PlatformEvent.objects.get()
    assert (row.outcome, row.data) == ("denied", "csrf")
    assert str(row.request_id) == answer["X-Request-Id"]


def test_a_crash_names_its_page_and_its_dossier(world, monkeypatch):
    def broken(*args, **kwargs):
        raise RuntimeError("MARKER")

    monkeypatch.setattr("dossiers.views.recording.open_dossier", broken, raising=True)
    answer = world.worker.get(world.at())
    assert answer.status_code == 500 and "MARKER" not in answer.content.decode()
    (row,) = rows(world.place.id, "dossiers:timeline")
    assert (row.outcome, row.dossier_id) == ("failed", world.family.dossier_id)
