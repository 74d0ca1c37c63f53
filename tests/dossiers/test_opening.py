"""Opening a dossier: it is there with its client or not at all, once, under the next number."""

from uuid import UUID, uuid4

import pytest
from django.db import transaction

from casemgmt.base.organisation import organisation
from dossiers.acts import NewDossier, create_dossier
from dossiers.models import Dossier
from dossiers.opening import suggested_number
from dossiers.people import acts
from tests.cast import MOMENT
from tests.dossiers.pages import World, make_world

pytestmark = pytest.mark.django_db(transaction=True, databases="__all__")


@pytest.fixture
def world() -> World:
    return make_world()


def filled_in(world: World) -> dict[str, str]:
    given = {"row_id": str(uuid4()), "number": "SH-2026-0500", "name": "Gezin Nieuw", "unit": str(world.place.unit_id)}
    return given | {"client_name": "Lotte Nieuw", "client_birth_date": "", "client_bsn": ""}


def dossiers(world: World) -> set[UUID]:
    with organisation(world.place.id), transaction.atomic():
        return set(Dossier.objects.values_list("id", flat=True))


def test_an_opening_that_breaks_off_leaves_no_dossier_without_its_client(world, monkeypatch):
    def broken(*_args: object) -> None:
        raise RuntimeError("the machine stopped")

    monkeypatch.setattr(acts, "replace_tokens", broken)
    assert world.worker.post(world.here("dossiers/nieuw/"), filled_in(world)).status_code == 500
    assert dossiers(world) == {world.family.dossier_id}
    monkeypatch.undo()
    assert world.worker.post(world.here("dossiers/nieuw/"), filled_in(world)).status_code == 303


def test_opening_it_twice_opens_one_dossier_and_both_answers_lead_there(world):
    sent, path = filled_in(world), world.here("dossiers/nieuw/")
    first, second = world.worker.post(path, sent), world.worker.post(path, sent)
    assert (first.status_code, second.status_code) == (303, 303)
    assert first.headers["Location"] == second.headers["Location"]
    other = world.worker.post(path, sent | {"client_name": "Iemand Anders"})
    page = other.content.decode()
    assert other.status_code == 409 and "Iemand Anders" in page and "Er is nog niets opgeslagen" not in page
    assert len(dossiers(world)) == 2
    theirs = {"number": "SH-2026-0777", "unit": str(world.place.other_unit_id)}
    third = world.colleague.post(path, sent | theirs)  # the same id from somebody else leads nowhere of the first
    assert third.status_code == 303 and third.headers["Location"] != first.headers["Location"]
    assert len(dossiers(world)) == 3


def test_after_9999_comes_10000_and_then_10001_and_a_number_of_another_sort_does_not_count(world):
    with organisation(world.place.id):
        for number, following in (
            ("SH-2026-9999", "SH-2026-10000"),
            ("SH-2026-10000", "SH-2026-10001"),
            ("SH-2026-00012", "SH-2026-10001"),
            ("SH-2026-B-77777", "SH-2026-10001"),
            ("SH-2026-" + "9" * 30, "SH-2026-10001"),
        ):
            create_dossier(NewDossier(number, "Gezin", world.place.unit_id), by=world.place.worker, at=MOMENT)
            assert suggested_number("SH", MOMENT.date()) == following
