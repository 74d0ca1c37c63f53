"""The door to a dossier: who comes in, who does not, and what the trail says of both."""

import pytest
from django.db import connections, transaction

from casemgmt.audit.models import AccessEvent
from casemgmt.base import clock
from casemgmt.base.errors import NotAllowed, NotThere
from casemgmt.base.organisation import organisation
from dossiers.access import can, change_dossier, open_dossier, visible
from dossiers.models import Dossier, Person
from dossiers.search import search
from dossiers.verbs import Verb
from dossiers.worklist import worklist
from tests.cast import Family, Place, make_family, make_place

pytestmark = pytest.mark.django_db(transaction=True, databases="__all__")


@pytest.fixture
def here() -> Place:
    return make_place()


@pytest.fixture
def family(here: Place) -> Family:
    with organisation(here.id):
        return make_family(here)


def events() -> list[tuple[str, str, str]]:
    with transaction.atomic():
        return list(AccessEvent.objects.order_by("at").values_list("action", "outcome", "data"))


def read_names(dossier: Dossier) -> list[str]:
    return [person.name for person in Person.objects.filter(dossier=dossier).order_by("position")]


@pytest.mark.rule("VT-7.1", "SH-4.1.0")
def test_the_worker_of_the_team_reads_and_the_trail_says_so(here, family):
    with organisation(here.id):
        names = open_dossier(here.worker, family.dossier_id, Verb.READ, read_names, data="people")
        assert names[0] == "Sem Bakker"
        assert events()[-1] == ("read", "shown", "people")


def test_no_door_opens_inside_a_transaction_that_could_still_be_undone(here, family):
    """Undone, it would have shown a dossier without a row in the trail."""
    doors = {
        "a dossier": lambda: open_dossier(here.worker, family.dossier_id, Verb.READ, read_names, data="people"),
        "a change": lambda: change_dossier(here.worker, family.dossier_id, Verb.ADD, lambda d: d.id, data="people"),
        "the worklist": lambda: worklist(here.worker),
        "search": lambda: search(here.worker, "Bakker", clock.today()),
    }
    with organisation(here.id):
        before = events()
        for door in doors.values():
            with transaction.atomic(), pytest.raises(RuntimeError, match="durable"):
                door()
        assert events() == before


def test_a_colleague_of_another_team_is_refused_and_the_trail_says_so(here, family):
    with organisation(here.id):
        with pytest.raises(NotAllowed):
            open_dossier(here.colleague, family.dossier_id, Verb.READ, read_names, data="people")
        assert events()[-1] == ("read", "denied", "people")


def test_another_organisations_worker_meets_the_same_as_for_a_dossier_that_never_was(here, family):
    there = make_place("veilig-thuis-hm")
    with organisation(there.id):
        with pytest.raises(NotThere):
            open_dossier(there.worker, family.dossier_id, Verb.READ, read_names, data="people")
        assert events()[-1] == ("read", "unknown", "people")


def test_nothing_is_shown_when_the_event_cannot_be_written(here, family):
    with connections["owner"].cursor() as cursor:
        cursor.execute("revoke insert on audit_accessevent from casemgmt_app")
    try:
        with organisation(here.id), pytest.raises(Exception, match="permission denied"):
            open_dossier(here.worker, family.dossier_id, Verb.READ, read_names, data="people")
    finally:
        with connections["owner"].cursor() as cursor:
            cursor.execute("grant insert on audit_accessevent to casemgmt_app")


def test_the_worklist_shows_what_the_door_would_open(here, family):
    with organisation(here.id):
        assert [row.name for row in worklist(here.worker).rows] == ["Gezin Bakker - El Idrissi"]
        assert worklist(here.colleague).rows == ()
        with transaction.atomic():
            dossier = Dossier.objects.get()
            assert list(visible(here.worker)) == [dossier]
            assert can(here.worker, Verb.READ, dossier)
            assert not can(here.colleague, Verb.READ, dossier)
