"""A client whose birth date nobody filled in: pages say so, no consent carries anything, a duty to speak still does."""

import pytest
from django.db import transaction

from casemgmt.base.errors import Conflict, Refused
from casemgmt.base.organisation import organisation
from casemgmt.vault.keys import load_keys
from disclosures.acts import setting
from disclosures.informing import told
from disclosures.judging import judge, must_inform
from disclosures.models import Disclosure
from dossiers.models import Dossier, Person
from dossiers.verbs import Verb
from tests.cast import MOMENT
from tests.client_requests.story import SLUGS
from tests.disclosures.story import ON, Case, agreed, ask, choose, consent, do, make_case, propose
from tests.disclosures.test_grounds import to_guardian

pytestmark = pytest.mark.django_db(transaction=True, databases="__all__")


def forget_birth(case: Case) -> None:
    """Nobody knows any more when the client was born."""

    def act(dossier: Dossier) -> None:
        client = Person.objects.get(dossier=dossier, id=case.client)
        client.birth_date = None
        client.save()

    do(case, Verb.CHANGE, act)


def judged(case: Case, row: Disclosure):
    """What the rules say now of whether it may go, and of who is told."""
    with organisation(case.place.id), transaction.atomic():
        load_keys([case.dossier_id])
        dossier, fresh = Dossier.objects.get(id=case.dossier_id), Disclosure.objects.get(id=row.id)
        profile, around = setting(dossier, fresh, MOMENT)
        inform = must_inform(fresh, around, profile, ON)
        return judge(fresh, around, profile, ON), inform, told(inform, around)


@pytest.mark.parametrize("slug", SLUGS)
def test_the_yes_of_a_client_of_unknown_age_and_of_the_mother_carries_nothing(slug: str) -> None:
    case = make_case(slug)
    with organisation(case.place.id):
        forget_birth(case)
        row = propose(case)
        choose(case, row)
        for person in (case.client, case.mother):
            consent(case, person, row)
        judgement, inform, people = judged(case, row)
        assert not judgement.allowed and judgement.may.absolute and judgement.may.overrule_by is None
        assert judgement.may.outcome["not_filled_in"] == "birth_date" and "geboortedatum" in judgement.may.explanation
        assert (people, inform.outcome["escalate"]) == ((), True)
        with pytest.raises((Conflict, Refused)):
            ask(case, row)


def test_a_ground_that_asks_no_consent_waits_for_no_birth_date() -> None:
    case = make_case("sterk-huis")
    with organisation(case.place.id):
        forget_birth(case)
        judgement, _inform, _people = judged(case, to_guardian(case))
        assert judgement.allowed and not judgement.by_consent


def test_what_was_asked_falls_when_the_birth_date_goes_and_another_answer_comes_in() -> None:
    case = make_case("sterk-huis")
    with organisation(case.place.id):
        row = agreed(case)
        forget_birth(case)
        consent(case, case.mother, row)
        assert not judged(case, replace_row(case, row))[0].allowed


def replace_row(case: Case, row: Disclosure) -> Disclosure:
    """The row as it is now."""
    with transaction.atomic():
        found: Disclosure = Disclosure.objects.get(id=row.id)
    assert found.state == "assessing"
    return found
