"""Whatever happens to people and dossiers in whatever order, what is listed is what the door opens (B1).

A machine of random days: teams gained and lost, assignments given, ended and taken back, dossiers closed, frozen and
moved, days that pass. After each step four ways of asking agree: ``can``, ``visible``, the worklist and the search.
"""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.contrib.auth import get_user_model
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from casemgmt.base import clock
from casemgmt.base.organisation import organisation
from casemgmt.organisations.actors import Actor, actor_for
from casemgmt.vault.keys import load_keys
from dossiers.access import Backend, assignment_of, can, reachable, visible
from dossiers.acts import NewAssignment, NewDossier, assign, create_dossier
from dossiers.models import Assignment, Dossier
from dossiers.verbs import Verb
from dossiers.worklist import _rows
from tests.cast import MOMENT, Place, make_place
from tests.dossiers.pages import World

pytestmark = pytest.mark.django_db(transaction=True, databases="__all__")
VERBS = (Verb.READ, Verb.CHANGE, Verb.HANDLE_REQUEST)
DOSSIERS, PEOPLE = 4, 2


@pytest.fixture
def here() -> Place:
    return make_place()


def made_dossiers(here: Place) -> list[UUID]:
    with organisation(here.id):
        units = [here.unit_id, here.other_unit_id]
        openers = {here.unit_id: here.worker, here.other_unit_id: here.colleague}
        return [
            create_dossier(NewDossier(f"N-{n}", f"Naam {n}", units[n % 2]), by=openers[units[n % 2]], at=MOMENT)
            for n in range(DOSSIERS)
        ]


class Days(RuleBasedStateMachine):
    """The machine; ``here`` and ``made`` are its world, and each of its runs is one transaction that is undone."""

    here: Place
    made: list[UUID]

    def __init__(self) -> None:
        super().__init__()
        self.scope = organisation(self.here.id)
        self.scope.__enter__()
        self.work = transaction.atomic()
        self.work.__enter__()
        self.real, self.shift = clock.now, timedelta()
        clock.now = lambda: self.real() + self.shift  # type: ignore[assignment]
        load_keys(self.made)
        users = [self.here.worker.user_id, self.here.colleague.user_id]
        # A day begins with people at work, or most runs would only find that nobody may do anything.
        homes = dict(zip(users, (self.here.unit_id, self.here.other_unit_id), strict=True))
        self.rights = {user: dict.fromkeys(map(str, VERBS), frozenset({home})) for user, home in homes.items()}
        self.order = users
        for who, which, first, lasts in ((0, 1, -2, None), (1, 0, -3, 1), (1, 2, 0, 2)):
            self._let_in(who, which, first, lasts)

    def teardown(self) -> None:
        clock.now = self.real
        transaction.set_rollback(True)
        self.work.__exit__(None, None, None)
        self.scope.__exit__(None, None, None)

    def actor(self, who: int) -> Actor:
        user = self.order[who]
        return Actor(user_id=user, name="", organisation_id=self.here.id, units_by_capability=self.rights[user])

    @rule(who=st.integers(0, PEOPLE - 1), verb=st.sampled_from(VERBS), teams=st.sets(st.integers(0, 1)))
    def may(self, who: int, verb: Verb, teams: set[int]) -> None:
        units = frozenset([self.here.unit_id, self.here.other_unit_id][team] for team in teams)
        self.rights[self.order[who]] = {**self.rights[self.order[who]], verb: units}

    @rule(who=st.integers(0, PEOPLE - 1), verb=st.sampled_from(VERBS))
    def may_no_more(self, who: int, verb: Verb) -> None:
        self.rights[self.order[who]] = {k: v for k, v in self.rights[self.order[who]].items() if k != verb}

    @rule(
        who=st.integers(0, PEOPLE - 1),
        which=st.integers(0, DOSSIERS - 1),
        first=st.integers(-3, 3),
        lasts=st.none() | st.integers(0, 4),
    )
    def let_in(self, who: int, which: int, first: int, lasts: int | None) -> None:
        self._let_in(who, which, first, lasts)

    def _let_in(self, who: int, which: int, first: int, lasts: int | None) -> None:
        dossier = Dossier.objects.get(id=self.made[which])
        if Assignment.objects.filter(user_id=self.order[who], content_object=dossier).exists():
            return
        starts = clock.today() + timedelta(days=first)
        ends = None if lasts is None else starts + timedelta(days=lasts)
        assign(dossier, NewAssignment(self.order[who], "waarnemer", starts, ends))

    @rule(who=st.integers(0, PEOPLE - 1), which=st.integers(0, DOSSIERS - 1), on=st.integers(-2, 2))
    def end(self, who: int, which: int, on: int) -> None:
        given = Assignment.objects.filter(user_id=self.order[who], content_object_id=self.made[which])
        day = clock.today() + timedelta(days=on)
        given.filter(starts_on__lte=day).update(ends_on=day)

    @rule(who=st.integers(0, PEOPLE - 1), which=st.integers(0, DOSSIERS - 1))
    def take_back(self, who: int, which: int) -> None:
        Assignment.objects.filter(user_id=self.order[who], content_object_id=self.made[which]).delete()

    @rule(which=st.integers(0, DOSSIERS - 1), state=st.sampled_from(["open", "closed", "frozen"]))
    def becomes(self, which: int, state: str) -> None:
        closed = None if state == "open" else MOMENT.date()
        Dossier.objects.filter(id=self.made[which]).update(state=state, closed_on=closed)

    @rule(which=st.integers(0, DOSSIERS - 1), team=st.integers(0, 1))
    def moves(self, which: int, team: int) -> None:
        Dossier.objects.filter(id=self.made[which]).update(unit_id=[self.here.unit_id, self.here.other_unit_id][team])

    @rule(days=st.integers(1, 3))
    def days_pass(self, days: int) -> None:
        self.shift += timedelta(days=days)

    @invariant()
    def every_way_of_asking_agrees(self) -> None:
        rows = list(Dossier.objects.all())
        for who in range(PEOPLE):
            actor = self.actor(who)
            for verb in VERBS:
                opened = {row.id for row in rows if can(actor, verb, row)}
                assert set(reachable(actor, verb).values_list("id", flat=True)) == opened, verb
            readable = {row.id for row in rows if can(actor, Verb.READ, row)}
            assert set(visible(actor).values_list("id", flat=True)) == readable
            listed = {row.id for row in _rows(actor, "", 25)} if actor.units_where(Verb.READ) else readable
            assert listed >= readable if not actor.may(Verb.READ) else listed == readable, "the worklist"
            for row in rows:
                assert assignment_of(actor, row) is None or self._in_its_days(assignment_of(actor, row))

    @staticmethod
    def _in_its_days(given: Any) -> bool:
        today = clock.today()
        return given.starts_on <= today and (given.ends_on is None or today <= given.ends_on)

    @invariant()
    def a_frozen_dossier_is_nobodys(self) -> None:
        frozen = Dossier.objects.filter(state="frozen")
        assert not any(can(self.actor(who), verb, row) for row in frozen for who in range(PEOPLE) for verb in VERBS)


def lived(here: Place, examples: int, steps: int) -> None:
    run_state_machine_as_test(  # type: ignore[no-untyped-call]
        type("Lived", (Days,), {"here": here, "made": made_dossiers(here)}),
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            database=None,
            print_blob=True,
        ),
    )


@pytest.mark.long
def test_whatever_happened_in_whatever_order_what_is_listed_is_what_the_door_opens(here: Place) -> None:
    lived(here, examples=2000, steps=8)


def test_who_asks_django_hears_the_doors_own_answer(world: World) -> None:
    """With one role: of the team yes, of another team no, let in for a while yes; a superuser is nobody special."""
    people = get_user_model().objects
    with organisation(world.place.id), transaction.atomic():
        load_keys([world.family.dossier_id])
        row = Dossier.objects.get(id=world.family.dossier_id)
        worker, colleague = (people.get(id=one.user_id) for one in (world.place.worker, world.place.colleague))

        def heard(user: Any) -> bool:
            opens = can(actor_for(user, clock.today()), Verb.READ, row)
            assert Backend().has_perm(user, "dossiers.view_dossier", row) is opens
            assert user.has_perm("dossiers.view_dossier", row) is opens
            assert not Backend().has_perm(user, "dossiers.view_dossier"), "without a dossier nobody has anything"
            return opens

        assert (heard(worker), heard(colleague)) == (True, False)
        colleague.is_superuser = True
        assert not heard(colleague)
        assign(row, NewAssignment(colleague.id, "waarnemer", clock.today(), clock.today()))
        assert heard(colleague)
