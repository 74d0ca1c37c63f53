"""`can` and `reachable` say the same, whatever teams, assignments, periods and states there are (B1)."""

from datetime import timedelta
from uuid import UUID

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from casemgmt.base import clock
from casemgmt.base.organisation import organisation
from casemgmt.organisations.actors import Actor
from casemgmt.vault.keys import load_keys
from dossiers.access import can, reachable, visible
from dossiers.acts import NewAssignment, NewDossier, assign, create_dossier
from dossiers.models import Assignment, Dossier
from dossiers.search import search
from dossiers.verbs import FROM_A_DESK, Verb
from dossiers.worklist import worklist
from tests.cast import MOMENT, Place, make_place

pytestmark = pytest.mark.django_db(transaction=True, databases="__all__")

PERIODS = [(-9, -1), (-1, 0), (0, 0), (0, None), (1, 9), (1, None), (-5, 5)]
STATES = ["open", "closed", "frozen"]


@pytest.fixture
def here() -> Place:
    return make_place()


@pytest.fixture
def dossiers(here: Place) -> list[UUID]:
    """Two dossiers of each team in every state."""
    made = []
    with organisation(here.id):
        for number, unit in enumerate([here.unit_id, here.other_unit_id] * 3):
            opener = here.worker if unit == here.unit_id else here.colleague
            made.append(create_dossier(NewDossier(f"N-{number}", f"Naam {number}", unit), by=opener, at=MOMENT))
        with transaction.atomic():
            for index, dossier_id in enumerate(made):
                state = STATES[index // 2]
                closed = None if state == "open" else MOMENT.date()
                Dossier.objects.filter(id=dossier_id).update(state=state, closed_on=closed)
    return made


def actor_with(here: Place, verbs: set[Verb], teams: set[int]) -> Actor:
    units = frozenset([here.unit_id, here.other_unit_id][team] for team in teams)
    return Actor(
        user_id=here.manager.user_id,
        name="",
        organisation_id=here.id,
        units_by_capability={verb: units for verb in verbs},
    )


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    verbs=st.sets(st.sampled_from(list(Verb))),
    teams=st.sets(st.integers(0, 1)),
    periods=st.dictionaries(st.integers(0, 5), st.sampled_from(PERIODS), max_size=4),
    elsewhere=st.booleans(),
)
def test_what_is_listed_is_what_the_door_opens(here, dossiers, verbs, teams, periods, elsewhere):
    with organisation(here.id), transaction.atomic():
        rows = {row.id: row for row in Dossier.objects.all()}
        load_keys(rows)
        Assignment.objects.all().delete()
        actor = actor_with(here, verbs, teams)
        today = clock.today()
        for index, (first, last) in periods.items():
            ends = None if last is None else today + timedelta(days=last)
            starts = today + timedelta(days=first)
            assign(rows[dossiers[index]], NewAssignment(actor.user_id, "waarnemer", starts, ends))
        asked = actor_with(here, verbs, teams) if not elsewhere else stranger(actor)
        for verb in (Verb.READ, Verb.ADD, Verb.HANDLE_REQUEST):
            listed = set(reachable(asked, verb).values_list("id", flat=True))
            assert listed == {row.id for row in rows.values() if can(asked, verb, row)}
        assert set(visible(asked)) == {row for row in rows.values() if can(asked, Verb.READ, row)}
        expected = {row.id for row in rows.values() if can(actor, Verb.READ, row)}
        transaction.set_rollback(False)
    if not elsewhere:
        with organisation(here.id):
            assert {row.id for row in worklist(actor).rows} == expected


def stranger(actor: Actor) -> Actor:
    """The same person with the same rights, in another organisation."""
    return Actor(
        user_id=actor.user_id,
        name="",
        organisation_id=UUID(int=1),
        units_by_capability=actor.units_by_capability,
    )


def test_a_desk_needs_no_team(here, dossiers):
    with organisation(here.id), transaction.atomic():
        row = Dossier.objects.get(id=dossiers[0])
        for verb in FROM_A_DESK:
            assert can(actor_with(here, {verb}, set()), verb, row)


@pytest.mark.parametrize(
    ("first", "last", "open_today"),
    [(-9, -1, False), (-9, 0, True), (-9, None, True), (0, 0, True), (0, None, True), (1, 9, False), (1, None, False)],
)
def test_an_assignment_opens_from_its_first_day_to_its_last_on_every_way_in(here, dossiers, first, last, open_today):
    """Said outright, for the property above only compares the ways in with each other."""
    elsewhere = dossiers[1]
    with organisation(here.id):
        with transaction.atomic():
            row = Dossier.objects.get(id=elsewhere)
            load_keys([elsewhere])
            actor = actor_with(here, {Verb.READ}, {0})
            today = clock.today()
            ends = None if last is None else today + timedelta(days=last)
            assign(row, NewAssignment(actor.user_id, "waarnemer", today + timedelta(days=first), ends))
            ways = {
                "the door": can(actor, Verb.READ, row),
                "every list": elsewhere in set(reachable(actor, Verb.READ).values_list("id", flat=True)),
                "what is seen": elsewhere in {each.id for each in visible(actor)},
            }
        ways["the worklist"] = elsewhere in {each.id for each in worklist(actor).rows}
        ways["search by number"] = elsewhere in {each.id for each in search(actor, "N-1", today).rows}
    assert ways == dict.fromkeys(ways, open_today)
