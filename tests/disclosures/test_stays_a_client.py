"""Nobody stops being a client while a disclosure about them still runs; what ended stays readable afterwards."""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from threading import Thread
from typing import Any
from uuid import UUID

import pytest
from django.db import connections, transaction
from django.test import Client

from casemgmt.base.errors import Conflict, NotThere
from casemgmt.base.organisation import organisation
from casemgmt.organisations.models import Organisation, Unit
from casemgmt.vault.keys import load_keys
from disclosures import acts, handing, informing
from disclosures.models import Disclosure
from dossiers.access import change_dossier
from dossiers.models import Dossier, Person
from dossiers.people.acts import change_person, known_of, seen_mark
from dossiers.verbs import Verb
from tests.cast import MOMENT, make_actor
from tests.disclosures.story import WHAT_FOR, Case, agreed, approve, do, hand_over, make_case, proposal, propose
from tests.disclosures.test_pages import base, browser, steps, text
from tests.disclosures.test_waiting import LATER, put_off

pytestmark = pytest.mark.django_db(transaction=True, databases="__all__")

TO = "Huisartsenpraktijk De Linde"


@pytest.fixture
def here(monkeypatch: pytest.MonkeyPatch) -> Iterator[Case]:
    monkeypatch.setattr("casemgmt.entrance.has_second_factor", lambda request: True)
    made = make_case("sterk-huis")
    with organisation(made.place.id):
        yield made


def as_sister(case: Case, worker: Client, name: str = "Yara Bakker", role: str = "sibling") -> Any:
    """Save the form of the client as that of a sister."""
    path = f"{base(case)}/personen/{case.client}/"
    page = text(worker.get(path))
    seen, born = (re.search(rf'name="{one}"[^>]*value="([^"]*)"', page) for one in ("seen", "birth_date"))
    assert seen and born
    return worker.post(path, {"role": role, "name": name, "birth_date": born[1], "seen": seen[1]})


def known(case: Case) -> tuple[str, str]:
    with transaction.atomic():
        load_keys([case.dossier_id])
        person = Person.objects.get(id=case.client)
        return person.role, person.name


def beside_the_role(page: str) -> str:
    """What stands at the field that was refused; empty where nothing does."""
    found = re.search(r'id="id_role-error">(.*?)</span>\s*(?:<select|$)', page, re.S)
    return found[1] if found else ""


def stop(case: Case, row: Disclosure) -> None:
    by = case.place.worker
    do(case, Verb.PREPARE_DISCLOSURE, lambda d: acts.withdraw(d, row.id, "Het is niet meer nodig.", by=by, at=MOMENT))


def tell(case: Case, row: Disclosure) -> None:
    by, at = case.place.worker, LATER + timedelta(days=1)
    do(case, Verb.PREPARE_DISCLOSURE, lambda d: informing.inform_now(d, row.id, by=by, at=at))


@pytest.mark.parametrize(("begin", "end"), [(propose, stop), (agreed, stop), (put_off, tell)])
def test_whom_a_disclosure_is_about_stays_a_client_until_it_ended_and_the_form_says_so(
    here: Case, begin: Callable[[Case], Disclosure], end: Callable[[Case, Disclosure], None]
) -> None:
    row, worker = begin(here), browser(here.place.worker)
    refused = as_sister(here, worker, name="Yara Getypt")
    page = text(refused)
    assert refused.status_code == 422
    assert TO in beside_the_role(page), "it says which disclosure still runs, beside the field"
    assert 'value="Yara Getypt"' in page and re.search(r'value="sibling" selected', page), "what was typed is kept"
    assert known(here) == ("client", "Yara Bakker"), "nothing was saved"
    assert worker.get(f"{steps(here)}/{row.id}/").status_code == 200
    assert as_sister(here, worker, name="Yara Nieuw", role="client").status_code == 303, "all else can be put right"
    end(here, row)
    assert as_sister(here, worker).status_code == 303
    assert known(here)[0] == "sibling"


def test_a_recipient_of_three_disclosures_is_named_once_and_the_three_are_counted(here: Case) -> None:
    for _each in range(3):
        propose(here)
    said = beside_the_role(text(as_sister(here, browser(here.place.worker))))
    assert said.count(TO) == 1
    assert re.search(r"\b3\b", said), said


def test_what_ended_can_still_be_read_when_the_person_is_no_client_any_more_and_nothing_can_be_done_with_it(
    here: Case,
) -> None:
    finished, stopped = agreed(here), propose(here)
    approve(here, finished)
    hand_over(here, finished)
    stop(here, stopped)
    by, worker, manager = here.place.worker, browser(here.place.worker), browser(here.place.manager)
    do(here, Verb.PREPARE_DISCLOSURE, lambda d: handing.close(d, finished.id, by=by, at=LATER))
    assert as_sister(here, worker).status_code == 303
    for row in (finished, stopped):
        page = worker.get(f"{steps(here)}/{row.id}/")
        assert page.status_code == 200 and WHAT_FOR in text(page) and TO in text(page)
        assert "Het is niet meer nodig." in text(page) or row is finished
        assert 'method="post"' not in text(page).split("<main")[1].split("</main>")[0], "no step can be taken here"
        decided = manager.get(f"{steps(here)}/{row.id}/goedkeuren/")
        assert decided.status_code == 200 and "Mag dit naar" not in text(decided), "nothing is asked any more"
        before = state(row)
        assert worker.post(f"{steps(here)}/{row.id}/goedkeuring-vragen/").status_code == 409
        assert worker.post(f"{steps(here)}/{row.id}/inlichten/").status_code in (303, 404, 409)
        assert state(row) == before
    assert worker.get(f"{steps(here)}/{finished.id}/pakket/").status_code == 200
    assert browser(here.place.colleague).get(f"{steps(here)}/{finished.id}/").status_code == 403
    with pytest.raises(NotThere):
        propose(here)


@transaction.atomic
def state(row: Disclosure) -> str:
    return str(Disclosure.objects.get(id=row.id).state)


def test_a_client_who_turns_out_to_have_reported_is_guarded_at_once_and_told_afterwards(here: Case) -> None:
    row, worker = put_off(here), browser(here.place.worker)
    running = propose(here)
    assert as_sister(here, worker, role="reporter").status_code == 422, "what has not left can be stopped first"
    stop(here, running)
    assert as_sister(here, worker, role="reporter").status_code == 303
    assert worker.get(f"{steps(here)}/{row.id}/").status_code == 200
    tell(here, row)
    assert state(row) == "informed"
    assert worker.get(f"{steps(here)}/{running.id}/").status_code == 200


def to_sister(case: Case, by: Any) -> None:
    """The act itself, by somebody of staff."""

    def act(dossier: Dossier) -> UUID:
        now = known_of(Person.objects.get(id=case.client))
        new = replace(now, role="sibling")
        return UUID(str(change_person(dossier, case.client, new, seen=seen_mark(now), by=by, at=MOMENT).id))

    with organisation(case.place.id):
        change_dossier(by, case.dossier_id, Verb.CHANGE, act, data="person")


def test_who_may_not_see_disclosures_reads_that_something_runs_and_not_what(here: Case) -> None:
    propose(here)
    with transaction.atomic():
        place, unit = Organisation.objects.get(id=here.place.id), Unit.objects.get(id=here.place.unit_id)
        other = make_actor(place, unit, "administrative", frozenset({Verb.READ, Verb.CHANGE}), "Rik Hofstra")
    with pytest.raises(Conflict) as told:
        to_sister(here, here.place.worker)
    assert TO in told.value.sentence and told.value.field == "role"
    with pytest.raises(Conflict) as told:
        to_sister(here, other)
    assert TO not in told.value.sentence and not re.search(r"\d", told.value.sentence)
    assert told.value.field == "role"
    assert known(here)[0] == "client"


def beside(what: Callable[[], Any], faults: list[type[BaseException]]) -> Thread:
    """A second person who does something at the same moment."""

    def run() -> None:
        try:
            what()
        except Exception as fault:
            faults.append(type(fault))
        finally:
            connections.close_all()

    return Thread(target=run)


@pytest.mark.parametrize("first", ["proposal", "role"])
def test_a_disclosure_that_begins_at_the_same_moment_does_not_slip_in_between(here: Case, first: str) -> None:
    worker, new, faults = here.place.worker, proposal(here), list[type[BaseException]]()

    def begin() -> None:
        with organisation(here.place.id):
            do(here, Verb.PREPARE_DISCLOSURE, lambda d: acts.propose(d, new, by=worker, at=MOMENT))

    def change_role() -> None:
        to_sister(here, worker)

    second = beside(change_role if first == "proposal" else begin, faults)

    def and_another(dossier: Dossier) -> None:
        if first == "proposal":
            acts.propose(dossier, new, by=worker, at=MOMENT)
        else:
            now = known_of(Person.objects.get(id=here.client))
            change_person(dossier, here.client, replace(now, role="sibling"), seen=seen_mark(now), by=worker, at=MOMENT)
        second.start()
        second.join(1)
        assert second.is_alive(), "it waits until the first is done"

    change_dossier(worker, here.dossier_id, Verb.CHANGE, and_another, data="test")
    second.join(30)
    assert faults == [Conflict if first == "proposal" else NotThere]
    with transaction.atomic():
        assert Disclosure.objects.filter(about_id=here.client).exists() == (first == "proposal")
    assert known(here)[0] == ("client" if first == "proposal" else "sibling")
