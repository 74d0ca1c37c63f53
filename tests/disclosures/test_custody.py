"""Custody of one child gives no say, no letter and no name in what leaves the house about another child."""

from datetime import date, timedelta
from uuid import UUID

import pytest
from django.db import transaction

from casemgmt.base.organisation import organisation
from casemgmt.letters.models import Letter
from casemgmt.vault.keys import load_keys
from consent.facts import circle
from disclosures.acts import setting
from disclosures.handing import Stopped
from disclosures.judging import judge
from disclosures.models import Disclosure
from disclosures.package import secrets_around
from dossiers.models import Dossier, Person
from dossiers.people.acts import NewPerson, add_person
from dossiers.people.representing import Represented, represent
from dossiers.verbs import Verb
from tests.cast import MOMENT, of
from tests.disclosures.story import (
    ON,
    Case,
    approve,
    ask,
    born,
    choose,
    consent,
    do,
    hand_over,
    make_case,
    propose,
)

pytestmark = pytest.mark.django_db(transaction=True, databases="__all__")
SLUGS = ("sterk-huis", "veilig-thuis-hm", "gebiedsteam-opsterland", "buurteams-nijmegen")


def stepfather(case: Case) -> UUID:
    """Jip, a younger child of the same dossier, and Ruud, who has custody of Jip alone."""

    def act(dossier: Dossier) -> UUID:
        jip = add_person(dossier, NewPerson("client", "Jip Peters", born(6))).id
        return add_person(dossier, NewPerson("stepparent", "Ruud Peters", born(39), of(jip))).id

    return UUID(str(do(case, Verb.ADD, act)))


def custody(case: Case, person: UUID, *children: UUID) -> None:
    do(case, Verb.CHANGE, lambda d: represent(d, Person.objects.get(dossier=d, id=person), of(*children)))


def allowed(case: Case, row: Disclosure) -> bool:
    """Whether it may go at this very click."""

    def read(dossier: Dossier) -> bool:
        fresh = Disclosure.objects.get(id=row.id)
        profile, around = setting(dossier, fresh, MOMENT)
        return judge(fresh, around, profile, ON).allowed

    return bool(do(case, Verb.PREPARE_DISCLOSURE, read))


@pytest.fixture(params=SLUGS)
def young(request: pytest.FixtureRequest):
    """A dossier about a girl of eleven, for whom her mother decides."""
    case = make_case(request.param, born(11))
    with organisation(case.place.id):
        yield case


@pytest.fixture
def case():
    made = make_case("sterk-huis")
    with organisation(made.place.id):
        yield made


def test_the_yes_of_another_childs_stepfather_carries_nothing_and_the_mothers_does(young: Case):
    ruud, row = stepfather(young), propose(young)
    consent(young, ruud, row)
    assert not allowed(young, row)
    consent(young, young.mother, row)
    assert allowed(young, row)


def test_with_custody_his_yes_is_needed_beside_hers(young: Case):
    ruud, row = stepfather(young), propose(young)
    consent(young, young.mother, row)
    assert allowed(young, row)
    custody(young, ruud, young.client)
    assert not allowed(young, row)
    consent(young, ruud, row)
    assert allowed(young, row)


def test_the_letter_goes_to_the_child_and_its_own_mother_and_to_no_other_representative(case: Case):
    ruud, row = stepfather(case), propose(case)
    choose(case, row)
    for person in (case.client, case.mother):
        consent(case, person, row)
    approve(case, ask(case, row))
    hand_over(case, row)
    with transaction.atomic():
        told = set(Letter.objects.filter(kind="disclosure_notice").values_list("to_person_id", flat=True))
    assert told == {case.client, case.mother} and ruud not in told


def test_in_a_childs_package_only_its_own_representatives_are_named(case: Case):
    stepfather(case)
    with transaction.atomic():
        load_keys([case.dossier_id])
        around = circle(Dossier.objects.get(id=case.dossier_id), case.client, ON)
        assert around is not None
        black = {name for one in secrets_around(case.dossier_id, around).private for name in one.names}
    assert "Ruud Peters" in black and "Samira El Idrissi" not in black


def test_when_custody_is_lost_after_the_approval_nothing_is_handed_over(case: Case):
    row = propose(case)
    choose(case, row)
    for person in (case.client, case.mother):
        consent(case, person, row)
    approve(case, ask(case, row))
    custody(case, case.mother)
    assert isinstance(hand_over(case, row), Stopped)
    with transaction.atomic():
        assert not Letter.objects.filter(kind="disclosure_notice").exists()


def test_custody_that_begins_later_begins_on_its_day_and_not_the_day_before(case: Case):
    ruud, first = stepfather(case), ON + timedelta(days=10)

    def act(dossier: Dossier) -> None:
        represent(dossier, Person.objects.get(dossier=dossier, id=ruud), [Represented(case.client, first)])

    do(case, Verb.CHANGE, act)

    def is_on(day: date) -> str:
        with transaction.atomic():
            load_keys([case.dossier_id])
            around = circle(Dossier.objects.get(id=case.dossier_id), case.client, day)
            somebody = around.find(ruud) if around else None
        assert somebody is not None
        return somebody.who.value

    assert is_on(first - timedelta(days=1)) == "stepparent_without_custody"
    assert is_on(first) == "legal_representative"
