"""A no stands until a yes of after it: what is written down later but was said earlier opens nothing."""

import re
from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import transaction

from casemgmt.base.errors import Conflict
from casemgmt.base.organisation import organisation
from casemgmt.vault.keys import load_keys
from consent.acts import withdraw_consent
from consent.models import Consent
from disclosures.acts import change_proposal, setting
from disclosures.handing import Stopped
from disclosures.judging import Judgement, judge
from disclosures.models import Disclosure
from dossiers.models import Dossier
from dossiers.people.acts import NewPerson, add_person
from dossiers.verbs import Verb
from tests.cast import MOMENT
from tests.disclosures.story import (
    ON,
    Case,
    agreed,
    approve,
    ask,
    born,
    choose,
    consent,
    do,
    hand_over,
    make_case,
    proposal,
    propose,
)
from tests.disclosures.test_pages import browser, steps, text, told_from

pytestmark = pytest.mark.django_db(transaction=True, databases="__all__")

EARLIER = ON - timedelta(days=12)
HOUR = timedelta(hours=1)
# The entries were written later, so nobody was told of them on that earlier day.
BY_THEN = frozenset({"purpose", "recipient"})


def judged(case: Case, row: Disclosure) -> Judgement:
    with transaction.atomic():
        load_keys([case.dossier_id])
        fresh, dossier = Disclosure.objects.get(id=row.id), Dossier.objects.get(id=case.dossier_id)
        profile, around = setting(dossier, fresh, MOMENT)
        return judge(fresh, around, profile, ON)


def said(case: Case, row: Disclosure) -> str | None:
    """What the client said, as it counts now."""
    answer = next(one.answer for one in judged(case, row).needed if one.person.id == case.client)
    return answer.state if answer else None


def take_back(case: Case, consent_id: UUID) -> None:
    by = case.place.worker
    do(case, Verb.RECORD_CONSENT, lambda d: withdraw_consent(d, consent_id, form="oral", by=by, at=MOMENT + HOUR))


@pytest.mark.rule("SH-3.7.2c")
def test_a_yes_of_before_the_clients_no_opens_nothing_however_late_it_is_written_down(case: Case):
    row = propose(case)
    choose(case, row)
    consent(case, case.mother, row)
    consent(case, case.client, row, state="refused")
    consent(case, case.client, row, at=MOMENT + HOUR, given_on=EARLIER, informed_of=BY_THEN)
    assert said(case, row) == "refused"
    assert not judged(case, row).allowed
    with pytest.raises(Conflict):
        ask(case, row)


def test_a_no_and_then_an_older_yes_after_the_approval_stop_the_hand_over(case: Case):
    row = agreed(case)
    approve(case, row)
    consent(case, case.client, row, at=MOMENT + HOUR / 4, state="refused")
    consent(case, case.client, row, at=MOMENT + HOUR / 2, given_on=EARLIER, informed_of=BY_THEN)
    assert isinstance(hand_over(case, row), Stopped)


def test_a_yes_of_before_it_was_taken_back_opens_nothing(case: Case):
    row = propose(case)
    consent(case, case.mother, row)
    take_back(case, consent(case, case.client, row, given_on=EARLIER))
    consent(case, case.client, row, at=MOMENT + 2 * HOUR, given_on=ON - timedelta(days=1))
    assert said(case, row) == "withdrawn"
    assert not judged(case, row).allowed


@pytest.mark.parametrize("first", ["refused", "withdrawn"])
def test_who_says_yes_after_all_is_heard(case: Case, first: str):
    row = propose(case)
    consent(case, case.mother, row)
    before = consent(case, case.client, row, state="refused" if first == "refused" else "given")
    if first == "withdrawn":
        take_back(case, before)
    consent(case, case.client, row, at=MOMENT + 2 * HOUR)
    assert said(case, row) == "given"


def test_a_no_of_before_a_yes_that_is_found_afterwards_takes_nothing_away(case: Case):
    row = propose(case)
    consent(case, case.mother, row)
    consent(case, case.client, row)
    consent(case, case.client, row, at=MOMENT + HOUR, given_on=EARLIER, state="refused")
    assert said(case, row) == "given"


@pytest.mark.parametrize("state", ["given", "refused"])
def test_a_yes_to_one_recipient_says_nothing_of_another_and_a_no_stays(case: Case, state: str):
    row = propose(case)
    consent(case, case.mother, row)
    consent(case, case.client, row, state=state)
    other = proposal(case, id=row.id, name="meester Visser", organisation="Basisschool De Boog")
    by = case.place.worker
    do(case, Verb.PREPARE_DISCLOSURE, lambda d: change_proposal(d, row.id, other, by=by, at=MOMENT))
    assert said(case, row) == state
    (client,) = (one for one in judged(case, row).needed if one.person.id == case.client)
    assert client.refused if state == "refused" else client.lacks and not client.counts
    assert not judged(case, row).allowed


@pytest.mark.parametrize("who", ["client", "mother"])
def test_nobody_answered_before_a_birth(case: Case, who: str):
    """The client's own, and of who answers: the mother of 38 was there, but nobody she could answer for."""
    with pytest.raises(Conflict) as refused:
        consent(case, getattr(case, who), None, purpose="processing", given_on=born(14) - timedelta(days=1))
    assert refused.value.field == "given_on" and "Yara Bakker" in refused.value.sentence
    assert consent(case, getattr(case, who), None, purpose="processing", given_on=born(14))


def test_who_answers_was_born_too(case: Case):
    young = do(case, Verb.CHANGE, lambda d: add_person(d, NewPerson("sibling", "Jip Bakker", born(3))).id)
    with pytest.raises(Conflict) as refused:
        consent(case, young, None, purpose="processing", given_on=born(3) - timedelta(days=1))
    assert refused.value.field == "given_on" and "Jip Bakker" in refused.value.sentence
    unknown = do(case, Verb.CHANGE, lambda d: add_person(d, NewPerson("network", "Mevrouw De Wit")).id)
    day = born(3) - timedelta(days=1)
    assert consent(case, unknown, None, purpose="processing", given_on=day), "nobody knows when she was born"


@pytest.mark.rule("BT-toestemming-7")
def test_where_consent_is_asked_anew_a_yes_of_before_the_exchange_is_refused_and_never_counts():
    case = make_case("buurteams-nijmegen", born(10))
    with organisation(case.place.id):
        row = propose(case)
        with pytest.raises(Conflict) as refused:
            consent(case, case.mother, row, given_on=ON - timedelta(days=1))
        assert refused.value.field == "given_on"
        assert refused.value.decision.articles == ("BT-toestemming-7",)
        kept = consent(case, case.mother, row)
        assert judged(case, row).needed[0].counts
        with transaction.atomic():  # as it was kept before this was refused
            Consent.objects.filter(id=kept).update(given_on=date(2017, 1, 1))
        found = judged(case, row)
        assert not found.needed[0].counts and not found.allowed
        assert "BT-toestemming-7" in found.may.articles


def test_where_one_consent_carries_several_exchanges_a_yes_of_before_one_counts(case: Case):
    row = propose(case)
    for person in (case.client, case.mother):
        consent(case, person, row, given_on=EARLIER)
    assert all(one.counts for one in judged(case, row).needed)


def test_a_day_of_before_the_exchange_is_a_mistake_beside_its_field(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("casemgmt.entrance.has_second_factor", lambda request: True)
    case = make_case("buurteams-nijmegen", born(10))
    with organisation(case.place.id):
        row = propose(case)
        answer: dict[str, Any] = {"row_id": str(uuid4()), "state": "given", "form": "oral", "note": "Moeder belde."}
        answer |= {"given_on": (ON - timedelta(days=1)).strftime("%d-%m-%Y")}
        worker, here = browser(case.place.worker), f"{steps(case)}/{row.id}/toestemming/{case.mother}/"
        page = worker.post(here, answer | told_from(worker.get(here)))
        assert page.status_code == 422
        assert "begonnen op 22 november 2026" in text(page) and "Moeder belde." in text(page)
        (beside,) = re.findall(r'<[^>]*name="given_on"[^>]*>', text(page))
        assert 'aria-invalid="true"' in beside
        with transaction.atomic():
            assert not Consent.objects.exists()
