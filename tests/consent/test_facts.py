"""What people of a dossier are to the client, in the words of the rules."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from django.db import transaction

from casemgmt.base.errors import NotAllowed
from casemgmt.base.organisation import organisation
from casemgmt.organisations.actors import Actor
from casemgmt.policy.rules.facts import RightFacts
from casemgmt.policy.rules.representation import who_exercises_rights
from casemgmt.policy.schema.vocabulary import Judge
from casemgmt.policy.schema.vocabulary import Person as Who
from casemgmt.policy.versions import profile_in_force
from casemgmt.vault.keys import load_keys
from consent.facts import circle, client_facts
from dossiers.access import change_dossier
from dossiers.frame import deciders_of, people_of
from dossiers.models import Dossier, Person
from dossiers.people.acts import NewPerson, add_person
from dossiers.people.capacity import judge_capacity
from dossiers.people.facts import client_facts as facts_of
from dossiers.people.representing import held_on, represent
from dossiers.verbs import Verb
from tests.cast import MOMENT, of
from tests.disclosures.story import ON, Case, born, make_case

pytestmark = pytest.mark.django_db(transaction=True, databases="__all__")


def who_is(case: Case, born_on: date | None) -> Who:
    """What a brother or sister with this birth date is to the client."""
    with organisation(case.place.id):
        new = NewPerson("sibling", "Noud Bakker", born_on)
        added = change_dossier(
            case.place.worker, case.dossier_id, Verb.ADD, lambda d: add_person(d, new).id, data="test"
        )
        with transaction.atomic():
            load_keys([case.dossier_id])
            around = circle(Dossier.objects.get(id=case.dossier_id), case.client, ON)
            somebody = around.find(added) if around else None
    assert somebody is not None
    return somebody.who


@pytest.mark.parametrize(
    ("born_on", "who"),
    [
        (born(18), Who.ADULT_SIBLING),
        (born(18, days=1), Who.NETWORK_PERSON),
        (born(5), Who.NETWORK_PERSON),
        (None, Who.NETWORK_PERSON),
    ],
)
def test_only_an_adult_brother_or_sister_is_one_who_can_act(born_on: date | None, who: Who) -> None:
    assert who_is(make_case("gebiedsteam-opsterland", born(30)), born_on) == who


def of_client(case: Case) -> tuple[dict[str, Any], RightFacts]:
    """What the ladders are told of the client, by both roads."""
    with organisation(case.place.id), transaction.atomic():
        load_keys([case.dossier_id])
        dossier = Dossier.objects.get(id=case.dossier_id)
        around, people = circle(dossier, case.client, ON), people_of(dossier)
        assert around is not None
        client = next(one for one in people if one.id == case.client)
        facts = facts_of(client, people, held_on(dossier, ON), profile_in_force(ON), ON)
        return client_facts(around), RightFacts(**facts)


def judged(case: Case, by: Actor) -> None:
    """The client is judged unable by somebody, through the door."""

    with organisation(case.place.id):
        judge = Verb.JUDGE_CAPACITY
        change_dossier(
            by,
            case.dossier_id,
            judge,
            lambda d: judge_capacity(d, case.client, capable=False, by=by, at=MOMENT).id,
            data="test",
        )


def test_nobody_judged_what_nobody_recorded() -> None:
    case = make_case("gebiedsteam-opsterland", born(30), capable=False)
    facts, ladder = of_client(case)
    assert facts["capacity_judged_by"] is None and ladder.capacity_judged_by is None


def test_a_recorded_judgement_counts_and_only_of_who_may_judge() -> None:
    case = make_case("gebiedsteam-opsterland", born(30))
    with pytest.raises(NotAllowed):
        judged(case, case.place.worker)
    assert of_client(case)[0]["client_capable"]
    may = {**case.place.worker.units_by_capability, "capacity.judge": frozenset({case.place.unit_id})}
    judged(case, replace(case.place.worker, units_by_capability=may))
    facts, ladder = of_client(case)
    assert facts["capacity_judged_by"] == ladder.capacity_judged_by == Judge.LEADER
    with organisation(case.place.id), transaction.atomic():
        client = Person.objects.get(id=case.client)
    assert (client.capable_judged_by_id, client.capable_judged_at) == (case.place.worker.user_id, MOMENT)


@pytest.mark.parametrize("age", [11, 14, 17, 18])
@pytest.mark.parametrize("custody_of", ["client", "other child", "nobody"])
def test_both_roads_tell_the_ladders_the_same_and_only_of_custody_of_this_client(age: int, custody_of: str) -> None:
    case = make_case("sterk-huis", born(age))
    with organisation(case.place.id):

        def act(dossier: Dossier) -> None:
            other = add_person(dossier, NewPerson("client", "Jip Peters", born(5))).id
            held = {"client": of(case.client), "other child": of(other), "nobody": ()}[custody_of]
            represent(dossier, Person.objects.get(id=case.mother), held)
            add_person(dossier, NewPerson("stepparent", "Ruud Peters", born(39), of(other)))

        change_dossier(case.place.worker, case.dossier_id, Verb.CHANGE, act, data="test")
    facts, ladder = of_client(case)
    assert facts == {name: getattr(ladder, name) for name in facts}
    assert facts["has_legal_representative"] is (custody_of == "client" and age < 18)


PEOPLE = {
    "partner": NewPerson("partner", "Tjitske Bakker", born(31)),
    "parent": NewPerson("parent", "Geert Bakker", born(60)),
    "adult sibling": NewPerson("sibling", "Hylke Bakker", born(28)),
    "adult child": NewPerson("child", "Fenna Bakker", born(18)),
    "minor child": NewPerson("child", "Jelle Bakker", born(18, days=1)),
    "child of unknown age": NewPerson("child", "Siebe Bakker"),
}


@pytest.mark.rule("GT-22.4-b", "GT-22.4-c")
@pytest.mark.parametrize(
    ("present", "by", "mode"),
    [
        (("partner", "parent", "adult child"), {Who.SPOUSE_OR_PARTNER}, "alone"),
        (("parent", "adult sibling", "adult child"), {Who.PARENT, Who.ADULT_SIBLING, Who.ADULT_CHILD}, "any_of"),
        (("adult child", "minor child", "child of unknown age"), {Who.ADULT_CHILD}, "alone"),
        (("minor child", "child of unknown age"), set(), "none"),
    ],
)
def test_for_an_adult_who_was_judged_unable_the_partner_comes_first_and_then_any_adult_relative(
    present: tuple[str, ...], by: set[Who], mode: str
) -> None:
    case = make_case("gebiedsteam-opsterland", born(32))
    worker = case.place.worker
    may = {**worker.units_by_capability, "capacity.judge": frozenset({case.place.unit_id})}
    judged(case, replace(worker, units_by_capability=may))

    def gather(dossier: Dossier) -> None:
        for row in Person.objects.filter(dossier=dossier, role__in=("parent", "sibling")):
            row.role = "network"
            row.save()
        for one in present:
            add_person(dossier, PEOPLE[one])

    with organisation(case.place.id):
        change_dossier(worker, case.dossier_id, Verb.CHANGE, gather, data="test")
        with transaction.atomic():
            load_keys([case.dossier_id])
            dossier = Dossier.objects.get(id=case.dossier_id)
            around, profile = circle(dossier, case.client, ON), profile_in_force(ON)
            assert around is not None
            decision = who_exercises_rights(RightFacts(**client_facts(around)), profile, ON)
            [decider] = deciders_of(people_of(dossier), held_on(dossier, ON), ON)
    assert (set(decision.outcome["by"]), decision.outcome["mode"]) == (by, mode)
    assert decider.decision == decision, "the frame and the requests ask the ladder the same"
    assert {one.who for one in around.people if one.who in by} == by, "each who acts is somebody of the dossier"
