"""Recording and withdrawing consent."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from casemgmt.audit.models import AccessEvent
from casemgmt.base.errors import Conflict, NotThere
from casemgmt.base.organisation import organisation
from consent.acts import withdraw_consent
from consent.models import Consent
from dossiers.verbs import Verb
from tests.cast import MOMENT
from tests.disclosures.story import ON, Case, born, consent, do, fill, make_case

pytestmark = pytest.mark.django_db(transaction=True, databases="__all__")


@pytest.fixture
def case():
    made = make_case("sterk-huis")
    with organisation(made.place.id):
        yield made


def take_back(case: Case, row_id, form="oral"):
    return do(
        case,
        Verb.RECORD_CONSENT,
        lambda d: withdraw_consent(d, row_id, form=form, by=case.place.worker, at=MOMENT + timedelta(hours=1)),
    )


def test_a_yes_can_be_taken_back_at_any_time_by_word_of_mouth(case: Case):
    row_id = consent(case, case.client, None)
    take_back(case, row_id)
    take_back(case, row_id)
    with transaction.atomic():
        row = Consent.objects.get()
        assert (row.state, row.withdrawn_form) == ("withdrawn", "oral")
        assert AccessEvent.objects.filter(data="consent-withdrawn").count() == 1


def test_a_no_cannot_be_taken_back_as_if_it_were_a_yes(case: Case):
    with pytest.raises(Conflict):
        take_back(case, consent(case, case.client, None, state="refused"))


def test_an_answer_of_tomorrow_is_refused(case: Case):
    with pytest.raises(Conflict):
        consent(case, case.client, None, given_on=ON + timedelta(days=1))


def test_somebody_of_another_dossier_cannot_answer_here(case: Case):
    other = fill(case.place, born(14), number="D-2")
    with pytest.raises(NotThere):
        consent(case, other.client, None)
    row_id = consent(other, other.client, None)
    with pytest.raises(NotThere):
        take_back(case, row_id)


def test_the_same_form_sent_twice_records_one_answer(case: Case):
    row_id = consent(case, case.client, None)
    assert consent(case, case.client, None, id=row_id) == row_id
    with transaction.atomic():
        assert Consent.objects.count() == 1


def test_the_database_knows_no_other_state_and_no_withdrawal_without_moment(case: Case):
    consent(case, case.client, None)
    for wrong in ({"state": "perhaps"}, {"state": "withdrawn"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Consent.objects.update(**wrong)


def test_words_are_sealed(case: Case):
    consent(case, case.client, None, note="MARKERWORDS")
    with transaction.atomic():
        assert b"MARKERWORDS" not in bytes(Consent.objects.values_list("note", flat=True).get())
