"""What each regulation asks of a disclosure on consent, beyond whose it is."""

from datetime import timedelta

import pytest
from django.db import transaction

from casemgmt.base.errors import Conflict
from casemgmt.base.organisation import organisation
from disclosures.models import Disclosure
from disclosures.vocabulary import State
from tests.cast import MOMENT
from tests.disclosures.story import agreed, approve, ask, born, choose, consent, hand_over, make_case, propose

pytestmark = pytest.mark.django_db(transaction=True, databases="__all__")


def fresh(row: Disclosure) -> Disclosure:
    with transaction.atomic():
        return Disclosure.objects.get(id=row.id)


@pytest.mark.rule("SH-3.7.2c")
def test_the_mothers_yes_alone_never_suffices_for_a_child_of_fourteen():
    case = make_case("sterk-huis")
    with organisation(case.place.id):
        row = propose(case)
        consent(case, case.mother, row)
        assert fresh(row).state == State.AWAITING_CONSENT


@pytest.mark.rule("SH-3.7.2c")
def test_the_childs_no_blocks_whatever_the_mother_says():
    case = make_case("sterk-huis")
    with organisation(case.place.id):
        row = propose(case)
        choose(case, row)
        consent(case, case.mother, row)
        consent(case, case.client, row, state="refused")
        with pytest.raises(Conflict):
            ask(case, row)


@pytest.mark.rule("GT-14.1", "GT-14.2")
@pytest.mark.parametrize("lacking", [{"form": "oral"}, {"informed_of": frozenset({"purpose", "recipient"})}])
def test_opsterland_wants_it_in_writing_with_the_content_told_first(lacking):
    case = make_case("gebiedsteam-opsterland", born(17))
    with organisation(case.place.id):
        row = propose(case)
        consent(case, case.client, row, **lacking)
        assert fresh(row).state == State.AWAITING_CONSENT
        consent(case, case.client, row, MOMENT + timedelta(minutes=1))
        assert fresh(row).state == State.ASSESSING


@pytest.mark.rule("BT-toestemming-7")
def test_buurteams_asks_anew_for_each_exchange():
    case = make_case("buurteams-nijmegen", born(17))
    with organisation(case.place.id):
        first = propose(case)
        consent(case, case.client, first)
        assert fresh(first).state == State.ASSESSING
        second = propose(case)
        assert second.state == State.AWAITING_CONSENT
        assert "BT-toestemming-7" in second.judgement["may"]["articles"]


@pytest.mark.rule("BT-toestemming-5")
def test_at_buurteams_consent_alone_is_no_ground():
    case = make_case("buurteams-nijmegen", born(17))
    with organisation(case.place.id):
        row = propose(case, answers={"necessary": False})
        consent(case, case.client, row)
        assert fresh(row).judgement["may"]["outcome"]["allowed"] is False


def test_at_sterk_huis_a_general_consent_for_this_recipient_serves_again():
    case = make_case("sterk-huis", born(17))
    with organisation(case.place.id):
        consent(case, case.client, None)
        assert propose(case).state == State.ASSESSING


def test_a_consent_for_one_exchange_does_not_serve_another():
    case = make_case("sterk-huis", born(17))
    with organisation(case.place.id):
        consent(case, case.client, propose(case))
        assert propose(case).state == State.AWAITING_CONSENT


@pytest.mark.rule("VT-U10-b")
def test_at_veilig_thuis_the_person_hears_it_before_it_goes():
    case = make_case("veilig-thuis-hm", born(17))
    with organisation(case.place.id):
        row = agreed(case, case.client)
        approve(case, row)
        with pytest.raises(Conflict):
            hand_over(case, row, told_before=False)
        assert fresh(row).state == State.APPROVED
        assert hand_over(case, row).state == State.INFORMED
