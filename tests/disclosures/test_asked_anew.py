"""Who proposed a disclosure hears it when what was asked cannot be approved any more; the reason tells no secret."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest
from django.db import transaction

from casemgmt.base.jobs import run_due
from casemgmt.organisations.actors import Actor
from casemgmt.vault.keys import load_keys
from casemgmt.work.models import Task
from consent.acts import withdraw_consent
from consent.models import Consent
from disclosures.acts import choose_items
from disclosures.models import Disclosure
from disclosures.vocabulary import APPROVE, ASK_AGAIN, HAND_OVER, State
from dossiers.models import Dossier, Person
from dossiers.people.acts import NewPerson, add_person, change_person, known_of, seen_mark
from dossiers.people.capacity import judge_capacity
from dossiers.verbs import Verb
from tests.cast import MOMENT
from tests.disclosures.story import SECRET, Case, agreed, approve, ask, consent, do, look_at_own
from tests.disclosures.test_pages import browser, steps, text
from tests.disclosures.test_reworded import reword, take_newest

pytestmark = pytest.mark.django_db(transaction=True, databases="__all__")

FATHER = "Dorpsweg 4"


@pytest.fixture(autouse=True)
def second_factor(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("casemgmt.entrance.has_second_factor", lambda request: True)


def put_right(case: Case, name: str, **changes: Any) -> None:
    """A colleague puts right what is known of somebody."""

    def act(dossier: Dossier) -> None:
        known = known_of(found := Person.objects.get(dossier=dossier, id=who))
        by = case.place.worker
        change_person(dossier, found.id, replace(known, **changes), seen=seen_mark(known), by=by, at=MOMENT)

    with transaction.atomic():
        load_keys([case.dossier_id])
        who = next(one.id for one in Person.objects.filter(dossier_id=case.dossier_id) if one.name == name)
    do(case, Verb.CHANGE, act)


def becomes_secret(case: Case) -> None:
    put_right(case, "Truus Overweg", address_secret=True)


def takes_back(case: Case) -> None:
    with transaction.atomic():
        yes = Consent.objects.get(person_id=case.client).id
    by = case.place.worker
    do(case, Verb.RECORD_CONSENT, lambda d: withdraw_consent(d, yes, form="oral", by=by, at=MOMENT))


def cannot_weigh(case: Case) -> None:
    by = case.place.worker
    do(case, Verb.CHANGE, lambda d: judge_capacity(d, case.client, capable=False, by=by, at=MOMENT).id)


def has_a_guardian(case: Case) -> None:
    """Somebody whose name stands in the piece is in the dossier now."""
    by = case.place.worker
    do(case, Verb.ADD, lambda d: add_person(d, NewPerson("network", "Piet Slaapt"), by=by, at=MOMENT).id)


@transaction.atomic
def waits(case: Case, row: Disclosure, kind: str = ASK_AGAIN) -> list[tuple[Any, str]]:
    """The open tasks of a kind: of whom, and what they say."""
    load_keys([case.dossier_id])
    found = Task.objects.filter(object_id=row.id, kind=kind, state="open")
    return [(one.assignee_id, f"{one.title} {one.detail}") for one in found]


@pytest.mark.parametrize("change", [reword, becomes_secret, takes_back, cannot_weigh, has_a_guardian])
def test_who_proposed_it_gets_one_task_that_tells_no_secret(case: Case, change: Callable[[Case], None]):
    row = agreed(case)
    assert waits(case, row) == []
    change(case)
    put_right(case, "Sem Bakker", relevance="Broer.")
    ((who, said),) = waits(case, row)
    assert who == case.place.worker.user_id
    assert not [one for one in (SECRET, FATHER, "Geheimelaan", "geheim", "Truus", "Yara", "Samira") if one in said]
    todo = text(browser(case.place.worker).get(f"/o/{case.place.slug}/"))
    assert "Vraag opnieuw goedkeuring" in todo and f"{steps(case)}/{row.id}/" in todo


def test_what_is_put_back_as_it_was_can_be_approved_and_takes_the_task_away(case: Case):
    row = agreed(case)
    becomes_secret(case)
    assert waits(case, row) and waits(case, row, APPROVE), "the request itself stays"
    put_right(case, "Truus Overweg", address_secret=False)
    assert waits(case, row) == []
    assert approve(case, row).state == State.APPROVED


def test_asking_anew_ends_the_task(case: Case):
    row = agreed(case)
    reword(case)
    take_newest(case, row)
    assert waits(case, row), "there is still something to do"
    for person in (case.client, case.mother):
        consent(case, person, row)
    look_at_own(case, row)
    ask(case, row)
    assert waits(case, row) == []


def test_what_changed_before_it_was_printed_is_told_to_who_proposed_it(case: Case):
    row = agreed(case)
    approve(case, row, printed=False)
    reword(case)
    assert waits(case, row) == []
    run_due()
    assert len(waits(case, row)) == 1


def test_what_changes_nothing_of_what_was_asked_asks_nothing(case: Case):
    row = agreed(case)
    put_right(case, "Sem Bakker", relevance="Broer.")
    assert waits(case, row) == []


def chooses(case: Case, row: Disclosure, by: Actor, *entries: UUID) -> None:
    """Somebody who works with the dossier too chooses what goes; nothing empties the choice."""
    do(case, Verb.PREPARE_DISCLOSURE, lambda d: choose_items(d, row.id, entries, by=by, at=MOMENT))


@pytest.mark.parametrize("approved", [True, False])
def test_who_proposed_it_hears_that_a_colleague_changed_what_was_asked_or_approved(case: Case, approved: bool):
    """Their task to hand it over is gone by then: without another they would think that it left."""
    row = agreed(case)
    if approved:
        approve(case, row)
        assert waits(case, row, HAND_OVER)
    chooses(case, row, case.place.manager)
    assert waits(case, row, HAND_OVER) == [] and waits(case, row, APPROVE) == []
    ((who, said),) = waits(case, row)
    assert who == case.place.worker.user_id and "niet meer waarvoor goedkeuring is gevraagd" in said
    chooses(case, row, case.place.manager, case.plain)
    assert len(waits(case, row)) == 1


def test_who_proposed_it_gets_no_task_for_what_they_change_themselves(case: Case):
    row = agreed(case)
    approve(case, row)
    chooses(case, row, case.place.worker)
    assert waits(case, row, HAND_OVER) == [] and waits(case, row) == []
