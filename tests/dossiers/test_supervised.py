"""Interns, volunteers and secretaries read nothing by being in a team: only under a supervisor (SH-2.5.5)."""

from collections.abc import Iterator
from datetime import date

import pytest
from django.db import transaction

from casemgmt.base import clock
from casemgmt.base.organisation import organisation
from casemgmt.organisations.models import Membership, Unit
from casemgmt.policy.loader import load_profile, shipped_profiles
from dossiers.access import can, reachable, visible
from dossiers.acts import NewAssignment, give_access
from dossiers.models import Dossier
from dossiers.readers import colleagues_of, may_be_added
from dossiers.verbs import FROM_A_DESK, Verb
from dossiers.worklist import worklist
from tests.client_requests.story import NOW, House, employ, make_house

pytestmark = [
    pytest.mark.django_db(transaction=True, databases="__all__"),
    pytest.mark.rule("SH-2.5.5", "SH-2.3.2b"),
]
UNDER_SUPERVISION = {
    "sterk-huis": {"intern", "volunteer", "secretary"},
    "veilig-thuis-hm": {"intern", "secretary"},
    "gebiedsteam-opsterland": set(),
    "buurteams-nijmegen": {"intern", "secretary"},
}


@pytest.fixture(autouse=True)
def now(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr("casemgmt.base.clock.now", lambda: NOW)
    yield


@pytest.fixture
def house() -> House:
    house = make_house()
    employ(house, "vera", "volunteer")
    employ(house, "sofie", "secretary")
    return house


SUPERVISED = ("ida", "vera", "sofie")


def test_which_roles_work_under_supervision_stands_in_the_profiles() -> None:
    for slug, expected in UNDER_SUPERVISION.items():
        for path in shipped_profiles()[slug]:
            table = load_profile(path).roles.table
            assert {key.value for key, role in table.items() if role.needs_supervisor} == expected, slug


@pytest.mark.parametrize("assigned", [False, True])
@pytest.mark.parametrize("name", SUPERVISED)
def test_neither_team_nor_assignment_opens_anything_to_them(house: House, name: str, assigned: bool) -> None:
    """An assignment names no supervisor, so it cannot say that one has access; the door stays closed."""
    noor, actor = house.actor("noor"), house.actor(name)
    if assigned:
        new = NewAssignment(house.staff[name].id, "loopt mee", clock.today())
        house.change("noor", Verb.ADD, lambda dossier: give_access(dossier, new, by=noor))
    with organisation(house.id):
        with transaction.atomic():
            dossier = Dossier.objects.get(id=house.dossier_id)
            assert not list(visible(actor))
            for verb in set(Verb) - FROM_A_DESK:
                assert not can(actor, verb, dossier), verb
                assert not reachable(actor, verb).exists(), verb
            assert can(noor, Verb.READ, dossier) and list(visible(noor)) == [dossier]
        assert not worklist(actor).rows and worklist(noor).rows


def test_the_door_says_why_it_stays_closed(house: House) -> None:
    answer = house.client("ida").get(house.inside(""))
    assert answer.status_code == 403
    assert "U werkt onder een begeleider" in answer.content.decode()
    assert "Bakker" not in house.client("ida").get(house.staff_url("dossiers/")).content.decode()


def test_who_reads_a_dossier_is_told_without_them_and_they_are_not_offered(house: House) -> None:
    with organisation(house.id), transaction.atomic():
        dossier = Dossier.objects.select_related("unit").get(id=house.dossier_id)
        there = {one.user_id for one in colleagues_of(dossier, clock.today())}
        offered = {user_id for user_id, _name in may_be_added(dossier, clock.today())}
    ours = {house.staff[name].id for name in SUPERVISED}
    assert house.staff["noor"].id in there and house.staff["bas"].id in offered
    assert not ours & (there | offered)


def test_who_also_has_a_role_of_their_own_reads_by_that_role(house: House) -> None:
    with organisation(house.id), transaction.atomic():
        north = Unit.objects.get(name="team Noord")
        Membership.objects.create(
            user_id=house.staff["ida"].id, unit=north, role="caseworker", starts_on=date(2020, 1, 1)
        )
    actor = house.actor("ida")
    with organisation(house.id), transaction.atomic():
        dossier = Dossier.objects.get(id=house.dossier_id)
        assert actor.units_where(Verb.READ) == {north.id}
        assert not can(actor, Verb.READ, dossier) and not visible(actor).exists()
